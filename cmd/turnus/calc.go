package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"turnus/cmd/turnus/calc"
)

// calcCommand is `turnus calc KIND`: the figures without the server.
func calcCommand() *cobra.Command {
	kinds, planned := strings.Join(calc.Kinds(), ", "), strings.Join(calc.Planned(), ", ")
	return &cobra.Command{
		Use:   "calc KIND",
		Short: "Compute figures from JSON Lines on stdin: " + kinds,
		Long: `Computes figures without server or database: reads one case a line on stdin, as
JSON, and writes one result a line.

Kinds: ` + kinds + `
Not there yet: ` + planned,
		ValidArgs: calc.Kinds(),
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return misused("calc takes one kind: %s", kinds)
			case slices.Contains(calc.Planned(), args[0]):
				return misused("the kind %s isn't there yet: use one of %s", args[0], kinds)
			case !slices.Contains(calc.Kinds(), args[0]):
				return misused("unknown kind %q: use one of %s", args[0], kinds)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return calc.Lines(args[0], cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}
