package availabilityreview_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/reviewtest"
	"turnus/itsm/agreement"
	"turnus/itsm/availability"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/continuity"
	"turnus/itsm/dataset"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
	"turnus/report"
	"turnus/report/availabilityreview"
)

// drafted is the document on a set, with what the owner said.
func drafted(t testing.TB, f avail.Frozen, d reviewtest.Data, answers ...report.Answer) (report.Document, avail.Result) {
	t.Helper()
	f = d.Freeze(f)
	r, err := avail.Derive(f, d.Source())
	require.NoError(t, err)
	doc, err := availabilityreview.Draft(f, r, answers, nil)
	require.NoError(t, err)
	again, err := availabilityreview.Draft(f, r, answers, nil)
	require.NoError(t, err)
	require.Equal(t, doc, again, "the same inputs give the same document")
	return doc, r
}

// said are all words of a document in a language, a line each.
func said(d report.Document, lang text.Lang) string {
	var b strings.Builder
	put := func(t text.Text) { b.WriteString(t.In(lang) + "\n") }
	for _, n := range d.Notes {
		put(n.Text)
	}
	for _, x := range d.Summary {
		put(x.Label)
		put(x.Note)
	}
	for _, s := range d.Sections {
		put(s.Title)
		for _, p := range s.Paragraphs {
			put(p)
		}
		for _, table := range s.Tables {
			put(table.Caption)
			for _, c := range table.Columns {
				put(c.Title)
			}
			for _, row := range table.Rows {
				for _, c := range row {
					switch {
					case c.Text != nil:
						put(*c.Text)
					case c.Verdict != nil:
						put(c.Verdict.Text)
					}
				}
			}
		}
	}
	return b.String()
}

// section finds one by its title.
func section(t testing.TB, d report.Document, title string) report.Section {
	t.Helper()
	for _, s := range d.Sections {
		if s.Title.En == title {
			return s
		}
	}
	t.Fatalf("no section %q", title)
	return report.Section{}
}

func june() reviewtest.Data {
	return reviewtest.Data{
		Windows: []uptime.Planned{reviewtest.Window("w", "2026-06-14 02:00", "2026-06-14 04:00")},
		Outages: []uptime.Outage{
			reviewtest.Out("2026-05-31 23:00", "2026-06-01 01:00"), reviewtest.Out("2026-06-10 10:00", "2026-06-10 11:30"), reviewtest.Out("2026-06-10 11:00", "2026-06-10 12:00"),
			reviewtest.Out("2026-06-14 03:30", "2026-06-14 04:45"), reviewtest.Out("2026-06-30 23:30", "2026-07-01 02:00"),
		},
	}
}

var fieldName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)

// A missed target and each outage that began in the period are findings, named so
// that a task can ask about them; the outages are what publishing puts into the
// register besides the figures that miss.
func TestFindings(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", ""))
	j := june()
	j.Outages[1].Component, j.Outages[1].Cause = "Kasse & Lager", "database"
	doc, r := drafted(t, f, j)
	found := availabilityreview.Findings(f, r)
	require.Equal(t, "shop-2026/shop.availability", found[0].Key)
	require.Equal(t, found[1:], doc.Findings)
	require.Equal(t, found[0].Key, report.Misses(doc.Figures)[0].Key())
	keys := map[string]bool{}
	for _, x := range found {
		require.False(t, keys[x.Key])
		keys[x.Key] = true
		require.Regexp(t, fieldName, strings.ReplaceAll(x.Key, "/", ".")+".cause")
	}
	for _, x := range doc.Findings {
		require.Equal(t, improvement.UnplannedOutage, x.Kind)
		require.NotContains(t, x.Key, "2026-05-31", "the report before has asked about that one")
	}
	require.Contains(t, doc.Findings[0].Title.En, "Kasse & Lager")
	require.Equal(t, text.New(
		"Component: Kasse & Lager. Begun: 10 June 2026, 10:00\u00a0CEST. Ended: 10 June 2026, 11:30\u00a0CEST. Length: 1\u202fh 30\u202fmin. Of agreed service time: 1\u202fh 30\u202fmin. Recorded cause: database.",
		"Komponente: Kasse & Lager. Begonnen: 10.06.2026, 10:00\u00a0Uhr\u00a0MESZ. Beendet: 10.06.2026, 11:30\u00a0Uhr\u00a0MESZ. Dauer: 1\u202fh 30\u202fmin. Davon vereinbarte Servicezeit: 1\u202fh 30\u202fmin. Aufgezeichnete Ursache: database."),
		doc.Findings[0].Detail)
	require.Contains(t, doc.Findings[1].Detail.En, "It concerned the whole service. Begun: ")
}

