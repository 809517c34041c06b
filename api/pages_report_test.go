package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/changeapproval"
	drafting "turnus/report/improvement"
	"turnus/report/render"
	"turnus/store"
)

// goldenDocuments are documents of each process, by name.
func goldenDocuments(t *testing.T) map[string]report.Document {
	t.Helper()
	all := map[string]report.Document{}
	files, err := filepath.Glob("../report/verify/testdata/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range append(files, "../report/testdata/0.1.0.json") {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		doc := b
		var receipts struct {
			Report struct {
				Document json.RawMessage `json:"document"`
			} `json:"report"`
		}
		require.NoError(t, json.Unmarshal(b, &receipts), f)
		if receipts.Report.Document != nil {
			doc = receipts.Report.Document
		}
		var d report.Document
		require.NoError(t, json.Unmarshal(doc, &d), f)
		require.NotEmpty(t, d.Figures, f)
		all[filepath.Base(f)] = d
	}
	zone, at := "Europe/Berlin", testNow.AddDate(0, 0, -3)
	interval, err := json.Marshal(planning.Spec{Process: "sla-report", Scope: "payments", Reason: "The customer reviews <b>the figures</b>.",
		Rule: planning.Rule{WorkingDay: 3, Of: calendar.Month, At: "08:00"}, Valid: planning.Span{From: calendar.Date{Year: 2026, Month: 1, Day: 1}}})
	require.NoError(t, err)
	d, err := changeapproval.Draft(planning.Change{Run: "change-approval/interval.monthly/2026-11-20", Round: 1, Service: "payments", Title: text.New("Payments", "Zahlungen"), Zone: zone,
		Document: resource.Raw{APIVersion: "turnus/v1", Kind: resource.Interval, Metadata: resource.Metadata{Name: "monthly"}, Spec: interval}, Hash: strings.Repeat("ab", 32), By: "owner", At: at})
	require.NoError(t, err)
	all["change"] = d
	title := text.New("Target p1 missed", "Ziel p1 verfehlt")
	d, err = drafting.Draft(improvement.Frozen{Run: "improvement/12/2026-11-20", Round: 1, About: resource.Service.Ref("payments"), Zone: zone, At: at, Stage: improvement.ToPlan, Continues: true,
		Finding: improvement.Finding{ID: 12, Kind: "missed-target", Type: improvement.Nonconformity, State: improvement.Planned, Severity: improvement.Major, Service: "payments",
			About: resource.Service.Ref("payments"), Title: title, Seen: 1, Last: at, At: at},
		Cycles: []improvement.Cycle{{Round: 1, By: "owner", At: at, Plan: improvement.Plan{Cause: "Staffing", Whys: []string{"Nobody was there."},
			Actions: []improvement.Action{{Number: 1, Title: "Add a person", Owner: "owner", Due: calendar.Date{Year: 2026, Month: 12, Day: 4}, Measure: "Share", Sense: improvement.AtLeast, Target: "95", Wait: 86400}}}}}})
	require.NoError(t, err)
	all["improvement"] = d
	return all
}

// drafted is a run of payments that waits with a document.
func (h *house) drafted(t *testing.T, period string, d report.Document) run.Run {
	t.Helper()
	r, _, err := h.store.Begin(t.Context(), testNow, store.NewRun{Key: run.Key{Process: "sla-report", Scope: "payments", Period: period}, Owner: "owner", By: person.Actor{Person: "owner"}})
	require.NoError(t, err)
	d.Run = r.ID
	hash, doc, err := report.Hash(d)
	require.NoError(t, err)
	st := run.Step{Run: r.ID, Round: 1}
	require.NoError(t, h.store.Enter(t.Context(), st, run.Drafting))
	_, err = h.store.SaveDraft(t.Context(), testNow, st, hash, doc)
	require.NoError(t, err)
	return r
}

