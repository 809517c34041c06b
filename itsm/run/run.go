// Package run names the executions of processes and their states.
package run

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// State of a run.
type State string

// The states. The first three are live.
const (
	Collecting  State = "collecting"
	Drafting    State = "drafting"
	Waiting     State = "waiting"
	Published   State = "published"
	Rejected    State = "rejected"
	Cancelled   State = "cancelled"
	Failed      State = "failed"
	Provisional State = "provisional" // ended with a provisional report
)

// Title of a state, for people.
func (s State) Title() text.Text {
	switch s {
	case Collecting:
		return text.New("collecting", "beim Sammeln der Daten")
	case Drafting:
		return text.New("drafting", "in Erstellung")
	case Waiting:
		return text.New("waiting", "zur Freigabe vorgelegt")
	case Published:
		return text.New("published", "veröffentlicht")
	case Rejected:
		return text.New("rejected", "abgelehnt")
	case Cancelled:
		return text.New("cancelled", "abgebrochen")
	case Failed:
		return text.New("failed", "fehlgeschlagen")
	case Provisional:
		return text.New("provisional", "vorläufig")
	}
	return text.Same(string(s))
}

// Live says that the run hasn't ended.
func (s State) Live() bool { return s == Collecting || s == Drafting || s == Waiting }

// Repeatable says that the next start begins another attempt by itself.
func (s State) Repeatable() bool {
	return s == Rejected || s == Cancelled || s == Failed || s == Provisional
}

// Key says what a run is about; its attempts share it.
type Key struct {
	Process string `json:"process" db:"process"`
	Scope   string `json:"scope" db:"scope"`
	Period  string `json:"period" db:"period"`
}

// ID of an attempt: process/scope/period, and .n from the second attempt on.
func (k Key) ID(attempt int) string {
	id := k.Process + "/" + k.Scope + "/" + k.Period
	if attempt > 1 {
		id += "." + strconv.Itoa(attempt)
	}
	return id
}

// ParseID is the inverse of Key.ID.
func ParseID(id string) (Key, int, error) {
	p := strings.Split(id, "/")
	bad := fault.Invalidf("run", "%.120q isn't a run: use PROCESS/SCOPE/PERIOD, as in sla-report/payments/2026-10",
		"%.120q ist kein Lauf: PROZESS/BEREICH/PERIODE, etwa sla-report/payments/2026-10.", id)
	if len(p) != 3 || p[0] == "" || p[1] == "" || p[2] == "" {
		return Key{}, 0, bad
	}
	period, n, found := strings.Cut(p[2], ".")
	attempt := 1
	if found {
		var err error
		if attempt, err = strconv.Atoi(n); err != nil || attempt < 2 || strconv.Itoa(attempt) != n {
			return Key{}, 0, bad
		}
	}
	return Key{Process: p[0], Scope: p[1], Period: period}, attempt, nil
}

// TaskID names a step of a round of a run; opaque to callers, safe in a path.
func TaskID(run string, round int, step string) string {
	return fmt.Sprintf("%s%d.%s", tasksOf(run), round, step)
}

// HasTask says whether a task's ID is one of a run's.
func HasTask(run, task string) bool { return strings.HasPrefix(task, tasksOf(run)) }

func tasksOf(run string) string { return strings.ReplaceAll(run, "/", ".") + "~" }

// Input of every workflow: which run it is. What it works on it reads through
// activities.
type Input struct {
	Run string `json:"run"`
	Key
	Attempt     int       `json:"attempt"`
	Provisional bool      `json:"provisional"`
	Why         text.Text `json:"why,omitzero"`       // it is provisional
	Together    bool      `json:"together,omitempty"` // a round is collected and drafted in one activity; runs that 0.1.0 began take two
	Retests     string    `json:"retests,omitempty"`  // the drill that it repeats
}

// Concerns says whether it is the input of a run.
func (i Input) Concerns(runID string) bool { return i.Run == runID }

// Step names a round of a run: what activities work on, and retry.
type Step struct {
	Run   string `json:"run" db:"run"`
	Round int    `json:"round" db:"round"`
}

// Concerns says whether it is a round of a run.
func (s Step) Concerns(runID string) bool { return s.Run == runID }

// CancelMessage is what an Update `cancel` carries.
type CancelMessage struct {
	Run    string `json:"run"`
	Pass   string `json:"pass"` // the ID of one that is bound to this reason; the only thing that says who cancels
	Reason string `json:"reason"`
}

// Answer is the SHA-256 of the reason, hexadecimal, to which a pass is bound.
func (m CancelMessage) Answer() string {
	h, _ := canonical.Hash(map[string]string{"reason": m.Reason}) // texts always marshal
	return h
}

// Concerns says whether it is about a run.
func (m CancelMessage) Concerns(runID string) bool { return m.Run == runID }

// RefreshMessage is what an Update `refresh` carries.
type RefreshMessage struct {
	Run   string `json:"run"`
	Round int    `json:"round"` // that waits, and that another one is to follow
	Pass  string `json:"pass"`  // the ID of one that is bound to this round; the only thing that says who asks
}

