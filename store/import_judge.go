package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
)

// judging is what a file said, to be held against what was known and agreed
// before.
type judging struct {
	in      Intake
	watch   *dataset.Watch
	seen    dataset.Seen
	agreed  []dataset.Agreed
	derived bool
}

// facts are those that an import of any dataset is judged by.
func (j judging) facts(before known, p *dataset.Profile) (dataset.Facts, error) {
	f := dataset.Facts{Read: p.Read, Rejected: p.Rejected, End: j.in.Content.End, Derived: j.derived, Watch: j.watch, Zone: j.in.Zone, Usual: j.in.Usual}
	p.Columns = j.in.Content.Columns
	if j.in.Full {
		f.Last, f.LastID = before.full, before.fullID
	}
	if before.zone == "" {
		return f, nil
	}
	var err error
	f.Usual, err = calendar.Zone(before.zone)
	return f, err
}

// known is what the imports of a service have said before.
type known struct {
	days   map[calendar.Date]int64
	values map[string]map[string]bool
	more   map[string]bool // fields with more values than these
	partly bool            // of some imports nothing is known
	full   *dataset.Seen   // of the newest full delivery
	fullID int64
	zone   string // of the newest one's local times; empty: not known
}

// lookBack is how many imports are looked at: a month of daily ones.
const lookBack = 40

// seenBefore reads what the newest imports of a dataset have said that aren't
// withdrawn.
func seenBefore(ctx context.Context, q sqlx.QueryerContext, service, of string) (known, error) {
	k := known{days: map[calendar.Date]int64{}, values: map[string]map[string]bool{}, more: map[string]bool{}}
	var rows []struct {
		ID   int64               `db:"id"`
		Zone string              `db:"zone"`
		Seen JSON[*dataset.Seen] `db:"seen"`
	}
	err := sqlx.SelectContext(ctx, q, &rows, `SELECT id, zone, seen FROM import i WHERE service = $1 AND dataset = $2 AND `+importRemains(anyImport)+`
		ORDER BY id DESC LIMIT $3`, service, of, lookBack+1)
	if err != nil {
		return k, err
	}
	k.partly = len(rows) > lookBack
	for _, r := range rows[:min(len(rows), lookBack)] {
		k.zone = cmp.Or(k.zone, r.Zone)
		s := r.Seen.V
		if s == nil { // of 0.1.0
			k.partly = true
			continue
		}
		if s.Full && k.full == nil {
			k.full, k.fullID = s, r.ID
		}
		for d, n := range s.Days {
			var date calendar.Date
			if err := date.UnmarshalText([]byte(d)); err != nil {
				return k, err
			}
			k.days[date] = max(k.days[date], n)
		}
		k.add(*s)
	}
	return k, nil
}

func (k known) add(s dataset.Seen) {
	for field, values := range s.Values {
		if k.values[field] == nil {
			k.values[field] = map[string]bool{}
		}
		for _, v := range values {
			k.values[field][v.Value] = true
		}
	}
	for _, field := range s.More {
		k.more[field] = true
	}
}

// known implements dataset.Known.
func (k known) known(field string) (values []string, whole bool) {
	for v := range k.values[field] {
		values = append(values, v)
	}
	return values, !k.partly && !k.more[field]
}

// maxMissed is how many values that no ticket has are looked for.
const maxMissed = 20

// look finds whether a ticket of a service has a value where what was seen
// doesn't tell. Which states a ticket was in only its history knows: there
// nothing is said.
//
// What no ticket has is looked for in all of them: after some of it, of more
// nothing is said either.
func (k known) look(ctx context.Context, q sqlx.QueryerContext, service string) func(field, value string) (bool, error) {
	missed := 0
	return func(field, value string) (found bool, err error) {
		if field == dataset.State || missed == maxMissed {
			return true, nil
		}
		defer func() {
			if !found {
				missed++
			}
		}()
		err = sqlx.GetContext(ctx, q, &found, `SELECT EXISTS (SELECT FROM ticket_version v WHERE service = $1 AND fields ->> $2 = $3
			AND NOT EXISTS (SELECT FROM import w WHERE w.withdraws = v.import))`, service, field, value)
		return found, err
	}
}

// agreedOf gives what was agreed for a service, by name and version; nothing where there is no
// service of that name.
func agreedOf(ctx context.Context, q sqlx.QueryerContext, service string) ([]dataset.Agreed, error) {
	declared, err := declaredAbout(ctx, q, resource.Service.Ref(service))
	if err != nil {
		return nil, err
	}
	versions, err := declared.Agreements(endOfTime, nil)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	list := make([]dataset.Agreed, 0, len(versions))
	for _, v := range versions {
		r, err := decoded[agreement.Spec](v.Resource)
		if err != nil {
			return nil, err
		}
		a := dataset.Agreed{Name: r.Metadata.Name, From: v.ValidFrom, Spec: r.Spec}
		if v.ValidTo != nil {
			a.To = *v.ValidTo
		}
		list = append(list, a)
	}
	return dataset.InForce(list), err
}

// UnknownValues finds what agreements of a service name and no ticket of it has;
// nothing before the first import.
func (s *Store) UnknownValues(ctx context.Context, service string, agreed []dataset.Agreed) ([]dataset.Warning, error) {
	k, err := seenBefore(ctx, s.db, service, dataset.Tickets)
	if err != nil || len(k.values) == 0 && !k.partly {
		return nil, mapped(err)
	}
	list, err := dataset.UnknownValues(agreed, k.known, k.look(ctx, s.db, service))
	return list, mapped(err)
}

// AgreedOf gives the versions of a service's agreements, as imports are held
// against them, of which an opening before an instant can fall under.
func (s *Store) AgreedOf(ctx context.Context, service string, before time.Time) ([]dataset.Agreed, error) {
	all, err := agreedOf(ctx, s.db, service)
	return slices.DeleteFunc(all, func(a dataset.Agreed) bool { return !a.From.Before(before) }), mapped(err)
}
