package api

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// publishedDraft publishes the draft of payments.
func (h *house) publishedDraft(t *testing.T) {
	t.Helper()
	h.reported(t, 20)
	for _, q := range []string{
		`INSERT INTO report (process, scope, period, version, run, round, hash, published_at) SELECT 'sla-report', 'payments', '2026-10', 1, run, round, hash, at FROM draft`,
		`UPDATE run SET state = 'published', ended_at = now() WHERE id = 'sla-report/payments/2026-10'`,
	} {
		_, err := h.store.DB().Exec(q)
		require.NoError(t, err)
	}
}

// publishedMore publishes the same of other periods, and once more of the same one.
func (h *house) publishedMore(t *testing.T) {
	t.Helper()
	for _, q := range []string{
		`INSERT INTO run (id, process, scope, period, attempt, state, input, service, about_kind, about, created_at, ended_at)
			SELECT process || '/' || scope || '/' || p || s, process, scope, p, a, 'published', input, service, about_kind, about, created_at, now()
			FROM run, (VALUES ('2026-10', '.2', 2), ('2026-09', '', 1), ('2026-Q3', '', 1)) AS x (p, s, a)`,
		`INSERT INTO draft (run, round, hash, document, at) SELECT r.id, 1, d.hash, d.document, d.at FROM run r, draft d WHERE r.id <> d.run`,
		`INSERT INTO report (process, scope, period, version, run, round, hash, published_at)
			SELECT r.process, r.scope, r.period, r.attempt, r.id, 1, d.hash, now() FROM run r JOIN draft d ON d.run = r.id WHERE r.id <> 'sla-report/payments/2026-10'`,
	} {
		_, err := h.store.DB().Exec(q)
		require.NoError(t, err)
	}
}

// agreedWith declares an agreement whose names hold markup.
func (h *house) agreedWith(t *testing.T, attain string) {
	t.Helper()
	w := h.as(t, "admin", "PUT", "/v1/agreements/desk", `{"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"desk","displayName":{"en":"Desk <b>&\u202e","de":"Desk <b>&"}},
		"spec":{"service":"payments","customer":"<script>alert(1)</script>","valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","attain":`+attain+`,"calendar":"24x7"}]}}`)
	require.Contains(t, []int{200, 201, 202}, w.Code, w.Body)
}

func TestPagesAboutServices(t *testing.T) {
	h := newHouse(t)
	for _, lang := range []string{"en", "de"} {
		empty := h.browse(t, "owner", lang).page("/services/payments", 200)
		require.Contains(t, empty, map[string]string{"en": "No report was published so far.", "de": "Bisher wurde kein Bericht veröffentlicht."}[lang])
		require.Contains(t, h.browse(t, "viewer", lang).page("/services", 200), map[string]string{"en": "No service to show so far", "de": "Bisher ist kein Service anzuzeigen"}[lang])
	}
	h.agreedWith(t, "95")
	h.publishedDraft(t)
	h.publishedMore(t)
	for _, lang := range []string{"en", "de"} {
		missed := map[string]string{"en": "1 missed", "de": "1 verfehlt"}[lang]
		for _, who := range []string{"owner", "approver", "auditor", "admin", "viewer"} {
			b := h.browse(t, who, lang)
			list := b.page("/services", 200)
			require.Contains(t, list, `href="/services/payments"`, who)
			require.Contains(t, list, missed, who)
			one := b.page("/services/payments", 200)
			require.Contains(t, one, `href="/reports/sla-report/payments/2026-10.2"`, who)
			require.Contains(t, one, missed, who)
			require.Contains(t, one, "<svg", "a trend, and its table")
			require.Contains(t, one, "<caption>", who)
			require.Equal(t, who != "viewer", strings.Contains(one, "Desk <b>&"), who)
			require.Equal(t, who == "owner" || who == "admin", strings.Contains(one, `href="/services/payments/import"`), who)
			require.Equal(t, who != "viewer", strings.Contains(one, "/services/payments/imports/1"), who)
		}
		b := h.browse(t, "owner", lang)
		require.Contains(t, b.page("/services/payments/agreements/desk", 200), "SHA-256")
		b.page("/services/mail/agreements/desk", 404)
		b.page("/services/nowhere", 404)
		h.browse(t, "viewer", lang).page("/services/mail", 404)
		other := h.browse(t, "other-owner", lang)
		require.Contains(t, other.page("/services", 200), `href="/services/payments"`, "their view names it")
		require.NotContains(t, other.page("/services/payments", 200), "Desk <b>&", "what is declared isn't theirs to read")
	}
}

func TestAnAgreementsPageSaysWhatHasChanged(t *testing.T) {
	h := newHouse(t)
	h.agreedWith(t, "95")
	h.agreedWith(t, "97")
	page := h.browse(t, "owner", "de").page("/services/payments/agreements/desk", 200)
	require.Contains(t, page, "Version 2")
	require.Contains(t, page, "Version 1")
	require.Contains(t, page, "95\u202f%")
	require.Contains(t, page, "97\u202f%")
}
