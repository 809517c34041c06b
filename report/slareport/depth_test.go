package slareport

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// deepMarch is March with all that a report may go into: thirteen reports
// before it, exclusions, void days, weights and credits.
func deepMarch() (sla.Frozen, sla.Result) {
	f, r := frozenMarch(), resultMarch()
	a := &r.Agreements[0]
	for i, weight := range []string{"0.4", "0.3", "0.2", "0.1"} {
		a.Targets[i].Target.Weight = json.Number(weight)
	}
	p1, p3, p4 := &a.Targets[0], &a.Targets[1], &a.Targets[2]
	p1.Percentiles = &sla.Percentiles{P50: 71000, P90: 350400, P95: 700001, OpenFrom: 400000}
	p1.Worst = []sla.Worst{{Number: "INC0000345", Elapsed: 2592000, Over: 2577600, Open: true}, {Number: "INC0001017", Elapsed: 700001, Over: 685601}}
	p3.Percentiles = &sla.Percentiles{P50: 14400, P90: 190000, P95: 260000}
	p3.Worst = []sla.Worst{{Number: "INC0004711", Elapsed: 720000, Over: 540000}}
	p3.Excluded = []sla.Excluded{
		{Exclusion: 3, Reason: agreement.Customer, Counts: sla.Counts{Decided: 2, Breached: 2, Open: 1, Undecided: 1}},
		{Exclusion: 5, Reason: agreement.Duplicate, Counts: sla.Counts{Decided: 1, Met: 1}},
		{Reason: sla.Overload, Counts: sla.Counts{Decided: 210, Met: 90, Breached: 120}}}
	p3.All = &sla.All{Counts: sla.Counts{Decided: 7828, Met: 6568, Breached: 1260, Open: 1421, OpenBreached: 402, Undecided: 1019, Reopened: 4, ReopenedBreached: 1}, Verdict: sla.Missed}
	p4.Percentiles = &sla.Percentiles{P50: 3600, P90: 7200, P95: 9000}
	f.Exclusions = []agreement.Exclusion{
		{ID: 3, Service: "service-desk", Tickets: []string{"INC0000811"}, Agreement: "service-desk-2016", Target: "p3-resolution", Reason: agreement.Customer,
			Detail: "The site was locked from 9 to 11 March; nobody could be let in", Evidence: "CHG-2016-0312", By: "desk-owner", At: instant("2016-04-02T09:15:00Z")},
		{ID: 4, Service: "service-desk", Tickets: []string{"INC0000912"}, Reason: agreement.Spam, Detail: "without effect here", Evidence: "mail", By: "desk-owner", At: instant("2016-04-02T09:20:00Z")},
		{ID: 5, Service: "service-desk", Tickets: []string{"INC0001203"}, Reason: agreement.Duplicate, Detail: "Reported twice, see INC0001202.", Evidence: "INC0001202", By: "desk-owner", At: instant("2016-04-02T09:30:00Z")},
	}
	spec := &f.Agreements[0].Spec
	for _, t := range a.Targets {
		spec.Targets = append(spec.Targets, t.Target)
	}
	credits := agreement.Credits{Fee: agreement.Money{Amount: "48000.00", Currency: "EUR"}, Several: agreement.Sum, Cap: "15", Tiers: []agreement.Tier{
		{Target: "p1-resolution", Below: "95", Credit: "5"}, {Target: "p1-resolution", Below: "80", Credit: "10"}, {Target: "p4-resolution", Below: "99.9", Credit: "7.3333"}, {Target: "p5-response", Below: "90", Credit: "1"}}}
	str := func(s string) *string { return &s }
	a.Credits = &sla.CreditsResult{Agreed: credits, Percent: str("15"), Amount: str("7200"), Capped: true, Targets: []sla.TargetCredit{
		{Target: "p1-resolution", Percent: str("10"), Amount: str("4800")}, {Target: "p4-resolution", Percent: str("7.3333"), Amount: str("3519.984")}, {Target: "p5-response"}}}
	a.Score = &sla.Score{Value: str("50.123456"), Coverage: "90.000000", Targets: 4, WithData: 3}
	day := agreement.WorkloadLimit{Name: "tickets", Per: "day", Limit: 450, Voids: true}
	at := sla.Subperiod{From: instant("2016-03-06T23:00:00Z"), Tickets: 512}
	a.Workload = append(a.Workload[:1:1], sla.WorkloadResult{Limit: day, Actual: 8995, Verdict: sla.Missed, Peak: &at, Exceeded: []sla.Subperiod{at}},
		sla.WorkloadResult{Limit: agreement.WorkloadLimit{Name: "tickets", Per: "hour"}, Actual: 8995, Verdict: sla.NoData, Peak: &sla.Subperiod{From: instant("2016-03-07T08:00:00Z"), Tickets: 97}})

	periods, _ := sla.Earlier(f.Period)
	for i, period := range periods[len(periods)-15:] {
		if i == 4 {
			continue // a month without a report
		}
		n := int64(8000 + 137*(i%5))
		p := sla.Past{Period: period, Run: "sla-report/service-desk/" + period, Version: 1 + i%2, Hash: strings.Repeat("e5", 32), Published: f.At.AddDate(0, i-15, 0),
			By: "service-manager", Comment: "p1 needs a stand-by rota; agreed with the customer.",
			Agreements: []sla.PastAgreement{{Name: "service-desk-2016", Opened: &n, Rules: f.Rules("service-desk-2016", "")}}}
		for j, t := range a.Targets[:3] {
			x := sla.PastTarget{Name: t.Target.Name, Decided: 7000 + int64(i)*10, Attain: "85", Rules: f.Rules("service-desk-2016", t.Target.Name), Verdict: sla.Met}
			x.Met = x.Decided * int64(86+(i*7+j)%5) / 100
			if j == 0 {
				x.Decided, x.Met, x.Attain, x.Verdict = 80, int64(60-3*i), "90", sla.Missed
			}
			if j == 2 && i < 6 {
				x.Rules = "another calendar then"
			}
			p.Agreements[0].Targets = append(p.Agreements[0].Targets, x)
		}
		f.History = append(f.History, p)
	}
	var err error
	if f.Baselines, err = sla.BaselinesOf(f, nil); err != nil {
		panic(err)
	}
	return f, r
}

