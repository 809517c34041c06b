package imports

import (
	"io"
	"slices"
	"strings"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// HolidayOptions say how a feed of holidays is to be read.
type HolidayOptions struct {
	Format   string
	Zone     *time.Location // of the calendar that they are for; nil: UTC
	Region   string         // of that calendar, as in DE-BE; empty: it has none
	From, To int            // the years that are looked at, both inclusive
	All      bool           // take what isn't marked as a public holiday of the region, too
}

// Bounds of what one feed may give.
const (
	firstHolidayYear = 1900
	lastHolidayYear  = 2200
	maxHolidays      = 5_000
	maxNames         = 5            // on one date
	maxDates         = 200_000      // that are looked at in all
	maxLooks         = 50_000 * 366 // days of all rules together
	maxInARow        = 14           // days; the longest public holidays have nine
)

// CheckHolidays refuses options that no file can be read with.
func CheckHolidays(o HolidayOptions) error {
	switch {
	case o.Format != ICalendar:
		return fault.Invalidf("format", "%.40q isn't a format of holidays: use %s", "%.40q ist kein Format für Feiertage: %s angeben.", o.Format, ICalendar)
	case o.From < firstHolidayYear || o.To > lastHolidayYear:
		return fault.Invalidf("from", "the years %d to %d reach beyond %d to %d", "Die Jahre %d bis %d reichen über %d bis %d hinaus.",
			o.From, o.To, firstHolidayYear, lastHolidayYear)
	case o.To < o.From:
		return fault.Invalidf("to", "%d comes before %d: give the years in their order", "%d liegt vor %d: Die Jahre in ihrer Reihenfolge angeben.", o.To, o.From)
	}
	return nil
}

// Holidays reads a feed of holidays, which may be packed as .gz or .zip: the
// whole-day events that are public holidays, and of all others why they are
// left out. A file that is damaged or cut off gives nothing but an error.
//
// Feeds tell public holidays from other days in a way of their own: by
// X-APPLE-SPECIAL-DAY, by CATEGORIES, by the first line of DESCRIPTION or in
// brackets at the end of SUMMARY, in English or German. An entry that is marked
// as an observance is left out, one that is a public holiday elsewhere too;
// where some are marked as public holidays, the unmarked aren't. A feed without
// any marks is taken at its word, and Marked is false.
func Holidays(r io.Reader, o HolidayOptions) (calendar.Feed, error) {
	if err := CheckHolidays(o); err != nil {
		return calendar.Feed{}, err
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	plain, done, err := unpacked(r)
	if err != nil {
		return calendar.Feed{}, err
	}
	defer done()
	file, err := readCalendar(plain)
	if err != nil {
		return calendar.Feed{}, err
	}
	f := feed{HolidayOptions: o, names: map[calendar.Date][]string{}, replaced: map[occurrence]bool{}, left: maxDates, looks: maxLooks}
	for i := range file.events {
		f.look(&file.events[i])
	}
	for i := range file.events {
		f.take(&file.events[i])
		switch {
		case f.looks < 0:
			return calendar.Feed{}, fault.New(fault.Invalid, text.New(
				"The rules of this calendar go through too many years: ask for fewer years, or export it without its past.",
				"Die Regeln dieses Kalenders durchlaufen zu viele Jahre: Weniger Jahre angeben oder ihn ohne seine Vergangenheit exportieren."))
		case f.left < 0 || len(f.names) > maxHolidays:
			return calendar.Feed{}, fault.New(fault.Invalid, text.F("This calendar has more than %d holidays in the years %d to %d: ask for fewer years.",
				"Dieser Kalender hat mehr als %d Feiertage in den Jahren %d bis %d: Weniger Jahre angeben.", maxHolidays, o.From, o.To))
		}
	}
	f.out.Holidays = f.holidays()
	return f.out, nil
}

// feed is one being read.
type feed struct {
	HolidayOptions
	out      calendar.Feed
	names    map[calendar.Date][]string
	replaced map[occurrence]bool
	certain  bool // some are marked as public holidays
	left     int  // dates that may still be looked at
	looks    int  // days of rules, likewise
}

// occurrence is one date of an event that repeats.
type occurrence struct {
	uid  string
	date calendar.Date
}

// look learns what has to be known before the first event is taken.
func (f *feed) look(e *vevent) {
	if e.uid != "" && e.replaces != nil {
		f.replaced[occurrence{e.uid, e.replaces.in(f.Zone).date}] = true
	}
	m := e.mark()
	f.out.Marked = f.out.Marked || m.is != unmarked
	f.certain = f.certain || m.is == public || m.is == regional
}

func (f *feed) take(e *vevent) {
	first, n, ok := e.days(f.Zone)
	var dates []calendar.Date
	var excepted bool
	if ok {
		dates, excepted, ok = f.dates(e, first, n)
	}
	switch {
	case e.cancelled:
		f.leaveOut(e, first, calendar.Cancelled, text.New("it is cancelled", "es ist abgesagt"))
		return
	case !ok:
		f.leaveOut(e, first, e.why, e.reason)
		return
	case len(dates) == 0 && excepted:
		f.leaveOut(e, first, calendar.Cancelled, text.New("all of its dates are excepted or replaced", "alle seine Termine sind ausgenommen oder ersetzt"))
		return
	case len(dates) == 0:
		f.leaveOut(e, first, calendar.Outside, text.F("it isn't in the years %d to %d", "es liegt nicht in den Jahren %d bis %d", f.From, f.To))
		return
	}
	if why, reason := f.judge(e, n); why != "" && !(f.All && why.Overruled()) {
		f.leaveOut(e, dates[0], why, reason)
		return
	}
	for _, d := range dates {
		if names := f.names[d]; len(names) < maxNames && !slices.Contains(names, e.summary) {
			f.names[d] = append(names, e.summary)
		}
	}
}

// dates are the event's dates within the years; excepted says that it has
// others, which the file takes back.
func (f *feed) dates(e *vevent, first calendar.Date, n int64) (dates []calendar.Date, excepted, ok bool) {
	starts := []calendar.Date{first}
	if e.rule != "" {
		rule, ok := e.holidayRule()
		if !ok {
			return nil, false, false
		}
		starts = f.each(rule, first)
	}
	for _, s := range e.more {
		starts = append(starts, s.in(f.Zone).date)
	}
	without := map[calendar.Date]bool{}
	for _, s := range e.less {
		without[s.in(f.Zone).date] = true
	}
	for _, s := range starts {
		if s.Year < f.From-1 || s.Year > f.To {
			continue
		}
		if without[s] || e.replaces == nil && f.replaced[occurrence{e.uid, s}] {
			excepted = true
			continue
		}
		if f.left -= int(n); f.left < 0 {
			break
		}
		for i := range n {
			if d := s.Add(int(i)); d.Year >= f.From && d.Year <= f.To {
				dates = append(dates, d)
			}
		}
	}
	return dates, excepted, true
}

// holidayRule reads the rule of an event that comes each year: what holidays
// need. Others are refused, with what they hold.
func (e *vevent) holidayRule() (rule, bool) {
	r, ok := e.readRule()
	if !ok {
		return r, false
	}
	for _, part := range []struct {
		name  string
		given bool
	}{{"BYWEEKNO", r.weeks != nil}, {"BYHOUR", r.hours != nil}, {"BYMINUTE", r.minutes != nil}, {"BYSECOND", r.seconds != nil}} {
		if part.given {
			e.wrong(calendar.Unsupported, "it repeats by %.40q, which isn't followed here", "es wiederholt sich nach %.40q, was hier nicht befolgt wird", part.name)
			return r, false
		}
	}
	if r.freq != yearly {
		e.wrong(calendar.Unsupported, "it repeats %.40q: only YEARLY is followed here", "es wiederholt sich %.40q: Nur YEARLY wird hier befolgt", frequencies[r.freq])
		return r, false
	}
	return r, true
}

// each gives the dates of a rule that may reach into the years.
func (f *feed) each(r rule, first calendar.Date) (starts []calendar.Date) {
	from := time.Date(f.From-1, 1, 1, 0, 0, 0, 0, time.UTC) // one may reach into the new year
	enough := r.each(stamp{date: first}.reading(), from, time.Date(f.To, 12, 31, 0, 0, 0, 0, time.UTC), &f.looks, func(t time.Time) bool {
		d := calendar.DateOf(t)
		if r.until != nil && r.until.in(f.Zone).date.Before(d) {
			return false
		}
		if d.Year >= f.From-1 {
			starts = append(starts, d)
		}
		return true
	})
	if !enough {
		f.looks = -1
	}
	return starts
}

// judge says whether an event is a public holiday of the region, as far as the
// feed says it; empty: it is.
func (f *feed) judge(e *vevent, days int64) (calendar.Why, text.Text) {
	switch m := e.mark(); {
	case m.is == exchanged:
		return calendar.WorkingDay, text.New("it is worked, in exchange for a holiday", "an ihm wird zum Ausgleich gearbeitet")
	case m.is == observance:
		return calendar.Observance, text.F("it is marked %q: no public holiday", "es ist als %q gekennzeichnet: kein gesetzlicher Feiertag", m.words)
	case m.is == foreign:
		return calendar.Unmarked, text.F("it is marked in a language that isn't known here, %q: use the feed in English or German",
			"es ist in einer hier unbekannten Sprache gekennzeichnet, %q: Den Feed auf Deutsch oder Englisch verwenden", m.words)
	case m.is == regional && !m.holds(f.Region):
		if f.Region == "" {
			return calendar.Regional, text.F("it is marked %q, and the calendar names no region", "es ist als %q gekennzeichnet, und der Kalender nennt keine Region", m.words)
		}
		return calendar.Regional, text.F("it is marked %q, and %s isn't among these", "es ist als %q gekennzeichnet, und %s ist nicht darunter", m.words, f.Region)
	case m.is == unmarked && f.certain:
		return calendar.Unmarked, text.New("it isn't marked as a public holiday, and others in this file are",
			"es ist nicht als gesetzlicher Feiertag gekennzeichnet, andere in dieser Datei sind es")
	case e.tentative:
		return calendar.Tentative, text.New("its date may change", "sein Datum kann sich ändern")
	case days > maxInARow:
		return calendar.Long, text.F("it has %d days in a row: more than a public holiday", "es hat %d Tage am Stück: mehr als ein Feiertag", days)
	}
	return "", text.Text{}
}

func (f *feed) leaveOut(e *vevent, d calendar.Date, w calendar.Why, reason text.Text) {
	f.out.LeftOut = append(f.out.LeftOut, calendar.LeftOut{Line: e.line, Date: d, Name: e.summary, Why: w, Reason: reason})
}

// holidays are the dates with their names; two on one day share it.
func (f *feed) holidays() []calendar.Holiday {
	list := make([]calendar.Holiday, 0, len(f.names))
	for d, names := range f.names {
		h := calendar.Holiday{Date: d, Name: text.New("unnamed", "ohne Namen")}
		if all := strings.Join(slices.DeleteFunc(names, func(s string) bool { return s == "" }), " / "); all != "" {
			h.Name = text.Same(all)
		}
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b calendar.Holiday) int {
		return int(noon(a.Date).Unix() - noon(b.Date).Unix())
	})
	return list
}
