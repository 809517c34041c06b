// Command turnus is the one binary: servers, API and command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run(context.Background(), os.Args[1:])) }

// wrongUsage marks errors of the command line itself, which exit with 2.
type wrongUsage struct{ error }

// run executes one command: 0 done, 1 failed or refused, 2 wrong usage.
func run(ctx context.Context, args []string) int {
	root := &cobra.Command{
		Use:           "turnus",
		Short:         "IT service management as durable workflows",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return wrongUsage{errors.New("no command: see turnus --help")}
		},
	}
	root.AddCommand(upCommand())
	usage(root)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "turnus:", err)
	var wrong wrongUsage
	if errors.As(err, &wrong) {
		return 2
	}
	return 1
}

// usage marks what cobra finds wrong with flags and arguments.
func usage(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return wrongUsage{err} })
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return wrongUsage{err}
			}
			return nil
		}
	}
	for _, below := range cmd.Commands() {
		usage(below)
	}
}
