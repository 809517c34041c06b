package api

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/improvement"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// opened puts on record what somebody found.
func (h *house) opened(t testing.TB, who, body string) (f improvement.Finding) {
	t.Helper()
	w := h.as(t, who, "POST", "/v1/findings", body)
	require.Equal(t, 201, w.Code, w.Body)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &f))
	require.Equal(t, fmt.Sprintf("/v1/findings/%d", f.ID), w.Header().Get("Location"))
	return f
}

func TestFindingsByRoleAndOwnership(t *testing.T) {
	h := newHouse(t)
	for _, service := range []string{"payments", "mail", "gone"} {
		_, err := h.store.DB().Exec(`INSERT INTO finding (kind, service, about, object, title, at) VALUES ('missed-slot', $1, $1, 'slot/sla-report/' || $1 || '/2026-10', '{"en":"missed","de":"versäumt"}', $2)`, service, testNow)
		require.NoError(t, err)
	}
	seen := func(who, query string) []string {
		w := h.as(t, who, "GET", "/v1/findings"+query, "")
		require.Equal(t, 200, w.Code, w.Body)
		var l List[improvement.Finding]
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &l))
		services := []string{}
		for _, f := range l.Items {
			require.Equal(t, "slot/sla-report/"+f.Service+"/2026-10", f.Object)
			services = append(services, f.Service)
		}
		return services
	}
	for who, want := range map[string][]string{
		"owner": {"payments"}, "other-owner": {"mail"}, "approver": {"mail", "payments"},
		"auditor": {"gone", "mail", "payments"}, "admin": {"gone", "mail", "payments"},
	} {
		require.Equal(t, want, seen(who, ""), who)
	}
	require.Equal(t, []string{"payments"}, seen("owner", "?service=payments"))
	require.Equal(t, []string{"gone"}, seen("auditor", "?service=gone"), "of a service that was retired")
	for query, status := range map[string]int{"?service=mail": 403, "?service=gone": 404} {
		require.Equal(t, status, h.as(t, "owner", "GET", "/v1/findings"+query, "").Code, query)
	}
	require.Equal(t, 403, h.as(t, "viewer", "GET", "/v1/findings", "").Code)
}

