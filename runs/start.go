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

// Start says which run is wanted.
type Start struct {
	Process     string
	Scope       string // a service, where the process is about one
	Period      string
	Provisional bool // permitted, not forced
	Again       bool // another attempt after a publication; needs a reason
	Reason      string
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
		Key:   run.Key{Process: s.Process, Scope: s.Scope, Period: s.Period},
		Again: s.Again, Reason: s.Reason, Owner: svc.Spec.Owner, By: by,
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
	if p.Covered {
		if n.Why, err = r.uncovered(ctx, s.Scope, period); err != nil {
			return none, false, err
		}
		if n.Provisional = !n.Why.IsZero(); n.Provisional && !s.Provisional {
			return none, false, fault.New(fault.Invalid, n.Why).At("period")
		}
	}
	if !n.Provisional {
		if err := r.decidable(ctx, n); err != nil {
			return none, false, err
		}
	}
	started, created, err := r.store.Begin(ctx, r.now(), n)
	if err != nil || !created {
		return started, false, err
	}
	in := run.Input{Run: started.ID, Key: n.Key, Attempt: started.Attempt, Provisional: n.Provisional, Why: n.Why}
	launching, stop := context.WithTimeout(ctx, launchWithin)
	defer stop()
	if err := r.launch(launching, p, in); err != nil {
		// It is on record: the sweep starts it as soon as Temporal answers.
		r.log.Warn("run recorded, its workflow starts later", "run", started.ID, "error", err)
	}
	return started, true, nil
}

// uncovered says why a period can't be reported on for good; empty if it can.
func (r *Runs) uncovered(ctx context.Context, service string, p calendar.Period) (text.Text, error) {
	zone, err := r.store.ZoneOf(ctx, service)
	if err != nil {
		return text.Text{}, err
	}
	_, to := p.Bounds(zone)
	if now := r.now(); now.Before(to) {
		return text.F("%s isn't over: it ends on %s. Wait, or start it as provisional.",
			"%s ist nicht vorbei: Ende am %s. Warten, oder vorläufig starten.", p.Name, p.Next), nil
	}
	oldest, asOf, newest, err := r.store.Coverage(ctx, service)
	switch {
	case err != nil:
		return text.Text{}, err
	case newest == 0:
		return text.F("%s has no imported data: import its tickets, or start as provisional.",
			"%s hat keine importierten Daten: Tickets importieren, oder vorläufig starten.", service), nil
	case to.After(asOf):
		return text.F("The data of %s was read up to %s and doesn't cover %s, which ends at %s: import newer data, say with --as-of up to when the source was read, or start as provisional.",
			"Die Daten von %s wurden bis %s gelesen und decken %s nicht ab (Ende %s): neuere Daten importieren, mit --as-of angeben, bis wann die Quelle gelesen wurde, oder vorläufig starten.",
			service, asOf.In(zone).Format(time.RFC3339), p.Name, to.Format(time.RFC3339)), nil
	case !to.After(oldest):
		return text.F("The data of %s begins at %s, after the end of %s (%s): import older data, or start as provisional.",
			"Die Daten von %s beginnen am %s, nach dem Ende von %s (%s): ältere Daten importieren, oder vorläufig starten.",
			service, oldest.In(zone).Format(time.RFC3339), p.Name, to.Format(time.RFC3339)), nil
	}
	return text.Text{}, nil
}

// decidable refuses a start that nobody could decide on.
func (r *Runs) decidable(ctx context.Context, n store.NewRun) error {
	people, err := r.store.PeopleAround(ctx, n.Key.Scope)
	if err != nil {
		return err
	}
	people.StartedBy = n.By.Person
	if len(people.Eligible()) > 0 {
		return nil
	}
	var en, de strings.Builder
	for _, a := range people.Approvers {
		why := fault.As(people.May(a)).Message
		en.WriteString(" " + why.En)
		de.WriteString(" " + why.De)
	}
	return fault.New(fault.Invalid, text.New(
		"Nobody could decide on this run:"+en.String()+" Name another approver in the service.",
		"Niemand könnte über diesen Lauf entscheiden:"+de.String()+" Im Service eine weitere freigebende Person nennen.")).At("service")
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
