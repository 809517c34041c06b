package imports

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

// vevent is what a holiday or a window of maintenance needs of a VEVENT (RFC 5545,
// section 3.6.1). What TRANSP says tells nothing of a holiday: feeds mark public
// holidays and observances alike with it.
type vevent struct {
	line        int64
	uid         string
	summary     string
	description string // its first line
	tentative   bool
	categories  []string
	special     string // X-APPLE-SPECIAL-DAY
	cancelled   bool
	free        bool // TRANSP: whoever has it in the calendar isn't busy
	start, end  *stamp
	duration    *duration
	rule        string
	more, less  []stamp // RDATE, EXDATE
	replaces    *stamp  // RECURRENCE-ID

	component string     // X-TURNUS-COMPONENT
	sequence  int64      // SEQUENCE: how often it was changed; negative: it can't be read
	created   *time.Time // CREATED
	modified  *time.Time // LAST-MODIFIED
	stamped   *time.Time // DTSTAMP

	why     calendar.Why // what keeps it from being read; empty: nothing
	reason  text.Text
	ordered bool // the last line was one whose value can't be missed
}

// Bounds of the texts that are kept, in characters.
const (
	maxName       = 200
	maxMark       = 300
	maxCategories = 20
	maxStamps     = 10_000 // RDATEs of an event, and EXDATEs
)

// wrong keeps the first thing that can't be read.
func (e *vevent) wrong(w calendar.Why, en, de string, args ...any) {
	if e.why == "" {
		e.why, e.reason = w, text.F(en, de, args...)
	}
}

// take reads one line of the event.
func (e *vevent) take(l contentLine) {
	if !l.ok {
		// A text that was broken without being folded does no harm; a list of
		// dates that goes on here would.
		if e.ordered {
			e.wrong(calendar.Unreadable, "line %d can't be read", "Zeile %d ist nicht lesbar", l.line)
		}
		return
	}
	e.ordered = false
	switch l.name {
	case "UID":
		e.uid = strings.TrimSpace(l.value)
	case "SUMMARY":
		e.summary = strings.Join(strings.Fields(clean(unescaped(l.value), maxName)), " ")
	case "DESCRIPTION":
		all := unescaped(l.value)
		e.tentative = e.tentative || saysTentative(all)
		first, _, _ := strings.Cut(strings.TrimSpace(all), "\n")
		e.description = clean(strings.TrimSpace(first), maxMark)
	case "CATEGORIES":
		for _, c := range listed(l.value) {
			if len(e.categories) < maxCategories {
				e.categories = append(e.categories, clean(strings.TrimSpace(unescaped(c)), maxMark))
			}
		}
	case "STATUS":
		e.cancelled = e.cancelled || strings.EqualFold(strings.TrimSpace(l.value), "CANCELLED")
		e.tentative = e.tentative || strings.EqualFold(strings.TrimSpace(l.value), "TENTATIVE")
	case "TRANSP":
		e.free = strings.EqualFold(strings.TrimSpace(l.value), "TRANSPARENT")
	case "X-APPLE-SPECIAL-DAY":
		e.special = strings.ToUpper(clean(strings.TrimSpace(l.value), maxMark))
	case "X-TURNUS-COMPONENT":
		e.component = strings.TrimSpace(unescaped(l.value))
	case "SEQUENCE":
		var err error
		if e.sequence, err = strconv.ParseInt(strings.TrimSpace(l.value), 10, 32); err != nil || e.sequence < 0 {
			e.sequence = -1
		}
	case "CREATED":
		e.created = inUTC(l.value)
	case "LAST-MODIFIED":
		e.modified = inUTC(l.value)
	case "DTSTAMP":
		e.stamped = inUTC(l.value)
	case "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID":
		e.ordered = true
		if l.cut {
			e.wrong(calendar.Unreadable, "%s is longer than %d bytes", "%s ist länger als %d Byte", l.name, maxContentLine)
			return
		}
		e.order(l)
	}
}

