package imports

import (
	"cmp"
	"io"
	"iter"
	"slices"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
)

// Bounds of the windows of a file, so that no rule fills memory or time.
const (
	horizon       = 400 * aDay // as far after the import rules are followed, up to the end of that month
	maxOccurring  = 10_000     // windows of one event
	maxWindows    = 200_000    // of a file
	maxEventLooks = 5_000_000  // days or times that are looked at for one event
	maxFileLooks  = 50_000_000
)

// announced reads an iCalendar file: each occurrence of an event is a window.
//
// An event is known by its UID, an occurrence by where its rule puts it, also
// where RECURRENCE-ID has moved it. What STATUS:CANCELLED, METHOD:CANCEL or
// EXDATE take back comes as cancelled. Its component is X-TURNUS-COMPONENT; an
// event without one is about the whole service. It was announced, as it stands,
// at CREATED where it never was changed (SEQUENCE 0 or none, and no
// RECURRENCE-ID), else at LAST-MODIFIED, else at DTSTAMP.
//
// Times are of the zone that TZID names, or in UTC, or local where the file is
// of. An occurrence lasts exactly as long as from DTSTART to DTEND, or on the
// wall clock as long as DURATION says (RFC 5545, section 3.8.5.3). A rule that
// goes on after the horizon is followed up to there, with a warning.
func announced(r io.Reader, o Options) iter.Seq2[uptime.Window, error] {
	return func(yield func(uptime.Window, error) bool) {
		fail := func(err error) { yield(uptime.Window{}, err) }
		plain, done, err := unpacked(r)
		if err != nil {
			fail(err)
			return
		}
		defer done()
		file, err := readCalendar(plain)
		if err != nil {
			fail(err)
			return
		}
		p := planner{file: file, home: o.Zone, now: o.Now, left: maxWindows, looks: maxFileLooks}
		if p.home == nil {
			p.home = time.UTC
		}
		if p.last = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC); !o.Now.IsZero() {
			until := o.Now.UTC().Add(horizon)
			p.last = time.Date(until.Year(), until.Month()+1, 1, 0, 0, 0, 0, time.UTC) // the same all month long
		}
		p.prepare()
		for i := range file.events {
			e := &p.file.events[i]
			windows := p.windows(e, i)
			switch {
			case p.left < len(windows):
				fail(fault.New(fault.Invalid, text.F("This calendar has more than %d windows: split it.", "Dieser Kalender hat mehr als %d Wartungsfenster: Ihn teilen.", maxWindows)))
				return
			case p.looks < 0:
				fail(fault.New(fault.Invalid, text.New("The rules of this calendar go through too many days and times: export it without its past, or split it.",
					"Die Regeln dieses Kalenders durchlaufen zu viele Tage und Uhrzeiten: Ihn ohne seine Vergangenheit exportieren oder teilen.")))
				return
			case e.why != "":
				if !yield(uptime.Window{}, &dataset.Reject{Row: e.line, Number: clean(e.uid, maxKey), Column: "VEVENT", Value: e.called(), Reason: e.reason}) {
					return
				}
				continue
			}
			p.left -= len(windows)
			p.doubt(e, windows)
			for _, w := range windows {
				if !yield(w, nil) {
					return
				}
			}
		}
		if o.Content != nil {
			o.Content.Warnings = append(append(o.Content.Warnings, p.endless()...), p.doubtful()...)
		}
	}
}

// planner makes windows of a file's events.
type planner struct {
	file  calendarFile
	home  *time.Location
	now   time.Time
	last  time.Time // rules are followed until then
	left  int       // windows that may come
	looks int

	masters  map[string]int            // a UID to its event
	replaced map[string]map[int64]int  // a UID and an occurrence to the event that it has of its own
	beyond   []string                  // whose rules go on
	free     []string                  // in which nobody is busy
	days     []string                  // of whole days
	zones    map[string]*time.Location // by TZID, nil: not known
}

// prepare finds which events belong together.
func (p *planner) prepare() {
	p.masters, p.replaced = map[string]int{}, map[string]map[int64]int{}
	p.zones = map[string]*time.Location{}
	for i := range p.file.events {
		e := &p.file.events[i]
		if e.replaces == nil {
			if known, ok := p.masters[e.uid]; !ok || p.file.events[known].olderThan(e) {
				p.masters[e.uid] = i
			}
		}
	}
	for i := range p.file.events {
		e := &p.file.events[i]
		if e.replaces == nil {
			continue
		}
		original, ok := p.original(e)
		if !ok {
			continue
		}
		if p.replaced[e.uid] == nil {
			p.replaced[e.uid] = map[int64]int{}
		}
		if known, ok := p.replaced[e.uid][original.Unix()]; !ok || p.file.events[known].olderThan(e) {
			p.replaced[e.uid][original.Unix()] = i
		}
	}
}