// Answer is the SHA-256 of what is asked for, hexadecimal, to which a pass is
// bound.
func (m RefreshMessage) Answer() string {
	h, _ := canonical.Hash(map[string]any{"refresh": m.Run, "round": m.Round}) // texts and numbers always marshal
	return h
}

// Concerns says whether it is about a run.
func (m RefreshMessage) Concerns(runID string) bool { return m.Run == runID }

// End is how a run ended.
type End struct {
	Run    string    `json:"run"`
	Round  int       `json:"round"`
	State  State     `json:"state"`
	Reason text.Text `json:"reason,omitzero"`
}

// Concerns says whether it is the end of a run.
func (e End) Concerns(runID string) bool { return e.Run == runID }

// Next says what a start finds: the newest attempt, which is used as it is
// (begin is false), or that another one begins. again asks for one after an
// ended run.
func Next(newest *Run, again bool) (attempt int, begin bool, err error) {
	switch {
	case newest == nil:
		return 1, true, nil
	case newest.State.Live() && again:
		return 0, false, fault.New(fault.Conflict, text.F("%s is still %s: let it end, or cancel it, before another attempt.",
			"%s ist noch %s: Erst enden lassen oder abbrechen, dann einen weiteren Versuch starten.", newest.ID, newest.State))
	case newest.State.Repeatable(), again:
		return newest.Attempt + 1, true, nil
	}
	return newest.Attempt, false, nil
}

// Run is one execution of a process as it is on record.
type Run struct {
	ID          string `json:"id" db:"id"`
	Key         `db:""`
	Attempt     int              `json:"attempt" db:"attempt"`
	Latest      int              `json:"latest" db:"latest"` // the newest attempt
	State       State            `json:"state" db:"state"`
	Provisional bool             `json:"provisional" db:"provisional"`
	Round       int              `json:"round" db:"round"`
	Service     string           `json:"service" db:"service"`       // that it concerns; empty: none
	About       resource.Ref     `json:"about" db:"about"`           // the resource that says who owns it, and who decides
	Owner       string           `json:"owner" db:"owner"`           // of that, at the start
	StartedBy   string           `json:"started_by" db:"started_by"` // empty for a slot
	TokenIssuer string           `json:"token_issuer,omitempty" db:"token_issuer"`
	Reason      string           `json:"reason,omitempty" db:"reason"`   // why there is another attempt
	Outcome     text.Text        `json:"outcome_reason,omitzero" db:"-"` // why it ended as it did
	Created     time.Time        `json:"created" db:"created_at"`
	Ended       *time.Time       `json:"ended,omitempty" db:"ended_at"`
	Tasks       []task.Task      `json:"tasks" db:"-"`
	Decisions   []task.Decision  `json:"decisions" db:"-"`
	LeftOut     *Unlisted        `json:"left_out,omitempty" db:"-"`      // where only some of its tasks were asked for
	Stale       []task.StalePart `json:"stale,omitempty" db:"-"`         // while it is live: what has changed that its round stands on, as it was compared last
	Version     int              `json:"version,omitempty" db:"version"` // of the report that it published
	Zone        string           `json:"zone,omitempty" db:"-"`          // of what it is about, as that is declared now
	Rounds      []Round          `json:"rounds,omitempty" db:"-"`        // what each round stands on, of a run that is asked for by itself
}

// Unlisted counts the tasks of a run that aren't listed in it, and whose decisions
// aren't, either.
type Unlisted struct {
	Open  int `json:"open" db:"open"`
	Ended int `json:"ended" db:"ended"`
}

// Round says when a round of a run was frozen and drafted, and who asked for
// another one instead of an answer.
type Round struct {
	Round     int        `json:"round" db:"round"`
	Frozen    time.Time  `json:"frozen" db:"frozen"`
	Drafted   *time.Time `json:"drafted,omitempty" db:"drafted"`
	Hash      string     `json:"hash,omitempty" db:"hash"` // of the draft's content
	Refreshed *time.Time `json:"refreshed,omitempty" db:"refreshed"`
	By        string     `json:"refreshed_by,omitempty" db:"refreshed_by"`
}

// NotWaiting refuses another round of a run that doesn't wait.
func NotWaiting(r Run) error {
	return fault.New(fault.Conflict, text.F("%s can't begin another round: it is %s, and only a round that waits for an answer, and of which nobody has decided, is begun anew.",
		"%s kann keine neue Runde beginnen: Status %s. Neu beginnen lässt sich nur eine Runde, die auf eine Antwort wartet und über die noch nicht entschieden ist.", r.ID, r.State))
}

// OthersRefresh refuses another round to whoever doesn't own what its run is
// about.
func OthersRefresh(person string) error {
	return fault.New(fault.Forbidden, text.F("%s may not begin another round of this run: the owner of what it is about may.",
		"%s darf keine neue Runde dieses Laufs beginnen: Das dürfen nur die dafür Verantwortlichen.", person))
}

// StepOf is the name of the step that a task of a round of a run asks for;
// empty, if it isn't one of it.
func StepOf(run string, round int, task string) string {
	step, ok := strings.CutPrefix(task, TaskID(run, round, ""))
	if !ok {
		return ""
	}
	return step
}
