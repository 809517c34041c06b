package activities

import (
	"context"
	"strings"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/process"
	"turnus/itsm/sla"
	"turnus/store"
)

// slaHistory adds the reports of earlier periods, and the baselines that they
// give.
func (s *Set) slaHistory(ctx context.Context, f *sla.Frozen) error {
	periods, err := sla.Earlier(f.Period)
	if err != nil {
		return err
	}
	all, err := store.History[sla.Frozen](ctx, s.store, process.SLAReport, f.Service, periods)
	if err != nil {
		return err
	}
	var before []sla.Baseline
	for _, e := range all {
		if !e.Intact {
			return notAsPublished(e.Run)
		}
		f.History = append(f.History, slaPast(e))
		before = e.Frozen.Baselines
	}
	f.Baselines, err = sla.BaselinesOf(*f, before)
	return err
}

// slaPast reads a published report back, under the names that scripts rely on.
func slaPast(e store.Earlier[sla.Frozen]) sla.Past {
	p := sla.Past{Period: e.Period, Run: e.Run, Version: e.Version, Hash: e.Hash, Published: e.Published, By: e.By, Comment: e.Comment,
		Agreements: []sla.PastAgreement{}}
	for _, f := range e.Document.Figures {
		name := f.Group.Name // of the agreement
		if n := len(p.Agreements); n == 0 || p.Agreements[n-1].Name != name {
			p.Agreements = append(p.Agreements, sla.PastAgreement{Name: name, Rules: e.Frozen.Rules(name, ""), Targets: []sla.PastTarget{}})
		}
		a := &p.Agreements[len(p.Agreements)-1]
		target, attainment := strings.CutSuffix(f.Name, ".attainment")
		switch {
		case attainment && f.Numerator != nil && f.Denominator != nil:
			a.Targets = append(a.Targets, sla.PastTarget{Name: target, Met: *f.Numerator, Decided: *f.Denominator,
				Attain: f.Target, Verdict: sla.Verdict(f.Verdict), Rules: e.Frozen.Rules(name, target)})
		case f.Name == "workload.tickets":
			a.Opened = f.Numerator
		}
	}
	return p
}

// slaSince says from where on the tickets are read, if a workload limit voids
// targets: all tickets opened together with one of the period's have to be
// known, those over long ago too. A month holds whole days and hours. Nil:
// from the period's beginning.
func slaSince(f sla.Frozen, zone *time.Location, oldest time.Time) *time.Time {
	if !f.Voids() || !oldest.Before(f.From) {
		return nil
	}
	first := calendar.DateOf(oldest.In(zone))
	first.Day = 1
	since := first.Start(zone).UTC()
	return &since
}

// inSet keeps the exclusions that name one of the tickets.
type inSet struct {
	named map[string][]int // by ticket: places in the list
	list  []agreement.Exclusion
	found []bool
}

func newInSet(list []agreement.Exclusion) inSet {
	x := inSet{named: map[string][]int{}, list: list, found: make([]bool, len(list))}
	for i, e := range list {
		for _, n := range e.Tickets {
			x.named[n] = append(x.named[n], i)
		}
	}
	return x
}

func (x inSet) see(number []byte) {
	for _, i := range x.named[string(number)] {
		x.found[i] = true
	}
}

func (x inSet) kept() (kept []agreement.Exclusion) {
	for i, e := range x.list {
		if x.found[i] {
			kept = append(kept, e)
		}
	}
	return kept
}