// olderThan says that another form of an event is newer.
func (e *vevent) olderThan(o *vevent) bool {
	stamp := func(t *time.Time) int64 {
		if t == nil {
			return -1 << 62
		}
		return t.Unix()
	}
	return cmp.Or(cmp.Compare(e.sequence, o.sequence), cmp.Compare(stamp(e.modified), stamp(o.modified)), cmp.Compare(stamp(e.stamped), stamp(o.stamped))) < 0
}

// windows gives an event's; what keeps it from being read is noted in it.
func (p *planner) windows(e *vevent, i int) (all []uptime.Window) {
	switch {
	case e.uid == "":
		e.wrong(calendar.Unreadable, "UID is missing: nothing tells which event it is when it changes", "UID fehlt: Nichts sagt, um welches Ereignis es sich handelt, wenn es sich ändert")
	case len(e.uid) > maxMark || !plain(e.uid):
		e.wrong(calendar.Unreadable, "its UID is longer than %d bytes or has a control character", "seine UID ist länger als %d Byte oder enthält ein Steuerzeichen", maxMark)
	case len(e.component) > maxKey || !plain(e.component):
		e.wrong(calendar.Unreadable, "its component is longer than %d bytes or has a control character", "seine Komponente ist länger als %d Byte oder enthält ein Steuerzeichen", maxKey)
	case e.sequence < 0:
		e.wrong(calendar.Unreadable, "SEQUENCE isn't a count", "SEQUENCE ist keine Anzahl")
	}
	if !e.begins() {
		return nil
	}
	zone, start := p.zone(e, e.start)
	lasts, ok := p.lasts(e)
	if !ok || e.why != "" {
		return nil
	}
	w := uptime.Window{UID: e.uid, Component: e.component, Announced: e.announced(p.now), Summary: e.summary, Cancelled: e.cancelled, Row: e.line}
	if e.replaces != nil {
		original, ok := p.original(e)
		if !ok || e.why != "" {
			return nil
		}
		if p.replaced[e.uid][original.Unix()] != i {
			e.superseded()
			return nil
		}
		w.Original = original
		return []uptime.Window{lasts.window(w, start, zone)}
	}
	if p.masters[e.uid] != i {
		e.superseded()
		return nil
	}
	if e.rule == "" && e.more == nil {
		return []uptime.Window{lasts.window(w, start, zone)}
	}
	readings, ok := p.occurrences(e, start, zone)
	if !ok {
		return nil
	}
	excepted, ok := p.excepted(e)
	if !ok {
		return nil
	}
	seen := map[int64]bool{}
	for _, reading := range readings {
		one := lasts.window(w, reading, zone)
		one.Original = one.From
		if _, replaced := p.replaced[e.uid][one.From.Unix()]; replaced || seen[one.From.Unix()] {
			continue
		}
		seen[one.From.Unix()] = true
		one.Cancelled = w.Cancelled || excepted[one.From.Unix()]
		all = append(all, one)
	}
	return all
}

func (e *vevent) superseded() {
	e.wrong(calendar.Unreadable, "a newer form of this event is in the file, too", "eine neuere Fassung dieses Ereignisses steht auch in der Datei")
}

// announced is when it was, as it stands; the zero time where the event doesn't
// say it, or says what is still to come.
func (e *vevent) announced(now time.Time) time.Time {
	said := []*time.Time{e.modified, e.stamped, e.created}
	if e.sequence == 0 && e.replaces == nil {
		said = []*time.Time{e.created, e.modified, e.stamped}
	}
	for _, t := range said {
		if t != nil {
			if !now.IsZero() && t.After(now) {
				return time.Time{}
			}
			return *t
		}
	}
	return time.Time{}
}

// occurrences are the readings at which an event begins, in their order.
func (p *planner) occurrences(e *vevent, start time.Time, zone *time.Location) (all []time.Time, ok bool) {
	if e.rule != "" {
		r, ok := e.readRule()
		if !ok {
			return nil, false
		}
		looks := min(maxEventLooks, p.looks)
		before, more := looks, false
		enough := r.each(start, start, p.last.Add(2*aDay), &looks, func(t time.Time) bool {
			at, _ := local(t, zone)
			switch {
			case r.until != nil && r.until.before(t, at):
				return false
			case !at.Before(p.last):
				more = true
				return false
			case len(all) > maxOccurring:
				return false
			}
			all = append(all, t)
			return true
		})
		if p.looks -= before - max(looks, 0); !enough && before < maxEventLooks {
			p.looks = -1
		}
		switch {
		case len(all)+len(e.more) > maxOccurring:
			e.wrong(calendar.Unsupported, "it has more than %d occurrences", "es hat mehr als %d Termine", maxOccurring)
			return nil, false
		case !enough:
			e.wrong(calendar.Unsupported, "its rule goes through too many days and times", "seine Regel durchläuft zu viele Tage und Uhrzeiten")
			return nil, false
		}
		if len(all)+len(e.more) == 0 && !more && start.Before(p.last) {
			e.wrong(calendar.Unreadable, "its rule names no time", "seine Regel nennt keine Zeit")
			return nil, false
		}
		if more || r.until == nil && r.count == 0 {
			p.beyond = append(p.beyond, e.called())
		}
	} else {
		all = append(all, start) // RDATEs come beside DTSTART
	}
	for i := range e.more {
		s := p.like(e, &e.more[i])
		from, reading := p.zone(e, s)
		if from == nil {
			return nil, false
		}
		at, _ := local(reading, from)
		all = append(all, inReading(at, zone))
	}
	slices.SortFunc(all, time.Time.Compare)
	return all, true
}