func deepProvisional() (sla.Frozen, sla.Result) {
	f, r := deepMarch()
	f.Provisional = true
	return f, r
}

func section(t *testing.T, d report.Document, title string) report.Section {
	t.Helper()
	for _, s := range d.Sections {
		if strings.HasPrefix(s.Title.En, title) {
			return s
		}
	}
	t.Fatalf("no section %s", title)
	return report.Section{}
}

// cells writes a row in English, so that it can be read.
func cells(row []report.Cell) string {
	var out []string
	for _, c := range row {
		switch {
		case c.Text != nil:
			out = append(out, c.Text.En)
		case c.Count != nil:
			out = append(out, report.Number(*c.Count).En)
		case c.Ratio != nil && c.Ratio.Den == 0:
			out = append(out, "n/a")
		case c.Ratio != nil:
			out = append(out, *c.Ratio.Exact(2)+"%")
		case c.Percent != "":
			out = append(out, c.Percent+"%")
		case c.Seconds != nil:
			out = append(out, fmt.Sprintf("%s%ds", map[bool]string{true: ">="}[c.AtLeast], *c.Seconds))
		case c.At != nil:
			out = append(out, c.At.Format("2006-01-02T15:04Z"))
		case c.Verdict != nil:
			out = append(out, c.Verdict.Text.En)
		}
	}
	return strings.Join(out, " | ")
}

func rowsOf(t report.Table) (rows []string) {
	for _, r := range t.Rows {
		rows = append(rows, cells(r))
	}
	return rows
}

func TestDepthOfResults(t *testing.T) {
	d := document(deepMarch())
	s := section(t, d, "Results: ")
	require.Equal(t, "Weighted score: 50.12\u202f%, over 3 of 4 weighted targets; they carry 90.00\u202f% of the weights.", s.Paragraphs[1].En)
	require.Equal(t, []string{
		"p1-resolution | 21.18% | 13.84–31.01\u202f% | 95% | distinguishably below the target | 4",
		"p3-resolution | 85.06% | 84.24–85.84\u202f% | 85% | not distinguishable from the target | 1,142",
		"p4-resolution | 99.90% | 99.81–99.94\u202f% | 99.9% | not distinguishable from the target | 9",
		"p5-response | n/a | n/a | 90% | no cases | n/a"}, rowsOf(s.Tables[1]))
	require.Equal(t, []string{
		"p1-resolution | 14400s | 71000s | 350400s | >=700001s",
		"p3-resolution | 180000s | 14400s | 190000s | 260000s",
		"p4-resolution | 216000s | 3600s | 7200s | 9000s",
		"p5-response | 1800s | n/a | n/a | n/a"}, rowsOf(s.Tables[2]))
	require.Equal(t, []string{
		"p1-resolution | INC0000345 | >=2592000s | >=2577600s | still open",
		"p1-resolution | INC0001017 | 700001s | 685601s | stopped",
		"p3-resolution | INC0004711 | 720000s | 540000s | stopped"}, rowsOf(s.Tables[3]))
}