// order reads a line that says when the event is.
func (e *vevent) order(l contentLine) {
	once := func(seen bool) bool {
		if seen {
			e.wrong(calendar.Unreadable, "%s is there twice", "%s steht zweimal da", l.name)
		}
		return !seen
	}
	v := strings.ToUpper(strings.TrimSpace(l.value))
	switch l.name {
	case "DTSTART":
		if once(e.start != nil) {
			e.start = e.stamp(l, v)
		}
	case "DTEND":
		if once(e.end != nil) {
			e.end = e.stamp(l, v)
		}
	case "DURATION":
		if once(e.duration != nil) {
			if d, ok := readDuration(v); ok {
				e.duration = &d
			} else {
				e.wrong(calendar.Unreadable, "DURATION %.40q isn't a duration like P1D", "DURATION %.40q ist keine Dauer wie P1D", v)
			}
		}
	case "RRULE":
		if e.rule != "" {
			e.wrong(calendar.Unsupported, "it has more than one RRULE", "es hat mehr als eine RRULE")
		}
		e.rule = v
	case "EXRULE":
		e.wrong(calendar.Unsupported, "it has an EXRULE, which RFC 5545 has given up", "es hat eine EXRULE, die RFC 5545 abgeschafft hat")
	case "RDATE", "EXDATE":
		for _, one := range strings.Split(v, ",") {
			s := e.stamp(l, strings.TrimSpace(one))
			if s == nil {
				return
			}
			if len(e.more) == maxStamps || len(e.less) == maxStamps {
				e.wrong(calendar.Unsupported, "it has more than %d RDATEs or EXDATEs", "es hat mehr als %d RDATE oder EXDATE", maxStamps)
				return
			}
			if l.name == "RDATE" {
				e.more = append(e.more, *s)
			} else {
				e.less = append(e.less, *s)
			}
		}
	case "RECURRENCE-ID":
		if l.params["RANGE"] != "" {
			e.wrong(calendar.Unsupported, "it changes a rule from a date on (RANGE), which isn't followed here",
				"es ändert eine Regel ab einem Datum (RANGE), was hier nicht befolgt wird")
		}
		if once(e.replaces != nil) {
			e.replaces = e.stamp(l, v)
		}
	}
}

// stamp is a DATE or DATE-TIME (RFC 5545, sections 3.3.4 and 3.3.5) as it reads.
type stamp struct {
	date   calendar.Date
	second int    // of the day
	timed  bool   // a DATE-TIME
	utc    bool   // else it reads so wherever it is, or in a zone that the file names
	zone   string // the TZID, where there is one
}

// reading is what it reads, as an instant in UTC.
func (s stamp) reading() time.Time {
	return time.Date(s.date.Year, s.date.Month, s.date.Day, 0, 0, s.second, 0, time.UTC)
}

// inUTC reads an instant in UTC; nil for anything else.
func inUTC(v string) *time.Time {
	t, err := time.Parse("20060102T150405Z", strings.ToUpper(strings.TrimSpace(v)))
	if err != nil || t.Year() < 1 || strings.ContainsAny(v, ".,") {
		return nil
	}
	return &t
}

// stamp reads one; what can't be is noted.
func (e *vevent) stamp(l contentLine, v string) *stamp {
	t, err := time.Parse("20060102", v)
	if err == nil && t.Year() > 0 {
		return &stamp{date: calendar.DateOf(t)}
	}
	clock, utc := strings.CutSuffix(v, "Z")
	t, err = time.Parse("20060102T150405", clock)
	if err != nil || t.Year() < 1 || l.params["VALUE"] == "DATE" || strings.ContainsAny(v, ".,") { // Go would take fractions
		e.wrong(calendar.Unreadable, "%s %.40q isn't a date like 20261224", "%s %.40q ist kein Datum wie 20261224", l.name, v)
		return nil
	}
	return &stamp{calendar.DateOf(t), t.Hour()*3600 + t.Minute()*60 + t.Second(), true, utc, l.params["TZID"]}
}

// in gives the reading in a zone. Local times keep theirs, whatever zone the
// file names: a holiday is a date, not an instant.
func (s stamp) in(zone *time.Location) stamp {
	if s.utc {
		t := s.reading().In(zone)
		return stamp{date: calendar.DateOf(t), second: t.Hour()*3600 + t.Minute()*60 + t.Second(), timed: true}
	}
	return s
}

