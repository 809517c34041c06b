package slareport

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// notesOf are the notes of a report, each with its tone.
func notesOf(f sla.Frozen, r sla.Result) (all []string) {
	for _, n := range document(f, r).Notes {
		all = append(all, fmt.Sprintf("%s: %s", n.Tone, n.Text.En))
	}
	return all
}

// decided is March with nothing that a reader has to be told.
func decided() (sla.Frozen, sla.Result) {
	f, r := frozenMarch(), resultMarch()
	f.Lists = true
	f.Agreements[0].Decided, f.Agreements[0].Spec.Consent = &sla.Decided{By: []string{"service-manager"}}, "Contract 4711, section 3"
	r.Agreements[0].Targets = r.Agreements[0].Targets[:3]
	r.List, r.Uncounted = &sla.List{SHA256: strings.Repeat("0f", 32)}, &sla.Uncounted{Open: 9000}
	return f, r
}

func TestNotesSayOnlyWhatApplies(t *testing.T) {
	f, r := decided()
	require.Empty(t, notesOf(f, r))
	raw, err := canonical.JSON(document(f, r))
	require.NoError(t, err)
	require.NotContains(t, string(raw), `"notes"`)
}

func TestTargetsWithoutADecidedTicketAreNamed(t *testing.T) {
	f, r := decided()
	ts := r.Agreements[0].Targets
	ts[0].Counts, ts[0].Verdict = sla.Counts{Open: 12, OpenBreached: 12}, sla.NoData
	ts[2].Counts, ts[2].Verdict = sla.Counts{}, sla.NoData
	require.Equal(t, []string{"bad: 2 of 3 targets without a decided ticket, so neither met nor missed: p1-resolution (12 open, of these 12 beyond the agreed time); p4-resolution."}, notesOf(f, r))
	ts[0].Counts = sla.Counts{}
	require.Equal(t, []string{"neutral: 2 of 3 targets without a decided ticket, so neither met nor missed: p1-resolution; p4-resolution."}, notesOf(f, r))
	require.Equal(t, "2 von 3 Zielen ohne gewertetes Ticket, also weder erreicht noch verfehlt: p1-resolution; p4-resolution.", document(f, r).Notes[0].Text.De)
}

func TestTicketsThatNoFigureCountsAreNoted(t *testing.T) {
	f, r := decided()
	r.Uncounted = &sla.Uncounted{Open: 2244, NoAgreement: 56, NotSelected: 3, Left: 40}
	require.Equal(t, []string{"bad: Of 2,244 tickets that were open in the period no figure counts 59 (opened when no agreement was in force: 56; under none of its targets: 3; of these still open at its end: 40)."}, notesOf(f, r))
	require.Contains(t, document(f, r).Notes[0].Text.De, "Von 2.244 Tickets, die in der Periode offen waren, wertet keine Kennzahl 59 (")
}

// Exclusions are said with what they change, and what is met through them alone
// comes first.
func TestExclusionsAreNoted(t *testing.T) {
	f, r := decided()
	f.Exclusions = []agreement.Exclusion{{ID: 4, By: "desk-owner", Reason: agreement.Customer}, {ID: 5, By: "other", Reason: agreement.Spam}, {ID: 6, By: "unused"}}
	r.List.Excluded, r.List.Rows = 3, 5
	x := &r.Agreements[0].Targets[1]
	x.Excluded = []sla.Excluded{{Exclusion: 4, Reason: agreement.Customer, Counts: sla.Counts{Decided: 2, Breached: 2}}, {Exclusion: 5, Reason: agreement.Spam, Counts: sla.Counts{Decided: 1, Met: 1}}}
	x.All = &sla.All{Counts: sla.Counts{Decided: 7618, Met: 6478}, Verdict: sla.Met}
	const said = "neutral: Excluded tickets: 3, proposed by desk-owner and other. Attainment with the exclusions: p3-resolution 85.06\u202f% instead of 85.04\u202f%."
	require.Equal(t, []string{said}, notesOf(f, r))
	x.All.Verdict = sla.Missed
	require.Equal(t, []string{"bad: Target p3-resolution is missed without the exclusions: 6,478 of 7,618 tickets met it then, with them 6,477 of 7,615; agreed are 85\u202f%.", said}, notesOf(f, r))

	x.All.Verdict = sla.Met
	x.Excluded[1] = sla.Excluded{Reason: sla.Overload, Counts: sla.Counts{Decided: 1, Met: 1}}
	require.Contains(t, notesOf(f, r)[0], "proposed by desk-owner, or since a workload limit was exceeded.")
	x.Excluded = x.Excluded[1:]
	require.Contains(t, notesOf(f, r)[0], "Excluded tickets: 3, since a workload limit was exceeded, as agreed.")
}

