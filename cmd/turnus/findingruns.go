package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/improvement"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

func beginFindingCommand() *cobra.Command {
	var wait bool
	c := withJSON(&cobra.Command{
		Use:   "begin ID",
		Short: "Begin the improvement of a finding; prints the run's ID",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := findingNumber(args[0])
			if err != nil {
				return err
			}
			api, err := dial()
			if err != nil {
				return err
			}
			f, err := api.Finding(c.Context(), id) // an older number leads to the one that it joined
			if err != nil {
				return err
			}
			started, err := beginFinding(c.Context(), api, f.ID)
			if err != nil {
				return err
			}
			return begun(c, api, started, wait)
		},
	})
	c.Flags().BoolVar(&wait, "wait", false, "wait until the run waits for a person, or has ended")
	return c
}

// beginFinding begins the improvement of a finding, or finds it. Which day that
// is, where the finding's people are, the server knows.
func beginFinding(ctx context.Context, api *client.Client, id int64) (client.Started, error) {
	return api.Start(ctx, client.Start{Process: process.Improvement, Scope: fmt.Sprint(id)})
}

// declineWithin is how long a run that was just begun may take until it asks.
const declineWithin = 30 * time.Second

func declineFindingCommand() *cobra.Command {
	var reason string
	c := withJSON(&cobra.Command{
		Use:   "decline ID --reason TEXT",
		Short: "Say that a finding isn't taken up, or is none; the approvers have to agree",
		Long: `Declines a finding, in the name of its owner: begins its improvement if nobody has, and answers
with decline what that asks first. The reason goes to the approvers; until one of them agrees the
finding stands.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := findingNumber(args[0])
			if err != nil {
				return err
			}
			if strings.TrimSpace(reason) == "" { // else the improvement would have begun by the time it is refused
				return misused("--reason is empty: say why the finding isn't taken up")
			}
			api, err := dial()
			if err != nil {
				return err
			}
			asked, err := declinable(c.Context(), api, id)
			if err != nil {
				return err
			}
			d, err := api.Decide(c.Context(), asked.ID, client.Answer{Outcome: task.Decline, Comment: reason})
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), d)
			}
			fmt.Fprintf(c.OutOrStdout(), "finding %d: declined by %s, with %s; an approver has to agree\n", id, d.Person, asked.Run)
			return nil
		},
	})
	c.Flags().StringVar(&reason, "reason", "", "why it isn't taken up")
	_ = c.MarkFlagRequired("reason") // it exists
	return c
}

// declinable is the task by which the owner of a finding declines it.
func declinable(ctx context.Context, api *client.Client, id int64) (task.Task, error) {
	f, err := api.Finding(ctx, id)
	if err != nil {
		return task.Task{}, err
	}
	switch f.State {
	case improvement.Open:
		started, err := beginFinding(ctx, api, f.ID)
		if err != nil {
			return task.Task{}, err
		}
		f.Run = started.ID
	case improvement.Planned:
	default:
		return task.Task{}, fmt.Errorf("finding %d is %s: what is open or being planned can be declined", f.ID, f.State)
	}
	bounded, stop := context.WithTimeout(ctx, declineWithin)
	defer stop()
	r, err := api.Wait(bounded, f.Run)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return task.Task{}, fmt.Errorf("%s asks nobody yet, after %s: try again later", f.Run, declineWithin)
	}
	if err != nil {
		return task.Task{}, err
	}
	if i := slices.IndexFunc(r.Tasks, declines); i >= 0 {
		return r.Tasks[i], nil
	}
	if r.State == run.Waiting {
		return task.Task{}, fmt.Errorf("%s asks nothing that can be declined just now: turnus tasks says for what it waits", r.ID)
	}
	return task.Task{}, fmt.Errorf("%s is %s: it asks nothing", r.ID, r.State)
}

// declines says whether a task is open and offers to decline a finding.
func declines(t task.Task) bool {
	return t.State == task.Open && slices.Contains(t.Outcomes, task.Decline)
}