// begins says whether an event has a start, and notes what its end contradicts.
func (e *vevent) begins() bool {
	if e.start == nil {
		e.wrong(calendar.Unreadable, "DTSTART is missing", "DTSTART fehlt")
		return false
	}
	if e.end != nil && e.duration != nil {
		e.wrong(calendar.Unreadable, "it has both DTEND and DURATION", "es hat DTEND und DURATION")
	}
	if e.end != nil && e.end.timed != e.start.timed {
		e.wrong(calendar.Unreadable, "of DTSTART and DTEND one is a date and one has a time", "von DTSTART und DTEND ist eines ein Datum, das andere hat eine Uhrzeit")
	}
	return true
}

// days are the whole days of an event: its first date and how many.
func (e *vevent) days(zone *time.Location) (first calendar.Date, n int64, ok bool) {
	if !e.begins() {
		return first, 0, false
	}
	from := e.start.in(zone)
	if e.why != "" {
		return from.date, 0, false
	}
	const day = 86_400
	length := int64(0) // in seconds of the wall clock
	switch {
	case e.end != nil:
		to := e.end.in(zone)
		length = daysBetween(from.date, to.date)*day + int64(to.second-from.second)
		if length == 0 && !from.timed {
			length = day // many programs write the last day, not the one after it
		}
	case e.duration != nil:
		length = e.duration.days*day + e.duration.seconds
	case !from.timed:
		length = day
	}
	switch {
	case length < 0:
		e.wrong(calendar.Unreadable, "it ends before it starts", "es endet, bevor es beginnt")
	case length == 0 || length%day != 0 || from.second != 0:
		at := func(s int64) string { return fmt.Sprintf("%02d:%02d", s/3600, s/60%60) }
		begin := int64(from.second)
		if length == 0 {
			e.wrong(calendar.PartOfDay, "it is an instant, %s: a holiday is a whole day", "es ist ein Zeitpunkt, %s: Ein Feiertag ist ein ganzer Tag", at(begin))
		} else if begin+length <= day {
			e.wrong(calendar.PartOfDay, "it is part of a day, %s to %s: give the calendar special hours for it",
				"es ist ein Teil eines Tages, %s bis %s: Dafür besondere Zeiten in den Kalender setzen", at(begin), at(begin+length))
		} else {
			e.wrong(calendar.PartOfDay, "it begins at %s and isn't made of whole days: give the calendar special hours for it",
				"es beginnt um %s und besteht nicht aus ganzen Tagen: Dafür besondere Zeiten in den Kalender setzen", at(begin))
		}
	case length/day > maxDays:
		e.wrong(calendar.Long, "it has %d days in a row: more than a year", "es hat %d Tage am Stück: mehr als ein Jahr", length/day)
	}
	return from.date, length / day, e.why == ""
}

// maxDays is how long one event may be.
const maxDays = 366

func daysBetween(a, b calendar.Date) int64 { return (noon(b).Unix() - noon(a).Unix()) / 86_400 }

func noon(d calendar.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC)
}

// duration is one of RFC 5545, section 3.3.6. A day of it lasts until the wall
// clock reads the same.
type duration struct{ days, seconds int64 }

// readDuration reads P1W, P2D or PT24H.
func readDuration(v string) (d duration, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(v, "+"), "P")
	if !ok || rest == "" {
		return d, false
	}
	clock := false
	for rest != "" {
		if !clock && rest[0] == 'T' {
			clock, rest = true, rest[1:]
		}
		p := digits{s: rest, ok: true}
		n := int64(p.number(1, 7))
		if !p.ok || p.s == "" {
			return d, false
		}
		switch c := p.s[0]; {
		case !clock && c == 'W':
			d.days += 7 * n
		case !clock && c == 'D':
			d.days += n
		case clock && c == 'H':
			d.seconds += 3600 * n
		case clock && c == 'M':
			d.seconds += 60 * n
		case clock && c == 'S':
			d.seconds += n
		default:
			return d, false
		}
		rest = p.s[1:]
	}
	return d, true
}

// unescaped is a TEXT value as people read it (RFC 5545, section 3.3.11).
func unescaped(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	return unescape.Replace(s)
}

var unescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";")

// listed cuts a list of TEXT values at the commas that aren't escaped.
func listed(s string) []string {
	var list []string
	begin := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ',':
			list, begin = append(list, s[begin:i]), i+1
		}
	}
	return append(list, s[begin:])
}
