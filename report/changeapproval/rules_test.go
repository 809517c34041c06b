package changeapproval

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
	"turnus/itsm/resource"
	"turnus/itsm/rulechange"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// ruled is a change of an agreement with months of all kinds.
func ruled() rulechange.Change {
	raw := func(within string) resource.Raw {
		return resource.Raw{APIVersion: resource.APIVersion, Kind: resource.Agreement, Metadata: resource.Metadata{Name: "gold"},
			Spec: json.RawMessage(`{"service":"desk","consent":"C-7","valid":{"from":"2026-01-01"},"targets":[{"name":"p1","measure":"resolution","within":"` + within + `","calendar":"24x7","attain":95}]}`)}
	}
	before := raw("PT8H")
	old, now := &rulechange.Attained{Met: 18, Decided: 20, Attain: "95", Verdict: string(sla.Missed)}, &rulechange.Attained{Met: 19, Decided: 20, Attain: "95", Verdict: string(sla.Met)}
	owed := func(percent, amount string) *rulechange.CreditOwed {
		return &rulechange.CreditOwed{Percent: &percent, Amount: &amount, Currency: "EUR"}
	}
	month := func(period string) rulechange.MonthChange {
		return rulechange.MonthChange{Period: period, Run: "sla-report/desk/" + period, Version: 1}
	}
	other, same, gone := month("2026-07"), month("2026-08"), month("2026-09")
	other.Targets = []rulechange.TargetChange{{Agreement: "gold", Target: "p1", Then: old, New: now}, {Agreement: "gold", Target: "fresh", New: now}}
	other.Credits = []rulechange.CreditChange{{Agreement: "gold", Then: owed("10", "1200"), New: owed("0", "0")}}
	same.Targets = []rulechange.TargetChange{{Agreement: "gold", Target: "p1", Then: old, New: old}}
	gone.Why = text.New("The tickets aren't those that were frozen.", "Die Tickets sind nicht die festgeschriebenen.")
	return rulechange.Change{Run: "change-approval/agreement-gold/2026-10-05", Round: 1, About: resource.Service.Ref("desk"), Title: text.New("Service desk", "Servicedesk"),
		Zone: "Europe/Berlin", Document: raw("PT9H"), Hash: strings.Repeat("ab", 32), Base: 1, Before: &before, By: "olga", At: time.Date(2026, 10, 5, 7, 30, 0, 0, time.UTC),
		Services: []rulechange.ServiceChange{{Service: "desk", Title: text.New("Service desk", "Servicedesk"), Published: 9, Months: []rulechange.MonthChange{other, same, gone}}}}
}

func withdrawn() dataset.Withdrawal {
	at := time.Date(2026, 10, 5, 7, 30, 0, 0, time.UTC)
	return dataset.Withdrawal{Run: "change-approval/import-7/2026-10-05", Round: 1, About: resource.Service.Ref("desk"), Title: text.New("Service desk", "Servicedesk"),
		Zone: "Europe/Berlin", Hash: strings.Repeat("cd", 32), Reason: "It was another system's export.", By: "olga", At: at, Changed: 1200, Gone: 31,
		Import: dataset.Import{ID: 7, Dataset: dataset.Tickets, Service: "desk", Format: dataset.CSV, File: dataset.File{Name: "april.csv", Bytes: 70000, SHA256: strings.Repeat("ef", 32)},
			Mapping: &dataset.Mapping{Name: "jira", Version: 3, Hash: strings.Repeat("01", 32)}, Zone: "Europe/Berlin", AsOf: at, Derived: true, Read: 1300, Loaded: 1250, Rejected: 50,
			Tickets: 1200, By: "ines", At: at, Accepted: "The export is known to be cut.",
			Warnings: []dataset.Warning{{Code: dataset.ManyRejected, Detail: text.New("50 of 1,300 rows", "50 von 1.300 Zeilen")}}},
		Reports: []dataset.ReportOn{{Period: "2026-09", Run: "sla-report/desk/2026-09", Version: 2}}}
}

// complete wants both languages, cells for all columns, and the same bytes each time.
func complete(t *testing.T, draft func() (report.Document, error)) report.Document {
	t.Helper()
	d, err := draft()
	require.NoError(t, err)
	require.NotEmpty(t, d.Summary)
	said := func(x text.Text) {
		require.NotEmpty(t, x.En)
		require.NotEmpty(t, x.De)
		require.NotContains(t, x.En+x.De, "%!")
	}
	said(d.Title)
	for _, s := range d.Sections {
		said(s.Title)
		for _, p := range s.Paragraphs {
			said(p)
		}
		for _, tab := range s.Tables {
			for _, c := range tab.Columns {
				said(c.Title)
			}
			for _, row := range tab.Rows {
				require.Len(t, row, len(tab.Columns), s.Title.En)
			}
		}
	}
	hash, _, err := report.Hash(d)
	require.NoError(t, err)
	again, err := draft()
	require.NoError(t, err)
	second, _, err := report.Hash(again)
	require.NoError(t, err)
	require.Equal(t, hash, second)
	return d
}

