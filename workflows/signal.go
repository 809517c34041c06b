package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"turnus/itsm/fault"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Refused is a signal that the run itself refused, with what is known of it.
// There is nobody to answer, so it goes on record.
type Refused struct {
	Run     string       `json:"run"`
	By      string       `json:"by"`
	Task    string       `json:"task,omitempty"`
	Outcome task.Outcome `json:"outcome,omitempty"`
	Comment string       `json:"comment,omitempty"`
	Raw     string       `json:"raw,omitempty"` // of one that can't be decoded: its beginning
	Why     *fault.Error `json:"why"`
}

// Concerns implements OfRun.
func (r Refused) Concerns(runID string) bool { return r.Run == runID }

// Bounded is what may be kept of it: a signal may hold anything, in any place a
// pass, too, which nobody has presented yet.
func (r Refused) Bounded() Refused {
	r.By, r.Task, r.Outcome, r.Comment, r.Raw = beginning(r.By), beginning(r.Task), task.Outcome(beginning(string(r.Outcome))), beginning(r.Comment), beginning(r.Raw)
	return r
}

// rawKept is how much of a signal that can't be decoded goes on record.
const rawKept = 1000

// receive works through the signals `decide`, one after the other.
func (r *Run) receive(ctx workflow.Context, signals workflow.ReceiveChannel) {
	var raw converter.RawValue
	for n := 1; signals.Receive(ctx, &raw); n++ {
		r.busy = true
		r.signalled(ctx, raw, fmt.Sprintf("%s/signal/%d", workflow.GetInfo(ctx).WorkflowExecution.RunID, n))
		r.busy = false
	}
}

// signalled decides by one signal. It was received raw, since the SDK drops
// what it can't decode, and nobody would know.
func (r *Run) signalled(ctx workflow.Context, raw converter.RawValue, by string) {
	no := Refused{Run: r.in.Run, By: by}
	var m task.Message
	if err := converter.GetDefaultDataConverter().FromPayload(raw.Payload(), &m); err != nil {
		no.Raw = string(raw.Payload().GetData())
		no.Why = fault.New(fault.Malformed, text.New("This signal can't be decoded.", "Dieses Signal lässt sich nicht lesen."))
	} else {
		v, recorded, err := r.decided(ctx, m, by)
		if recorded {
			return
		}
		no.Task, no.Outcome, no.Comment, no.Why = m.Task, m.Outcome, m.Comment, v.Refusal
		if err != nil {
			no.Why = fault.New(fault.Internal, text.New("It couldn't be judged.", "Es konnte nicht beurteilt werden."))
		}
	}
	// There is nobody to answer: all that is left is the log.
	if _, err := noteRefusal.Do(ctx, no.Bounded()); err != nil {
		workflow.GetLogger(ctx).Error("a refused signal isn't on record", "error", err)
	}
}

// beginning is text that can be kept: valid, without NULs and passes, not too
// long.
func beginning(s string) string {
	s = task.HidePasses(s)
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
	if r := []rune(s); len(r) > rawKept {
		s = string(r[:rawKept])
	}
	return s
}
