package main

import (
	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/improvement"
)

func actionsCommand() *cobra.Command {
	var of client.ActionsOf
	var most int
	c := withJSON(&cobra.Command{
		Use:   "actions [--mine] [--owner NAME] [--state STATE] [--overdue]",
		Short: "Actions of approved plans, those that are due first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			actions, err := api.Actions(c.Context(), of, most)
			if err != nil {
				return err
			}
			return table(c, actions, "ID STATE OWNER DUE ORIGINAL-DUE MOVES SERVICE TITLE", func(a improvement.ActionLine) []any {
				return []any{a.ID, a.State, a.Owner, a.Due, a.OriginalDue, a.Moves, a.Service, a.Title}
			})
		},
	})
	f := c.Flags()
	f.BoolVar(&of.Mine, "mine", false, "only your own")
	f.StringVar(&of.Owner, "owner", "", "only those of this person")
	f.StringVar(&of.State, "state", "", words(improvement.ActionStates(), ", "))
	f.Int64Var(&of.Finding, "finding", 0, "only those of this finding")
	f.BoolVar(&of.Overdue, "overdue", false, "only those that are open past their due date, in UTC")
	f.IntVar(&most, "most", 100, "how many at most; 0: all")
	return c
}