func TestExclusionsSection(t *testing.T) {
	f, r := deepMarch()
	s := section(t, document(f, r), "Exclusions")
	require.Len(t, s.Paragraphs, 2)
	require.Equal(t, []string{"p3-resolution | 7,615 | 85.06% | met | 7,828 | 83.90% | missed"}, rowsOf(s.Tables[0]))
	require.Equal(t, []string{
		"p3-resolution | caused by the customer | 2 | 0 | 2 | 1",
		"p3-resolution | duplicate | 1 | 1 | 0 | 0",
		"p3-resolution | opened above the workload limit | 210 | 90 | 120 | 0"}, rowsOf(s.Tables[1]))
	require.Equal(t, []string{
		"3 | caused by the customer | The site was locked from 9 to 11 March; nobody could be let in. Evidence: CHG-2016-0312 | desk-owner | 2016-04-02T09:15Z | 2 | 1",
		"5 | duplicate | Reported twice, see INC0001202. Evidence: INC0001202 | desk-owner | 2016-04-02T09:30Z | 1 | 0"}, rowsOf(s.Tables[2]), "one without effect isn't listed")

	for _, s := range document(frozenMarch(), resultMarch()).Sections {
		require.NotEqual(t, "Exclusions", s.Title.En)
	}
	require.Contains(t, section(t, document(frozenMarch(), resultMarch()), "Data quality").Paragraphs, text.New("No ticket is excluded.", "Kein Ticket ist ausgeschlossen."))
}

func TestCreditsSection(t *testing.T) {
	s := section(t, document(deepMarch()), "Service credits")
	require.Equal(t, text.New("Service desk 2016: monthly fee 48,000.00\u00a0EUR", "Service Desk 2016: monatliches Entgelt 48.000,00\u00a0EUR"), s.Tables[0].Caption)
	require.Equal(t, []string{
		"p1-resolution | 21.18% | missed | below 95\u202f%: 5\u202f%; below 80\u202f%: 10\u202f% | 10% | 4,800.00\u00a0EUR",
		"p4-resolution | 99.90% | missed | below 99.9\u202f%: 7.3333\u202f% | 7.3333% | 3,519.98\u00a0EUR",
		"p5-response | n/a | n/a | below 90\u202f%: 1\u202f% | n/a | n/a",
		"Together | – | – | the credits add up, up to 15\u202f% (reached) | 15% | 7,200.00\u00a0EUR"}, rowsOf(s.Tables[0]))
}

func TestWorkloadSection(t *testing.T) {
	s := section(t, document(deepMarch()), "Workload")
	require.Contains(t, s.Paragraphs[0].En, "void")
	require.Equal(t, []string{
		"tickets a month | 8,995 | 8,995 | – | 9,000 | 99.94% | 0 | within",
		"tickets a day | 8,995 | 512 | 2016-03-06T23:00Z | 450 | 113.78% | 1 | exceeded",
		"tickets an hour | 8,995 | 97 | 2016-03-07T08:00Z | none | n/a | n/a | n/a"}, rowsOf(s.Tables[0]))
	require.Len(t, s.Charts, 1)
	require.Len(t, s.Charts[0].Points, 16)
	require.Nil(t, s.Charts[0].Points[4].Value, "a month without a report is a gap")

	s = section(t, document(frozenMarch(), resultMarch()), "Workload")
	require.NotContains(t, s.Paragraphs[0].En, "void")
	require.Equal(t, []string{"tickets a month | 8,995 | 9,000 | 99.94% | within", "unlimited a month | 8,995 | none | n/a | n/a"}, rowsOf(s.Tables[0]))
	require.Empty(t, s.Charts)
}

