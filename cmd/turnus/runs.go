package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/process"
	"turnus/itsm/run"
)

func startCommand() *cobra.Command {
	var s client.Start
	var wait bool
	c := withJSON(&cobra.Command{
		Use:   "start PROCESS (--service NAME | --scope NAME) [--period PERIOD]",
		Short: "Start a run, or find the one that exists; prints its ID",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if s.Again && s.Reason == "" {
				return misused("--again needs a --reason: why another attempt?")
			}
			switch p, ok := process.Find(args[0]); {
			case ok && p.Scope == process.OfService && s.Service+s.Scope == "":
				return misused("--service is missing: which one? %s is about a service", p.Name)
			case ok && p.Scope == process.OfFinding && s.Scope == "":
				return misused("--scope is missing: the number of which finding? turnus findings lists them")
			case ok && p.Scope == process.OfContinuityPlan && s.Scope == "":
				return misused("--scope is missing: which continuity plan? %s is about one", p.Name)
			case (!ok || p.Planned()) && s.Period == "":
				return misused("--period is missing: which one, as in 2026-10?")
			}
			s.Process = args[0]
			api, err := dial()
			if err != nil {
				return err
			}
			started, err := api.Start(c.Context(), s)
			if err != nil {
				return err
			}
			return begun(c, api, started, wait)
		},
	})
	f := c.Flags()
	f.StringVar(&s.Service, "service", "", "the service, where the process is about one")
	f.StringVar(&s.Scope, "scope", "", "what the run is about, where that is something else; the organisation may be left out")
	f.StringVar(&s.Period, "period", "", "2026, 2026-Q4, 2026-10 or 2026-10-05; not needed where a run begins on the day of its start")
	f.BoolVar(&s.Provisional, "provisional", false, "permit a provisional run where the period isn't over or covered")
	f.BoolVar(&s.Again, "again", false, "another attempt after the one that ended")
	f.StringVar(&s.Reason, "reason", "", "why another attempt")
	f.StringVar(&s.Retests, "retests", "", "of a drill: the run that it repeats, as in continuity-drill/payments-region/2026-10-05")
	f.BoolVar(&wait, "wait", false, "wait until the run waits for a person, or has ended")
	c.MarkFlagsMutuallyExclusive("service", "scope")
	return c
}

// begun says which run was started, or found, and how it is: once it waits for a
// person or has ended, where that is wanted.
func begun(c *cobra.Command, api *client.Client, started client.Started, wait bool) error {
	if wait {
		r, err := api.Wait(c.Context(), started.ID)
		if err != nil {
			return err
		}
		started.State = r.State
	}
	fmt.Fprintln(c.ErrOrStderr(), started.State)
	if asJSON, _ := c.Flags().GetBool("json"); asJSON {
		if err := writeJSON(c.OutOrStdout(), started); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(c.OutOrStdout(), started.ID)
	}
	if started.State == run.Failed {
		return fmt.Errorf("the run %s has failed: turnus runs --state failed", started.ID)
	}
	return nil
}

func runsCommand() *cobra.Command {
	var process, service, state string
	var most int
	c := withJSON(&cobra.Command{
		Use:   "runs",
		Short: "Runs, newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			runs, err := api.Runs(c.Context(), process, service, state, most)
			if err != nil {
				return err
			}
			return table(c, runs, "RUN STATE CREATED STARTED-BY REASON", func(r run.Run) []any {
				reason := r.Outcome.String()
				if reason == "" {
					reason = r.Reason
				}
				return []any{r.ID, r.State, instant(r.Created), r.StartedBy, reason}
			})
		},
	})
	f := c.Flags()
	f.StringVar(&process, "process", "", "only of this process")
	f.StringVar(&service, "service", "", "only of this service")
	f.StringVar(&state, "state", "", "only in this state, or live")
	f.IntVar(&most, "most", 100, "how many at most; 0: all")
	return c
}

// cancelling is what to know before runs of some processes are cancelled.
func cancelling() string {
	var all []string
	for _, p := range process.Catalogue() {
		if !p.Cancelling.IsZero() {
			all = append(all, p.Name+": "+p.Cancelling.En)
		}
	}
	return strings.Join(all, "\n")
}

func cancelCommand() *cobra.Command {
	var reason string
	c := withJSON(&cobra.Command{
		Use:   "cancel RUN --reason TEXT",
		Short: "End a run without a result",
		Long:  "End a run without a result; another attempt can be started later.\n\n" + cancelling(),
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			key, _, err := run.ParseID(args[0])
			if err != nil {
				return usageError{err}
			}
			api, err := dial()
			if err != nil {
				return err
			}
			if p, _ := process.Find(key.Process); !p.Cancelling.IsZero() {
				fmt.Fprintln(c.ErrOrStderr(), p.Cancelling.En)
			}
			r, err := api.Cancel(c.Context(), args[0], reason)
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), r)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s %s\n", r.State, r.ID)
			return nil
		},
	})
	c.Flags().StringVar(&reason, "reason", "", "why it ends")
	_ = c.MarkFlagRequired("reason") // it exists
	return c
}
