package drill

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/render"
)

var update = flag.Bool("update", false, "write the golden files anew")

func drafted(t require.TestingT, f frozen) report.Document {
	d, err := Draft(f)
	require.NoError(t, err)
	return d
}

// page is a document as people see it.
func page(t require.TestingT, d report.Document, l text.Lang) string {
	hash, _, err := report.Hash(d)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, render.HTML(&b, report.Report{Document: d, Record: report.Record{Hash: hash, State: "waiting", DraftRound: 1, StartedBy: "olga", Owner: "olga"}}, l))
	return b.String()
}

// lines are the words of a document, one line for each note, title, paragraph,
// lane, mark, row, figure and finding.
func lines(d report.Document, l text.Lang) []byte {
	var b strings.Builder
	row := func(cells ...string) { b.WriteString(strings.Join(cells, " | ") + "\n") }
	zone, _ := time.LoadLocation(d.Zone)
	cell := func(c report.Cell) string {
		s := render.Written(c, l, zone)
		if c.Verdict != nil {
			s = string(c.Verdict.Tone) + ": " + s
		}
		return s
	}
	row("#", d.Title.In(l), d.Subject.In(l))
	for _, n := range d.Notes {
		row("!", string(n.Tone), n.Text.In(l))
	}
	for _, t := range d.Summary {
		row("*", t.Label.In(l), cell(t.Value), t.Note.In(l), string(t.Tone))
	}
	for _, s := range d.Sections {
		row("##", s.Title.In(l))
		for _, p := range s.Paragraphs {
			row(p.In(l))
		}
		for _, t := range s.Timelines {
			row("~", t.Caption.In(l), cell(report.At(t.From)), cell(report.At(t.To)))
			for _, x := range t.Lanes {
				cells := []string{"-", x.Title.In(l)}
				for _, s := range x.Spans {
					cells = append(cells, string(s.Kind)+" "+s.From.In(zone).Format("15:04:05")+"–"+s.To.In(zone).Format("15:04:05"))
				}
				row(cells...)
			}
			for _, m := range t.Marks {
				row("^", m.Title.In(l), cell(report.At(m.At)))
			}
		}
		for _, t := range s.Tables {
			row("###", t.Caption.In(l))
			var heads []string
			for _, c := range t.Columns {
				heads = append(heads, c.Title.In(l))
			}
			row(heads...)
			for _, r := range t.Rows {
				var cells []string
				for _, c := range r {
					cells = append(cells, cell(c))
				}
				row(cells...)
			}
		}
	}
	for _, f := range d.Figures {
		value := "n/a"
		if f.Value != nil {
			value = *f.Value
		}
		row("=", string(f.Group.Kind)+" "+f.Group.Name, f.Name, value, f.Target, string(f.Verdict), f.Formula, f.Label.In(l))
	}
	for _, f := range d.Findings {
		row("?", f.Key, f.Kind, f.Title.In(l), f.Detail.In(l))
	}
	for _, s := range d.Sources {
		row("<", string(s.Kind), s.Name, s.Version, s.Hash)
	}
	return []byte(b.String())
}

// What each document says, in both languages, is in the golden files, and read
// by people there.
func TestGolden(t *testing.T) {
	for name, f := range cases() {
		for _, l := range []text.Lang{text.En, text.De} {
			file, got := "testdata/"+name+"."+string(l)+".txt", lines(drafted(t, f), l)
			if *update {
				require.NoError(t, os.WriteFile(file, got, 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), file)
		}
	}
}

// Every text is there in both languages, tables have their cells, and pages
// render.
func TestWhole(t *testing.T) {
	for _, f := range cases() {
		complete(t, drafted(t, f))
	}
}

func complete(t require.TestingT, d report.Document) {
	require.NotEmpty(t, d.Title.En)
	require.NotEmpty(t, d.Title.De)
	for _, l := range []text.Lang{text.En, text.De} {
		got := string(lines(d, l))
		require.NotContains(t, got, "%!")
		require.Contains(t, page(t, d, l), "</html>")
	}
	for _, s := range d.Sections {
		for _, x := range s.Tables {
			for _, r := range x.Rows {
				require.Len(t, r, len(x.Columns), s.Title.En)
				for _, c := range r {
					require.NotEqual(t, report.Cell{}, c, s.Title.En)
				}
			}
		}
	}
}
