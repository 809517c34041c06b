package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"turnus/itsm/task"
)

func tasksCommand() *cobra.Command {
	var mine bool
	var state string
	c := withJSON(&cobra.Command{
		Use:   "tasks",
		Short: "Open tasks, oldest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			if state == "all" {
				state = ""
			}
			tasks, err := api.Tasks(c.Context(), state, mine)
			if err != nil {
				return err
			}
			return table(c, tasks, "TASK RUN STATE DUE OUTCOMES APPROVERS", func(t task.Task) []any {
				var outcomes []string
				for _, o := range t.Outcomes {
					outcomes = append(outcomes, string(o))
				}
				return []any{t.ID, t.Run, t.State, instant(t.Due), strings.Join(outcomes, ","), strings.Join(t.Approvers, ",")}
			})
		},
	})
	c.Flags().BoolVar(&mine, "mine", false, "only those that you may decide")
	c.Flags().StringVar(&state, "state", "open", "open, decided, closed or all")
	return c
}

func decideCommand() *cobra.Command {
	var comment, hash string
	c := withJSON(&cobra.Command{
		Use:   "decide TASK OUTCOME",
		Short: "Decide on a task: approve, request-changes or reject",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			d, err := api.Decide(c.Context(), args[0], task.Outcome(args[1]), comment, hash)
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
	c.Flags().StringVar(&comment, "comment", "", "why")
	c.Flags().StringVar(&hash, "hash", "", "of the content that you saw: refused if the task is bound to another")
	return c
}

func passCommand() *cobra.Command {
	var outcome string
	c := withJSON(&cobra.Command{
		Use:   "pass TASK [--outcome OUTCOME]",
		Short: "Issue a pass for a task, for systems that can only signal",
		Long: `Issues a pass: with it, a system that can only signal Temporal decides the task in
your name, once, within 15 minutes, by the Signal decide {task, pass, outcome, comment} to the
workflow whose ID is the run's. The certificate for that is in the directory temporal-signal of
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
	c.Flags().StringVar(&outcome, "outcome", "", "the only outcome that the pass decides: approve, request-changes or reject (default: any)")
	return c
}