// An outage that isn't over has no end, and of many causes the first are named.
func TestTheFindingOfAnOutageThatGoesOn(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", ""))
	var d reviewtest.Data
	for i := range 12 {
		o := reviewtest.Out("2026-06-10 10:00", "2026-06-10 11:00")
		o.Cause, o.Reference = fmt.Sprintf("cause %02d", i), fmt.Sprintf("I-%02d", i)
		d.Outages = append(d.Outages, o)
	}
	d.Outages[11].To = time.Time{}
	doc, _ := drafted(t, f, d)
	require.Len(t, doc.Findings, 1)
	detail := doc.Findings[0].Detail
	require.NotContains(t, detail.En, "Ended")
	require.Contains(t, detail.De, "Nicht beendet; bisher ")
	require.Contains(t, detail.En, "cause 09; 2 more. Reference: I-00; ")
	require.NotContains(t, detail.En, "cause 10")
}

// Of countless outages the longest are findings, and all tables stay bounded.
func TestCountlessOutages(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", ""))
	var d reviewtest.Data
	for i := range 2000 {
		from := reviewtest.At("2026-06-02 00:00").Add(time.Duration(i*20) * time.Minute)
		d.Outages = append(d.Outages, uptime.Outage{From: from, To: from.Add(time.Duration(60+i%500) * time.Second), Component: strings.Repeat("x", i%3)})
		d.Windows = append(d.Windows, reviewtest.Window(fmt.Sprint(i), "2026-06-20 01:00", "2026-06-20 02:00"))
	}
	doc, r := drafted(t, f, d)
	require.Greater(t, len(r.Outages), 1500)
	require.Len(t, doc.Findings, 60)
	for _, s := range doc.Sections {
		for _, table := range s.Tables {
			require.LessOrEqual(t, len(table.Rows), 60, table.Caption.En)
		}
	}
	require.Contains(t, said(doc, text.En), "more stand in the receipts")
}

// Of more evidence than a person is asked about the report says how much it leaves
// out, in words that fit the number.
func TestEvidenceThatIsLeftOut(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", ""))
	f.Plans = []avail.Plan{{Name: "fire", Title: text.New("Fire", "Brand"), Version: 1, From: f.From, RTO: 3600, Base: continuity.FromDisruption}}
	for more, want := range map[int]text.Text{
		0: {},
		1: text.New(" One more, a shorter one, isn’t decided on; its outage stands", " Über einen weiteren, kürzeren wird nicht entschieden; er steht"),
		2: text.New(" 2 more, shorter ones, aren’t decided on; their outages stand", " Über 2 weitere, kürzere wird nicht entschieden; sie stehen"),
	} {
		var d reviewtest.Data
		for i := range report.MaxEvidence + more {
			from := reviewtest.At("2026-06-02 00:00").Add(time.Duration(i) * time.Hour)
			d.Outages = append(d.Outages, uptime.Outage{From: from, To: from.Add(time.Minute)})
		}
		doc, _ := drafted(t, f, d)
		require.Len(t, doc.Evidence, report.MaxEvidence)
		for _, lang := range []text.Lang{text.En, text.De} {
			if more == 0 {
				require.NotContains(t, said(doc, lang), text.New("the gravest", "die schwerwiegendsten").In(lang))
			} else {
				require.Contains(t, said(doc, lang), text.New("then the longest.", "dann die längsten.").In(lang)+want.In(lang))
			}
		}
	}
}

// The investigation of an outage is given, ended in the register, or missing, which
// the first page says.
func TestInvestigations(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", ""))
	doc, r := drafted(t, f, june())
	require.Contains(t, said(doc, text.En), "The investigation is missing for 3 of 3 unplanned outages")
	outages := doc.Findings
	f.Register = &improvement.Extract{Findings: []improvement.Progress{{Finding: 7, State: improvement.Closed,
		Key: improvement.EventKey(improvement.UnplannedOutage, "shop", outages[1].Key)}}}
	doc, _ = drafted(t, f, june(), report.Answer{Key: outages[0].Key, Cause: "A switch failed.", Measure: "Replaced.", By: "owner", At: f.At})
	require.Contains(t, said(doc, text.En), "The investigation is missing for 1 of 3 unplanned outages")
	require.Contains(t, said(doc, text.De), "Für 1 von 3 ungeplanten Ausfällen fehlt die Untersuchung")
	table := section(t, doc, "Unplanned outages and their investigation").Tables[1]
	require.Len(t, table.Rows, len(r.Outages))
	var states []string
	for _, row := range table.Rows {
		states = append(states, row[1].Verdict.Text.En)
	}
	require.Equal(t, []string{"asked about earlier", "given", "ended in the register", "missing"}, states)
	require.Equal(t, "7: closed", table.Rows[2][4].Text.En)
	require.Equal(t, report.Bad, table.Rows[3][1].Verdict.Tone)
}

