package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"turnus/itsm/improvement"
	"turnus/itsm/planning"
	"turnus/store"
)

// scraped is /metrics of an API that counts so.
func scraped(t testing.TB, c Counts) string {
	e := New(Config{Now: testClock, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Counts: func(context.Context) (Counts, error) { return c, nil }})
	return scrape(t, e).Body.String()
}

// scrape reads /metrics as a program on this machine does.
func scrape(t testing.TB, e *echo.Echo, headers ...string) *httptest.ResponseRecorder {
	return scrapeFrom(t, e, "127.0.0.1:40000", "127.0.0.1:8080", headers...)
}

func scrapeFrom(t testing.TB, e *echo.Echo, peer, host string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.RemoteAddr, r.Host = peer, host
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

// Metrics name the intervals: whoever comes from elsewhere, through a proxy, or
// through a page in a browser of this machine, gets none of it.
func TestMetricsAreForThisMachine(t *testing.T) {
	e := New(Config{Now: testClock, Log: slog.New(slog.DiscardHandler), Counts: func(context.Context) (Counts, error) {
		return Counts{Ledgers: []store.Ledger{{Interval: "secret-audit"}}}, nil
	}})
	for _, here := range [][2]string{{"127.0.0.1:1", "localhost:8080"}, {"127.8.0.1:1", "127.0.0.1"}, {"[::1]:1", "[::1]:8080"}, {"[::1]:1", "[::1]"}, {"[::ffff:127.0.0.1]:1", "localhost"}} {
		w := scrapeFrom(t, e, here[0], here[1])
		require.Equal(t, 200, w.Code, here)
		require.Contains(t, w.Body.String(), "secret-audit")
	}
	refused := func(w *httptest.ResponseRecorder) {
		t.Helper()
		require.Equal(t, 403, w.Code)
		require.NotContains(t, w.Body.String(), "secret-audit")
		require.Contains(t, problemIn(t, w).Detail, "--metrics-token-file")
	}
	for _, elsewhere := range []string{"192.0.2.1:1", "[2001:db8::1]:1", "10.0.0.1:1", "", "@", "127.0.0.1"} {
		refused(scrapeFrom(t, e, elsewhere, "127.0.0.1:8080"))
	}
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP"} {
		refused(scrape(t, e, header, "127.0.0.1"))
		refused(scrape(t, e, header, ""))
	}
	for _, host := range []string{"turnus.example.org", "rebound.example.org:8080", "localhost.example.org", "192.0.2.1", ""} {
		refused(scrapeFrom(t, e, "127.0.0.1:1", host))
	}
	refused(scrapeFrom(t, e, "192.0.2.1:1", "x", "Authorization", "Bearer x"))
	require.Equal(t, "Nicht erlaubt", problemIn(t, scrapeFrom(t, e, "192.0.2.1:1", "x", "Accept-Language", "de")).Title)
}

// With a token file it is the token that counts, as it is at that moment.
func TestMetricsByToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	write := func(s string) { require.NoError(t, os.WriteFile(file, []byte(s), 0o600)) }
	write("first\n")
	e := New(Config{Now: testClock, Log: slog.New(slog.DiscardHandler), MetricsTokenFile: file})
	with := func(authorization string) int {
		return scrapeFrom(t, e, "192.0.2.1:1", "turnus.example.org", "Authorization", authorization, "X-Forwarded-For", "192.0.2.9").Code
	}
	require.Equal(t, 200, with("Bearer first"))
	for _, wrong := range []string{"", "Bearer", "Bearer ", "Bearer firs", "Bearer first2", "Bearer FIRST", "Basic first", "first"} {
		require.Equal(t, 403, with(wrong), wrong)
	}
	require.Equal(t, 403, scrape(t, e).Code, "other users of this machine neither")
	write("second")
	require.Equal(t, 403, with("Bearer first"))
	require.Equal(t, 200, with("Bearer second"))
	write(" \n")
	require.Equal(t, 503, with("Bearer "), "nothing is no token")
	require.NoError(t, os.Remove(file))
	require.Equal(t, 503, with("Bearer second"))
}

