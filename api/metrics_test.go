package api

import (
	"context"
	"io"
	"log/slog"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"turnus/itsm/planning"
	"turnus/store"
)

// scraped is /metrics of an API that counts so.
func scraped(t testing.TB, c Counts) string {
	e := New(Config{Now: testClock, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Counts: func(context.Context) (Counts, error) { return c, nil }})
	return do(t, e, "GET", "/metrics", "", nil).Body.String()
}

func TestThePlanAsMetrics(t *testing.T) {
	oldest, woken := testNow.Add(-20*time.Minute), testNow.Add(-42*time.Second)
	all := scraped(t, Counts{
		Plan:    store.Watch{Slots: map[planning.State]int64{planning.Due: 2, planning.DoneLate: 5}, Idle: 1, Oldest: &oldest, Overdue: 3, Woken: &woken},
		Ledgers: []store.Ledger{{Interval: "monthly", Planned: 21, Done: 6, Late: 5, Missed: 4, Waived: 3, Open: 3}},
	})
	for _, line := range []string{
		`turnus_slots{state="due"} 2`, `turnus_slots{state="done-late"} 5`, `turnus_slots{state="missed"} 0`,
		`turnus_slots_idle 1`, `turnus_slots_idle_oldest_seconds 1200`, `turnus_tasks_overdue 3`, `turnus_waking_age_seconds 42`,
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
	for _, r := range file.Groups[0].Rules {
		require.Equal(t, "TurnusPlanNotKept", r.Alert)
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
	}
}
