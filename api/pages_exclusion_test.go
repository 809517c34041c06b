package api

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExclusionsOnPages(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "desk", keyed)
	h.agreedWith(t, "95")
	h.imported(t, "owner", csvOf("mapping", "desk"), sound)
	const at = "/services/payments/exclusions"
	for _, lang := range []string{"en", "de"} {
		b := h.browse(t, "owner", lang)
		require.Contains(t, b.page(at, 200), map[string]string{"en": "No ticket was left out so far.", "de": "Bisher wurde kein Ticket ausgeschlossen."}[lang])
		require.Contains(t, b.page(at+"/new", 200), `value="desk/fast"`)
	}
	b := h.browse(t, "owner", "de")
	typed := []string{"tickets", "A-1\r\n A-2 ", "under", "desk/fast", "reason", "force-majeure", "detail", "Ein <Blitz>\u202e.", "evidence", "INC-7"}
	w := b.form(at+"/new/check", append(typed, "reason", "")...)
	require.Equal(t, 422, w.Code)
	require.Contains(t, w.Body.String(), "A-1")
	require.NotContains(t, w.Body.String(), " checked", "nothing is chosen for anybody")
	w = b.form(at+"/new/check", typed...)
	require.Equal(t, 200, w.Code, w.Body)
	b.sound("check", w.Body.String())
	require.Contains(t, w.Body.String(), "Ein &lt;Blitz&gt;.")
	require.Zero(t, h.count(t, `SELECT count(*) FROM exclusion`))
	w = b.form(at+"/new", typed...)
	require.Contains(t, w.Body.String(), `value="force-majeure" checked`)
	once := []string{"once", "k"}
	for range 2 {
		w = b.form(at, append(typed, once...)...)
		require.Equal(t, 303, w.Code, w.Body)
		require.Equal(t, at+"/1", w.Header().Get("Location"))
	}
	require.Equal(t, 1, h.count(t, `SELECT count(*) FROM exclusion`), "once")
	w = b.form(at, "tickets", "NO-1", "reason", "spam", "detail", "x", "evidence", "y", "once", "l")
	require.Equal(t, 422, w.Code, w.Body)
	require.Contains(t, w.Body.String(), "NO-1")
	for _, lang := range []string{"en", "de"} {
		for _, who := range []string{"owner", "approver", "auditor", "admin"} {
			b := h.browse(t, who, lang)
			require.Contains(t, b.page(at, 200), at+"/1", who)
			require.Equal(t, who == "owner", strings.Contains(b.page(at+"/1", 200), "/withdraw"), who)
		}
	}
	require.Contains(t, b.page(at+"/1/withdraw", 200), "Ausschluss 1 zurückziehen?")
	require.Equal(t, 422, b.form(at+"/1/withdraw", "once", "m", "reason", " ").Code)
	require.Equal(t, 303, b.form(at+"/1/withdraw", "once", "n", "reason", "Doch gewertet.").Code)
	require.Contains(t, b.page(at+"/1", 200), "Doch gewertet.")
	b.page(at+"/77", 404)
	h.browse(t, "viewer", "en").page(at, 403)
}
