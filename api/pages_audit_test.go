package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/store"
)

func TestAuditPages(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/audit", "/audit/slots", "/audit/clauses", "/audit/acts", "/audit/trail", "/audit/trail.csv", "/audit/runs/sla-report/payments/2026-10"} {
		for _, who := range []string{"owner", "approver", "admin", "viewer"} {
			h.browse(t, who, "en").page(path, 403)
		}
		if path != "/audit/trail.csv" && !strings.HasPrefix(path, "/audit/runs") {
			for _, lang := range []string{"en", "de"} {
				h.browse(t, "auditor", lang).page(path, 200)
			}
		}
	}
	h.declareMapping(t, "desk", keyed)
	h.agreedWith(t, "95")
	h.imported(t, "owner", csvOf("mapping", "desk"), sound)
	h.publishedDraft(t)
	w := h.as(t, "owner", "POST", "/v1/services/payments/exclusions", `{"tickets":["A-1"],"reason":"spam","detail":"=cmd|<x>","evidence":"y"}`)
	require.Equal(t, 201, w.Code, w.Body)
	for _, lang := range []string{"en", "de"} {
		b := h.browse(t, "auditor", lang)
		require.Contains(t, b.page("/audit/clauses", 200), "/audit/runs/sla-report/payments/2026-10")
		acts := b.page("/audit/acts", 200)
		require.NotContains(t, acts, map[string]string{"en": "can't be read", "de": "nicht lesbar"}[lang])
		require.Contains(t, acts, map[string]string{"en": "One ticket left out of the figures: not a request", "de": "Ein Ticket von der Wertung ausgeschlossen: kein Anliegen (Spam)"}[lang])
		trail := b.page("/audit/trail", 200)
		require.Contains(t, trail, map[string]string{"en": "Exclusion proposed", "de": "Ausschluss vorgeschlagen"}[lang])
		require.Contains(t, b.page("/audit/runs/sla-report/payments/2026-10", 200), map[string]string{"en": "Nobody has decided so far.", "de": "Bisher hat niemand entschieden."}[lang])
		require.Contains(t, b.page("/audit/trail?action=.refused&from=2026-11-23&to=2026-11-23", 200), map[string]string{"en": "There is no such entry.", "de": "Es gibt keinen solchen Eintrag."}[lang])
		require.Contains(t, b.page("/audit?from=2026-13-40", 422), "2026-13-40")
		b.page("/audit?from=2026-12-01&to=2026-11-01", 422)
	}
	b := h.browse(t, "auditor", "de")
	w = b.send("GET", "/audit/trail.csv?action=exclusion.proposed", nil, "")
	require.Equal(t, 200, w.Code, w.Body)
	require.Equal(t, "text/csv; charset=utf-8", w.Header().Get("Content-Type"))
	require.Contains(t, w.Header().Get("Content-Disposition"), "audit-2026-11-17-2026-11-23.csv")
	table, marked := strings.CutPrefix(w.Body.String(), "\ufeff")
	require.True(t, marked)
	r := csv.NewReader(strings.NewReader(table))
	r.Comma = ';'
	rows, err := r.ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Equal(t, []string{"owner", "Ausschluss vorgeschlagen", "exclusion.proposed", "exclusion/payments/1"}, []string{rows[1][2], rows[1][4], rows[1][5], rows[1][6]})
	for _, cell := range rows[1] {
		require.NotContains(t, "=+-@", cell[:min(1, len(cell))]+"#", "no formula")
	}
}

