package planning

import (
	"slices"
	"strings"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
)

// Bounds of one question.
const (
	maxSlots = 100_000
	maxDays  = 150 * 366
	reach    = 366 // days that an adjustment looks for a working day
)

// Occurrence is one date that a rule names, and when it is due.
type Occurrence struct {
	Date calendar.Date // as the rule names it: says which period is meant
	Due  calendar.Date // after the adjustment
	At   time.Time     // at that date's time of day, UTC
}

// Slots lists the instants in [from, to), in order, each once: slots that come
// to the same instant are one. More than 100,000, or a span of more than 150
// years, is refused; so is a date that finds no working day within a year.
func (p *Plan) Slots(from, to time.Time) ([]time.Time, error) {
	all, err := p.Occurrences(from, to)
	if err != nil {
		return nil, err
	}
	slots := make([]time.Time, len(all))
	for i, o := range all {
		slots[i] = o.At
	}
	return slots, nil
}

// Occurrences lists what Slots does, with the dates. Of those that come to the
// same instant the last one counts: it is the one that was moved least.
func (p *Plan) Occurrences(from, to time.Time) ([]Occurrence, error) {
	all := []Occurrence{}
	if !from.Before(to) {
		return all, nil
	}
	first, last := calendar.DateOf(from.In(p.zone)).Add(-2), calendar.DateOf(to.In(p.zone)).Add(2)
	if p.adjust != None && p.cal != nil { // what lies outside may be moved inside
		first, last = first.Add(-reach), last.Add(reach)
	}
	if first.Year < 1 || last.Year > 9998 || to.Sub(from) > maxDays*24*time.Hour {
		return nil, fault.Invalidf("to", "the span is too long: ask for at most 150 years at a time",
			"Der Zeitraum ist zu lang: Höchstens 150 Jahre auf einmal abfragen.")
	}
	minutes := []int{p.minute}
	if p.cron != nil {
		minutes = p.cron.minutes()
	}
	for d := range p.dates(first, last) {
		moved, err := p.moved(d)
		if err != nil {
			// Of a date far outside nobody can say that it would come in.
			if lo, hi := d.Add(-3).Start(p.zone), d.Add(3).Start(p.zone); hi.Before(from) || !lo.Before(to) {
				continue
			}
			return nil, err
		}
		if end := moved.Add(2).Start(p.zone); end.Before(from) {
			continue
		}
		if !moved.Add(-2).Start(p.zone).Before(to) {
			continue
		}
		for _, m := range minutes {
			at := moved.At(int64(m)*60, p.zone).UTC()
			if !at.Before(from) && at.Before(to) {
				all = append(all, Occurrence{Date: d, Due: moved, At: at})
			}
		}
		if len(all) > 2*maxSlots {
			if all = distinct(all); len(all) > maxSlots {
				return nil, tooMany()
			}
		}
	}
	if all = distinct(all); len(all) > maxSlots {
		return nil, tooMany()
	}
	return all, nil
}

func distinct(all []Occurrence) []Occurrence {
	slices.SortFunc(all, func(a, b Occurrence) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(b.Date.String(), a.Date.String())
	})
	return slices.CompactFunc(all, func(a, b Occurrence) bool { return a.At.Equal(b.At) })
}

func tooMany() error {
	return fault.Invalidf("to", "more than %d slots: ask for a shorter span", "Mehr als %d Termine: Einen kürzeren Zeitraum abfragen.", maxSlots)
}

// dates lists the dates that the rule names within [first, last), unadjusted.
func (p *Plan) dates(first, last calendar.Date) func(yield func(calendar.Date) bool) {
	if p.cron != nil {
		return func(yield func(calendar.Date) bool) {
			for d := first; d.Before(last); d = d.Add(1) {
				if p.cron.on(d) && !yield(d) {
					return
				}
			}
		}
	}
	return func(yield func(calendar.Date) bool) {
		for at := spanStart(first, p.rule.Of); at.Before(last); at = spanAfter(at, p.rule.Of) {
			if d, ok := p.nth(at, spanAfter(at, p.rule.Of)); ok && !d.Before(first) && d.Before(last) && !yield(d) {
				return
			}
		}
	}
}

// nth finds the day of a span that the rule names; false where it has none.
func (p *Plan) nth(first, next calendar.Date) (calendar.Date, bool) {
	n, counts := p.rule.Day, func(calendar.Date) bool { return true }
	if p.rule.WorkingDay != 0 {
		n, counts = p.rule.WorkingDay, p.working
	}
	d, step := first, 1
	if n < 0 {
		d, step, n = next.Add(-1), -1, -n
	}
	for ; !d.Before(first) && d.Before(next); d = d.Add(step) {
		if counts(d) {
			if n--; n == 0 {
				return d, true
			}
		}
	}
	return calendar.Date{}, false
}

// moved is the date after its adjustment.
func (p *Plan) moved(d calendar.Date) (calendar.Date, error) {
	if p.adjust == None || p.working(d) {
		return d, nil
	}
	step := 1
	if p.adjust == Preceding || p.adjust == ModifiedPreceding {
		step = -1
	}
	if p.adjust == ModifiedFollowing || p.adjust == ModifiedPreceding {
		for _, way := range []int{step, -step} {
			if to, found := p.nearest(d, way, 31); found && to.Month == d.Month {
				return to, nil
			}
		}
		return d, nil
	}
	to, found := p.nearest(d, step, reach)
	if !found {
		return d, fault.Invalidf("calendar", "the calendar has no working day within a year of %s: open it, or adjust nothing",
			"Der Kalender hat innerhalb eines Jahres um den %s keinen Arbeitstag: Den Kalender öffnen oder nichts anpassen.", d)
	}
	return to, nil
}

// nearest looks for a working day, one way, so many days far.
func (p *Plan) nearest(d calendar.Date, step, far int) (calendar.Date, bool) {
	for range far {
		if d = d.Add(step); p.working(d) {
			return d, true
		}
	}
	return d, false
}

// spanStart is the first date of the span that a date lies in.
func spanStart(d calendar.Date, of calendar.Grain) calendar.Date {
	d.Day = 1
	switch of {
	case calendar.Quarter:
		d.Month = (d.Month-1)/3*3 + 1
	case calendar.Year:
		d.Month = time.January
	}
	return d
}

// spanAfter is the first date of the next span.
func spanAfter(first calendar.Date, of calendar.Grain) calendar.Date {
	months := map[calendar.Grain]int{calendar.Month: 1, calendar.Quarter: 3, calendar.Year: 12}[of]
	n := int(first.Month) - 1 + months
	return calendar.Date{Year: first.Year + n/12, Month: time.Month(n%12 + 1), Day: 1}
}
