package runs

import (
	"context"
	"encoding/json"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
)

// ready refuses a run that can't begin as things are, and says what would
// help: its period isn't over or covered (unless a provisional run is
// permitted, which it then becomes), nothing was agreed, nobody could decide.
func (r *Runs) ready(ctx context.Context, s store.Situation, p process.Process, period calendar.Period, n *store.NewRun, provisional bool) error {
	now := r.now()
	if p.Covered {
		why, help := uncovered(s, now, period)
		n.Why = why
		if n.Provisional = !why.IsZero(); n.Provisional && !provisional {
			return fault.New(fault.Invalid, text.New(why.En+" "+help.En, why.De+" "+help.De)).At("period")
		}
	}
	from, to := period.Bounds(s.ZoneIn(period))
	if p.Agreed && !agreedBefore(s, to) {
		return fault.Invalidf("period", "%s has no agreement that holds before the end of %s: declare one, or take a later period",
			"%s hat keine Vereinbarung, die vor dem Ende von %s gilt: Eine anlegen oder eine spätere Periode wählen.", s.Name, period.Name)
	}
	if n.Provisional {
		return nil
	}
	people := s.People().StartedBy(n.By)
	if people.With(s.Behind...).Decidable() == nil {
		return nil
	}
	basis, err := basisOf(s, p, period, to)
	if err != nil {
		return err
	}
	if p.Covered {
		used, err := r.store.ExclusionsIn(ctx, s.Service(), now, s.Import, from, to)
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

// basisOf is what a run would stand on, if it began now.
func basisOf(s store.Situation, p process.Process, period calendar.Period, end time.Time) (task.Basis, error) {
	b := task.Basis{About: s.About, At: period.VersionsAt(), Import: s.Import}
	for _, v := range s.Agreed {
		if !v.ValidFrom.Before(end) {
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

func agreedBefore(s store.Situation, end time.Time) bool {
	for _, v := range s.Agreed {
		if v.ValidFrom.Before(end) {
			return true
		}
	}
	return false
}

// uncovered says why a period can't be reported on for good, and what would
// help; both are empty if it can.
func uncovered(s store.Situation, now time.Time, p calendar.Period) (why, help text.Text) {
	zone := s.ZoneIn(p)
	_, to := p.Bounds(zone)
	end, upTo, since := calendar.InWords(to), calendar.InWords(s.AsOf.In(zone)), calendar.InWords(s.Oldest.In(zone))
	switch {
	case now.Before(to):
		return text.F("%s isn't over: it ends at %s.", "Die Periode %s endet erst am %s.", p.InWords(), end),
			text.New("Wait, or start it as provisional.", "Abwarten oder vorläufig starten.")
	case s.AsOf.IsZero(): // no import, or all are withdrawn
		return text.F("%s has no imported data.", "Für %s sind keine Daten importiert.", s.Name),
			text.New("Import its tickets, or start it as provisional.", "Tickets importieren oder vorläufig starten.")
	case to.After(s.AsOf):
		return text.F("The data of %s was read up to %s and doesn't cover %s, which ends at %s.",
				"Die Daten von %s wurden mit Stand vom %s gelesen und decken %s nicht ab: Die Periode endet am %s.",
				s.Name, upTo, p.InWords(), end),
			text.New("Import newer data, say with --as-of up to when the source was read, or start it as provisional.",
				"Neuere Daten importieren, mit --as-of angeben, bis wann das Quellsystem gelesen wurde, oder vorläufig starten.")
	case !to.After(s.Oldest):
		return text.F("The data of %s begins at %s, after the end of %s (%s).",
				"Die Daten von %s beginnen am %s, nach dem Ende von %s (%s).", s.Name, since, p.InWords(), end),
			text.New("Import older data, or start it as provisional.", "Ältere Daten importieren oder vorläufig starten.")
	}
	return why, help
}
