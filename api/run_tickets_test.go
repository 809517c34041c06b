package api

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/sla"
	"turnus/store"
)

// The list of tickets is for those who see the receipts, drafts and published
// reports alike; the report names its hash, and each export is on record.
func TestTicketsOfAReport(t *testing.T) {
	h := newHouse(t)
	rep := h.reported(t, 20)
	path := "/v1/runs/" + rep.Run + "/tickets"
	body := h.as(t, "auditor", "GET", "/v1/runs/"+rep.Run+"/report", "").Body.String()
	require.Contains(t, body, `"tickets": "`+path+`"`)
	require.Contains(t, body, rep.TicketList.SHA256)
	for published := range 2 {
		if published == 1 {
			_, err := h.store.DB().Exec(`INSERT INTO report (process, scope, period, version, run, round, hash, published_at)
				SELECT 'sla-report', 'payments', '2026-10', 1, run, round, hash, at FROM draft`)
			require.NoError(t, err)
		}
		for _, who := range []string{"viewer", "admin", "other-owner"} {
			require.Equal(t, http.StatusForbidden, h.as(t, who, "GET", path, "").Code, who)
		}
		for _, who := range []string{"owner", "approver", "auditor"} {
			w := h.as(t, who, "GET", path, "")
			require.Equal(t, 200, w.Code, w.Body)
			require.Equal(t, "application/json", w.Header().Get("Content-Type"))
			require.Contains(t, w.Header().Get("Content-Disposition"), `"sla-report.payments.2026-10.tickets.json"`)
			sum := sha256.Sum256(w.Body.Bytes())
			require.Equal(t, rep.TicketList.SHA256, hex.EncodeToString(sum[:]), who)
			var list struct{ Tickets []sla.Listed }
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &list))
			require.Len(t, list.Tickets, int(rep.TicketList.Rows))
			require.Len(t, list.Tickets, 8, "opened at 8, and stopped after 5 to 8 hours")
			require.Equal(t, "https://desk.example.org/T-00005", list.Tickets[0].Link)
		}
	}
	for lang, want := range map[string][]string{"en": {"Ticket", "breached", "5:00:00"}, "de": {"Ticket", "verletzt", "5:00:00"}} {
		w := h.as(t, "owner", "GET", path+"?lang="+lang, "", "Accept", "text/csv")
		require.Equal(t, 200, w.Code, w.Body)
		require.Equal(t, []string{"text/csv; charset=utf-8", lang, "Accept, Accept-Language"},
			[]string{w.Header().Get("Content-Type"), w.Header().Get("Content-Language"), w.Header().Get("Vary")})
		table, marked := strings.CutPrefix(w.Body.String(), "\ufeff")
		require.True(t, marked)
		r := csv.NewReader(strings.NewReader(table))
		if lang == "de" {
			r.Comma = ';'
		}
		rows, err := r.ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 9)
		require.Equal(t, want, []string{rows[0][0], rows[1][4], rows[1][9]})
	}
	require.Equal(t, http.StatusNotAcceptable, h.as(t, "owner", "GET", path, "", "Accept", "text/html").Code)

	trail, _, err := h.store.Audit(t.Context(), store.Trail{Person: "owner", Object: "run/" + rep.Run}, store.Page{})
	require.NoError(t, err)
	require.Contains(t, string(trail[len(trail)-1].After), `"format":"tickets"`)
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?person=other-owner", "").Body.String(), `"action":"get-report-tickets.refused"`)
	require.Equal(t, 404, h.as(t, "auditor", "GET", "/v1/runs/sla-report/payments/2026-09/tickets", "").Code)
}

// A list that doesn't come to what the report says isn't sent.
func TestTicketsThatArentAsTheReportSays(t *testing.T) {
	h := newHouse(t)
	rep := h.reported(t, 20)
	pgtest.Tamper(t, h.store.DB(), `UPDATE draft SET document = replace(document, $1, $2)`, rep.TicketList.SHA256, strings.Repeat("0", 64))
	for _, media := range []string{"application/json", "text/csv"} {
		w := h.as(t, "owner", "GET", "/v1/runs/"+rep.Run+"/tickets", "", "Accept", media)
		require.Equal(t, http.StatusConflict, w.Code, media)
		require.NotContains(t, w.Body.String(), "T-00005")
	}
}
