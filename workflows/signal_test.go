package workflows_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
	"turnus/workflows"
)

func TestASignalWithAPassDecides(t *testing.T) {
	h := newHouse(t, false, organisation)
	h.at(time.Hour, func() {
		p := h.pass(person.Actor{Person: "max"}, 1)
		h.env.SignalWorkflow(workflows.SignalDecide, task.Message{Task: h.task(1), Pass: p.Secret, Outcome: task.Approve, Comment: "by signal"})
	})
	r := h.run()
	require.Equal(t, run.Published, r.State)
	require.Equal(t, "max", r.Decisions[0].Person)
	require.Equal(t, "by signal", r.Decisions[0].Comment)
}

// What a signal can't do it doesn't do, and each one is on record with what is
// known of it.
func TestRefusedSignalsAreOnRecord(t *testing.T) {
	h := newHouse(t, false, organisation)
	raw := func(encoding, data string) converter.RawValue {
		return converter.NewRawValue(&commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte(encoding)}, Data: []byte(data)})
	}
	var used string
	h.at(time.Hour, func() {
		for _, m := range []any{
			raw("binary/unheard-of", "\x00\xff"),
			raw("json/plain", `{"task":`),
			raw("json/plain", `{"task":7}`),
			"a text",
			task.Message{Task: "another", Pass: "pass_x", Outcome: task.Approve},
			task.Message{Task: h.task(1), Pass: "pass_x", Outcome: "perhaps\x00"},
		} {
			h.env.SignalWorkflow(workflows.SignalDecide, m)
		}
	})
	h.at(2*time.Hour, func() { // judged by the records
		h.env.SignalWorkflow(workflows.SignalDecide, task.Message{Task: h.task(1), Pass: "pass_x", Outcome: task.Approve})
		used = h.pass(person.Actor{Person: "olga"}, 1).Secret
		h.env.SignalWorkflow(workflows.SignalDecide, task.Message{Task: h.task(1), Pass: used, Outcome: task.Approve})
		h.env.SignalWorkflow(workflows.SignalDecide, task.Message{Task: h.task(1), Pass: used, Outcome: task.Approve})
	})
	h.at(3*time.Hour, func() {
		require.Equal(h, run.Waiting, h.record().State)
		require.Empty(h, h.record().Decisions)
	})
	h.decide(4*time.Hour, "max", 1, task.Reject)
	require.Equal(t, run.Rejected, h.run().State)
	count := func(object, action string) (n int) {
		for _, a := range h.actions(object) {
			if a == action {
				n++
			}
		}
		return n
	}
	require.Equal(t, 6, count("run/"+h.in.Run, "turnus signal.refused"))
	require.Equal(t, 1, count("task/"+h.task(1), "turnus decide.refused"), "nobody knows who sent a made-up pass")
	require.Equal(t, 2, count("task/"+h.task(1), "olga decide.refused"), "a pass says whose it is: hers, then used")
}

// A pass in a signal that its run refuses by itself isn't presented, so that it
// is still good: nobody who reads the records may have it.
func TestRefusedSignalsKeepNoPass(t *testing.T) {
	h := newHouse(t, false, organisation)
	h.at(time.Hour, func() {
		p := h.pass(person.Actor{Person: "max"}, 1).Secret
		for _, data := range []string{
			`{"task":"` + h.task(1) + `","outcome":"approve","pass":"` + p + `"`, // cut off
			`{"task":7,"pass":"` + p + `"}`,
			`{"task":"` + h.task(1) + `","outcome":"` + p + `"}`,
			`{"task":"` + p + `","comment":"` + strings.Repeat("x", 980) + p + `"}`,
		} {
			h.env.SignalWorkflow(workflows.SignalDecide, converter.NewRawValue(&commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(data)}))
		}
		h.at(time.Minute, func() {
			entries, _, err := h.store.Audit(context.Background(), store.Trail{Object: "run/" + h.in.Run}, store.Page{Limit: 500})
			require.NoError(h, err)
			refused := 0
			for _, e := range entries {
				if e.Action == "signal.refused" {
					refused++
				}
				require.NotContains(h, string(e.After), p[:30])
			}
			require.Equal(h, 4, refused)
		})
	})
	h.decide(2*time.Hour, "max", 1, task.Approve)
	require.Equal(t, run.Published, h.run().State)
}

// A pass that was spent here is worth nothing elsewhere, even under the ID of
// the message that spent it.
func TestASpentPassDecidesNoOtherTask(t *testing.T) {
	h := newHouse(t, false, organisation)
	var id, secret string
	h.at(time.Hour, func() {
		p := h.pass(person.Actor{Person: "max"}, 1)
		id, secret = p.ID, p.Secret
		h.send(id, task.Message{Task: h.task(1), Pass: secret, Outcome: task.RequestChanges})
	})
	var again *reply
	h.at(2*time.Hour, func() { again = h.send("x"+id, task.Message{Task: h.task(2), Pass: secret, Outcome: task.Approve}) })
	h.at(3*time.Hour, func() { require.Len(h, h.record().Decisions, 1) })
	h.decide(4*time.Hour, "max", 2, task.Reject)
	require.Equal(t, run.Rejected, h.run().State)
	require.NotNil(t, workflows.FaultOf(again.failed))
}
