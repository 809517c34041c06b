package report_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

// Whatever a report holds: the figures and sections of an extract are those of
// the whole that carry one of its agreements, in their order, and its hash is
// that of its own content.
func TestExtractsAreTheWholeFiltered(t *testing.T) {
	names := []string{"a", "b", "c", ""}
	rapid.Check(t, func(t *rapid.T) {
		var r report.Report
		r.Hash, r.Version = "whole", 1
		for range rapid.IntRange(0, 12).Draw(t, "sections") {
			r.Sections = append(r.Sections, report.Section{Title: text.Same(rapid.String().Draw(t, "title")), Agreement: rapid.SampledFrom(names).Draw(t, "of")})
		}
		for range rapid.IntRange(0, 12).Draw(t, "figures") {
			kind := rapid.SampledFrom([]report.GroupKind{report.OfAgreement, report.OfObjective, ""}).Draw(t, "kind")
			r.Figures = append(r.Figures, report.Figure{Name: rapid.String().Draw(t, "name"), Group: report.Group{Kind: kind, Name: rapid.SampledFrom(names[:3]).Draw(t, "group")}})
		}
		theirs := rapid.SliceOfNDistinct(rapid.SampledFrom(names[:3]), 1, 3, func(s string) string { return s }).Draw(t, "theirs")
		x, err := report.Extract(r, []string{"shop"}, theirs)
		require.NoError(t, err)
		figures, sections := []report.Figure{}, []report.Section{}
		for _, f := range r.Figures {
			if f.Group.Kind == report.OfAgreement && slices.Contains(theirs, f.Group.Name) {
				figures = append(figures, f)
			}
		}
		for _, s := range r.Sections {
			if slices.Contains(theirs, s.Agreement) {
				sections = append(sections, s)
			}
		}
		require.Equal(t, figures, x.Figures)
		require.Equal(t, sections, x.Sections)
		hash, _, err := report.Hash(x.Document)
		require.NoError(t, err)
		require.Equal(t, &report.Extracted{Of: "whole", Hash: hash, Customers: []string{"shop"}, Agreements: theirs}, x.Extract)
	})
}

// Of decisions an extract keeps those on the report's own content: who, when and
// how. What people wrote and what the run was about inside stays there.
func TestExtractsLeaveOutWhatWasSaid(t *testing.T) {
	const others = "othersword"
	at := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	r := report.Report{
		Document: report.Document{Run: "sla-report/desk/2026-10", Title: text.New("SLA report", "SLA-Bericht"), Subject: text.Same("desk"), Notice: text.New("Mind this.", "Zu beachten."),
			Summary: []report.Tile{{Label: text.Same(others)}}, Notes: []report.Note{{Text: text.Same(others)}}, Answers: []report.Answer{{Cause: others}},
			Findings: []report.Finding{{Title: text.Same(others)}}, TicketList: &report.TicketList{SHA256: others},
			Restates: &report.Restated{Version: 1, Run: "sla-report/desk/2026-10", Hash: "first"},
			Sources:  []report.Source{{Kind: report.FromAgreement, Name: "a", Version: "1"}, {Kind: report.FromAgreement, Name: others, Version: "1"}, {Kind: report.FromCalendar, Name: others}},
			Figures:  []report.Figure{{Group: report.Under("a"), Name: "p1.met"}}},
		Record: report.Record{Hash: "whole", State: "published", Version: 2, StartedBy: others, Issuer: others, Owner: "olga", Reason: others, Outcome: text.Same(others),
			Receipts: others, Tickets: others, Stale: []task.StalePart{{Detail: text.Same(others)}}, Persons: map[string]text.Text{others: text.Same(others), "anton": text.Same("Anton")},
			Decisions: []task.Decision{
				{Task: others, Person: others, Comment: others, Hash: others},
				{Task: others, Person: "anton", Outcome: task.Approve, At: at, Comment: others, Hash: "whole", TokenIssuer: others, Stale: []task.StalePart{{Detail: text.Same(others)}}}}},
	}
	x, err := report.Extract(r, []string{"shop", "mill"}, []string{"a"})
	require.NoError(t, err)
	b, err := json.Marshal(x)
	require.NoError(t, err)
	require.NotContains(t, string(b), others)
	require.Equal(t, []task.Decision{{Person: "anton", Outcome: task.Approve, At: at, Hash: "whole"}}, x.Decisions)
	require.Equal(t, map[string]text.Text{"anton": text.Same("Anton")}, x.Persons)
	require.Equal(t, 1, x.Restates.Version)
	require.Equal(t, "Mind this. Extract for shop and mill. Complete for a only.", x.Notice.En)
	require.Equal(t, "Zu beachten. Auszug für shop und mill. Vollständig nur für a.", x.Notice.De)
	require.Len(t, x.Notes, 3, "what it is, that it has its figures only, and what it restates")
	require.Contains(t, x.Notes[1].Text.De, "enthält nur die Zahlen")
}