// Every document is a page in both languages: the fragment that the export has,
// in a small frame.
func TestEveryDocumentIsAPage(t *testing.T) {
	h := newHouse(t)
	owner := h.guest(t, "owner", "en")
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, d := range goldenDocuments(t) {
		r := h.drafted(t, day.Format("2006-01"), d)
		day = day.AddDate(0, 1, 0)
		kept, err := h.store.Report(t.Context(), r.ID)
		require.NoError(t, err)
		kept.Receipts, kept.Tickets = receiptsAt(kept), ticketsAt(kept)
		for _, lang := range []text.Lang{text.En, text.De} {
			page := owner.reads("/reports/"+r.ID, string(lang))
			var body strings.Builder
			require.NoError(t, render.Fragment(&body, kept, lang))
			require.Contains(t, page, body.String(), name)
			require.Less(t, len(page)-body.Len(), 20<<10, name)
			require.NotContains(t, page, "style=", name)
			require.NotContains(t, page, "<b>the figures")
		}
	}
}

// A report's page names its versions and its files; what is taken away is what
// the API sends, under a name, and the record tells reading from taking away.
func TestAReportOnAPage(t *testing.T) {
	h := newHouse(t)
	var d report.Document
	for _, one := range goldenDocuments(t) {
		if one.Process == "sla-report" && one.TicketList != nil {
			d = one
		}
	}
	r := h.drafted(t, "2026-09", d)
	owner, viewer := h.guest(t, "owner", "en"), h.guest(t, "viewer", "en")
	require.Equal(t, 403, viewer.in("en").opens("/reports/"+r.ID).Code, "a draft")
	require.Equal(t, 404, owner.in("en").opens("/reports/sla-report/payments/2020-01").Code)
	require.Equal(t, 404, owner.in("en").opens("/reports/sla-report/payments/x.y").Code)
	storetest.End(t, h.store, testNow, "approver", "owner", r.ID, run.Published)

	for lang, words := range map[string][]string{"en": {"Versions and files", "in force", "Breached and excluded tickets (CSV)"}, "de": {"Versionen und Dateien", "gültig", "Verletzte und ausgeschlossene Tickets (CSV)"}} {
		page := owner.reads("/reports/"+r.ID, lang)
		for _, w := range words {
			require.Contains(t, page, w)
		}
	}
	style := owner.in("de").opens("/reports/" + r.ID + "/print.css")
	require.Equal(t, 200, style.Code)
	require.Equal(t, "text/css; charset=utf-8", style.Header().Get("Content-Type"))
	require.Contains(t, style.Body.String(), "@page")
	require.Contains(t, style.Body.String(), "size: A4")
	require.Contains(t, style.Body.String(), "Seite ")

	read := h.count(t, "SELECT count(*) FROM audit WHERE action = 'report.exported' AND after->>'as' = 'page' AND actor = 'owner'")
	require.Equal(t, 2, read, "the two pages, and not their styles")
	for file, media := range map[string]string{"report.html": "text/html; charset=utf-8", "report.json": "application/json"} {
		w := owner.in("de").opens("/reports/" + r.ID + "/files/" + file)
		require.Equal(t, 200, w.Code, w.Body)
		require.Equal(t, media, w.Header().Get("Content-Type"))
		require.Equal(t, fmt.Sprintf("attachment; filename=sla-report.payments.2026-09.%s", strings.TrimPrefix(file, "report.")), w.Header().Get("Content-Disposition"))
		api := h.as(t, "owner", "GET", "/v1/runs/"+r.ID+"/report?lang=de", "", "Accept", strings.Split(media, ";")[0])
		require.Equal(t, api.Body.String(), w.Body.String())
	}
	require.Equal(t, read, h.count(t, "SELECT count(*) FROM audit WHERE action = 'report.exported' AND after->>'as' = 'page' AND actor = 'owner'"))
	require.Equal(t, 404, owner.in("en").opens("/reports/"+r.ID+"/files/report.exe").Code)
	require.Equal(t, 403, viewer.in("en").opens("/reports/"+r.ID+"/files/tickets.csv").Code)
	require.NotContains(t, viewer.reads("/reports/"+r.ID, "en"), "tickets.csv")

	// Another version takes its place, and each says which one counts.
	again, _, err := h.store.Begin(t.Context(), testNow, store.NewRun{Key: r.Key, Owner: "owner", Again: true, Reason: "late data", By: person.Actor{Person: "owner"}})
	require.NoError(t, err)
	storetest.End(t, h.store, testNow, "approver", "owner", again.ID, run.Published)
	page := owner.reads("/reports/"+r.ID, "en")
	require.Contains(t, page, "Version 2 is in force instead of this one:")
	require.Contains(t, page, `href="/reports/`+(&url.URL{Path: again.ID}).EscapedPath()+`"`)
}
