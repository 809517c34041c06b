package runs

import (
	"context"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/store"
)

// launchWithin bounds how long a start waits for Temporal: it is acknowledged
// without, and the sweep goes on.
const launchWithin = 5 * time.Second

// WorkflowTask bounds one step of a workflow's code, which takes milliseconds:
// one that a killed worker had in hand is given to another after this.
const WorkflowTask = 5 * time.Second

// Start says which run is wanted.
type Start struct {
	Process     string
	Scope       string // of the kind that the process is about; the organisation's may be empty
	Period      string
	Provisional bool // permitted, not forced
	Again       bool // another attempt after a publication; needs a reason
	Reason      string
	Retests     string // the drill that it repeats; of a drill alone
	Request     string // names the request, where it carries an Idempotency-Key: its repeat finds its run
}

// Start begins a run, or finds the one that exists (created is false then).
// It checks whether the actor may start it (owns what it is about), whether the
// period is over and covered, and whether somebody could decide on it.
func (r *Runs) Start(ctx context.Context, by person.Actor, s Start) (run.Run, bool, error) {
	none := run.Run{}
	p, err := process.FindStarted(s.Process)
	if err != nil {
		return none, false, err
	}
	now, err := r.store.Situation(ctx, p, s.Scope)
	if f := fault.As(err); f != nil && f.Code == fault.Invalid {
		// Whoever starts a run asks for something that there isn't.
		return none, false, fault.New(fault.NotFound, f.Message).At(f.Field)
	}
	if err != nil {
		return none, false, err
	}
	if now.Owner != by.Person {
		f := fault.New(fault.Forbidden, text.F("%[2]s doesn't own %[1]s: only its owner may start its runs.",
			"%[2]s ist für %[1]s nicht verantwortlich: Nur die dafür Verantwortlichen dürfen solche Läufe starten.", now.Named(), by.Person))
		return none, false, r.refused(ctx, by, "start.refused", now.Object(), f)
	}
	if s.Period, err = r.periodOf(ctx, p, now, s); err != nil {
		return none, false, err
	}
	period, err := calendar.ReachedPeriod(s.Period)
	if err != nil {
		return none, false, err
	}
	if !p.Covers(period.Grain) {
		return none, false, fault.Invalidf("period", "%s reports on a %s, and %s is a %s", "%s berichtet über: %s; %s ist: %s.",
			p.Name, p.Grain, s.Period, period.Grain)
	}
	s.Reason = strings.TrimSpace(s.Reason)
	if s.Again && s.Reason == "" {
		return none, false, fault.Invalidf("reason", "another attempt needs a reason", "Ein weiterer Versuch braucht eine Begründung.")
	}
	n := store.NewRun{
		Key:   run.Key{Process: p.Name, Scope: now.Name, Period: s.Period},
		About: now.About, Version: now.Version, Owner: now.Owner, Again: s.Again, Reason: s.Reason, Request: s.Request, By: by, Retests: s.Retests,
	}
	if s.Retests != "" && p.Name != process.ContinuityDrill {
		return none, false, fault.Invalidf("retests", "%s repeats no drill: leave this out.", "%s wiederholt keine Übung: Weglassen.", p.Name)
	}
	// What exists is found whatever the rest says. The process that recorded this
	// very request may have died before it answered.
	found, repeated, err := r.store.FindRun(ctx, r.now(), n.Key, s.Request)
	switch {
	case err != nil:
		return none, false, err
	case repeated:
		return *found, true, nil
	}
	if _, begin, err := run.Next(found, s.Again); err != nil || !begin {
		if err != nil {
			return none, false, err
		}
		if err := r.store.CheckRepeats(ctx, found.ID, s.Retests); err != nil {
			return none, false, err
		}
		return *found, false, nil
	}
	if err := r.ready(ctx, now, p, period, &n, s.Provisional); err != nil {
		return none, false, err
	}
	started, created, err := r.store.Begin(ctx, r.now(), n)
	if err != nil || !created {
		return started, false, err
	}
	r.launchSoon(ctx, p, n.Input(started.Attempt))
	return started, true, nil
}

// periodOf is the period that is meant. Of what doesn't come round it is the day
// on which the run begins; a run that is live goes on under its own.
func (r *Runs) periodOf(ctx context.Context, p process.Process, now store.Situation, s Start) (string, error) {
	if p.Planned() {
		if s.Period == "" {
			return "", fault.Invalidf("period", "The period is missing: give one as in %s.", "Die Periode fehlt: Eine angeben, etwa %s.",
				calendar.PeriodOf(calendar.DateOf(r.now().In(now.Zone)), p.Grain).Name)
		}
		return s.Period, nil
	}
	live, err := r.store.Begun(ctx, p, now.Name)
	if err != nil {
		return "", err
	}
	period := calendar.DateOf(r.now().In(now.Zone)).String()
	if live != "" {
		key, _, err := run.ParseID(live)
		if err != nil {
			return "", err
		}
		period = key.Period
	}
	if s.Period != "" && s.Period != period {
		return "", fault.Invalidf("period", "%[1]s begins on the day on which it is started: leave the period out, or give %[2]s.",
			"%[1]s beginnt am Tag des Starts: Die Periode weglassen oder %[2]s angeben.", p.Name, period)
	}
	return period, nil
}

// launchSoon starts the workflow of a run that is on record, at once if
// Temporal answers; else the sweep does.
func (r *Runs) launchSoon(ctx context.Context, p process.Process, in run.Input) {
	launching, stop := context.WithTimeout(ctx, launchWithin)
	defer stop()
	if err := r.launch(launching, p, in); err != nil {
		r.log.Warn("run recorded, its workflow starts later", "run", in.Run, "error", err)
	}
}

// launch starts a run's workflow; one that runs already is used, one that has
// ended is left alone. What it freezes first marks the run as started, else the
// next sweep does: a start waits for no mark.
func (r *Runs) launch(ctx context.Context, p process.Process, in run.Input) error {
	_, err := r.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       in.Run,
		TaskQueue:                TaskQueue,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		EnableEagerStart:         true,
		WorkflowTaskTimeout:      WorkflowTask,
		// Else a workflow that has ended would look like one just started.
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}, p.Name, in)
	return err
}

// refused puts a refusal on record and gives it back.
func (r *Runs) refused(ctx context.Context, by person.Actor, action, object string, f *fault.Error) error {
	if err := r.store.Refused(ctx, by, r.now(), action, object, f); err != nil {
		return err
	}
	return f
}
