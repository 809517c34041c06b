package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/store"
)

// others stands in whatever a customer's person mustn't read.
const others = "innerword"

// published puts a report on payments on record that two agreements stand in,
// each with a section of its own, and has it published.
func (h *house) published(t *testing.T) run.Run {
	r, _, err := h.store.Begin(t.Context(), testNow, store.NewRun{
		Key: run.Key{Process: "sla-report", Scope: "payments", Period: "2026-09"}, Owner: "owner", By: person.Actor{Person: "owner"}, Reason: others})
	require.NoError(t, err)
	w := report.Write(report.Document{Run: r.ID, Process: "sla-report", Scope: "payments", Period: "2026-09", Zone: "Europe/Berlin",
		Title: text.New("SLA report", "SLA-Bericht"), Subject: text.Same("payments"), ComputedAt: testNow, Wording: 1,
		TicketList: &report.TicketList{Rows: 3, SHA256: others},
		Answers:    []report.Answer{{Cause: others}},
		Findings:   []report.Finding{{Title: text.Same(others)}},
		Sources: []report.Source{{Kind: report.FromImport, Name: others, Version: "1"}, {Kind: report.FromAgreement, Name: "retail-sla", Version: "1"},
			{Kind: report.FromAgreement, Name: "wholesale-sla", Version: "1"}, {Kind: report.FromCalendar, Name: others, Version: "1"}}})
	w.Warn(others, others)
	w.Tile("Targets met", "Ziele erreicht", report.Name(others)).Say(others, others)
	w.Section("Basis "+others, "Grundlage "+others).Say(others, others)
	f := report.WriteFigures()
	for agreement, word := range map[string]string{"retail-sla": "ownword", "wholesale-sla": others} {
		s := w.Section("Results: %s", "Ergebnisse: %s", word).About(agreement)
		s.Say(word, word)
		s.Table(word, word).Left("Target", "Ziel").Row(report.Name(word))
		f.Of(report.Under(agreement)).Count(word, "sla.met/1", report.InTickets, 7, word, word).Against("5", report.Met)
	}
	f.Of(report.Group{Kind: report.OfObjective, Name: "retail-sla"}).Count(others, "slo/1", report.InTickets, 7, others, others)
	d := w.Document()
	d.Figures = f.Figures()
	hash, doc, err := report.Hash(d)
	require.NoError(t, err)
	st := run.Step{Run: r.ID, Round: 1}
	require.NoError(t, h.store.Enter(t.Context(), st, run.Drafting))
	_, err = h.store.SaveDraft(t.Context(), testNow, st, hash, doc)
	require.NoError(t, err)
	storetest.End(t, h.store, testNow, "approver", "owner", r.ID, run.Published)
	r, err = h.store.Run(t.Context(), r.ID)
	require.NoError(t, err)
	return r
}

// A customer's person gets an extract: what carries their agreements, and not a
// word of anything else.
func TestExtractsForCustomers(t *testing.T) {
	h := newHouse(t)
	h.withViewers(t)
	r := h.published(t)
	path := "/v1/runs/" + r.ID + "/report"
	whole, err := h.store.Report(t.Context(), r.ID)
	require.NoError(t, err)

	w := h.as(t, "customer", "GET", path, "")
	require.Equal(t, 200, w.Code, w.Body)
	require.NotContains(t, w.Body.String(), others)
	require.NotContains(t, w.Body.String(), "wholesale")
	var rep report.Report
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &rep))
	require.Equal(t, whole.Hash, rep.Extract.Of)
	require.Equal(t, whole.Hash, rep.Hash)
	require.Equal(t, []string{"retail"}, rep.Extract.Customers)
	require.Equal(t, []string{"retail-sla"}, rep.Extract.Agreements)
	own, _, err := report.Hash(rep.Document)
	require.NoError(t, err)
	require.Equal(t, own, rep.Extract.Hash, "whoever has the extract can tell that it is this one")
	require.Len(t, rep.Sections, 1)
	require.Len(t, rep.Figures, 1)
	require.Len(t, rep.Sources, 1)
	require.Equal(t, []task.Decision{{Run: r.ID, Round: 1, Person: "approver", Outcome: task.Approve, At: whole.Decisions[0].At, Hash: whole.Hash}}, rep.Decisions)

	for lang, words := range map[string][]string{"en": {"SLA report (extract)", "is an extract of the report", "Published, extract", "Extract for retail. Complete for retail-sla only.", "ownword"}, "de": {"SLA-Bericht (Auszug)", "Dies ist ein Auszug aus dem Bericht", "Veröffentlicht, Auszug", "Auszug für retail. Vollständig nur für retail-sla.", "ownword"}} {
		page := h.as(t, "customer", "GET", path+"?lang="+lang, "", "Accept", "text/html")
		require.Equal(t, 200, page.Code)
		for _, word := range append(words, whole.Hash, own) {
			require.Contains(t, page.Body.String(), word)
		}
		require.NotContains(t, page.Body.String(), others)
		require.NotContains(t, page.Body.String(), "wholesale")
	}
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?person=customer&object=run/"+r.ID, "").Body.String(), `"extract":{"agreements":["retail-sla"]`)

	// The version that counts there was another customer's: nobody's.
	h.declared(t, strings.ReplaceAll(`[{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"customer"},"spec":{"roles":["viewer"],"sees":{"customers":["post"]}}}]`, "\n", ""))
	w = h.as(t, "customer", "GET", path, "")
	require.Equal(t, 404, w.Code)
	require.Equal(t, "There is no run sla-report/payments/2026-09.", problemIn(t, w).Detail)
}

