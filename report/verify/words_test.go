package verify_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/receipt"
	"turnus/report/slareport"
	"turnus/report/verify"
)

// missing is the golden file with a target that was missed.
func missing(t *testing.T) []byte {
	f := frozenMarch()
	f.Agreements[0].Spec.Targets[2].Attain = "60"
	return export(t, f, march())
}

// forged is a file whose document somebody changed, with figures, hash and seal
// made anew.
func forged(t *testing.T, b []byte, change func(*report.Document)) []byte {
	t.Helper()
	var tree map[string]any
	decode(t, b, &tree)
	x, err := receipt.Open(bytes.NewReader(b))
	require.NoError(t, err)
	d, err := report.Decode(x.Head.Report.Document)
	require.NoError(t, err)
	change(&d)
	_, raw, err := report.Hash(d)
	require.NoError(t, err)
	var document map[string]any
	decode(t, raw, &document)
	tree["figures"] = document["figures"]
	tree["report"].(map[string]any)["document"] = document
	rehashed(t, tree)
	return written(t, tree, true)
}

// cells are all of a document.
func cells(d *report.Document) (all []*report.Cell) {
	for _, s := range d.Sections {
		for _, table := range s.Tables {
			for _, row := range table.Rows {
				for i := range row {
					all = append(all, &row[i])
				}
			}
		}
	}
	return all
}

// changedWords are forgeries of what a document says in words.
func changedWords(t *testing.T) map[string]struct {
	change func(*report.Document)
	place  string
} {
	return map[string]struct {
		change func(*report.Document)
		place  string
	}{
		"another title":             {func(d *report.Document) { d.Title.De = "Entwurf" }, "report.document.title.de"},
		"another subject":           {func(d *report.Document) { d.Subject.En = "Other" }, "report.document.subject.en"},
		"a notice":                  {func(d *report.Document) { d.Notice = text.Same("Not binding.") }, "report.document.notice"},
		"a note less":               {func(d *report.Document) { d.Notes = d.Notes[1:] }, "report.document.notes"},
		"a note in other words":     {func(d *report.Document) { d.Notes[0].Text.En = "All is well." }, "report.document.notes[0].text.en"},
		"another link":              {func(d *report.Document) { linkOne(d, "https://evil.example.org/T-05") }, ".link"},
		"an empty summary":          {func(d *report.Document) { d.Summary = []report.Tile{} }, "report.document.summary[0]"},
		"another tone":              {func(d *report.Document) { d.Summary[0].Tone = report.Good }, "report.document.summary[0].tone"},
		"met for missed":            {meetOne(t), ".verdict.text.en"},
		"another text in a section": {func(d *report.Document) { d.Sections[2].Paragraphs[0].En += " Nobody objected." }, "report.document.sections[2].paragraphs[0].en"},
		"a section less":            {func(d *report.Document) { d.Sections = d.Sections[:len(d.Sections)-1] }, "report.document.sections["},
		"another restated figure": {func(d *report.Document) { d.Sections[0].Tables[0].Rows[0][2] = report.Share(2, 2) },
			"report.document.sections[0].tables[0].rows[0][2].ratio.num"},
		"a restated figure less": {func(d *report.Document) { d.Sections[0].Tables[0].Rows = d.Sections[0].Tables[0].Rows[1:] }, "report.document.sections[0].tables[0].rows"},
		"another label":          {func(d *report.Document) { d.Figures[0].Label.En = "p1-resolution: availability" }, "report.document.figures[desk p1-resolution.attainment].label.en"},
		"another source":         {func(d *report.Document) { d.Sources[0].Hash = strings.Repeat("0d", 32) }, "report.document.sources"},
	}
}

func linkOne(d *report.Document, address string) {
	for _, c := range cells(d) {
		if c.Link != "" {
			c.Link = address
			return
		}
	}
}

func meetOne(t *testing.T) func(*report.Document) {
	return func(d *report.Document) {
		for _, c := range cells(d) {
			if c.Verdict != nil && c.Verdict.Text.En == "missed" {
				*c = report.Judged(text.New("met", "erreicht"), report.Good)
				return
			}
		}
		t.Error("nothing is missed")
	}
}

// changedValues are forgeries of what a document says without words.
var changedValues = map[string]struct {
	change func(*report.Document)
	place  string
}{
	"another verdict":          {func(d *report.Document) { d.Figures[0].Verdict = "missed" }, "figures[desk p1-resolution.attainment].verdict"},
	"another value":            {func(d *report.Document) { v := "1"; d.Figures[0].Value = &v }, "figures[desk p1-resolution.attainment].value"},
	"a figure less":            {func(d *report.Document) { d.Figures = d.Figures[1:] }, "figures[desk p1-resolution.attainment]"},
	"provisional":              {func(d *report.Document) { d.Provisional = true }, "report.document.provisional"},
	"another zone":             {func(d *report.Document) { d.Zone = "UTC" }, "report.document.zone"},
	"another end":              {func(d *report.Document) { d.To = d.To.AddDate(0, 0, 1) }, "report.document.to"},
	"another list of tickets":  {func(d *report.Document) { d.TicketList = &report.TicketList{Rows: 4, SHA256: strings.Repeat("0", 64)} }, "report.document.ticket_list"},
	"computed at another time": {func(d *report.Document) { d.ComputedAt = d.ComputedAt.AddDate(0, 0, 1) }, "report.document.computed_at"},
}

