package api

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/report"
)

// registered is a house with findings of payments and mail, and of the
// installation, and actions of the first.
func registered(t *testing.T) *house {
	h := imported(t)
	r, _ := h.waiting(t)
	exec := func(statement string, args ...any) {
		t.Helper()
		_, err := h.store.DB().Exec(statement, args...)
		require.NoError(t, err)
	}
	find := `INSERT INTO finding (kind, service, about_kind, about, object, title, at, type, state, ended_at, relapse_of, joined)
		VALUES ('reported', $1, $2, $3, 'x', '{"en":"x","de":"y"}', $4, $5, $6, $7, $8, $9)`
	exec(find, "payments", "Service", "payments", testNow.AddDate(0, 0, -40), "nonconformity", "closed", testNow.AddDate(0, 0, -20), nil, nil) // 1
	exec(find, "payments", "Service", "payments", testNow.AddDate(0, 0, -10), "nonconformity", "in-work", nil, 1, nil)                         // 2 came back
	exec(find, "payments", "Service", "payments", testNow.AddDate(0, 0, -100), "opportunity", "checking", nil, nil, nil)                       // 3
	exec(find, "mail", "Service", "mail", testNow.AddDate(0, 0, -200), "nonconformity", "open", nil, nil, nil)                                 // 4
	exec(find, "", "", "", testNow, "nonconformity", "open", nil, nil, nil)                                                                    // 5
	exec(find, "payments", "Service", "payments", testNow, "nonconformity", "closed", testNow, nil, 1)                                         // 6 is a sighting
	act := `INSERT INTO action (finding, number, run, round, plan, owner, original_due, due, moves, state, checked)
		VALUES ($1, $2, $3, 1, '{"title":"Chat","measure":"Calls a day","sense":"at-most","target":"40"}', 'owner', $4, $5, $6, $7, $8)`
	day := func(n int) string { return testNow.AddDate(0, 0, n).Format("2006-01-02") }
	exec(act, 2, 1, r.ID, day(-5), day(-1), 2, "open", nil)
	exec(act, 2, 2, r.ID, day(-5), day(0), 1, "open", nil)
	exec(act, 3, 1, r.ID, day(-5), day(-5), 0, "effective", `{"effective":true,"measured":{"value":"38.5","reached":true},"by":"approver","at":"`+testNow.AddDate(0, 0, -2).Format("2006-01-02T15:04:05Z07:00")+`"}`)
	return h
}

func (h *house) register(t *testing.T, who, query string) (Register, map[string]report.Figure) {
	t.Helper()
	w := h.as(t, who, "GET", "/v1/improvement"+query, "")
	require.Equal(t, 200, w.Code, w.Body)
	var r Register
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &r))
	all := map[string]report.Figure{}
	for _, f := range r.Figures {
		all[f.Name] = f
	}
	return r, all
}

func TestTheRegister(t *testing.T) {
	h := registered(t)
	r, all := h.register(t, "owner", "")
	require.Equal(t, testNow.UTC(), r.At)
	require.Equal(t, testNow.UTC().AddDate(0, 0, 1).Format("2006-01-02"), r.To.String())
	require.Equal(t, "UTC", r.Zone)
	for name, want := range map[string]string{"open": "2", "open.0-30": "1", "open.91-180": "1", "opened": "3", "closed": "1", "moves": "3",
		"overdue": "50.000000", "relapsed": "100.000000", "measured": "0.000000", "moved": "66.666667", "ineffective": "0.000000", "benefit": "100.000000"} {
		require.NotNil(t, all[name].Value, name)
		require.Equal(t, want, *all[name].Value, name)
	}
	require.Equal(t, "20", *all["time-to-close"].Value, "of the two that were open that long one was closed then")
	require.Equal(t, int64(3), all["time-to-close"].N)
	require.Len(t, r.Benefits, 1)
	require.Equal(t, "3.1", r.Benefits[0].Action)
	require.Equal(t, "40", r.Benefits[0].Target)
	require.Equal(t, "38.5", r.Benefits[0].Value)

	// Each sees what is theirs.
	for who, open := range map[string]string{"other-owner": "1", "approver": "3", "auditor": "4", "admin": "4"} {
		_, all := h.register(t, who, "")
		require.Equal(t, open, *all["open"].Value, who)
	}
	r, _ = h.register(t, "other-owner", "")
	require.Empty(t, r.Benefits)
	require.Equal(t, 403, h.as(t, "viewer", "GET", "/v1/improvement", "").Code)

	// What was found about the installation is the organisation's.
	w := h.as(t, "admin", "POST", "/v1/apply", `[{"apiVersion":"turnus/v1","kind":"Organisation","metadata":{"name":"example"},"spec":{"owner":"owner","approvers":["approver"],"calendar":"office"}}]`)
	require.Equal(t, 200, w.Code, w.Body)
	for who, open := range map[string]string{"owner": "3", "other-owner": "1"} {
		_, all := h.register(t, who, "")
		require.Equal(t, open, *all["open"].Value, who)
	}

	// The span is half open, in dates of the zone.
	opened := testNow.AddDate(0, 0, -10)
	from, to := opened.Format("2006-01-02"), opened.AddDate(0, 0, 1).Format("2006-01-02")
	_, all = h.register(t, "owner", "?from="+from+"&to="+to)
	require.Equal(t, "1", *all["opened"].Value)
	require.Nil(t, all["relapsed"].Value)
	_, all = h.register(t, "owner", "?from="+opened.AddDate(0, 0, -1).Format("2006-01-02")+"&to="+from)
	require.Equal(t, "0", *all["opened"].Value)
	r, _ = h.register(t, "owner", "?to="+to+"&zone=Europe/Berlin")
	require.Equal(t, "Europe/Berlin", r.Zone)
	require.Equal(t, opened.AddDate(-1, 0, 1).Format("2006-01-02"), r.From.String())
}

func TestSpansOfTheRegisterThatCannotBe(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct{ query, field, says string }{
		{"from=2026-02-30", "query.from", "isn't a date"},
		{"to=tomorrow", "query.to", "YYYY-MM-DD"},
		{"from=1066-10-14", "query.from", "years"},
		{"from=2026-02-01&to=2026-02-01", "query.from", "before 2026-02-01"},
		{"from=2026-02-02&to=2026-02-01", "query.from", "before 2026-02-01"},
		{"from=2099-01-01", "query.from", "begin before it ends"},
		{"zone=Mars/Olympus", "query.zone", "isn't a time zone"},
		{"zone=" + url.QueryEscape("../UTC"), "query.zone", "isn't a time zone"},
	} {
		w := h.as(t, "owner", "GET", "/v1/improvement?"+c.query, "")
		require.Contains(t, []int{400, 422}, w.Code, c.query)
		p := problemIn(t, w)
		require.Len(t, p.Errors, 1, c.query)
		require.Equal(t, c.field, p.Errors[0].Location, c.query)
		require.Contains(t, p.Errors[0].Message, c.says, c.query)
	}
}