func TestTrendSection(t *testing.T) {
	f, r := deepMarch()
	d := document(f, r)
	s := section(t, d, "Trend")
	rows := rowsOf(s.Tables[0])
	require.Equal(t, "p1-resolution | 15 | falling | -3.75 | <\u00a00.0001", strings.Replace(rows[0][:strings.LastIndex(rows[0], " | ")], "−", "-", 1))
	require.Contains(t, rows[0], "a point outside the limits (Dec\u00a02014, Jan\u00a02015, Nov\u00a02015,")
	require.Contains(t, rows[0], ", Mar\u00a02016); 8 points in a row on one side of the centre line (Mar\u00a02016); ")
	require.Contains(t, rows[2], "p4-resolution | 10 | ", "its rules changed: only the months since count")
	require.Equal(t, "p5-response | 0 | too few values for any claim | n/a | n/a | no control limits: 8 periods with cases are needed before this one", rows[3])
	require.Len(t, s.Charts, 3, "nothing to draw of a target without values")
	require.True(t, s.Charts[2].Points[6].Break)
	require.Nil(t, s.Charts[2].Points[5].Lower)
	require.NotNil(t, s.Charts[2].Points[6].Lower)

	before := section(t, d, "The last report")
	require.Equal(t, "February 2016, version 1, run sla-report/service-desk/2016-02, approved by service-manager. Comment: “p1 needs a stand-by rota; agreed with the customer.”", before.Paragraphs[0].En)
	require.Len(t, before.Paragraphs, 1)
	require.Equal(t, "p1-resolution | 22.50% | 90% | missed | 21.18% | missed", rowsOf(before.Tables[0])[0])
	f.History = f.History[:len(f.History)-1]
	require.Equal(t, "February 2016 has no published report.", section(t, document(f, r), "The last report").Paragraphs[1].En)

	f.History, f.Baselines = nil, nil
	d = document(f, r)
	require.Contains(t, section(t, d, "Trend").Paragraphs[0].En, "there is no trend yet")
	require.Empty(t, section(t, d, "Trend").Tables)
	for _, s := range d.Sections {
		require.NotContains(t, s.Title.En, "The last report")
	}
}

func TestDepthFigures(t *testing.T) {
	d := document(deepMarch())
	for name, want := range map[string]string{
		"p3-resolution.attainment": "85.055811 percent", "p3-resolution.attainment-all": "83.903935 percent", "p3-resolution.excluded": "213 tickets",
		"p4-resolution.attainment-all": "99.895833 percent", "p4-resolution.excluded": "0 tickets",
		"p1-resolution.p50": "71000 seconds", "p1-resolution.p90": "350400 seconds", "p1-resolution.p95": "700001 seconds", "p5-response.p95": "n/a seconds",
		"p1-resolution.wilson-low": "13.836236 percent", "p1-resolution.wilson-high": "31.009334 percent", "p5-response.wilson-low": "n/a percent",
		"score": "50.123456 percent", "score.coverage": "90.000000 percent",
		"p1-resolution.credit": "4800 EUR", "p4-resolution.credit": "3519.984 EUR", "p5-response.credit": "n/a EUR", "credit": "7200 EUR",
		"workload.tickets": "8995 tickets", "workload.tickets.peak-day": "512 tickets", "workload.tickets.above-day": "1 times",
		"workload.tickets.peak-hour": "97 tickets", "workload.tickets.above-hour": "n/a times",
	} {
		f := figure(t, d, name)
		value := "n/a"
		if f.Value != nil {
			value = *f.Value
		}
		require.Equal(t, want, value+" "+string(f.Unit), name)
		require.Regexp(t, `^sla\.[a-z-]+/1$`, f.Formula)
	}
	all := figure(t, d, "p3-resolution.attainment-all")
	require.Equal(t, []any{int64(6568), int64(7828), "85", report.Missed}, []any{*all.Numerator, *all.Denominator, all.Target, all.Verdict})

	// Limits by the day alone: the volume stands all the same, and once.
	f, r := deepMarch()
	r.Agreements[0].Workload = r.Agreements[0].Workload[1:]
	d = document(f, r)
	n := 0
	for _, x := range d.Figures {
		if x.Name == "workload.tickets" {
			n++
			require.Equal(t, "8995", *x.Value)
			require.Nil(t, x.Denominator)
		}
	}
	require.Equal(t, 1, n)
}
