package activities

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/report"
	"turnus/store"
	"turnus/workflows"
)

const slaReport = "sla-report" // the process

// SLAReportCollect freezes what a round stands on: the tickets as of the
// newest import, by count and hash, the versions of agreements and calendars,
// the exclusions that hold, and what the reports before said.
func (s *Set) SLAReportCollect(ctx context.Context, in workflows.Freezing) (_ workflows.Collected, err error) {
	st := run.Step{Run: in.Run, Round: in.Round}
	// What the run is about says its row, whatever the caller says.
	if in.Input, err = s.store.Enter(ctx, st, run.Collecting); err != nil {
		return workflows.Collected{}, err
	}
	f, err := s.slaRules(ctx, in)
	if err != nil {
		return workflows.Collected{}, s.onRecord(ctx, st, err)
	}
	if f.RowsRead, f.Rejects, err = s.store.RejectsByCause(ctx, f.Service, f.Import); err != nil {
		return workflows.Collected{}, err
	}
	if err := s.slaHistory(ctx, &f); err != nil {
		return workflows.Collected{}, s.onRecord(ctx, st, err)
	}
	if err := s.slaTickets(ctx, &f); err != nil {
		return workflows.Collected{}, err
	}
	if f, err = store.Freeze(ctx, s.store, s.now(), st, f); err != nil {
		return workflows.Collected{}, err
	}
	return workflows.Collected{Import: f.Import, Count: f.Count, Hash: f.Hash}, nil
}

// slaTickets counts and hashes the tickets, and keeps the exclusions that name
// one of them.
func (s *Set) slaTickets(ctx context.Context, f *sla.Frozen) error {
	known, err := s.store.ExclusionsOf(ctx, f.Service, f.At)
	if err != nil {
		return err
	}
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		return err
	}
	exclusions := newInSet(known)
	var oldest time.Time
	var see func(number []byte, opened time.Time) // nobody looks unless something depends on it
	if len(known) > 0 || f.Voids() {
		see = func(number []byte, opened time.Time) {
			exclusions.see(number)
			if oldest.IsZero() || opened.Before(oldest) {
				oldest = opened
			}
		}
	}
	if f.Count, f.Hash, err = s.store.TicketsHash(ctx, f.Service, f.Import, f.From, f.To, see); err != nil {
		return err
	}
	f.Exclusions = exclusions.kept()
	if f.Since = slaSince(*f, zone, oldest); f.Since != nil { // the set begins earlier than thought
		f.Count, f.Hash, err = s.store.TicketsHash(ctx, f.Service, f.Import, *f.Since, f.To, nil)
	}
	return err
}

// slaRules collects everything but the tickets.
func (s *Set) slaRules(ctx context.Context, in workflows.Freezing) (sla.Frozen, error) {
	f := sla.Frozen{
		Run: in.Run, Round: in.Round, Service: in.Scope, Period: in.Period, TZData: calendar.TZData,
		Provisional: in.Provisional, Reason: in.Why, At: s.now(),
	}
	period, err := calendar.ParsePeriod(in.Period)
	if err != nil {
		return f, err
	}
	zone, err := s.store.ZoneIn(ctx, resource.Ref{Kind: resource.Service, Name: in.Scope}, period)
	if err != nil {
		return f, err
	}
	f.From, f.To = period.Bounds(zone)
	f.Zone = zone.String()
	svc, declared, err := store.ValidAt[agreement.ServiceSpec](ctx, s.store, resource.Service, in.Scope, period.VersionsAt())
	if err == nil {
		err = asDeclared(declared)
	}
	if err != nil {
		return f, err
	}
	f.Title = svc.Title()
	if _, f.AsOf, f.Import, err = s.store.Coverage(ctx, in.Scope); err != nil {
		return f, err
	}
	versions, err := s.store.AgreementsOf(ctx, in.Scope, f.To)
	if err != nil {
		return f, err
	}
	names := []string{svc.Spec.Calendar}
	for _, v := range versions {
		if err := asDeclared(v); err != nil {
			return f, err
		}
		a := sla.Agreement{Name: v.Resource.Metadata.Name, Version: v.Version, Hash: v.Hash, ValidFrom: v.ValidFrom, Declared: &v.Resource}
		if err := json.Unmarshal(v.Resource.Spec, &a.Spec); err != nil {
			return f, err
		}
		a.Title = v.Resource.Title()
		if to := a.Spec.Valid.To; to != nil {
			end := to.Add(1).Start(zone)
			a.ValidTo = &end
		}
		for _, t := range a.Spec.Targets {
			names = append(names, t.Calendar)
		}
		f.Agreements = append(f.Agreements, a)
	}
	if len(f.Agreements) == 0 {
		return f, fault.Invalidf("service", "%s has no agreement that holds in %s: declare one, then start again",
			"%s hat keine Vereinbarung, die in %s gilt: eine hinterlegen und neu starten", in.Scope, in.Period)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if name == calendar.AlwaysOpen {
			continue
		}
		c, v, err := store.ValidAt[calendar.Spec](ctx, s.store, resource.Calendar, name, period.VersionsAt())
		if err == nil {
			err = asDeclared(v)
		}
		if err != nil {
			return f, err
		}
		f.Calendars = append(f.Calendars, sla.CalendarUsed{Name: name, Version: v.Version, Hash: v.Hash, Spec: c.Spec, Declared: &v.Resource})
	}
	return f, nil
}

// SLAReportDraft computes the figures from what was frozen, and drafts the
// report. What isn't as it was put on record ends the run.
func (s *Set) SLAReportDraft(ctx context.Context, st run.Step) (workflows.Drafted, error) {
	if _, err := s.store.Enter(ctx, st, run.Drafting); err != nil {
		return workflows.Drafted{}, err
	}
	f, err := store.Frozen[sla.Frozen](ctx, s.store, st)
	if err != nil {
		return workflows.Drafted{}, err
	}
	from, to := f.Reads()
	r, err := sla.Derive(f, asFrozen(f, s.store.TicketsAsOf(ctx, f.Service, f.Import, from, to)))
	if err != nil {
		return workflows.Drafted{}, s.onRecord(ctx, st, err)
	}
	study, err := sla.StudyOf(f, r)
	if err != nil {
		return workflows.Drafted{}, err
	}
	d := slaDocument(f, r, study)
	// After a publication it is a restatement: late data, or a corrected rule.
	old, published, err := s.store.Published(ctx, run.Key{Process: d.Process, Scope: d.Scope, Period: d.Period})
	if err != nil {
		return workflows.Drafted{}, err
	}
	if published {
		if err := s.asPublished(ctx, old.Run); err != nil {
			return workflows.Drafted{}, s.onRecord(ctx, st, err)
		}
		d.Restate(old)
	}
	hash, doc, err := report.Hash(d)
	if err != nil {
		return workflows.Drafted{}, err
	}
	hash, err = s.store.SaveDraft(ctx, s.now(), st, hash, doc)
	return workflows.Drafted{Hash: hash}, err
}