// What was planned in a span is what became of it, and each number leads to its
// slots.
func TestTheEquationOfAnAudit(t *testing.T) {
	h := newHouse(t)
	for i, state := range []string{"done", "done-late", "missed", "missed", "waived", "due"} {
		_, err := h.store.DB().Exec(fmt.Sprintf(`INSERT INTO slot (process, scope, period, about_kind, about, interval, version, due_at, early_at, late_at, catch_up, state, fallen)
			VALUES ('sla-report', 'payments', '2026-0%d', 'Service', 'payments', 'monthly', 1, '2026-0%d-05', '2026-0%d-01', '2026-0%d-08', 'each', '%s', true)`, i+1, i+2, i+2, i+2, state))
		require.NoError(t, err)
	}
	_, err := h.store.DB().Exec(`INSERT INTO plan (interval, process, scope, about_kind, about) VALUES ('monthly', 'sla-report', 'payments', 'Service', 'payments')`)
	require.NoError(t, err)
	var all struct{ Items []store.Ledger }
	w := h.as(t, "auditor", "GET", "/v1/plan/ledger?from=2026-03-01&to=2026-08-01", "")
	require.Equal(t, 200, w.Code, w.Body)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &all))
	require.Len(t, all.Items, 1)
	l := all.Items[0]
	require.Equal(t, [6]int64{5, 0, 1, 2, 1, 1}, [6]int64{l.Planned, l.Done, l.Late, l.Missed, l.Waived, l.Open})

	b := h.browse(t, "auditor", "en")
	page := b.page("/audit?from=2026-01-01&to=2026-12-31", 200)
	require.Contains(t, page, "<strong>6</strong> planned")
	for state, n := range map[string]int{"": 6, "done": 1, "done-late": 1, "missed": 2, "waived": 1, "open": 1} {
		address := "/audit/slots?from=2026-01-01&process=sla-report&service=payments&state=" + state + "&to=2026-12-31"
		if state == "" {
			address = "/audit/slots?from=2026-01-01&process=sla-report&service=payments&to=2026-12-31"
		}
		require.Contains(t, page, address)
		require.Equal(t, n, strings.Count(b.page(address, 200), "in time until"), state)
	}
	short := b.page("/audit?from=2026-03-01&to=2026-07-31", 200)
	require.Contains(t, short, "<strong>5</strong> planned")
	require.Contains(t, short, "<strong>0</strong> done</a>")
}

// The trail is read by end and by action, and that it was read is on record once.
func TestReadingTheTrail(t *testing.T) {
	h := newHouse(t)
	count := func(query string) int {
		var all struct{ Items []store.Entry }
		w := h.as(t, "auditor", "GET", "/v1/audit?limit=500&"+query, "")
		require.Equal(t, 200, w.Code, w.Body)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &all))
		return len(all.Items)
	}
	declared := count("action=resource.created")
	require.Positive(t, declared)
	require.Equal(t, 1, count("action=audit.read"))
	require.Equal(t, declared+2, count("action=resource.created,audit.read"))
	require.Zero(t, count("until=2026-11-23T09:00:00Z"), "the end is exclusive")
	require.Positive(t, count("until=2026-11-23T09:00:01Z"))
	require.Equal(t, 403, h.as(t, "viewer", "GET", "/v1/persons", "").Code)
	require.Equal(t, 1, count("action=.refused"))
	require.Equal(t, 1, count("action=list-persons.refused"))
	for _, bad := range []string{"action=.", "action=a,,b", "since=2026-11-23T09:00:00Z&until=2026-11-22T09:00:00Z"} {
		require.Equal(t, 422, h.as(t, "auditor", "GET", "/v1/audit?"+bad, "").Code, bad)
	}
	before := h.count(t, `SELECT count(*) FROM audit WHERE action = 'audit.read'`)
	var part struct{ Next *string }
	w := h.as(t, "auditor", "GET", "/v1/audit?limit=2&person=turnus", "")
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &part))
	require.NotNil(t, part.Next)
	require.Equal(t, 200, h.as(t, "auditor", "GET", "/v1/audit?limit=2&person=turnus&cursor="+*part.Next, "").Code)
	require.Equal(t, before+1, h.count(t, `SELECT count(*) FROM audit WHERE action = 'audit.read'`), "once for all parts")
	trail, _, err := h.store.Audit(t.Context(), store.Trail{Actions: []string{"audit.read"}}, store.Page{Limit: 500})
	require.NoError(t, err)
	require.JSONEq(t, `{"person":"turnus"}`, string(trail[len(trail)-1].After))
}