// People open findings about what is theirs; auditors and administrators about
// everything. Who may not is refused on record; what is wrong names its field; a
// repeated request opens nothing twice.
func TestOpeningFindings(t *testing.T) {
	h := newHouse(t)
	found := func(more string) string {
		return `{"type":"nonconformity","title":"A list","detail":"Not reviewed."` + more + `}`
	}
	f := h.opened(t, "owner", found(`,"service":"payments","severity":"major","source":{"kind":"audit","name":"2026-2"},"key":"list"`))
	require.Equal(t, []any{"reported", "payments", "service/payments", "owner", improvement.Major, improvement.Open, 1, text.Same("A list")},
		[]any{f.Kind, f.Service, f.Object, f.By, f.Severity, f.State, f.Seen, f.Title})
	again := h.opened(t, "approver", found(`,"service":"payments","source":{"kind":"complaint","name":"C-7"},"key":"list"`))
	require.Equal(t, []any{f.ID, 2}, []any{again.ID, again.Seen})
	require.Empty(t, h.opened(t, "auditor", found("")).Service, "there is no organisation: it is of the installation")
	require.Equal(t, "mail", h.opened(t, "admin", found(`,"service":"mail"`)).Service)

	first := h.as(t, "owner", "POST", "/v1/findings", found(`,"service":"payments"`), "Idempotency-Key", "k1")
	second := h.as(t, "owner", "POST", "/v1/findings", found(`,"service":"payments"`), "Idempotency-Key", "k1")
	require.Equal(t, []any{201, 201, first.Body.String()}, []any{first.Code, second.Code, second.Body.String()})

	for _, c := range []struct {
		who, body string
		status    int
		field     string
	}{
		{"viewer", found(`,"service":"payments"`), 403, ""},
		{"owner", found(`,"service":"mail"`), 403, ""},
		{"owner", found(""), 403, ""},
		{"owner", found(`,"service":"nothing"`), 422, "body.service"},
		{"owner", `{"type":"nonconformity","title":"A list","service":"payments"}`, 422, "body.detail"},
		{"owner", `{"type":"nonconformity","title":"A\u0000list","detail":"x","service":"payments"}`, 422, "body.title"},
		{"owner", `{"type":"opportunity","title":" ","service":"payments"}`, 422, "body.title"},
		{"owner", `{"type":"opportunity","title":"x","service":"payments","source":{"kind":"run"}}`, 422, "body.source.kind"},
	} {
		w := h.as(t, c.who, "POST", "/v1/findings", c.body)
		require.Equal(t, c.status, w.Code, "%s: %s", c.body, w.Body)
		p := problemIn(t, w)
		if c.field != "" {
			require.Equal(t, c.field, p.Errors[0].Location, c.body)
		}
	}

	show := func(who string, id int64) (SeenFinding, int) {
		w := h.as(t, who, "GET", fmt.Sprintf("/v1/findings/%d", id), "")
		var one SeenFinding
		if w.Code == 200 {
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &one))
		}
		return one, w.Code
	}
	one, status := show("approver", f.ID)
	require.Equal(t, 200, status)
	require.Equal(t, []improvement.Source{{Kind: improvement.FromAudit, Name: "2026-2"}, {Kind: improvement.FromComplaint, Name: "C-7"}},
		[]improvement.Source{one.Sightings[0].Source, one.Sightings[1].Source})
	require.Equal(t, []string{"owner", "approver"}, []string{one.Sightings[0].By, one.Sightings[1].By})
	for who, status := range map[string]int{"owner": 200, "other-owner": 403, "auditor": 200, "admin": 200, "viewer": 403} {
		_, got := show(who, f.ID)
		require.Equal(t, status, got, who)
	}
	_, status = show("auditor", 99)
	require.Equal(t, 404, status)

	// What the installation is found to be is the organisation's, once there is one.
	_, status = show("owner", f.ID+1)
	require.Equal(t, 403, status)
	w := h.as(t, "admin", "POST", "/v1/apply", `{"apiVersion":"turnus/v1","kind":"Organisation","metadata":{"name":"acme"},"spec":{"owner":"owner","approvers":["approver"],"calendar":"office"}}`)
	require.Equal(t, 200, w.Code, w.Body)
	_, status = show("owner", f.ID+1)
	require.Equal(t, 200, status)
	_, status = show("other-owner", f.ID+1)
	require.Equal(t, 404, status, "nothing of the organisation is theirs to see")
	require.Equal(t, "organisation/acme", h.opened(t, "owner", found("")).Object)
}

// Whoever an action is for sees it, whatever their roles; others see those of
// what they own or approve for.
func TestActionsByPerson(t *testing.T) {
	h := newHouse(t)
	for _, statement := range []string{
		`INSERT INTO finding (kind, service, about, object, title, at) SELECT 'reported', s, s, 'service/' || s, '{"en":"x"}', now() FROM unnest(ARRAY['payments', 'mail']) s`,
		`INSERT INTO run (id, process, scope, service, about_kind, about, about_version, owner, period, attempt, state, input, created_at, started_by)
			SELECT 'improvement/' || id || '/2026-11-01', 'improvement', id, service, 'Service', service, 1, 'owner', '2026-11-01', 1, 'waiting', '{}', now(), 'owner' FROM finding`,
		`INSERT INTO action (finding, number, run, round, plan, owner, original_due, due)
			SELECT id, n, 'improvement/' || id || '/2026-11-01', 1, '{"title":"A rota"}', CASE n WHEN 1 THEN 'viewer' ELSE 'admin' END, '2026-11-10', date '2026-11-10' + 30 * (n - 1) FROM finding, generate_series(1, 2) n`,
	} {
		_, err := h.store.DB().Exec(statement)
		require.NoError(t, err, statement)
	}
	for query, want := range map[string]map[string]string{
		"":              {"viewer": "1.1 2.1", "owner": "1.1 1.2", "other-owner": "2.1 2.2", "approver": "1.1 2.1 1.2 2.2", "auditor": "1.1 2.1 1.2 2.2", "admin": "1.1 2.1 1.2 2.2"},
		"&mine=true":    {"viewer": "1.1 2.1", "owner": "", "admin": "1.2 2.2"},
		"&owner=viewer": {"owner": "1.1", "auditor": "1.1 2.1"},
		"&finding=2":    {"admin": "2.1 2.2", "owner": ""},
		"&overdue=true": {"admin": "1.1 2.1"},
		"&state=done":   {"admin": ""},
	} {
		for who, ids := range want {
			var got []string
			for cursor := ""; ; {
				w := h.as(t, who, "GET", "/v1/actions?limit=3"+query+cursor, "")
				require.Equal(t, 200, w.Code, w.Body)
				var l List[improvement.ActionLine]
				require.NoError(t, json.Unmarshal(w.Body.Bytes(), &l))
				for _, a := range l.Items {
					got = append(got, a.ID)
				}
				if l.Next == nil {
					break
				}
				cursor = "&cursor=" + *l.Next
			}
			require.Equal(t, ids, strings.Join(got, " "), "%s%s", who, query)
		}
	}
	require.Equal(t, 422, h.as(t, "admin", "GET", "/v1/actions?cursor=x", "").Code)
}