// What a report holds nothing of is not found, also where others of the service
// hold something.
func TestReportsWithoutTheCustomer(t *testing.T) {
	h := newHouse(t)
	h.withViewers(t)
	r := h.published(t)
	h.declared(t, `[{"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"later-sla"},"spec":{"service":"payments","customer":"later","where":{"customer":["later"]},"valid":{"from":"2027-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"office","attain":95}]}},
		{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"customer"},"spec":{"roles":["viewer"],"sees":{"customers":["later"]}}}]`)
	require.Equal(t, 200, h.as(t, "customer", "GET", "/v1/runs/"+r.ID, "").Code)
	w := h.as(t, "customer", "GET", "/v1/runs/"+r.ID+"/report", "")
	require.Equal(t, 404, w.Code)
	require.Equal(t, "sla-report/payments/2026-09 has no report on agreements of these customers: later.", problemIn(t, w).Detail)
	require.Equal(t, "sla-report/payments/2026-09 hat keinen Bericht über Vereinbarungen dieser Kunden: later.",
		problemIn(t, h.as(t, "customer", "GET", "/v1/runs/"+r.ID+"/report", "", "Accept-Language", "de")).Detail)
}

// instance is what tells two answers to the same question apart.
var instance = regexp.MustCompile(`"instance":"[^"]*"`)

// Whoever sees nothing of a service can't find out what there is of it: each
// operation that reads answers as if it weren't there.
func TestNobodyFindsOutByAsking(t *testing.T) {
	h, about := newExamples(t)
	unknown := examples{run: "sla-report/nowhere/2026-10", published: "sla-report/nowhere/2026-09", task: strings.ReplaceAll(about.task, "payments", "nowhere"),
		imported: "99", exclusion: "99", finding: "99", feed: about.feed}
	names := strings.NewReplacer("payments", "nowhere", "monthly", "nowhere", "gold", "nowhere", about.run, unknown.run, about.published, unknown.published, about.task, unknown.task)
	for _, op := range operations(t) {
		there, _ := about.of(op)
		away, _ := unknown.of(op)
		away = names.Replace(away)
		if op.method != http.MethodGet || there == away {
			continue
		}
		for _, who := range []string{"elsewhere", "stranger", "other-owner"} {
			for _, lang := range []string{"en", "de"} {
				a, b := h.as(t, who, "GET", there, "", "Accept-Language", lang), h.as(t, who, "GET", away, "", "Accept-Language", lang)
				same := strings.NewReplacer("payments", "nowhere", "monthly", "nowhere", "gold", "nowhere",
					"import "+about.imported, "import 99", "Import "+about.imported, "Import 99", "exclusion "+about.exclusion, "exclusion 99", "Ausschluss "+about.exclusion, "Ausschluss 99",
					"finding "+about.finding, "finding 99", "Befund "+about.finding, "Befund 99")
				require.Equal(t, b.Code, a.Code, "%s as %s: %s, %s", op.id, who, there, a.Body)
				require.Equal(t, instance.ReplaceAllString(b.Body.String(), ""), same.Replace(instance.ReplaceAllString(a.Body.String(), "")), "%s as %s: %s", op.id, who, there)
			}
		}
	}
	for _, query := range []string{"/v1/runs?service=payments", "/v1/plan?service=payments", "/v1/plan/ledger", "/v1/runs", "/v1/plan", "/v1/tasks"} {
		for _, who := range []string{"elsewhere", "stranger"} {
			require.JSONEq(t, `{"items":[],"next":null}`, h.as(t, who, "GET", query, "").Body.String(), "%s as %s", query, who)
		}
	}
}

// A customer's person reads nothing of another customer of the same service,
// whatever they ask for.
func TestCustomersOfOneServiceDontSeeEachOther(t *testing.T) {
	h, about := newExamples(t)
	k := run.Key{Process: "change-approval", Scope: "agreement-wholesale-sla", Period: "2026-10-05"}
	_, _, err := h.store.Begin(t.Context(), testNow, store.NewRun{Key: k, About: resource.Service.Ref("payments"), Owner: "owner", By: person.Actor{Person: "owner"}, Reason: "wholesale"})
	require.NoError(t, err)
	require.Equal(t, 404, h.as(t, "customer", "GET", "/v1/runs/"+k.ID(1), "").Code)
	require.Equal(t, 200, h.as(t, "named-viewer", "GET", "/v1/runs/"+k.ID(1), "").Code)
	for _, op := range operations(t) {
		if op.method != http.MethodGet || op.id == "get-feed" {
			continue
		}
		path, _ := about.of(op)
		w := h.as(t, "customer", "GET", path, "")
		require.NotContains(t, w.Body.String(), "wholesale", op.id)
		require.NotContains(t, w.Body.String(), others, op.id)
		path = strings.NewReplacer("gold", "wholesale-sla").Replace(path)
		if strings.Contains(path, "wholesale") {
			require.GreaterOrEqual(t, h.as(t, "customer", "GET", path, "").Code, 400, op.id)
		}
	}
	runs := h.as(t, "customer", "GET", "/v1/runs", "").Body.String()
	require.Contains(t, runs, about.published)
	require.NotContains(t, runs, "change-approval")
}
