package reviewtest

import (
	"iter"
	"time"

	"turnus/itsm/availability"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
	"turnus/itsm/uptime"
	"turnus/report/receipt"
)

// Data is what is known of the datasets.
type Data struct {
	Outages []uptime.Outage
	Windows []uptime.Planned
	Days    []uptime.Day
}

// Source gives it in the order of keys.
func (d Data) Source() avail.Source {
	return avail.Source{Outages: byKey(d.Outages, uptime.Outage.Key), Windows: byKey(d.Windows, uptime.Planned.Key), Days: d.days()}
}

// Receipts gives it as receipts read it.
func (d Data) Receipts() receipt.Source {
	return receipt.Source{
		Outages: func(receipt.Known) iter.Seq2[dataset.Keyed[[]uptime.Outage], error] {
			return byKey(d.Outages, uptime.Outage.Key)
		},
		Windows: func(receipt.Known) iter.Seq2[dataset.Keyed[[]uptime.Planned], error] {
			return byKey(d.Windows, uptime.Planned.Key)
		},
		Days: func(receipt.Known) iter.Seq2[dataset.Keyed[uptime.Day], error] { return d.days() },
	}
}

// Freeze gives a set count and hash of the data.
func (d Data) Freeze(f avail.Frozen) avail.Frozen {
	s := d.Source()
	for i := range f.Data {
		set := ticket.NewSet()
		switch f.Data[i].Dataset {
		case dataset.Outages:
			addTo(set, s.Outages)
		case dataset.Maintenance:
			addTo(set, s.Windows)
		case dataset.Probes:
			addTo(set, s.Days)
		}
		f.Data[i].Count, f.Data[i].Hash = set.Count, set.Hash()
	}
	return f
}

func addTo[T any](set *ticket.Set, known iter.Seq2[dataset.Keyed[T], error]) {
	for k, err := range known {
		ticket.AddTo(set, must(k, err).Key, canonical.Sum(must(canonical.JSON(k.Is))))
	}
}

func (d Data) days() iter.Seq2[dataset.Keyed[uptime.Day], error] {
	lists := byKey(d.Days, func(x uptime.Day) string {
		return uptime.Sample{Component: x.Component, Probe: x.Probe, At: must(time.Parse(time.DateOnly, x.Date))}.Key()
	})
	return func(yield func(dataset.Keyed[uptime.Day], error) bool) {
		for k, err := range lists {
			if !yield(dataset.Keyed[uptime.Day]{Key: k.Key, Is: k.Is[0]}, err) {
				return
			}
		}
	}
}

func byKey[T any](all []T, key func(T) string) iter.Seq2[dataset.Keyed[[]T], error] {
	lists := map[string][]T{}
	for _, x := range all {
		lists[key(x)] = append(lists[key(x)], x)
	}
	return func(yield func(dataset.Keyed[[]T], error) bool) {
		for _, k := range sorted(lists) {
			if !yield(dataset.Keyed[[]T]{Key: k, Is: lists[k]}, nil) {
				return
			}
		}
	}
}

// Out is a recorded outage of the whole service.
func Out(from, to string) uptime.Outage {
	o := uptime.Outage{From: At(from)}
	if to != "" {
		o.To = At(to)
	}
	return o
}

// Window is one of maintenance that was announced a month before it begins.
func Window(uid, from, to string) uptime.Planned {
	return uptime.Planned{Window: uptime.Window{UID: uid, From: At(from), To: At(to)}, Since: At(from).AddDate(0, -1, 0), Told: true}
}

// Samples are those of a probe, so many seconds apart, up but where it is said that
// they aren't; an empty answer is none.
func Samples(component, probe string, from, to time.Time, every int64, is func(time.Time) availability.Answer) (days []uptime.Day) {
	for x := from.UTC(); x.Before(to); x = x.Add(time.Duration(every) * time.Second) {
		a := is(x)
		if a == "" {
			continue
		}
		date := x.Format(time.DateOnly)
		if n := len(days); n == 0 || days[n-1].Date != date {
			days = append(days, uptime.Day{Component: component, Probe: probe, Date: date})
		}
		d := &days[len(days)-1]
		if n := len(d.Runs) - 1; n >= 0 && d.Runs[n].Is == a && d.Runs[n].At.Unix()+d.Runs[n].N*every == x.Unix() {
			d.Runs[n].N, d.Runs[n].Every = d.Runs[n].N+1, every
			continue
		}
		d.Runs = append(d.Runs, uptime.Run{At: x, N: 1, Is: a})
	}
	return days
}

// During is an answer within spans, up outside of them.
func During(is availability.Answer, spans ...uptime.Outage) func(time.Time) availability.Answer {
	return func(x time.Time) availability.Answer {
		for _, s := range spans {
			if !x.Before(s.From) && x.Before(s.To) {
				return is
			}
		}
		return availability.AnswerUp
	}
}