// changedRestatements are forgeries of what a document restates.
var changedRestatements = map[string]struct {
	change func(*report.Document)
	place  string
}{
	"a restatement less":       {func(d *report.Document) { d.Restates, d.Sections = nil, d.Sections[1:] }, "report.document.restates"},
	"another version restated": {func(d *report.Document) { d.Restates.Version = 3 }, "report.document.restates.version"},
	"another report restated":  {func(d *report.Document) { d.Restates.Hash = strings.Repeat("2d", 32) }, "report.document.restates.hash"},
}

// requirePlace wants that a file differs, at a place among others.
func requirePlace(t *testing.T, v receipt.Result, name, place string) {
	t.Helper()
	require.False(t, v.Identical, name)
	require.Contains(t, strings.Join(places(v), "\n"), place, name)
}

// In a wording that this binary has, a document says what the file's inputs
// give, word by word: hash and seal made anew don't help.
func TestChangedWordsAreFound(t *testing.T) {
	whole := verified(t, missing(t))
	require.True(t, whole.Identical && whole.Words)
	for name, c := range changedWords(t) {
		v := verified(t, forged(t, missing(t), c.change))
		require.True(t, v.Words, name)
		requirePlace(t, v, name, c.place)
	}
	for name, c := range changedValues {
		requirePlace(t, verified(t, forged(t, missing(t), c.change)), name, c.place)
	}
	for name, c := range changedRestatements {
		requirePlace(t, verified(t, forged(t, missing(t), c.change)), name, c.place)
	}
	requirePlace(t, verified(t, forged(t, missing(t), func(d *report.Document) { d.TicketList = nil })), "no list of tickets", "report.document.ticket_list")
	same := verified(t, forged(t, missing(t), func(*report.Document) {}))
	require.True(t, same.Identical, "%v", same.Differences)
}

// A long text is shown where it differs.
func TestLongTextsAreShownWhereTheyDiffer(t *testing.T) {
	v := verified(t, forged(t, missing(t), func(d *report.Document) { d.Sections[0].Paragraphs[0].De += " Geändert." }))
	require.False(t, v.Identical)
	require.Equal(t, "report.document.sections[0].paragraphs[0].de", v.Differences[0].Place)
	require.Regexp(t, `^….* Geändert\."$`, v.Differences[0].File)
	require.NotContains(t, v.Differences[0].Recomputed, "Geändert")
}

// In a wording that this binary lacks, words aren't compared, which the verdict
// says, and values and verdicts are. The number alone doesn't help: it is in
// the document, whose hash is under the decision.
func TestWordingsThatThisBinaryLacks(t *testing.T) {
	original := verified(t, missing(t))
	for _, wording := range []int{0, slareport.Wording + 1} {
		reword := func(change func(*report.Document)) []byte {
			return forged(t, missing(t), func(d *report.Document) { d.Wording = wording; change(d) })
		}
		for name, c := range changedWords(t) {
			v := verified(t, reword(c.change))
			require.True(t, v.Identical, "%s: %v", name, v.Differences)
			require.False(t, v.Words, name)
			require.Equal(t, wording, v.Wording)
			v.Expect(original.Report)
			require.False(t, v.Identical)
			require.Equal(t, []string{receipt.ReportHash}, places(v), name)
		}
		for name, c := range changedValues {
			v := verified(t, reword(c.change))
			require.False(t, v.Words)
			requirePlace(t, v, name, c.place)
		}
		for name, c := range changedRestatements {
			requirePlace(t, verified(t, reword(c.change)), name, c.place)
		}
	}
	was, now := []byte(`"wording":1,`), []byte(`"wording":9,`)
	require.Equal(t, 1, bytes.Count(missing(t), was))
	v := verified(t, bytes.Replace(missing(t), was, now, 1))
	require.False(t, v.Words)
	require.Equal(t, []string{receipt.ReportHash, "verification.sha256"}, places(v))
}