// before says that an occurrence comes after the end of its rule: s is UNTIL.
func (s *stamp) before(reading, at time.Time) bool {
	switch {
	case s.utc:
		return s.reading().Before(at)
	case s.timed:
		return s.reading().Before(reading)
	}
	return s.reading().Add(aDay).Compare(reading) <= 0 // all of that date
}

// excepted are the occurrences that EXDATE takes out.
func (p *planner) excepted(e *vevent) (out map[int64]bool, ok bool) {
	out = map[int64]bool{}
	for i := range e.less {
		zone, reading := p.zone(e, p.like(e, &e.less[i]))
		if zone == nil {
			return nil, false
		}
		at, _ := local(reading, zone)
		out[at.Unix()] = true
	}
	return out, true
}

// original is where the rule puts an occurrence that has an event of its own.
func (p *planner) original(e *vevent) (time.Time, bool) {
	s := e.replaces
	if i, ok := p.masters[e.uid]; ok && p.file.events[i].start != nil {
		s = p.like(&p.file.events[i], s)
	}
	zone, reading := p.zone(e, s)
	if zone == nil {
		return time.Time{}, false
	}
	at, _ := local(reading, zone)
	return at.UTC(), true
}

// like gives a date that names an occurrence the form of the event's start:
// programs write the date alone, or leave out the zone.
func (p *planner) like(e *vevent, s *stamp) *stamp {
	c, start := *s, e.start
	switch {
	case !start.timed:
		if zone, _ := p.zone(e, start); s.utc && zone != nil {
			c = c.in(zone)
		}
		c = stamp{date: c.date}
	case !s.timed:
		c.timed, c.second, c.utc, c.zone = true, start.second, start.utc, start.zone
	case !s.utc && s.zone == "" && !start.utc:
		c.zone = start.zone
	}
	return &c
}

// lasting is how long each occurrence of an event lasts.
type lasting struct{ days, seconds int64 }

// lasts reads it.
func (p *planner) lasts(e *vevent) (l lasting, ok bool) {
	zone, start := p.zone(e, e.start)
	if zone == nil {
		return l, false
	}
	switch {
	case e.end != nil && !e.end.timed:
		l.days = max(daysBetween(e.start.date, e.end.date), 0)
		if daysBetween(e.start.date, e.end.date) == 0 {
			l.days = 1 // many programs write the last day, not the one after it
		}
		if e.end.date.Before(e.start.date) {
			l.seconds = -1
		}
	case e.end != nil:
		there, end := p.zone(e, e.end)
		if there == nil {
			return l, false
		}
		from, _ := local(start, zone)
		to, _ := local(end, there)
		l.seconds = to.Unix() - from.Unix()
	case e.duration != nil:
		l = lasting{e.duration.days, e.duration.seconds}
	case !e.start.timed:
		l.days = 1
	}
	switch {
	case l.seconds < 0:
		e.wrong(calendar.Unreadable, "it ends before it starts", "es endet, bevor es beginnt")
	case l.days == 0 && l.seconds == 0:
		e.wrong(calendar.Unreadable, "it has no duration: no time lies between its start and its end", "es hat keine Dauer: Zwischen Anfang und Ende liegt keine Zeit")
	case l.days > maxLasting || l.seconds > maxLasting*86_400:
		e.wrong(calendar.Unreadable, "it lasts longer than %d days", "es dauert länger als %d Tage", maxLasting)
	}
	return l, e.why == ""
}

// maxLasting is how many days a window may last.
const maxLasting = 3660

// window is the one that begins at a reading.
func (l lasting) window(w uptime.Window, reading time.Time, zone *time.Location) uptime.Window {
	from, adjusted := local(reading, zone)
	to := from
	if l.days > 0 {
		var other bool
		to, other = local(reading.AddDate(0, 0, int(l.days)), zone)
		adjusted = adjusted || other
	}
	w.From, w.To, w.Adjusted = from.UTC(), to.Add(time.Duration(l.seconds)*time.Second).UTC(), adjusted
	return w
}