// What is known of nothing is neither met nor missed; what isn't over says so.
func TestNoDataAndProvisional(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", `{"availability":{"probes":{"every":"PT1M"}}}`))
	doc, _ := drafted(t, f, reviewtest.Data{})
	require.Contains(t, said(doc, text.En), "Nothing is known of 1 of 1 targets, which are neither met nor missed: shop.")
	require.Contains(t, said(doc, text.De), "keine Daten")
	require.Equal(t, report.NoData, doc.Figures[0].Verdict)
	require.Nil(t, doc.Figures[0].Value)
	require.Empty(t, report.Misses(doc.Figures))

	f.Provisional = true
	doc, _ = drafted(t, f, reviewtest.Data{})
	require.True(t, doc.Provisional)
	require.Contains(t, doc.Notice.De, "Vorläufig")

	f.Agreements = nil
	doc, _ = drafted(t, f, reviewtest.Data{})
	require.Contains(t, said(doc, text.En), "There is nothing to measure against.")
}

// Records and probes that disagree both stand in the report, with which counts; a
// monitor that was down itself leaves unknown time, not downtime.
func TestSourcesThatDisagree(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", `{"attain":99.99,"availability":{"probes":{"every":"PT1M","failures":3}}}`))
	seen, dead := reviewtest.Out("2026-06-10 10:00", "2026-06-10 10:30"), reviewtest.Out("2026-06-20 00:00", "2026-06-23 00:00")
	d := reviewtest.Data{
		Outages: []uptime.Outage{reviewtest.Out("2026-06-10 10:10", "2026-06-10 11:00")},
		Days: reviewtest.Samples("", "fra", f.Reads.From, f.Reads.To, 60, func(x time.Time) availability.Answer {
			if reviewtest.During(availability.AnswerDown, dead)(x) == availability.AnswerDown {
				return ""
			}
			return reviewtest.During(availability.AnswerDown, seen)(x)
		}),
	}
	doc, r := drafted(t, f, d)
	x := r.Agreements[0].Targets[0]
	require.Equal(t, int64(30*60), x.Sum.Down)
	require.InDelta(t, 3*86_400, x.Sum.Unknown, 120)
	words := said(doc, text.En)
	require.Contains(t, words, "Outage records and probes disagree about agreed service time: shop (40\u202fmin)")
	require.Contains(t, words, "Not reliable, since too little of the agreed time is known, are 1 of 1 targets: shop (90\u202f% known")
	require.Contains(t, words, "outage record: down; probes: up")
	require.Contains(t, words, "probes: down; outage record: up")
	require.Contains(t, said(doc, text.De), "Ausfallaufzeichnung: Ausfall; Messpunkte: verfügbar")
	lane := section(t, doc, "Timeline").Timelines[0].Lanes[0]
	require.Equal(t, []report.SpanKind{report.SpanDown, report.SpanUnknown, report.SpanUp}, []report.SpanKind{lane.Sums[0].Kind, lane.Sums[1].Kind, lane.Sums[2].Kind})
	require.Equal(t, int64(30*60), lane.Sums[0].Seconds)
}

// Maintenance says when it was announced, what it excused, and why not all.
func TestMaintenance(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", `{"availability":{"notice":"PT48H"}}`))
	late, cancelled := reviewtest.Window("late", "2026-06-18 02:00", "2026-06-18 04:00"), reviewtest.Window("gone", "2026-06-19 02:00", "2026-06-19 04:00")
	late.Since, late.Told = reviewtest.At("2026-06-17 20:00"), false
	cancelled.Cancelled = true
	d := june()
	d.Windows = append(d.Windows, late, cancelled)
	doc, _ := drafted(t, f, d)
	words := said(doc, text.En)
	for _, want := range []string{"nothing: announced too late", "nothing: cancelled", "all of it", "by the import", "An overrun counts as downtime.", "What was not announced in time excuses nothing."} {
		require.Contains(t, words, want)
	}
	require.Contains(t, said(doc, text.De), "nichts: zu spät angekündigt")
}

