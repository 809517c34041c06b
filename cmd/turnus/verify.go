package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"turnus/itsm/text"
	"turnus/report/receipt"
	"turnus/report/verify"
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
	var hash string
	c := &cobra.Command{
		Use:   "receipt FILE",
		Short: "Compute all figures of a report anew from its exported receipts",
		Long: `Reads what turnus report RUN --receipts wrote (- is stdin) and computes it anew
from its own inputs: the hash of all that was counted (of an SLA report each
ticket's, and each clock with its segments; of an availability review outages,
maintenance and samples), each figure, the hash of the report, the seal.
It says "identical", or each place at which the file says something else.
Values and verdicts are always compared; words (titles, texts, tables) where
this turnus drafts the report in the file's wording, else it says that they
aren't.

That a file is identical means that its figures follow from its inputs, and
belong to the report whose hash is printed. Somebody who made all of a file anew
from other inputs has one that is identical as well: give the hash that stands
on the report itself, or under the decision (turnus runs --json), with --hash,
and it is held against the file's.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if hash = strings.ToLower(hash); c.Flags().Changed("hash") && !sha256Hex.MatchString(hash) {
				return misused("--hash %q isn't a content hash: 64 hexadecimal digits, as under the decision and on the report", hash)
			}
			in, err := readTwice(c.Context(), c.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			asJSON, _ := c.Flags().GetBool("json")
			return verifyReceipt(c.Context(), args[0], hash, in, c.OutOrStdout(), asJSON)
		},
	}
	c.Flags().StringVar(&hash, "hash", "", "content hash that the report has to have: from under the decision, or from the report itself")
	return withJSON(c)
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// readTwice opens a file that can be read from its start again, as one has to be
// in which a workload limit voids targets: what comes through a pipe is put
// into a file without a name first.
func readTwice(ctx context.Context, stdin io.Reader, name string) (*os.File, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("%s can't be read: %w", name, bare(err))
		}
		return f, nil
	}
	f, err := os.CreateTemp("", "turnus-receipts-*")
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(f, obedient{ctx, stdin})
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err = errors.Join(err, os.Remove(f.Name())); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// rereadable is a file that is read until ctx ends, and again.
type rereadable struct {
	obedient
	io.Seeker
}

func verifyReceipt(ctx context.Context, name, hash string, in io.ReadSeeker, out io.Writer, asJSON bool) error {
	v, err := verify.Receipt(rereadable{obedient{ctx, in}, in})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if hash != "" {
		v.Expect(hash)
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
func tell(w io.Writer, v receipt.Result) error {
	version := "not published"
	if v.Version > 0 {
		version = fmt.Sprintf("version %d", v.Version)
	}
	about := fmt.Sprintf("%d figures from %d %s of %s, %s", v.Figures, v.Cases, v.Kind, text.Line(v.Run), version)
	if v.Identical {
		fmt.Fprintf(w, "identical: %s\n", about)
	} else {
		fmt.Fprintf(w, "differs: %s\n", about)
		for i, d := range v.Differences {
			right := "recomputed"
			if d.Place == receipt.ReportHash && i == 0 && v.Expected != "" {
				right = "asked for"
			}
			fmt.Fprintf(w, "  %s: the file says %s, %s: %s\n", text.Line(d.Place), text.Line(d.File), right, text.Line(d.Recomputed))
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
	if v.Identical && len(v.Unproven) > 0 {
		fmt.Fprintf(w, "not compared with their hashes, since the file doesn't hold them as they were declared: %s\n", text.Line(some(v.Unproven)))
	}
	if v.Identical && v.Version > 0 {
		fmt.Fprintf(w, "version: %d, as the file says; no hash holds it, since a report gets it when it is published: the report itself shows it\n", v.Version)
	}
	switch {
	case !v.Identical || v.Words:
	case v.Wording == v.WordingHere:
		fmt.Fprintln(w, "words not compared: hold the hash against the decision; the file lacks the figures of the report that this one restates, and all but that section was compared")
	default:
		fmt.Fprintf(w, "words not compared: hold the hash against the decision; this turnus can't draft the document in wording %d, and compared its values and verdicts\n", v.Wording)
	}
	_, err := fmt.Fprintf(w, "report: content hash %s\n", text.Line(v.Report))
	switch {
	case !v.Identical:
	case v.Expected != "":
		_, err = fmt.Fprintln(w, "hash: it is the one that was asked for")
	default:
		_, err = fmt.Fprintln(w, "hash: not compared; a forgery that agrees with itself can't be told from the original without the hash under the decision or on the report: give it with --hash")
	}
	return err
}