// Warnings of imports stand once, with all imports that have them; those of
// another time, and those that the report says itself, don't.
func TestWarningsOfImportsAreNoted(t *testing.T) {
	f, r := decided()
	at := func(month time.Month) *time.Time { x := time.Date(2016, month, 1, 0, 0, 0, 0, time.UTC); return &x }
	warn := func(code, detail string, refuse bool) dataset.Warning {
		return dataset.Warning{Code: code, Detail: text.New(detail, detail+" (de)"), Refuse: refuse}
	}
	few := func(from, to time.Month) dataset.Warning {
		w := warn(dataset.FewRows, "A month has 5 rows.", false)
		w.From, w.To = at(from), at(to)
		return w
	}
	rejected := warn(dataset.ManyRejected, "6 % of the rows were rejected.", true)
	f.Imports = []dataset.Import{
		{ID: 1, Warnings: []dataset.Warning{warn(dataset.Duplicates, "3 rows stand twice", false), few(1, 2)}},
		{ID: 2, Warnings: []dataset.Warning{warn(dataset.Duplicates, "3 rows stand twice", false), few(3, 4), warn(dataset.NoAgreement, "x", false), warn(dataset.UnknownValue, "y", false)}},
		{ID: 3, By: "desk-owner", Accepted: "The export is whole; I looked.", Warnings: []dataset.Warning{rejected}},
	}
	f.Warnings = []dataset.Warning{warn(dataset.UnknownValue, "desk names a value that no ticket has.", false)}
	require.Equal(t, []string{
		"bad: Import 3, accepted although not plausible: 6 % of the rows were rejected. Reason given by desk-owner: “The export is whole; I looked.”",
		"bad: desk names a value that no ticket has.",
		"neutral: Import 2: A month has 5 rows.",
		"neutral: Imports 2 and 1: 3 rows stand twice.",
	}, sorted(notesOf(f, r)))
	require.Equal(t, "Import 3, trotz fehlender Plausibilität angenommen: 6 % of the rows were rejected. (de). Begründung von desk-owner: „The export is whole; I looked.“", document(f, r).Notes[0].Text.De)

	f.Imports, f.Warnings = []dataset.Import{
		{ID: 4, Read: 100, Older: 5, Warnings: []dataset.Warning{warn(dataset.OlderRows, "5 rows are older", false)}},
		{ID: 5, Read: 100, Older: 6, Warnings: []dataset.Warning{warn(dataset.OlderRows, "6 rows are older", false), warn(dataset.EarlyDays, "All lie before the 12th", false), warn(dataset.OtherZone, "Another zone", false)}},
	}, nil
	require.Equal(t, []string{"bad: Import 5: 6 rows are older.", "bad: Import 5: All lie before the 12th.", "bad: Import 5: Another zone.", "neutral: Import 4: 5 rows are older."}, notesOf(f, r))

	f.Imports = nil
	for id := range int64(30) {
		f.Imports = append(f.Imports, dataset.Import{ID: id + 1, Warnings: []dataset.Warning{
			warn(dataset.Duplicates, "the same.", false), warn(dataset.ZeroDuration, fmt.Sprintf("%d stop at once.", id), false)}})
	}
	got := notesOf(f, r)
	require.Len(t, got, 11)
	require.Equal(t, "neutral: Imports 30, 29, 28 and 27 more: the same.", got[0])
	require.Equal(t, "neutral: Imports have 21 more such warnings: the command “turnus imports” shows them.", got[10])
}