// No percentage is printed so that it looks like what was agreed, or like 100 %,
// where it isn't.
func TestPercentagesKeepTheirSide(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", `{"attain":99.9}`))
	doc, _ := drafted(t, f, reviewtest.Data{Outages: []uptime.Outage{{From: reviewtest.At("2026-06-10 10:00"), To: reviewtest.At("2026-06-10 10:00").Add(time.Second)}}})
	require.Contains(t, said(doc, text.En), "99.99996\u202f%")
	f = reviewtest.Frozen("2026-06", reviewtest.Target("shop", `{"attain":99.9}`))
	doc, _ = drafted(t, f, reviewtest.Data{Outages: []uptime.Outage{{From: reviewtest.At("2026-06-10 10:00"), To: reviewtest.At("2026-06-10 10:00").Add(2593 * time.Second)}}})
	require.Contains(t, said(doc, text.En), "99.89996\u202f%")
	require.Equal(t, report.Missed, doc.Figures[0].Verdict)
}

// The months of a longer period add up to it, in every figure that adds up.
func TestMonthsOfAQuarter(t *testing.T) {
	f := reviewtest.Frozen("2026-Q2", reviewtest.Target("shop", ""))
	doc, r := drafted(t, f, june())
	x := r.Agreements[0].Targets[0]
	var down, agreed int64
	for _, m := range x.Months {
		down, agreed = down+m.Figures.Down, agreed+m.Figures.Agreed
	}
	require.Equal(t, []int64{x.Sum.Down, x.Sum.Agreed}, []int64{down, agreed})
	require.Contains(t, said(doc, text.En), "Availability in each month")
	require.Contains(t, said(doc, text.En), "Jun\u00a02026")
}

// Many targets have a row each, and a timeline has a lane for each.
func TestManyTargets(t *testing.T) {
	var targets []agreement.Target
	for i := range 45 {
		targets = append(targets, reviewtest.Target(fmt.Sprintf("n%02d", i), fmt.Sprintf(`{"availability":{"component":"node %d"}}`, i)))
	}
	d := june()
	d.Outages = d.Outages[1:2]
	d.Outages[0].Component = "node 3"
	doc, _ := drafted(t, reviewtest.Frozen("2026-06", targets...), d)
	lines := section(t, doc, "Timeline").Timelines
	require.Equal(t, []int{40, 5}, []int{len(lines[0].Lanes), len(lines[1].Lanes)})
	results := section(t, doc, "Results: Shop 2026")
	require.Len(t, results.Tables[0].Rows, 45)
	require.Len(t, results.Tables[1].Rows, 1, "of what most have nothing only those that have it")
	names := map[string]bool{}
	for _, f := range doc.Figures {
		require.False(t, names[f.Name], f.Name)
		names[f.Name] = true
		require.NotEmpty(t, f.Label.De)
		require.Regexp(t, `^availability\.[a-z-]+/1$`, f.Formula)
	}
}

// Targets that are met on too little data are said to be so where they are counted.
func TestTargetsThatAreMetOnTooLittle(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", ""))
	f.Data[0].Count = 1
	in := june()
	doc, _ := drafted(t, f, in)
	require.NotContains(t, said(doc, text.En), "1 not reliable")
	require.Contains(t, said(doc, text.De), "1 Wartung\n")
	f.Data[1].Since = f.To.AddDate(0, 0, -10)
	doc, _ = drafted(t, f, in)
	require.Contains(t, said(doc, text.En), "missed; 1 not reliable")
}

// What people typed is kept as it is, and imports say what they were warned of.
func TestWhatOthersSaid(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", ""))
	f.Data[1].Imports[0].Warnings = []dataset.Warning{{Code: dataset.OlderRows, Detail: text.New("Rows are older", "Zeilen sind älter")}}
	f.Data[1].Rejects = []dataset.RejectsByCause{{Column: "end", Reason: text.New("it ends before it starts", "das Ende liegt vor dem Beginn"), Rows: 3}}
	f.History = []avail.Past{{Period: "2026-05", Run: "availability-review/shop/2026-05", Version: 1, By: "manager", Comment: "100 % <b>fine</b>",
		Targets: []avail.PastTarget{{Agreement: "shop-2026", Name: "shop", Attain: "99.8", Verdict: "no-data"}}}}
	doc, _ := drafted(t, f, june())
	words := said(doc, text.En)
	for _, want := range []string{"Import 2: Rows are older.", "it ends before it starts", "100 % <b>fine</b>", "Targets then and now"} {
		require.Contains(t, words, want)
	}
	german := said(doc, text.De)
	require.NotRegexp(t, `\b(Sie|bitte|Ihre?)\b`, strings.ReplaceAll(german, ": Sie ", ""))
	require.NotContains(t, words+german, "%!")
}
