package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/task"
)

func tasksCommand() *cobra.Command {
	var mine bool
	var state, file, to string
	c := withJSON(&cobra.Command{
		Use:   "tasks [TASK [--file SHA256 -o FILE]]",
		Short: "Open tasks, oldest first; or what one asks; or a file that was sent to one",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if (file != "" || to != "") && (len(args) == 0 || file == "" || to == "") {
				return misused("a file of a task needs the task, --file SHA256 and -o FILE")
			}
			if len(args) == 1 && (mine || c.Flags().Changed("state")) {
				return misused("one task is named: leave --mine and --state out")
			}
			api, err := dial()
			if err != nil {
				return err
			}
			if file != "" {
				return writeWhole(to, 0o600, func(f *os.File) error { return api.File(c.Context(), f, args[0], file) })
			}
			if len(args) == 1 {
				t, err := api.Task(c.Context(), args[0])
				if err != nil {
					return err
				}
				return showTask(c, t)
			}
			if state == "all" {
				state = ""
			}
			tasks, err := api.Tasks(c.Context(), state, mine)
			if err != nil {
				return err
			}
			return table(c, tasks, "TASK RUN STATE DUE OUTCOMES APPROVERS KIND FOR TITLE STALE", func(t task.Task) []any {
				return []any{t.ID, t.Run, t.State, instant(t.Due), words(t.Outcomes, ","), words(t.Approvers, ","), t.Kind, whom(t.For), t.Title, codes(t.Stale)}
			})
		},
	})
	c.Flags().BoolVar(&mine, "mine", false, "only those that you may decide")
	c.Flags().StringVar(&state, "state", "open", "open, decided, closed or all")
	c.Flags().StringVar(&file, "file", "", "SHA-256 of a file that was sent to the task")
	c.Flags().StringVarP(&to, "output", "o", "", "where to write the file")
	return c
}

func decideCommand() *cobra.Command {
	var a client.Answer
	var fields, files []string
	c := withJSON(&cobra.Command{
		Use:   "decide TASK OUTCOME [--comment TEXT] [--stale] [--field NAME=VALUE]… [--file NAME=PATH]…",
		Short: "Answer a task with one of the outcomes that it offers: approve, request-changes or reject an approval",
		Long: `Answers a task. turnus tasks TASK says which outcomes it offers and which fields it
asks for: --field answers one of them, --file sends a file and answers the field with it.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			values, err := byField("--field", fields)
			if err != nil {
				return err
			}
			paths, err := byField("--file", files)
			if err != nil {
				return err
			}
			for name := range paths {
				if _, twice := values[name]; twice {
					return misused("%s is answered by --field and by --file: leave one of them out", name)
				}
			}
			api, err := dial()
			if err != nil {
				return err
			}
			a.Outcome = task.Outcome(args[1])
			if len(values)+len(paths) > 0 {
				if a.Fields, err = answers(c.Context(), api, args[0], values, paths); err != nil {
					return err
				}
			}
			d, err := api.Decide(c.Context(), args[0], a)
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), d)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s %s by %s at %s\n", d.Outcome, d.Task, d.Person, instant(d.At))
			return nil
		},
	})
	f := c.Flags()
	f.StringVar(&a.Comment, "comment", "", "why; needed to request changes, to reject, to decline and to postpone")
	f.StringVar(&a.Hash, "hash", "", "of the content that you saw: refused if the task is bound to another")
	f.BoolVar(&a.Stale, "stale", false, "approve a draft although what it stands on has changed; needs a comment")
	f.StringArrayVar(&fields, "field", nil, "NAME=VALUE: answers a field of the task; again for each")
	f.StringArrayVar(&files, "file", nil, "NAME=PATH: sends a file, and answers a field with it; again for each")
	return c
}

func passCommand() *cobra.Command {
	var outcome string
	c := withJSON(&cobra.Command{
		Use:   "pass TASK [--outcome OUTCOME]",
		Short: "Issue a pass for a task, for systems that can only signal",
		Long: `Issues a pass: with it, a system that can only signal Temporal decides the task in
your name, once, within 15 minutes, by the Signal decide {task, pass, outcome, comment, fields} to
the workflow whose ID is the run's. The certificate for that is in the directory temporal-signal of
turnus up's data directory. The pass is printed once and stored hashed. With --outcome it is good
for that outcome only, whoever gets hold of it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			p, err := api.Pass(c.Context(), args[0], task.Outcome(outcome))
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), p)
			}
			fmt.Fprintln(c.OutOrStdout(), p.Pass)
			fmt.Fprintln(c.ErrOrStderr(), "valid until "+instant(p.Expires))
			return nil
		},
	})
	c.Flags().StringVar(&outcome, "outcome", "", "the only outcome that the pass decides, of those that the task offers (default: any)")
	return c
}