// sorted puts the neutral notes of one import in a fixed order.
func sorted(notes []string) []string {
	if n := len(notes); n > 3 && strings.Contains(notes[2], "twice") {
		notes[2], notes[3] = notes[3], notes[2]
	}
	return notes
}

// A restatement says what came since, and which rules changed.
func TestRestatementsNameWhatChanged(t *testing.T) {
	f, r := decided()
	old := []report.Source{{Kind: report.FromAgreement, Name: "service-desk-2016", Version: "1"}, {Kind: report.FromCalendar, Name: "office", Version: "2"},
		{Kind: report.FromTZData, Name: f.Zone, Version: f.TZData}, {Kind: report.FromImport, Name: "service-desk", Version: "5"}}
	inForce := func() {
		raw, err := canonical.JSON(old)
		require.NoError(t, err)
		f.InForce = &run.InForce{Version: 3, Run: "sla-report/service-desk/2016-03", Sources: raw, Import: 5}
	}
	section := func() report.Section { return document(f, r).Sections[0] }
	inForce()
	r.Changed = 17
	require.Equal(t, []string{"neutral: This report takes the place of version 3. Since that was made, imports have brought or changed 17 of the tickets, and no rule changed."}, notesOf(f, r))
	require.Equal(t, "What changed since version 3", section().Title.En)
	require.Contains(t, section().Paragraphs[0].En, "No rule changed")

	f.Agreements = append(f.Agreements, f.Agreements[0])
	f.Agreements[1].Version, f.Agreements[1].Spec.Customer = 2, "all of us"
	f.Exclusions = []agreement.Exclusion{{ID: 4}, {ID: 11}}
	f.Calendars = nil
	inForce()
	require.Contains(t, notesOf(f, r)[0], "3 rules changed.")
	rows := section().Tables[0].Rows
	said := make([]string, len(rows))
	for i, row := range rows {
		for _, c := range row {
			said[i] += c.Text.En + "|"
		}
	}
	require.Equal(t, []string{
		"agreement|service-desk-2016|version 1|versions 1 and 2|",
		"calendar|office|version 2|not used|",
		"exclusion|service-desk|not used|numbers 4 and 11|",
	}, said)
	differs := section().Tables[1]
	require.Equal(t, "Service desk 2016, version 2 instead of 1", differs.Caption.En)
	require.Len(t, differs.Rows, 1)
	require.Equal(t, []string{"Customer", "internal-users", "all of us"}, []string{differs.Rows[0][0].Text.En, differs.Rows[0][1].Text.En, differs.Rows[0][2].Text.En})
	f.InForce.Version, f.InForce.Sources = 0, nil
	require.NotEqual(t, "What changed since version 0", section().Title.En)
}

func TestUndecidedAgreementsAreNoted(t *testing.T) {
	f, r := decided()
	a := &f.Agreements[0]
	a.Decided = nil
	require.Equal(t, []string{"neutral: Agreement Service desk 2016, version 1: declared by an administrator, not decided; the customer’s consent: Contract 4711, section 3."}, notesOf(f, r))
	a.Spec.Consent = ""
	require.Contains(t, notesOf(f, r)[0], "; the customer’s consent isn’t on record.")
	a.Decided = &sla.Decided{By: []string{"service-manager"}}
	require.Equal(t, []string{"neutral: Agreement Service desk 2016, version 1: decided by service-manager; the customer’s consent isn’t on record."}, notesOf(f, r))
	f.Agreements = append(f.Agreements, *a)
	f.Agreements[1].Version, r.Agreements[0].Versions = 2, []int{1, 2}
	require.Equal(t, []string{"neutral: Agreements Service desk 2016, version 1; Service desk 2016, version 2: decided by service-manager; the customer’s consent isn’t on record."}, notesOf(f, r))
	r.Agreements[0].Versions = []int{3}
	require.Empty(t, notesOf(f, r), "of what no figure stands on nothing is said")
}
