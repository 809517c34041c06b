// Command turnus runs an IT service management system, and speaks to one.
//
// Results go to stdout, progress and logs to stderr. It ends with 0 when done,
// 1 when something failed or was refused, 2 when it was used wrongly.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"turnus/itsm/text"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, root(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// root is the command line with all its commands.
func root() *cobra.Command {
	c := &cobra.Command{
		Use:   "turnus",
		Short: "IT service management under ISO/IEC 20000-1 as durable workflows",
		Long: `Turnus runs an IT service management system (ISO/IEC 20000-1) as durable
workflows, and speaks to one. Commands that speak to one read TURNUS_URL
(default ` + defaultURL + `) and TURNUS_TOKEN.`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	c.CompletionOptions.HiddenDefaultCmd = true
	c.AddCommand(
		upCommand(), apiCommand(), workerCommand(), migrateCommand(), healthCommand(), calcCommand(),
		applyCommand(), importCommand(), importsCommand(), ticketCommand(), excludeCommand(), exclusionsCommand(), startCommand(), runsCommand(), cancelCommand(), refreshCommand(), planCommand(),
		tasksCommand(), decideCommand(), passCommand(), reportCommand(), tokenCommand(), personsCommand(), auditCommand(),
		findingsCommand(), actionsCommand(), coverageCommand(), improvementCommand(), backupCommand(), restoreCommand(), verifyCommand(),
	)
	return c
}

func misused(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errReported is a failure of which everything has been said: exit 1.
var errReported = errors.New("reported")

// execute runs a command line and gives the exit code.
func execute(ctx context.Context, c *cobra.Command, args []string, in io.Reader, out, errOut io.Writer) int {
	// What fails before a command's own work begins is wrong usage: unknown
	// commands and flags, missing arguments, required flags.
	began := false
	var prepare func(*cobra.Command)
	prepare = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			prepare(sub)
		}
		switch work := c.RunE; {
		case work != nil:
			c.RunE = func(c *cobra.Command, args []string) error { began = true; return work(c, args) }
		case c.Run == nil: // a group
			c.RunE = func(c *cobra.Command, args []string) error {
				if len(args) > 0 {
					return misused("unknown command %q for %q: %s --help lists what there is", args[0], c.CommandPath(), c.CommandPath())
				}
				return misused("%s needs a command: %s --help lists them", c.CommandPath(), c.CommandPath())
			}
			c.Args = cobra.ArbitraryArgs
		}
	}
	prepare(c)
	c.SetArgs(args)
	c.SetIn(in)
	c.SetOut(out)
	c.SetErr(errOut)
	err := c.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var misuse usageError
	wrong := errors.As(err, &misuse) || !began
	switch {
	case errors.Is(err, errReported):
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(errOut, "turnus: interrupted")
	default:
		fmt.Fprintln(errOut, "turnus: "+text.Plain(strings.TrimSpace(err.Error())))
	}
	if wrong {
		return 2
	}
	return 1
}
