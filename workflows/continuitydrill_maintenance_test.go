package workflows_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/uptime"
	"turnus/store"
)

// A window that is imported after the plan was approved isn't in the plan, and is in
// the report, with those in the drill's time.
func TestADrillLooksUpItsMaintenanceOnceMore(t *testing.T) {
	h := drilling(t, "")
	ctx := context.Background()
	said := maps.Clone(setup(continuity.Component))
	said["production"], said["maintenance"] = "The desk's storage", "W-1"
	begun := friday.Add(4 * time.Hour)
	h.says(time.Hour, "olga", 1, process.DrillPlan, task.Done, said)
	h.says(2*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	h.at(3*time.Hour, func() {
		_, err := h.store.ImportWindows(ctx, store.Intake{Service: "desk", Format: "csv", AsOf: h.env.Now(), Now: h.env.Now(), By: "olga"}, func(yield func(uptime.Window, error) bool) {
			for i, w := range []uptime.Window{{UID: "W-1", From: begun, To: begun.Add(20 * time.Minute)}, {UID: "W-2", From: begun.Add(-time.Hour), To: begun.Add(10 * time.Minute)}, {UID: "W-3", From: begun.Add(aDay), To: begun.Add(2 * aDay)}} {
				w.Row = int64(i + 1)
				if !yield(w, nil) {
					return
				}
			}
		}, nil)
		require.NoError(t, err)
	})
	h.says(4*time.Hour+time.Minute, "anna", 1, process.DrillBegin, task.Done, answers{"disruption": begun.Format(time.RFC3339), "offsite": "yes"})
	at := h.steps(4*time.Hour+2*time.Minute, [2]string{"bert", "step-1"}, [2]string{"emil", "step-3"}, [2]string{"dora", "step-2"}, [2]string{"bert", "step-4"})
	h.says(at+5*time.Minute, "berta", 1, "confirm-1", task.Pass, nil)
	h.says(at+6*time.Minute, "anna", 1, "conduct-1", task.Done, nil)
	h.says(at+7*time.Minute, "dora", 1, "back-1", task.Done, nil)
	h.says(at+8*time.Minute, "berta", 1, "normal-1", task.Pass, nil)
	h.close(at+8*time.Minute, answers{"snapshot": begun.Add(-10 * time.Minute).Format(time.RFC3339), "capacity": "80"})
	require.Equal(t, run.Published, h.run().State)

	plan, err := store.Frozen[drill.Frozen](ctx, h.store, run.Step{Run: h.in.Run, Round: 1})
	require.NoError(t, err)
	require.Equal(t, &drill.Maintenance{}, plan.Maintenance, "it was looked for")
	f, err := store.Frozen[drill.Frozen](ctx, h.store, run.Step{Run: h.in.Run, Round: 2})
	require.NoError(t, err)
	var uids []string
	for _, w := range f.Maintenance.Windows {
		uids = append(uids, w.UID)
	}
	require.Equal(t, []string{"W-2", "W-1"}, uids)
	outside, all := f.Outside()
	require.Equal(t, int64((at + 8*time.Minute - 4*time.Hour).Seconds()), all)
	require.Equal(t, all-20*60, outside)

	// The availability review of that month would name it.
	drills, err := h.store.DrillsTouching(ctx, "desk", begun.AddDate(0, 0, -1), begun.AddDate(0, 0, 1))
	require.NoError(t, err)
	require.Len(t, drills, 1)
	require.Equal(t, "W-1", drills[0].Maintenance)
	require.Equal(t, begun, drills[0].From)
	require.Equal(t, friday.Add(at+8*time.Minute), drills[0].To.Round(time.Minute))
}