// What was in force is frozen, so that a restatement can be drafted anew from
// the file alone; a set that 0.1.0 froze lacks it.
func TestRestatementsAreDraftedAnew(t *testing.T) {
	rows := func(b []byte) [][]report.Cell {
		x, err := receipt.Open(bytes.NewReader(b))
		require.NoError(t, err)
		d, err := report.Decode(x.Head.Report.Document)
		require.NoError(t, err)
		return d.Sections[0].Tables[0].Rows
	}
	require.Greater(t, len(rows(file(t))), 50, "what changed, came and went")

	none := frozenMarch()
	none.InForce = &run.InForce{}
	b := export(t, none, march())
	require.True(t, verified(t, b).Identical)
	restate := func(d *report.Document) { require.NoError(t, d.Restate(*inForce())) }
	requirePlace(t, verified(t, forged(t, b, restate)), "none was in force", "report.document.restates")

	old := frozenMarch()
	old.InForce = nil
	b = export(t, old, march())
	v := verified(t, b)
	require.True(t, v.Identical && v.Words, "it restates nothing")
	v = verified(t, forged(t, b, restate))
	require.True(t, v.Identical, "%v", v.Differences)
	require.False(t, v.Words, "what the restatement was compared with isn't in the file")
	require.Equal(t, []int{slareport.Wording, slareport.Wording}, []int{v.Wording, v.WordingHere})
	requirePlace(t, verified(t, forged(t, b, func(d *report.Document) {
		restate(d)
		meetOne(t)(d)
	})), "the other sections are compared", ".verdict.text.en")
	require.False(t, verified(t, forged(t, b, func(d *report.Document) {
		restate(d)
		d.Sections = nil
	})).Identical)

	var tree map[string]any
	decode(t, file(t), &tree)
	tree["frozen"].(map[string]any)["in_force"].(map[string]any)["figures"] = "none"
	_, err := verify.Receipt(bytes.NewReader(written(t, tree, true)))
	require.ErrorContains(t, err, "frozen.in_force: this can't be read")
}

// What the owner answered before the draft is taken from the file's document,
// with the titles of what is found anew: only the hash under the decision holds
// the answers themselves.
func TestAnswersAreTakenFromTheDocument(t *testing.T) {
	f := frozenMarch()
	f.InForce = &run.InForce{}
	r, err := sla.Derive(f, stream(march()))
	require.NoError(t, err)
	asked := slareport.Findings(r)
	require.NotEmpty(t, asked)
	rep := report.Report{Record: report.Record{Version: 1, DraftRound: 1}}
	rep.Document, err = slareport.Draft(f, r, []report.Answer{{Key: asked[0].Key, Cause: "Two migrations.", Measure: "One at a time.", By: "owner", At: f.At}})
	require.NoError(t, err)
	require.Equal(t, asked[0].Title, rep.Answers[0].Title)
	rep.Hash, _, err = report.Hash(rep.Document)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, writeSLA(&b, rep, f, stream(march())))
	v := verified(t, b.Bytes())
	require.True(t, v.Identical && v.Words, "%v", v.Differences)

	for name, c := range map[string]struct {
		change func(*report.Document)
		place  string
	}{
		"another cause in the section":   {func(d *report.Document) { *d.Sections[0].Tables[0].Rows[0][1].Text = text.Same("The customer.") }, "report.document.sections[0].tables[0].rows[0][1].text"},
		"another measure, but not there": {func(d *report.Document) { d.Answers[0].Measure = "None." }, "report.document.sections[0].tables[0].rows[0][2].text"},
		"another title throughout": {func(d *report.Document) {
			d.Answers[0].Title = text.Same("Nothing was exceeded")
			*d.Sections[0].Tables[0].Rows[0][0].Text = d.Answers[0].Title
		}, "report.document.answers[0].title"},
		"answers less": {func(d *report.Document) { d.Answers = nil }, "report.document.sections[0]"},
	} {
		requirePlace(t, verified(t, forged(t, b.Bytes(), c.change)), name, c.place)
	}
	// Their titles are words, which another wording may say otherwise.
	reworded := verified(t, forged(t, b.Bytes(), func(d *report.Document) {
		d.Wording, d.Answers[0].Title = slareport.Wording+1, text.Same("p1-resolution wasn't kept")
	}))
	require.True(t, reworded.Identical && !reworded.Words, "%v", reworded.Differences)
	all := verified(t, forged(t, b.Bytes(), func(d *report.Document) {
		d.Answers[0].Cause = "The customer."
		*d.Sections[0].Tables[0].Rows[0][1].Text = text.Same("The customer.")
	}))
	require.True(t, all.Identical)
	all.Expect(rep.Hash)
	require.Equal(t, []string{receipt.ReportHash}, places(all))
}

// A file that 0.1.0 wrote, of a restatement, is verified as it was: its figures
// and what isn't words.
func TestFileOf010(t *testing.T) {
	b, err := os.ReadFile("testdata/sla-report-0.1.0.json")
	require.NoError(t, err)
	v := verified(t, b)
	require.Empty(t, v.Differences)
	require.True(t, v.Identical)
	require.Equal(t, []any{0, false, 2, 54, int64(8)}, []any{v.Wording, v.Words, v.Version, v.Figures, v.Cases})
	require.Equal(t, []string{"Agreement/desk version 2", "Calendar/office version 1"}, v.Unproven)
	for name, c := range changedValues {
		requirePlace(t, verified(t, forged(t, b, c.change)), name, c.place)
	}
}

// A process without receipts isn't in the table.
func TestProcessesWithReceipts(t *testing.T) {
	p, ok := verify.Process("sla-report")
	require.True(t, ok)
	require.Equal(t, "tickets", p.List)
	_, ok = verify.Process("change-approval")
	require.False(t, ok)
}
