package runs

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
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
	from, to := period.Bounds(s.ZoneIn(period))
	if p.Covered() {
		why, help, err := uncovered(s, p, now, period)
		if err != nil {
			return err
		}
		n.Why = why
		if n.Provisional = !why.IsZero(); n.Provisional && !provisional {
			return fault.New(fault.Invalid, text.New(why.En+" "+help.En, why.De+" "+help.De)).At("period")
		}
	}
	if p.Agreed {
		agreed, err := agreedFor(s, p, from, to)
		if err != nil {
			return err
		}
		if !agreed {
			return notAgreed(s, p, period)
		}
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
	if slices.Contains(p.Reads, dataset.Tickets) {
		used, err := r.store.ExclusionsIn(ctx, s.Service(), now, s.Import, from, to)
		if err != nil {
			return err
		}
		for _, e := range used {
			basis.Proposals = append(basis.Proposals, task.ProposalBehind{About: e.Object(), By: e.By, Issuer: e.TokenIssuer})
		}
	}
	if p.Name == process.AvailabilityReview && period.Grain == calendar.Month {
		plans, err := r.store.PlansUntil(ctx, s.Service(), to)
		if err != nil {
			return err
		}
		for _, v := range plans {
			basis.Resources = append(basis.Resources, task.DeclaredIn{Kind: resource.ContinuityPlan, Name: v.Name, Version: v.Version})
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
	b := task.Basis{About: s.About, At: period.VersionsAt(), Import: s.Import, Datasets: p.Reads}
	if p.Scope == process.OfContinuityPlan {
		b.Resources = append(b.Resources, task.DeclaredIn{Kind: resource.ContinuityPlan, Name: s.Name})
	}
	tickets := slices.Contains(p.Reads, dataset.Tickets)
	for _, v := range s.Agreed {
		if !v.ValidFrom.Before(end) {
			continue
		}
		var spec agreement.Spec
		if err := json.Unmarshal(v.Resource.Spec, &spec); err != nil {
			return b, err
		}
		targets := spec.OfTickets()
		if !tickets {
			if targets = spec.OfAvailability(); len(targets) == 0 {
				continue
			}
		}
		b.Resources = append(b.Resources, task.DeclaredIn{Kind: resource.Agreement, Name: v.Resource.Metadata.Name, Version: v.Version})
		for _, t := range targets {
			b.Resources = append(b.Resources, task.DeclaredIn{Kind: resource.Calendar, Name: t.Calendar})
		}
	}
	return b, nil
}

// notAgreed says what a process finds nothing to hold against.
func notAgreed(s store.Situation, p process.Process, period calendar.Period) error {
	if len(s.Agreed) > 0 && p.Name == process.AvailabilityReview {
		return fault.Invalidf("period", "%s has no agreement with a target of measure availability that holds before the end of %s: agree on one, or take a later period",
			"%s hat keine Vereinbarung mit einem Ziel der Messgröße availability, die vor dem Ende von %s gilt: Eines vereinbaren oder eine spätere Periode wählen.", s.Name, period.Name)
	}
	return fault.Invalidf("period", "%s has no agreement that holds before the end of %s: declare one, or take a later period",
		"%s hat keine Vereinbarung, die vor dem Ende von %s gilt: Eine anlegen oder eine spätere Periode wählen.", s.Name, period.Name)
}

// agreedFor says whether anything was agreed for a period that a process can measure.
func agreedFor(s store.Situation, p process.Process, from, end time.Time) (bool, error) {
	needed, err := neededData(s, p, from, end)
	return len(needed) > 0, err
}

// neededData are the datasets that a process reads and that targets need which hold
// for a period, in the order in which the process names them. Those about tickets
// hold for what began under them, however long ago.
func neededData(s store.Situation, p process.Process, from, end time.Time) (names []string, err error) {
	needed := map[string]bool{}
	for _, v := range s.Agreed {
		if !v.ValidFrom.Before(end) {
			continue
		}
		var spec agreement.Spec
		if err := json.Unmarshal(v.Resource.Spec, &spec); err != nil {
			return nil, err
		}
		ended := v.ValidTo != nil && !v.ValidTo.After(from)
		for _, t := range spec.Targets {
			if ended && t.Measure == agreement.Available {
				continue
			}
			for _, name := range dataset.Needed(t) {
				needed[name] = true
			}
		}
	}
	for _, name := range p.Reads {
		if needed[name] {
			names = append(names, name)
		}
	}
	return names, nil
}

// uncovered says why a period can't be reported on for good, and what would
// help; both are empty if it can.
func uncovered(s store.Situation, p process.Process, now time.Time, period calendar.Period) (why, help text.Text, err error) {
	zone := s.ZoneIn(period)
	from, to := period.Bounds(zone)
	if now.Before(to) {
		return text.F("%s isn't over: it ends at %s.", "Die Periode %s endet erst am %s.", period.InWords(), calendar.InWords(to)),
			text.New("Wait, or start it as provisional.", "Abwarten oder vorläufig starten."), nil
	}
	needed, err := neededData(s, p, from, to)
	if err != nil {
		return why, help, err
	}
	if len(s.Agreed) == 0 { // nothing says which data is needed
		needed = p.Reads[:1]
	}
	for _, name := range needed {
		d, err := dataset.Find(name)
		if err != nil {
			return why, help, err
		}
		if why, help = uncoveredBy(s, d, to, zone, period); !why.IsZero() {
			break
		}
	}
	return why, help, nil
}

// uncoveredBy is uncovered by one dataset.
func uncoveredBy(s store.Situation, d dataset.Dataset, to time.Time, zone *time.Location, p calendar.Period) (why, help text.Text) {
	c, end := s.Data[d.Name], calendar.InWords(to)
	switch {
	case c.AsOf.IsZero(): // no import, or all are withdrawn
		return text.F("%[1]s has no imported data (%[2]s).", "Für %[1]s sind keine Daten importiert (%[2]s).", s.Name, d.Title),
			text.New("Import them, or start it as provisional.", "Importieren oder vorläufig starten.")
	case to.After(c.AsOf):
		return text.F("The data of %[1]s (%[5]s) was read up to %[2]s and doesn't cover %[3]s, which ends at %[4]s.",
				"Die Daten von %[1]s (%[5]s) wurden mit Stand vom %[2]s gelesen und decken %[3]s nicht ab: Die Periode endet am %[4]s.",
				s.Name, calendar.InWords(c.AsOf.In(zone)), p.InWords(), end, d.Title),
			text.New("Import newer data, say with --as-of up to when the source was read, or start it as provisional.",
				"Neuere Daten importieren, mit --as-of angeben, bis wann das Quellsystem gelesen wurde, oder vorläufig starten.")
	case !to.After(c.Since):
		help = text.New("Import older data, or start it as provisional.", "Ältere Daten importieren oder vorläufig starten.")
		if d.Since {
			help = text.New("Import older data, say with --since from when on the source was kept, or start it as provisional.",
				"Ältere Daten importieren, mit --since angeben, ab wann das Quellsystem geführt wurde, oder vorläufig starten.")
		}
		return text.F("The data of %[1]s (%[5]s) begins at %[2]s, after the end of %[3]s (%[4]s).",
			"Die Daten von %[1]s (%[5]s) beginnen am %[2]s, nach dem Ende von %[3]s (%[4]s).", s.Name, calendar.InWords(c.Since.In(zone)), p.InWords(), end, d.Title), help
	}
	return why, help
}