func TestThePlanAsMetrics(t *testing.T) {
	oldest, woken := testNow.Add(-20*time.Minute), testNow.Add(-42*time.Second)
	all := scraped(t, Counts{
		Plan:    store.Watch{Slots: map[planning.State]int64{planning.Due: 2, planning.DoneLate: 5}, Idle: 1, Oldest: &oldest, Overdue: 3, Woken: &woken, Behind: 4},
		Ledgers: []store.Ledger{{Interval: "monthly", Planned: 21, Done: 6, Late: 5, Missed: 4, Waived: 3, Open: 3}},
	})
	for _, line := range []string{
		`turnus_slots{state="due"} 2`, `turnus_slots{state="done-late"} 5`, `turnus_slots{state="missed"} 0`,
		`turnus_slots_idle 1`, `turnus_slots_idle_oldest_seconds 1200`, `turnus_tasks_overdue 3`, `turnus_waking_age_seconds 42`, `turnus_plans_behind 4`,
		`turnus_ledger{interval="monthly",state="planned"} 21`, `turnus_ledger{interval="monthly",state="done"} 6`, `turnus_ledger{interval="monthly",state="late"} 5`,
		`turnus_ledger{interval="monthly",state="missed"} 4`, `turnus_ledger{interval="monthly",state="waived"} 3`, `turnus_ledger{interval="monthly",state="open"} 3`,
	} {
		require.Contains(t, all, "\n"+line+"\n")
	}
	ahead := testNow.Add(time.Minute)
	require.Contains(t, scraped(t, Counts{Plan: store.Watch{Woken: &ahead}}), "\nturnus_waking_age_seconds 0\n", "another machine's clock")
	none := scraped(t, Counts{})
	require.NotContains(t, none, "turnus_waking_age_seconds", "never isn't now")
	require.Contains(t, none, "\nturnus_slots_idle_oldest_seconds 0\n")
}

func TestFindingsAndActionsAsMetrics(t *testing.T) {
	oldest := testNow.Add(-36 * time.Hour)
	all := scraped(t, Counts{Improvement: store.ImprovementWatch{Actions: map[improvement.ActionState]int64{improvement.ActionOpen: 3, improvement.ActionDone: 2}, Overdue: 1, Oldest: &oldest}})
	for _, line := range []string{`turnus_actions{state="open"} 3`, `turnus_actions{state="done"} 2`, `turnus_actions{state="effective"} 0`,
		`turnus_actions{state="ineffective"} 0`, `turnus_actions{state="dropped"} 0`, `turnus_actions_overdue 1`, `turnus_findings_open_age_seconds 129600`} {
		require.Contains(t, all, "\n"+line+"\n")
	}
	require.Contains(t, scraped(t, Counts{}), "\nturnus_findings_open_age_seconds 0\n", "there is none")
}

// What the records give is what is shown.
func TestImprovementIsWatched(t *testing.T) {
	h := registered(t)
	w, err := h.store.WatchImprovement(t.Context(), testNow)
	require.NoError(t, err)
	require.Equal(t, map[improvement.ActionState]int64{improvement.ActionOpen: 2, improvement.ActionEffective: 1}, w.Actions)
	require.Equal(t, int64(1), w.Overdue, "what is due today isn't")
	require.Equal(t, testNow.AddDate(0, 0, -200).UTC(), w.Oldest.UTC())
	_, err = h.store.DB().Exec("UPDATE finding SET state = 'declined', ended_at = $1 WHERE ended_at IS NULL", testNow)
	require.NoError(t, err)
	w, err = h.store.WatchImprovement(t.Context(), testNow)
	require.NoError(t, err)
	require.Nil(t, w.Oldest)
}

// What the rules ask for is measured.
func TestAlertsAskForWhatThereIs(t *testing.T) {
	b, err := os.ReadFile("../deploy/alerts.yaml")
	require.NoError(t, err)
	var file struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For string
				Labels           map[string]string
				Annotations      map[string]string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(b, &file))
	woken := testNow
	all := scraped(t, Counts{Plan: store.Watch{Woken: &woken}})
	require.Len(t, file.Groups, 1)
	var alerts []string
	for _, r := range file.Groups[0].Rules {
		alerts = append(alerts, r.Alert)
		names := regexp.MustCompile(`\bturnus_\w+`).FindAllString(r.Expr, -1)
		require.NotEmpty(t, names)
		for _, n := range names {
			require.Regexp(t, `(?m)^`+n+`(\{.*\})? `, all)
		}
		for _, cause := range regexp.MustCompile(`"cause", "([a-z-]+)"`).FindAllStringSubmatch(r.Expr, -1) {
			if cause[1] != "tasks" { // the one that is left
				require.Contains(t, r.Annotations["description"], `eq $labels.cause "`+cause[1]+`"`)
			}
		}
		require.NotEmpty(t, r.Annotations["summary"])
		require.NotEmpty(t, r.Annotations["description"])
	}
	require.Equal(t, []string{"TurnusPlanNotKept", "TurnusImprovementStuck"}, alerts)
}
