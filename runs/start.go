package runs

import (
	"context"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/store"
	"turnus/workflows"
)

// launchWithin bounds how long a start waits for Temporal: it is acknowledged
// without, and the sweep goes on.
const launchWithin = 5 * time.Second

// workflowTask bounds one step of a workflow's code, which takes milliseconds:
// one that a killed worker had in hand is given to another after this.
const workflowTask = 5 * time.Second

// Start says which run is wanted.
type Start struct {
	Process     string
	Scope       string // a service, where the process is about one
	Period      string
	Provisional bool // permitted, not forced
	Again       bool // another attempt after a publication; needs a reason
	Reason      string
	Request     string // names the request, where it carries an Idempotency-Key: its repeat finds its run
}

// Start begins a run, or finds the one that exists (created is false then).
// It checks whether the actor may start it (owns the service), whether the
// period is over and covered, and whether somebody could decide on it.
func (r *Runs) Start(ctx context.Context, by person.Actor, s Start) (run.Run, bool, error) {
	none := run.Run{}
	p, ok := workflows.Find(s.Process)
	if !ok {
		return none, false, fault.New(fault.NotFound, text.F("There is no process %.80q.", "Den Prozess %.80q gibt es nicht.", s.Process))
	}
	svc, err := store.Current[agreement.ServiceSpec](ctx, r.store, resource.Service, s.Scope)
	if err != nil {
		return none, false, err
	}
	if svc.Spec.Owner != by.Person {
		f := fault.New(fault.Forbidden, text.F("%s belongs to %s: only they may start its runs.",
			"Den Service %s verantwortet %s: nur von dort dürfen seine Läufe gestartet werden.", s.Scope, svc.Spec.Owner))
		return none, false, r.refused(ctx, by, "start.refused", "service/"+s.Scope, f)
	}
	period, err := calendar.ParsePeriod(s.Period)
	if err != nil {
		return none, false, err
	}
	if period.Grain != p.Grain {
		return none, false, fault.Invalidf("period", "%[1]s reports on a %[2]s, and %[3]s is a %[4]s", "%[1]s berichtet über: %[5]s; %[3]s ist: %[6]s",
			p.Name, p.Grain, s.Period, period.Grain, p.Grain.Title().De, period.Grain.Title().De)
	}
	s.Reason = strings.TrimSpace(s.Reason)
	if s.Again && s.Reason == "" {
		return none, false, fault.Invalidf("reason", "another attempt needs a reason", "ein weiterer Versuch braucht eine Begründung")
	}
	n := store.NewRun{
		Key:     run.Key{Process: s.Process, Scope: s.Scope, Period: s.Period},
		Service: s.Scope, Again: s.Again, Reason: s.Reason, Request: s.Request, Owner: svc.Spec.Owner, By: by,
	}
	// The process that recorded this very request may have died before it answered.
	if found, err := r.store.Requested(ctx, r.now(), s.Request); err != nil || found != nil {
		if err != nil {
			return none, false, err
		}
		return *found, true, nil
	}
	// What exists is found whatever the rest says.
	newest, err := r.store.Newest(ctx, n.Key)
	if err != nil {
		return none, false, err
	}
	if _, begin, err := run.Next(newest, s.Again); err != nil || !begin {
		if err != nil {
			return none, false, err
		}
		return *newest, false, nil
	}
	if err := r.ready(ctx, p, period, &n, s.Provisional); err != nil {
		return none, false, err
	}
	started, created, err := r.store.Begin(ctx, r.now(), n)
	if err != nil || !created {
		return started, false, err
	}
	r.launchSoon(ctx, p, run.Input{Run: started.ID, Key: n.Key, Attempt: started.Attempt, Provisional: n.Provisional, Why: n.Why})
	return started, true, nil
}

// launchSoon starts the workflow of a run that is on record, at once if
// Temporal answers; else the sweep does.
func (r *Runs) launchSoon(ctx context.Context, p workflows.Process, in run.Input) {
	launching, stop := context.WithTimeout(ctx, launchWithin)
	defer stop()
	if err := r.launch(launching, p, in); err != nil {
		r.log.Warn("run recorded, its workflow starts later", "run", in.Run, "error", err)
	}
}

