package dataset

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"turnus/itsm/calendar"
)

// Bounds of what is counted of a file.
const (
	maxValues     = 1000      // different values of a field
	maxValueBytes = 200       // of a value that is counted
	maxSeenBytes  = 256 << 10 // of all values together
	maxDays       = 40_000
)

// Fields under which states of tickets are counted, and of samples the probe and
// the part of the service.
const (
	State     = "state"
	Component = "component"
	Probe     = "probe"
)

// Watch counts what the rows of a file say while they are read, in memory that
// doesn't grow with them. The zero value isn't ready, see NewWatch.
type Watch struct {
	zone   *time.Location
	rows   int64
	first  time.Time // opening
	last   time.Time // change
	fields map[string]*field
	bytes  int
	days   map[calendar.Date]int64
	day    struct { // of the row before
		from, to time.Time
		date     calendar.Date
	}
	hours map[int64]*hour
	hour  *hour // of the row before
}

// field counts the values of one field.
type field struct {
	counts map[string]*int64
	last   string // value of the row before, which the next one often has, too
	n      *int64
	more   bool
}

// hour holds the changes within one hour of UTC.
type hour struct {
	number      int64
	rows        int64
	least, most int64 // seconds
}

// NewWatch is one for a file whose days are those of a zone.
func NewWatch(zone *time.Location) *Watch {
	return &Watch{zone: zone, fields: map[string]*field{}, days: map[calendar.Date]int64{}, hours: map[int64]*hour{}}
}

// Row counts a row that makes sense: its opening, the instant of its change, its
// state, and its fields.
func (w *Watch) Row(opened, at time.Time, state string, fields map[string]string) {
	w.rows++
	if w.first.IsZero() || opened.Before(w.first) {
		w.first = opened
	}
	if at.After(w.last) {
		w.last = at
	}
	w.onDay(opened)
	w.inHour(at.Unix())
	if state != "" {
		w.value(State, state)
	}
	for name, value := range fields {
		if name != State || state == "" { // a field of that name says the same
			w.value(name, value)
		}
	}
}

func (w *Watch) onDay(opened time.Time) {
	// A day's bounds are dear, and pay where the next rows are of it, too.
	if d := &w.day; opened.Before(d.from) || !opened.Before(d.to) {
		before := d.date
		if d.date = calendar.DateOf(opened.In(w.zone)); d.date == before {
			d.from, d.to = d.date.Start(w.zone), d.date.Add(1).Start(w.zone)
		} else {
			d.from, d.to = time.Time{}, time.Time{}
		}
	}
	if _, known := w.days[w.day.date]; known || len(w.days) < maxDays {
		w.days[w.day.date]++
	}
}

// oldestHour is the one in which all earlier changes are counted: where few rows
// reach the end is looked for at the other end.
var oldestHour = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / 3600

func (w *Watch) inHour(at int64) {
	n := max(at/3600, oldestHour)
	h := w.hour
	if h == nil || h.number != n {
		if h = w.hours[n]; h == nil {
			h = &hour{number: n, least: at, most: at}
			w.hours[n] = h
		}
		w.hour = h
	}
	h.rows++
	h.least, h.most = min(h.least, at), max(h.most, at)
}

func (w *Watch) value(name, value string) {
	f := w.fields[name]
	if f == nil {
		f = &field{counts: map[string]*int64{}}
		w.fields[name] = f
	}
	if f.n != nil && f.last == value {
		*f.n++
		return
	}
	n := f.counts[value]
	if n == nil {
		if len(f.counts) == maxValues || len(value) > maxValueBytes || w.bytes+len(value) > maxSeenBytes {
			f.more = true
			return
		}
		n = new(int64)
		value = strings.Clone(value)
		f.counts[value] = n
		w.bytes += len(value)
	}
	*n++
	f.last, f.n = value, n
}

// Span is from the oldest opening to the newest change; nil without a row.
func (w *Watch) Span() (first, last *time.Time) {
	if w.rows == 0 {
		return nil, nil
	}
	from, to := w.first.UTC(), w.last.UTC()
	return &from, &to
}

// Beyond gives the rows that lie behind a gap of over a day, where they are fewer
// than one in a hundred and the gap is more than twice as long as each one before
// it, and where that gap is; 0 without one. A real log may thin out: in the
// demo's, weekends and holidays of its last three months are such gaps, and no
// longer than earlier ones.
func (w *Watch) Beyond() (rows int64, from, to time.Time) {
	hours := slices.SortedFunc(maps.Values(w.hours), func(a, b *hour) int { return cmp.Compare(a.number, b.number) })
	behind, longest := w.rows, int64(0)
	for i := range len(hours) - 1 {
		behind -= hours[i].rows
		gap := hours[i+1].least - hours[i].most
		if behind*100 < w.rows && gap > 24*3600 && gap > 2*longest {
			return behind, time.Unix(hours[i].most, 0).UTC(), time.Unix(hours[i+1].least, 0).UTC()
		}
		longest = max(longest, gap)
	}
	return 0, from, to
}

// Seen is what is kept of it. full says that the file was a full delivery.
func (w *Watch) Seen(full bool) Seen {
	s := Seen{Rows: w.rows, Full: full, Values: map[string][]Value{}, Days: map[string]int64{}}
	for name, f := range w.fields {
		s.Values[name] = f.values()
		if f.more {
			s.More = append(s.More, name)
		}
	}
	slices.Sort(s.More)
	for date, n := range w.days {
		s.Days[date.String()] = n
	}
	return s
}

// values gives them by frequency, then by name.
func (f *field) values() []Value {
	list := make([]Value, 0, len(f.counts))
	for v, n := range f.counts {
		list = append(list, Value{v, *n})
	}
	slices.SortFunc(list, func(a, b Value) int { return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Value, b.Value)) })
	return list
}
