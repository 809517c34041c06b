package web

import (
	"net/http"
	"slices"
	"time"

	"turnus/client"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// shownRun is a run's page.
type shownRun struct {
	listed
	Rounds   []round
	Open     []task.Task // that wait for somebody
	Others   []listed    // the attempts that this isn't
	Findings []improvement.Finding
	Since    time.Time // when what is going on began
	MayRead  bool      // its report
	MayEnd   bool      // cancel it
	MayAgain bool
	MayRenew bool // begin another round
}

func showRun(v *visit) error {
	r, err := v.run()
	if err != nil {
		return err
	}
	s := shownRun{listed: listed{r}, Rounds: roundsOf(r), Since: sinceWhen(r)}
	for _, t := range r.Tasks {
		if t.State == task.Open {
			s.Open = append(s.Open, t)
		}
	}
	if r.Latest > 1 {
		all, err := v.api.Attempts(v.r.Context(), r.Key)
		if err != nil {
			return err
		}
		for _, a := range all {
			if a.ID != r.ID {
				s.Others = append(s.Others, listed{a})
			}
		}
	}
	if s.Findings, err = v.findingsOf(r); err != nil {
		return err
	}
	s.decide(v.session.Actor)
	return v.show(http.StatusOK, "run", titleOf(r.Key), s)
}

// decide says what is offered to somebody: the API has the last word on it.
func (s *shownRun) decide(who person.Actor) {
	p, known := process.Find(s.Process)
	// It may have another owner by now, who sees inside for no other reason.
	owns := who.Has(person.ProcessOwner) && (s.Owner == who.Person || len(s.Run.Rounds) > 0 && !who.Has(person.Approver, person.Auditor))
	drafted := slices.ContainsFunc(s.Run.Rounds, func(r run.Round) bool { return r.Drafted != nil })
	s.MayRead = s.State == run.Published || drafted
	s.MayEnd = s.State.Live() && (owns || who.Has(person.Administrator))
	s.MayRenew = s.State == run.Waiting && owns && p.Compared
	s.MayAgain = !s.State.Live() && s.Attempt == s.Latest && known && owns && who.Has(p.Starters...) && p.Scope != process.OfFinding
}

// findingsOf are the findings that a run was the first to see, for those who
// read findings of what it is about.
func (v *visit) findingsOf(r run.Run) ([]improvement.Finding, error) {
	if !v.session.Actor.Has(person.Administrator, person.Auditor) && len(r.Rounds) == 0 {
		return nil, nil // they don't see inside
	}
	all, err := v.api.Findings(v.r.Context(), client.FindingsOf{Service: r.Service, Run: r.ID, State: "all"}, 100)
	if p := problemOf(err); p != nil && p.Status < http.StatusInternalServerError {
		return nil, nil // what the run is about has gone, or is others'
	}
	return all, err
}

// sinceWhen is when what goes on in a run began: the last thing that happened.
func sinceWhen(r run.Run) time.Time {
	last := r.Created
	later := func(t *time.Time) {
		if t != nil && t.After(last) {
			last = *t
		}
	}
	for _, d := range r.Decisions {
		later(&d.At)
	}
	for _, f := range r.Rounds {
		later(f.Refreshed)
		if r.State != run.Collecting {
			later(&f.Frozen)
		}
		if r.State == run.Waiting {
			later(f.Drafted)
		}
	}
	later(r.Ended)
	return last
}

// Doing is what a run is busy with; empty when it has ended.
func (s shownRun) Doing() text.Text {
	switch {
	case s.State == run.Collecting:
		return text.New("Data is being collected.", "Die Daten werden gesammelt.")
	case s.State == run.Drafting:
		return text.New("The draft is being made.", "Der Entwurf wird erstellt.")
	case s.State == run.Waiting && len(s.Open) > 0:
		return plural(len(s.Open)+s.Unshown().Open, "One answer is awaited.", "Eine Antwort steht aus.", "%d answers are awaited.", "%d Antworten stehen aus.")
	case s.State == run.Waiting:
		return text.New("It goes on by itself.", "Der Lauf geht von selbst weiter.")
	}
	return text.Text{}
}

// Unshown counts the tasks that the page doesn't show.
func (s shownRun) Unshown() run.Unlisted {
	if s.LeftOut == nil {
		return run.Unlisted{}
	}
	return *s.LeftOut
}

// Works says that the page shows something else soon.
func (s shownRun) Works() bool { return s.State.Live() && len(s.Open) == 0 }

// OwnerOf says what the owner answers for.
func (s shownRun) OwnerOf() text.Text {
	if s.Service == "" {
		return text.New("Owner", "Verantwortlich")
	}
	return text.New("Owner of the service", "Serviceverantwortung")
}

// newest is the newest attempt of a run that an address names, or nil.
func (v *visit) newest(k run.Key) (*run.Run, error) {
	all, err := v.api.Attempts(v.r.Context(), k)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	newest := slices.MaxFunc(all, func(a, b run.Run) int { return a.Attempt - b.Attempt })
	return &newest, nil
}

// tasksAtOnce is how many open tasks of a run, and how many that have ended, a
// page shows that isn't asked for all.
const tasksAtOnce = 15

// run is the run that an address names, with its newest tasks. One that can't be a
// run's isn't found.
func (v *visit) run() (run.Run, error) {
	if _, _, err := run.ParseID(v.runOf()); err != nil {
		return run.Run{}, fault.New(fault.NotFound, fault.As(err).Message)
	}
	newest := tasksAtOnce
	if v.r.URL.Query().Has("all") {
		newest = 0
	}
	return v.api.RunNewest(v.r.Context(), v.runOf(), newest)
}
