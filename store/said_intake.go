package store

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
)

// ImportOutages takes records of outages in, as Import takes tickets. Without
// in.Since its source was kept from the oldest start on, as far as one can see; a
// file without rows needs in.Since and in.AsOf, and says that nothing happened in
// between.
func (s *Store) ImportOutages(ctx context.Context, in Intake, rows iter.Seq2[uptime.Outage, error], progress func(rows int64)) (dataset.Profile, error) {
	return s.importing(ctx, in, &saidIntake[uptime.Outage, []uptime.Outage]{in: in, rows: rows, telling: tellingOutages(), knowing: knowingOutages(),
		looking: func([]dataset.Agreed) looker[[]uptime.Outage] {
			var n uptime.Names
			var r uptime.References
			return looker[[]uptime.Outage]{
				see:  func(rows []uptime.Outage) { n.See(rows); r.Outages(rows) },
				tell: func(p *dataset.Profile) { p.Warnings = slices.Concat(p.Warnings, r.Warnings(), n.Warnings()) },
			}
		}}, progress)
}

// ImportWindows takes windows of maintenance in, as Import takes tickets. Without
// in.AsOf they are known as of in.Now: their own instants lie ahead.
func (s *Store) ImportWindows(ctx context.Context, in Intake, rows iter.Seq2[uptime.Window, error], progress func(rows int64)) (dataset.Profile, error) {
	return s.importing(ctx, in, &saidIntake[uptime.Window, []uptime.Planned]{in: in, rows: rows, telling: tellingWindows(), knowing: knowingWindows(),
		looking: func([]dataset.Agreed) looker[[]uptime.Planned] {
			var r uptime.References
			return looker[[]uptime.Planned]{see: r.Windows, tell: func(p *dataset.Profile) { p.Warnings = append(p.Warnings, r.Warnings()...) }}
		}}, progress)
}

// ImportSamples takes samples of probes in, as Import takes tickets.
func (s *Store) ImportSamples(ctx context.Context, in Intake, rows iter.Seq2[uptime.Sample, error], progress func(rows int64)) (dataset.Profile, error) {
	return s.importing(ctx, in, &saidIntake[uptime.Sample, uptime.Day]{in: in, rows: rows, telling: tellingSamples(), knowing: knowingDays(),
		looking: func(agreed []dataset.Agreed) looker[uptime.Day] {
			d := uptime.NewDensity(agreed)
			var named uptime.Named
			return looker[uptime.Day]{
				see: func(day uptime.Day) { d.Day(day); named.Day(day) },
				tell: func(p *dataset.Profile) {
					p.Warnings = append(p.Warnings, d.Warnings()...)
					p.Probes, p.MoreProbes = named.First()
				},
			}
		}}, progress)
}

// telling is how rows R of a dataset are staged, and what those of a key say
// together.
type telling[R any] struct {
	read func(r *R) described
	pack func(b []byte, r *R) []byte
	say  func(rows [][]byte) (uptime.Saying, error)
	most int // rows of a key
}

// described is what every import counts of a row.
type described struct {
	key, component, probe string
	row                   int64
	column                string    // that from stands in
	from, to              time.Time // to: zero where it hasn't ended, or is an instant
	announced             time.Time
	ahead                 bool // all of it may lie ahead
}

func tellingOutages() telling[uptime.Outage] {
	return telling[uptime.Outage]{pack: uptime.AppendOutage, say: uptime.SayOutages, most: 1000,
		read: func(o *uptime.Outage) described {
			return described{key: o.Key(), component: o.Component, row: o.Row, column: "start", from: o.From, to: o.To}
		}}
}

func tellingWindows() telling[uptime.Window] {
	return telling[uptime.Window]{pack: uptime.AppendWindow, say: uptime.SayWindows, most: 10_000,
		read: func(w *uptime.Window) described {
			return described{key: w.Key(), component: w.Component, row: w.Row, column: "start", from: w.From, to: w.To, announced: w.Announced, ahead: true}
		}}
}

func tellingSamples() telling[uptime.Sample] {
	const day = 86_400
	var last uptime.Sample // those of a key often follow each other
	var key string
	return telling[uptime.Sample]{pack: uptime.AppendSample, say: uptime.SaySamples, most: 200_000,
		read: func(s *uptime.Sample) described {
			if key == "" || s.Component != last.Component || s.Probe != last.Probe || s.At.Unix()/day != last.At.Unix()/day {
				last, key = *s, s.Key()
			}
			return described{key: key, component: s.Component, probe: s.Probe, row: s.Row, column: "at", from: s.At}
		}}
}

// saidIntake is what a dataset adds to an import of which each import's word is
// kept: R are its rows, and T is what is known of a key.
type saidIntake[R, T any] struct {
	in   Intake
	rows iter.Seq2[R, error]
	telling[R]
	knowing[T]
	nameless int64 // rows that name no component
	merge    *saidMerge[T]
	looking  func(agreed []dataset.Agreed) looker[T]
	looker   looker[T]
}

// looker looks at what the file says of each key, and tells in the end what a
// person should know of it.
type looker[T any] struct {
	see  func(T)
	tell func(*dataset.Profile)
}

func (x *saidIntake[R, T]) dataset() string { return x.name }

// entries packs rows for the staging file, and counts what they say. What lies
// after now, or before all times, makes no sense.
func (x *saidIntake[R, T]) entries(watch *dataset.Watch) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		var data []byte
		names := map[string]string{}
		for r, err := range x.rows {
			var t described
			if err == nil {
				t = x.read(&r)
				if reject := t.outOfBounds(x.in.Now); reject != nil {
					err = reject
				}
			}
			if err != nil {
				var reject *dataset.Reject
				if !yield(entry{}, err) || !errors.As(err, &reject) {
					return
				}
				continue
			}
			if names[dataset.Component], names[dataset.Probe] = t.component, t.probe; t.component == "" {
				x.nameless++
			}
			e := entry{key: t.key, row: t.row}
			to := t.to
			if to.IsZero() {
				to = t.from
			}
			if !t.ahead {
				e.at = to
			}
			watch.Row(t.from, to, "", names)
			data = x.pack(data[:0], &r)
			e.data = data
			if !yield(e, nil) {
				return
			}
		}
	}
}

// maxKey is how many bytes a key may have: an index holds it.
const maxKey = 1000

// outOfBounds rejects a row that can't be kept, or lies where no row can.
func (t *described) outOfBounds(now time.Time) *dataset.Reject {
	if len(t.key) > maxKey {
		return &dataset.Reject{Row: t.row, Column: "key", Value: text.Line(strings.ToValidUTF8(t.key[:100], "")), Reason: text.F(
			"what tells this row from others has %[1]d bytes: %[2]d at most can be kept", "was diese Zeile von anderen unterscheidet, hat %[1]d Byte: höchstens %[2]d sind möglich", len(t.key), maxKey)}
	}
	check := dataset.OutOfTime
	if t.ahead {
		check = dataset.OutOfPlans
	}
	for _, x := range [...]struct {
		column string
		at     time.Time
	}{{t.column, t.from}, {"end", t.to}, {"announced", t.announced}} {
		if x.at.IsZero() && x.column != t.column {
			continue
		}
		if why := check(x.at, now); !why.IsZero() {
			return &dataset.Reject{Row: t.row, Number: uptime.KeyInWords(t.key), Column: x.column, Value: x.at.UTC().Format(time.RFC3339), Reason: why}
		}
	}
	return nil
}