// An approver reads what differs, what it would have made of each month, and of
// which that can't be said, and why.
func TestRulesDocument(t *testing.T) {
	d := complete(t, func() (report.Document, error) { return DraftRules(ruled()) })
	require.Equal(t, report.Source{Kind: "Agreement", Name: "gold", Version: "2", Hash: strings.Repeat("ab", 32)}, d.Sources[0])
	require.Equal(t, []int64{1, 1}, []int64{*d.Summary[0].Value.Count, *d.Summary[1].Value.Count})
	require.Equal(t, "one month can't be computed anew", d.Summary[1].Note.En[len(d.Summary[1].Note.En)-len("one month can't be computed anew"):])
	what, months := d.Sections[0], d.Sections[1]
	require.Equal(t, []text.Text{
		text.New("Proposed by olga: gold.", "Vorgeschlagen von olga: gold."),
		text.New("With the approval it holds as version 2. Only what differs from version 1 is listed.", "Mit der Freigabe gilt dies als Version 2. Aufgeführt ist nur, was von Version 1 abweicht."),
		text.New("Customer's consent: C-7.", "Zustimmung des Kunden: C-7."),
	}, what.Paragraphs)
	require.Len(t, what.Tables[0].Rows, 1)
	require.Equal(t, "Veröffentlichte Monate: Servicedesk", months.Title.De)
	var de []string
	for _, p := range months.Paragraphs {
		de = append(de, p.De)
	}
	require.Equal(t, []string{
		"Veröffentlichte Berichte ändern sich dadurch nicht. Eine Neufassung eines Monats (ein weiterer Versuch mit Begründung) wird mit dem dann Gültigen berechnet.",
		"9 Monate sind veröffentlicht; dies sind die letzten 3.",
		"August 2026: nach den neuen Regeln dieselben Zahlen.",
		"September 2026 lässt sich nicht neu berechnen: Die Tickets sind nicht die festgeschriebenen.",
	}, de)
	july := months.Tables[0].Rows
	require.Equal(t, []string{"missed", "met", "differs"}, []string{july[0][3].Verdict.Text.En, july[0][6].Verdict.Text.En, july[0][7].Text.En})
	require.Equal(t, "entfällt", july[1][1].Text.De, "a target that there wasn't")
	require.Equal(t, text.New("10\u202f% (1,200\u00a0EUR)", "10\u202f% (1.200\u00a0EUR)"), *months.Tables[1].Rows[0][1].Text)
	require.Equal(t, "unverändert", months.Tables[2].Rows[0][7].Text.De)

	// What is new, and what is in force already and has only to be decided on.
	c := ruled()
	c.Before, c.Base = nil, 0
	d, err := DraftRules(c)
	require.NoError(t, err)
	require.Len(t, d.Sections[0].Tables[0].Columns, 2)
	c = ruled()
	c.Before, c.Declared, c.Services[0].Months, c.Services[0].Published = &c.Document, true, nil, 0
	d, err = DraftRules(c)
	require.NoError(t, err)
	require.Equal(t, "1", d.Sources[0].Version)
	require.Empty(t, d.Sections[0].Tables)
	require.Contains(t, d.Sections[0].Paragraphs[1].De, "Bisher hat niemand darüber entschieden")
	require.Equal(t, "No report of this service is published yet.", d.Sections[1].Paragraphs[0].En)
}

// An approver reads what the import was, why it is taken back, and what that
// changes.
func TestWithdrawalDocument(t *testing.T) {
	d := complete(t, func() (report.Document, error) { return DraftWithdrawal(withdrawn()) })
	require.Equal(t, report.Source{Kind: "Import", Name: "7", Version: "1", Hash: strings.Repeat("cd", 32)}, d.Sources[0])
	require.Equal(t, "Import", d.Sources[0].Kind.Title().De)
	require.Equal(t, []int64{1200, 31, 1}, []int64{*d.Summary[0].Value.Count, *d.Summary[1].Value.Count, *d.Summary[2].Value.Count})
	b, err := json.Marshal(d.Sections)
	require.NoError(t, err)
	for _, said := range []string{"april.csv", strings.Repeat("ef", 32), "jira, version 3", "ines", "It was another system's export.", "50 von 1.300 Zeilen",
		"The export is known to be cut.", "sla-report/desk/2026-09", "jüngste Änderung in der Datei"} {
		require.Contains(t, string(b), said)
	}
	w := withdrawn()
	w.Reports, w.Import.File, w.Import.Warnings, w.Import.Accepted = nil, dataset.File{}, nil, ""
	d, err = DraftWithdrawal(w)
	require.NoError(t, err)
	require.Equal(t, []string{"What is withdrawn", "Published months that stand on it"}, []string{d.Sections[0].Title.En, d.Sections[1].Title.En})
	require.Equal(t, "None.", d.Sections[1].Paragraphs[0].En)
	require.Equal(t, "unbekannt", d.Sections[0].Tables[0].Rows[0][1].Text.De)
}
