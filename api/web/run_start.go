package web

import (
	"encoding/json"
	"net/http"
	"slices"

	"turnus/client"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

// starting is the form that starts a run, and the page that repeats it.
type starting struct {
	Typed     client.Start
	Processes []process.Process // that the visitor may start
	Services  []string          // that they own
	Plans     []string          // continuity plans of these
	Found     *listed           // the newest attempt that there is
	Wrong     *client.Problem
}

// Process is the one that was chosen.
func (s starting) Process() process.Process {
	p, _ := process.Find(s.Typed.Process)
	return p
}

// Title names the run that would begin.
func (s starting) Title() text.Text {
	return titleOf(run.Key{Process: s.Typed.Process, Scope: s.Typed.Scope, Period: s.Typed.Period})
}

// Period is what the run would be about, in words.
func (s starting) Period() text.Text { return report.Period(s.Typed.Period) }

// Begins says that a start would begin a run, and not find one.
func (s starting) Begins() bool { return s.Found == nil || s.Found.State.Repeatable() }

// startingAs reads what the form shows.
func (v *visit) startingAs(typed client.Start) (starting, error) {
	s := starting{Typed: typed}
	for _, p := range process.Catalogue() {
		if v.session.Actor.Has(p.Starters...) && p.Planned() {
			s.Processes = append(s.Processes, p)
		}
	}
	if !v.session.Actor.Has(person.ProcessOwner) {
		return s, nil
	}
	all, err := v.api.Services(v.r.Context())
	for _, one := range all {
		if one.Spec.Owner == v.session.Person {
			s.Services = append(s.Services, one.Metadata.Name)
		}
	}
	if err != nil {
		return s, err
	}
	s.Plans, err = v.plansOf(s.Services)
	return s, err
}

// plansOf are the continuity plans of some services, by name.
func (v *visit) plansOf(services []string) (names []string, err error) {
	all, err := v.api.Declared(v.r.Context(), "continuity-plans", mostPlans)
	for _, one := range all {
		var spec struct {
			Service string `json:"service"`
		}
		if json.Unmarshal(one.Spec, &spec) == nil && slices.Contains(services, spec.Service) {
			names = append(names, one.Metadata.Name)
		}
	}
	return names, err
}

// mostPlans is how many continuity plans are looked at for a choice.
const mostPlans = 1000

func startTitle() text.Text { return text.New("Start a run", "Lauf starten") }

func showStart(v *visit) error {
	q := v.r.URL.Query()
	s, err := v.startingAs(client.Start{Process: q.Get("process"), Scope: q.Get("scope"), Period: q.Get("period")})
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "run-start", startTitle(), s)
}

// typedStart is the run that a form asks for.
func (v *visit) typedStart() client.Start {
	return client.Start{Process: v.form("process"), Scope: v.form("scope"), Period: v.form("period"), Provisional: v.form("provisional") == "yes", Retests: v.form("retests")}
}

// editStart shows the form again with what was typed.
func editStart(v *visit) error {
	s, err := v.startingAs(v.typedStart())
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "run-start", startTitle(), s)
}

// checkStart repeats what would be started, and says what is there already.
func checkStart(v *visit) error {
	s, err := v.startingAs(v.typedStart())
	if err != nil {
		return err
	}
	if s.Wrong = s.lacks(v.lang); s.Wrong != nil {
		return v.show(http.StatusUnprocessableEntity, "run-start", startTitle(), s)
	}
	found, err := v.newest(run.Key{Process: s.Typed.Process, Scope: s.Typed.Scope, Period: s.Typed.Period})
	if err != nil {
		return v.startAgain(s, err)
	}
	if found != nil {
		s.Found = &listed{*found}
	}
	return v.show(http.StatusOK, "run-check", text.New("Check the start", "Start prüfen"), s)
}

// lacks says what a form leaves out without which nothing can be looked up.
func (s starting) lacks(lang text.Lang) *client.Problem {
	p := &client.Problem{}
	miss := func(field string, t text.Text) {
		p.Errors = append(p.Errors, client.Detail{Location: field, Message: t.In(lang)})
	}
	if !slices.ContainsFunc(s.Processes, func(p process.Process) bool { return p.Name == s.Typed.Process }) {
		miss("process", text.New("No process is chosen. Choose one.", "Es ist kein Prozess gewählt. Einen Prozess wählen."))
	}
	if s.Typed.Scope == "" && s.Process().Scope == process.OfService {
		miss("scope", text.New("No service is chosen. Choose one.", "Es ist kein Service gewählt. Einen Service wählen."))
	}
	if s.Typed.Scope == "" && s.Process().Scope == process.OfContinuityPlan {
		miss("scope", text.New("No continuity plan is chosen. Choose one.", "Es ist kein Notfallplan gewählt. Einen Notfallplan wählen."))
	}
	if s.Typed.Period == "" {
		miss("period", text.New("The period is missing: give one as in 2026-10.", "Die Periode fehlt. Anzugeben ist sie wie 2026-10."))
	}
	switch len(p.Errors) {
	case 0:
		return nil
	case 1:
		p.Detail = p.Errors[0].Message
	default:
		p.Detail = text.New("Nothing was started.", "Es wurde nichts gestartet.").In(lang)
	}
	return p
}

// startRun starts it: from here on it counts.
func startRun(v *visit) error {
	started, err := v.api.Start(v.once(), v.typedStart())
	if err != nil {
		s, e := v.startingAs(v.typedStart())
		if e != nil {
			return err
		}
		return v.startAgain(s, err)
	}
	return v.to(runAt(started.ID))
}

// startAgain shows the form again, with why nothing was started and with what
// was typed.
func (v *visit) startAgain(s starting, err error) error {
	p := problemOf(err)
	if p == nil || p.Status >= http.StatusInternalServerError {
		return err
	}
	s.Wrong = p
	return v.show(p.Status, "run-start", startTitle(), s)
}