// ready refuses a run that can't begin as things are, and says what would
// help: its period isn't over or covered (unless a provisional run is
// permitted, which it then becomes), nothing was agreed, nobody could decide.
func (r *Runs) ready(ctx context.Context, p workflows.Process, period calendar.Period, n *store.NewRun, provisional bool) error {
	if p.Covered {
		why, help, err := r.uncovered(ctx, n.Service, period)
		if err != nil {
			return err
		}
		n.Why = why
		if n.Provisional = !why.IsZero(); n.Provisional && !provisional {
			return fault.New(fault.Invalid, text.New(why.En+" "+help.En, why.De+" "+help.De)).At("period")
		}
	}
	if p.Agreed {
		if err := r.agreed(ctx, n.Service, period); err != nil {
			return err
		}
	}
	if n.Provisional {
		return nil
	}
	people, err := r.store.PeopleAround(ctx, n.Service)
	if err != nil {
		return err
	}
	people.StartedBy = n.By.Person
	return people.Decidable()
}

// uncovered says why a period can't be reported on for good, and what would
// help; both are empty if it can.
func (r *Runs) uncovered(ctx context.Context, service string, p calendar.Period) (why, help text.Text, err error) {
	zone, err := r.store.ZoneOf(ctx, service)
	if err != nil {
		return why, help, err
	}
	_, to := p.Bounds(zone)
	if r.now().Before(to) {
		end := moment(to)
		return text.F("%[1]s isn't over: it ends at %[2]s.", "%[1]s ist nicht vorbei: Ende %[3]s.", p.Name, end.En, end.De),
			text.New("Wait, or start it as provisional.", "Warten, oder vorläufig starten."), nil
	}
	oldest, asOf, newest, err := r.store.Coverage(ctx, service)
	if err != nil || newest != 0 && !to.After(asOf) && to.After(oldest) {
		return why, help, err
	}
	end, upTo, since := moment(to), moment(asOf.In(zone)), moment(oldest.In(zone))
	switch {
	case newest == 0:
		return text.F("%s has no imported data.", "%s hat keine importierten Daten.", service),
			text.New("Import its tickets, or start it as provisional.", "Tickets importieren, oder vorläufig starten."), nil
	case to.After(asOf):
		return text.F("The data of %[1]s was read up to %[2]s and doesn't cover %[3]s, which ends at %[4]s.",
				"Die Daten von %[1]s wurden bis %[5]s gelesen und decken %[3]s nicht ab (Ende %[6]s).",
				service, upTo.En, p.Name, end.En, upTo.De, end.De),
			text.New("Import newer data, say with --as-of up to when the source was read, or start it as provisional.",
				"Neuere Daten importieren, mit --as-of angeben, bis wann die Quelle gelesen wurde, oder vorläufig starten."), nil
	}
	return text.F("The data of %[1]s begins at %[2]s, after the end of %[3]s (%[4]s).",
			"Die Daten von %[1]s beginnen %[5]s, nach dem Ende von %[3]s (%[6]s).",
			service, since.En, p.Name, end.En, since.De, end.De),
		text.New("Import older data, or start it as provisional.", "Ältere Daten importieren, oder vorläufig starten."), nil
}

// agreed refuses a start for a service without an agreement to measure by.
func (r *Runs) agreed(ctx context.Context, service string, p calendar.Period) error {
	zone, err := r.store.ZoneOf(ctx, service)
	if err != nil {
		return err
	}
	_, to := p.Bounds(zone)
	versions, err := r.store.AgreementsOf(ctx, service, to)
	if err == nil && len(versions) == 0 {
		err = fault.Invalidf("period", "%s has no agreement that holds before the end of %s: declare one, or take a later period",
			"%s hat keine Vereinbarung, die vor dem Ende von %s gilt: eine hinterlegen, oder eine spätere Periode wählen", service, p.Name)
	}
	return err
}

// moment is an instant as people write it, in its zone.
func moment(t time.Time) text.Text {
	return text.New(t.Format("2 January 2006, 15:04 MST"), t.Format("02.01.2006, 15:04 MST"))
}

// launch starts a run's workflow and marks the run as started; one that runs
// already is used, one that has ended is left alone.
func (r *Runs) launch(ctx context.Context, p workflows.Process, in run.Input) error {
	_, err := r.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       in.Run,
		TaskQueue:                TaskQueue,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		EnableEagerStart:         true,
		WorkflowTaskTimeout:      workflowTask,
		// Else a workflow that has ended would look like one just started.
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}, p.Name, in)
	if err != nil {
		return err
	}
	return r.store.Started(ctx, r.now(), in.Run)
}

// refused puts a refusal on record and gives it back.
func (r *Runs) refused(ctx context.Context, by person.Actor, action, object string, f *fault.Error) error {
	if err := r.store.Refused(ctx, r.now(), by, action, object, f); err != nil {
		return err
	}
	return f
}