// A file as evidence is sent once, by whoever sees the finding, and given out as
// a download; what has ended takes none, and what was changed isn't given out.
func TestEvidenceOfFindings(t *testing.T) {
	h := newHouse(t)
	f := h.opened(t, "owner", `{"type":"opportunity","title":"A list","service":"payments"}`)
	at := fmt.Sprintf("/v1/findings/%d", f.ID)
	sent := func(who, name, content string) (*httptest.ResponseRecorder, improvement.File) {
		w := h.as(t, who, "POST", at+"/files?name="+name, content)
		var file improvement.File
		if w.Code < 300 {
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &file))
		}
		return w, file
	}
	w, pdf := sent("owner", "a.pdf", aPDF)
	require.Equal(t, 201, w.Code, w.Body)
	require.Equal(t, []any{f.ID, "a.pdf", "application/pdf", len(aPDF), "owner"}, []any{pdf.Finding, pdf.Name, pdf.Type, pdf.Bytes, pdf.Person})
	w, same := sent("approver", "b.pdf", aPDF)
	require.Equal(t, 200, w.Code, w.Body)
	require.Equal(t, pdf, same)
	for _, c := range []struct {
		who, name, content string
		status             int
	}{{"other-owner", "a.pdf", aPDF, 403}, {"viewer", "a.pdf", aPDF, 403}, {"owner", "a.pdf", aPNG, 422}, {"owner", "a.txt", "", 422}, {"owner", "a.exe", "MZ\x90\x00", 422}} {
		w, _ := sent(c.who, c.name, c.content)
		require.Equal(t, c.status, w.Code, "%s %s: %s", c.who, c.name, w.Body)
	}
	for i := range task.MaxFiles - 1 {
		w, _ := sent("owner", "n.txt", fmt.Sprintf("note %d\n", i))
		require.Equal(t, 201, w.Code, w.Body)
	}
	w, _ = sent("owner", "n.txt", "one more\n")
	require.Equal(t, 409, w.Code)

	var one SeenFinding
	require.NoError(t, json.Unmarshal(h.as(t, "auditor", "GET", at, "").Body.Bytes(), &one))
	require.Len(t, one.Files, task.MaxFiles)
	require.Equal(t, pdf, one.Files[slices.IndexFunc(one.Files, func(f improvement.File) bool { return f.SHA256 == pdf.SHA256 })])
	w = h.as(t, "auditor", "GET", at+"/files/"+pdf.SHA256, "")
	require.Equal(t, []any{200, aPDF, "application/pdf", "nosniff"}, []any{w.Code, w.Body.String(), w.Header().Get("Content-Type"), w.Header().Get("X-Content-Type-Options")})
	require.Contains(t, w.Header().Get("Content-Disposition"), "attachment")
	require.Equal(t, 403, h.as(t, "other-owner", "GET", at+"/files/"+pdf.SHA256, "").Code)
	require.Equal(t, 404, h.as(t, "owner", "GET", at+"/files/"+strings.Repeat("0", 64), "").Code)

	_, err := h.store.DB().Exec("UPDATE finding SET state = 'closed', ended_at = now()")
	require.NoError(t, err)
	w, _ = sent("owner", "late.txt", "late\n")
	require.Equal(t, 409, w.Code)
	_, err = pgtest.Owner(t, h.store.DB()).Exec("ALTER TABLE finding_file DISABLE TRIGGER finding_file_fixed; UPDATE finding_file SET content = 'other', bytes = 5 WHERE type = 'application/pdf'")
	require.NoError(t, err)
	require.Equal(t, 409, h.as(t, "auditor", "GET", at+"/files/"+pdf.SHA256, "").Code, "changed in the database")
}
