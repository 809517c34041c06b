package runs

import (
	"context"
	"encoding/json"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
	"turnus/workflows"
)

// situation is what a start depends on, of one service at one moment.
type situation struct {
	service string
	owner   string
	zone    *time.Location
	agreed  []resource.Version // by name and version
	people  task.People
	behind  []task.Involvement // all who ever brought what a run may stand on

	oldest, asOf time.Time // what the imported data covers
	newest       int64     // import; 0: there is none
}

// about looks at a service.
func (r *Runs) about(ctx context.Context, service string) (situation, error) {
	s := situation{service: service}
	var err error
	if s.zone, err = r.store.ZoneOf(ctx, service); err != nil {
		return s, err
	}
	if s.agreed, err = r.store.AgreementsOf(ctx, service, endOfTime); err != nil {
		return s, err
	}
	if s.people, err = r.store.PeopleAround(ctx, service); err != nil {
		return s, err
	}
	s.owner = s.people.Owner
	if s.behind, err = r.store.EverBehind(ctx, service); err != nil {
		return s, err
	}
	s.oldest, s.asOf, s.newest, err = r.store.Coverage(ctx, service)
	return s, err
}

var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// ready refuses a run that can't begin as things are, and says what would
// help: its period isn't over or covered (unless a provisional run is
// permitted, which it then becomes), nothing was agreed, nobody could decide.
func (r *Runs) ready(ctx context.Context, s situation, p workflows.Process, period calendar.Period, n *store.NewRun, provisional bool) error {
	now := r.now()
	if p.Covered {
		why, help := s.uncovered(now, period)
		n.Why = why
		if n.Provisional = !why.IsZero(); n.Provisional && !provisional {
			return fault.New(fault.Invalid, text.New(why.En+" "+help.En, why.De+" "+help.De)).At("period")
		}
	}
	from, to := period.Bounds(s.zone)
	if p.Agreed && !s.agreedBefore(to) {
		return fault.Invalidf("period", "%s has no agreement that holds before the end of %s: declare one, or take a later period",
			"%s hat keine Vereinbarung, die vor dem Ende von %s gilt: Eine anlegen oder eine spätere Periode wählen.", s.service, period.Name)
	}
	if n.Provisional {
		return nil
	}
	people := s.people.StartedBy(n.By)
	if people.With(s.behind...).Decidable() == nil {
		return nil
	}
	basis, err := s.basis(p, from, to)
	if err != nil {
		return err
	}
	if p.Covered {
		used, err := r.store.ExclusionsIn(ctx, s.service, now, s.newest, from, to)
		if err != nil {
			return err
		}
		for _, e := range used {
			basis.Proposals = append(basis.Proposals, task.ProposalBehind{About: e.Object(), By: e.By, Issuer: e.TokenIssuer})
		}
	}
	behind, err := r.store.InvolvedIn(ctx, basis)
	if err != nil {
		return err
	}
	return people.With(behind...).Decidable()
}

// basis is what a run would stand on, if it began now.
func (s situation) basis(p workflows.Process, from, to time.Time) (task.Basis, error) {
	b := task.Basis{Service: s.service, At: from}
	if p.Covered {
		b.Import = s.newest
	}
	if !p.Agreed {
		return b, nil
	}
	for _, v := range s.agreed {
		if !v.ValidFrom.Before(to) {
			continue
		}
		b.Resources = append(b.Resources, task.DeclaredIn{Kind: resource.Agreement, Name: v.Resource.Metadata.Name, Version: v.Version})
		var spec agreement.Spec
		if err := json.Unmarshal(v.Resource.Spec, &spec); err != nil {
			return b, err
		}
		for _, t := range spec.Targets {
			b.Resources = append(b.Resources, task.DeclaredIn{Kind: resource.Calendar, Name: t.Calendar})
		}
	}
	return b, nil
}

func (s situation) agreedBefore(end time.Time) bool {
	for _, v := range s.agreed {
		if v.ValidFrom.Before(end) {
			return true
		}
	}
	return false
}

// uncovered says why a period can't be reported on for good, and what would
// help; both are empty if it can.
func (s situation) uncovered(now time.Time, p calendar.Period) (why, help text.Text) {
	_, to := p.Bounds(s.zone)
	end, upTo, since := calendar.InWords(to), calendar.InWords(s.asOf.In(s.zone)), calendar.InWords(s.oldest.In(s.zone))
	switch {
	case now.Before(to):
		return text.F("%s isn't over: it ends at %s.", "Die Periode %s endet erst am %s.", p.InWords(), end),
			text.New("Wait, or start it as provisional.", "Abwarten oder vorläufig starten.")
	case s.newest == 0:
		return text.F("%s has no imported data.", "Für %s sind keine Daten importiert.", s.service),
			text.New("Import its tickets, or start it as provisional.", "Tickets importieren oder vorläufig starten.")
	case to.After(s.asOf):
		return text.F("The data of %s was read up to %s and doesn't cover %s, which ends at %s.",
				"Die Daten von %s wurden mit Stand vom %s gelesen und decken %s nicht ab: Die Periode endet am %s.",
				s.service, upTo, p.InWords(), end),
			text.New("Import newer data, say with --as-of up to when the source was read, or start it as provisional.",
				"Neuere Daten importieren, mit --as-of angeben, bis wann das Quellsystem gelesen wurde, oder vorläufig starten.")
	case !to.After(s.oldest):
		return text.F("The data of %s begins at %s, after the end of %s (%s).",
				"Die Daten von %s beginnen am %s, nach dem Ende von %s (%s).", s.service, since, p.InWords(), end),
			text.New("Import older data, or start it as provisional.", "Ältere Daten importieren oder vorläufig starten.")
	}
	return why, help
}
