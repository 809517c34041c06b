package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"turnus/itsm/text"
	"turnus/report/receipt"
)

func verifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify",
		Short: "Check what Turnus gave out, without server or database",
	}
	c.AddCommand(verifyReceiptCommand())
	return c
}

func verifyReceiptCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "receipt FILE",
		Short: "Compute all figures of a report anew from its exported receipts",
		Long: `Reads what turnus report RUN --receipts wrote (- is stdin) and computes it anew
from its own inputs: the hash of each ticket's content and of the whole set,
each clock with its segments, each figure, the hash of the report, the seal.
It says "identical", or each place at which the file says something else.

That a file is identical means that its figures follow from its inputs, and
belong to the report whose hash is printed. Compare that hash with the one on
the report itself, or with the one that was approved.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			in := c.InOrStdin()
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return fmt.Errorf("%s can't be read: %w", args[0], bare(err))
				}
				defer f.Close()
				in = f
			}
			asJSON, _ := c.Flags().GetBool("json")
			return verifyReceipt(c.Context(), args[0], in, c.OutOrStdout(), asJSON)
		},
	}
	return withJSON(c)
}

func verifyReceipt(ctx context.Context, name string, in io.Reader, out io.Writer, asJSON bool) error {
	v, err := receipt.Verify(obedient{ctx, in})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if asJSON {
		if v.Differences == nil {
			v.Differences = []receipt.Difference{}
		}
		err = writeJSON(out, v)
	} else {
		err = tell(out, v)
	}
	if err == nil && !v.Identical {
		err = errReported
	}
	return err
}

// tell puts a verdict in words.
func tell(w io.Writer, v receipt.Verdict) error {
	version := "not published"
	if v.Version > 0 {
		version = fmt.Sprintf("version %d", v.Version)
	}
	about := fmt.Sprintf("%d figures from %d %s of %s, %s", v.Figures, v.Cases, v.Kind, text.Line(v.Run), version)
	if v.Identical {
		fmt.Fprintf(w, "identical: %s\n", about)
	} else {
		fmt.Fprintf(w, "differs: %s\n", about)
		for _, d := range v.Differences {
			fmt.Fprintf(w, "  %s: the file says %s, recomputed: %s\n", text.Line(d.Place), text.Line(d.File), text.Line(d.Recomputed))
		}
		if v.More > 0 {
			fmt.Fprintf(w, "  and %d more differences\n", v.More)
		}
	}
	switch {
	case v.TZData == v.TZDataHere:
	case v.Identical:
		fmt.Fprintf(w, "tzdata: %s in the file, %s here; nothing here depends on the difference\n", text.Line(v.TZData), v.TZDataHere)
	default:
		fmt.Fprintf(w, "tzdata: %s in the file, %s here: differences may come from that; a turnus with %[1]s can tell\n", text.Line(v.TZData), v.TZDataHere)
	}
	_, err := fmt.Fprintf(w, "report: content hash %s\n", text.Line(v.Report))
	return err
}
