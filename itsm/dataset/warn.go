package dataset

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

// Warnings are what a person should know of an import besides what refuses it,
// as far as the file itself tells it. before are the rows a day of the imports
// before it; asOf is up to when the source was read.
func (f Facts) Warnings(before map[calendar.Date]int64, asOf time.Time) (list []Warning) {
	warn := func(code, en, de string, args ...any) {
		list = append(list, Warning{Code: code, Detail: text.F(en, de, args...)})
	}
	if f.End.NoNewline {
		warn(NoFinalNewline, "No line break ends the file: whether its last row (%s) is whole can't be seen.",
			"Am Ende der Datei fehlt der Zeilenumbruch: Ob die letzte Zeile (%s) vollständig ist, lässt sich nicht erkennen.", text.Number(f.End.Row))
	}
	if f.Zero > 0 && f.Zero < f.Keys && f.Zero*100 >= f.Stopped {
		warn(ZeroDuration, "%s of %s stopped tickets, %s, stop at the instant at which they open: their clocks show 0 s.",
			"%s von %s beendeten Tickets, %s, enden im Augenblick ihrer Eröffnung: Die SLA-Uhr zeigt dort 0\u202fs.",
			text.Number(f.Zero), text.Number(f.Stopped), share(f.Zero, f.Stopped))
	}
	if f.Twice > 0 {
		warn(Duplicates, "%[1]s of %[2]s rows stand in the file more than once.", "%[1]s von %[2]s Zeilen stehen mehr als einmal in der Datei.",
			text.Number(f.Twice), text.Number(f.Read))
	}
	if f.Differ > 0 {
		warn(Differing, "%[1]s samples say otherwise than a later one of the same probe at the same instant, which counts: perhaps two monitors have one name.",
			"%[1]s Messwerte widersprechen einem späteren desselben Messpunkts zum selben Zeitpunkt, der gilt: Vielleicht haben zwei Monitore denselben Namen.", text.Number(f.Differ))
	}
	if first, last, early := f.earlyDays(); early {
		warn(EarlyDays, "All %[1]s rows, from %[2]s to %[3]s, are of the 1st to the 12th of a month: day and month are probably swapped; look at how the mapping says that the file writes instants.",
			"Alle %[1]s Zeilen vom %[2]s bis %[3]s liegen auf dem 1. bis 12. eines Monats: Wahrscheinlich sind Tag und Monat vertauscht; prüfen, welche Schreibweise der Zeitpunkte die Zuordnung nennt.",
			text.Number(f.Watch.rows), first.InWords(), last.InWords())
	}
	if f.Usual != nil && f.Usual.String() != f.Zone.String() {
		warn(OtherZone, "Local times are read as those of %[1]s; until now those of the service were of %[2]s.",
			"Ortszeiten werden als solche von %[1]s gelesen; bisher galt für den Service %[2]s.", f.Zone, f.Usual)
	}
	if f.Rare {
		return list
	}
	return append(list, bounded(f.fewRows(before, asOf))...)
}

// maxMonths is how many months are warned of one by one: a file has as many as
// whoever writes it likes.
const maxMonths = 24

// bounded says of months with far fewer rows that only the newest are told one by
// one, and of the others how many there are.
func bounded(months []Warning) []Warning {
	n := len(months) - maxMonths
	if n <= 0 {
		return months
	}
	more := Warning{Code: FewRows, From: months[0].From, To: months[n-1].To, Detail: text.F(
		"In %[1]s more months, all of them earlier than those named, there are far fewer rows than before.",
		"In %[1]s weiteren Monaten, alle früher als die genannten, gibt es weit weniger Zeilen als davor.", text.Number(int64(n)))}
	return append(slices.Clone(months[n:]), more)
}

// tellingRows is how many rows tell something by the days that they lie on.
const tellingRows = 100

// earlyDays says whether none of many rows, of several months, lies after the
// 12th: so it is where day and month were swapped in all of them, and none could
// be rejected for that.
func (f Facts) earlyDays() (first, last calendar.Date, early bool) {
	if f.Watch.rows < tellingRows {
		return first, last, false
	}
	for d := range f.Watch.days {
		if d.Day > 12 {
			return first, last, false
		}
		if first == (calendar.Date{}) || d.Before(first) {
			first = d
		}
		if d.After(last) {
			last = d
		}
	}
	return first, last, monthOf(first) != monthOf(last)
}

// LostRows warns of rows that lose against newer ones; nothing where none do.
// tickets are the first of those whose rows they are. Where they lose against one
// import, the warning ends with that.
func LostRows(rows int64, tickets []Outdated) []Warning {
	if rows == 0 || len(tickets) == 0 {
		return nil
	}
	numbers := make([]string, len(tickets))
	for i, o := range tickets {
		numbers[i] = o.Number
	}
	first := tickets[0]
	w := Warning{Code: OlderRows, Against: first.Import, Detail: text.F("%[1]s rows are older than what is known and aren't taken: import %[2]d, for example, was read up to %[3]s. They are of %[4]s. If import %[2]d is wrong, withdraw it.",
		"%[1]s Zeilen sind älter als das Bekannte und werden nicht übernommen: Import %[2]d zum Beispiel wurde bis %[3]s gelesen. Sie gehören zu %[4]s. Ist Import %[2]d falsch, ihn zurücknehmen.",
		text.Number(rows), first.Import, calendar.InWords(first.AsOf), quoted(numbers))}
	if slices.ContainsFunc(tickets, func(o Outdated) bool { return o.Import != first.Import }) {
		w.Against = 0
	}
	return []Warning{w}
}

// How few rows are far fewer: less than a tenth of what was usual, where that
// was enough to tell.
const (
	usualInMonth = 50
	usualOnDay   = 20
)

type month struct {
	Year int
	Num  time.Month
}

func monthOf(d calendar.Date) month { return month{d.Year, d.Month} }

func (m month) first() calendar.Date { return calendar.Date{Year: m.Year, Month: m.Num, Day: 1} }
func (m month) plus(n int) month {
	return monthOf(calendar.DateOf(time.Date(m.Year, m.Num+time.Month(n), 1, 0, 0, 0, 0, time.UTC)))
}

func (m month) words() text.Text { return calendar.PeriodOf(m.first(), calendar.Month).InWords() }

// fewRows finds months and days of the file with far fewer rows than those
// before: than the mean of the three months before, as far as the source was
// read; than the median of the same weekday of the four weeks before.
func (f Facts) fewRows(before map[calendar.Date]int64, asOf time.Time) (list []Warning) {
	rows := maps.Clone(before)
	if rows == nil {
		rows = map[calendar.Date]int64{}
	}
	var first, last calendar.Date // of this file
	for d, n := range f.Watch.days {
		rows[d] = max(rows[d], n)
		if first == (calendar.Date{}) || d.Before(first) {
			first = d
		}
		if last == (calendar.Date{}) || d.After(last) {
			last = d
		}
	}
	if len(f.Watch.days) == 0 {
		return nil
	}
	months := map[month]int64{}
	oldest := first
	for d, n := range rows {
		months[monthOf(d)] += n
		if d.Before(oldest) {
			oldest = d
		}
	}
	read := calendar.DateOf(asOf.In(f.Zone)) // what came on that date itself may be known in part
	for m := monthOf(first); !m.first().After(last); m = m.plus(1) {
		usual, of := int64(0), int64(0)
		for i := 1; i <= 3 && !m.plus(-i).first().Before(monthOf(oldest).first()); i++ {
			usual, of = usual+months[m.plus(-i)], of+1
		}
		length := int64(m.first().Until(m.plus(1).first()))
		known := min(length, int64(m.first().Until(read)))
		if of > 0 && known > 0 && usual >= usualInMonth*of && months[m]*of*length*10 < usual*known {
			list = append(list, f.few(m, text.F("%[1]s has %[2]s rows, far fewer than the months before: %[3]s on average.",
				"%[1]s hat %[2]s Zeilen, weit weniger als die Monate davor: im Mittel %[3]s.", m.words(), text.Number(months[m]), text.Number(usual/of))))
			continue
		}
		if days := fewDays(rows, m, first, last, read); len(days) > 0 {
			list = append(list, f.few(m, text.F("In %[1]s days have far fewer rows than the same weekday of the weeks before: %[2]s.",
				"Im %[1]s haben Tage weit weniger Zeilen als derselbe Wochentag der Wochen davor: %[2]s.", m.words(), said(days, rows))))
		}
	}
	return list
}

func (f Facts) few(m month, detail text.Text) Warning {
	from, to := m.first().Start(f.Zone).UTC(), m.plus(1).first().Start(f.Zone).UTC()
	return Warning{Code: FewRows, Detail: detail, From: &from, To: &to}
}

func fewDays(rows map[calendar.Date]int64, m month, first, last, read calendar.Date) (days []calendar.Date) {
	for d := m.first(); d.Before(m.plus(1).first()); d = d.Add(1) {
		if d.Before(first) || d.After(last) || !d.Before(read) {
			continue
		}
		var weeks []int64
		for i := 1; i <= 4; i++ {
			weeks = append(weeks, rows[d.Add(-7*i)])
		}
		slices.Sort(weeks)
		if usual := (weeks[1] + weeks[2]) / 2; usual >= usualOnDay && rows[d]*10 < usual {
			days = append(days, d)
		}
	}
	return days
}

// said lists days with their rows, five at most.
func said(days []calendar.Date, rows map[calendar.Date]int64) text.Text {
	var parts []text.Text
	for i, d := range days {
		if i == 5 {
			parts = append(parts, text.F("%d more", "%d weitere", len(days)-i))
			break
		}
		parts = append(parts, text.F("%s (%s)", "%s (%s)", d.InWords(), text.Number(rows[d])))
	}
	return text.Join(parts, ", ")
}

// Nearest is the value of a list that is most like another one, as people
// mistype: in other cases, with other blanks and signs, some letters apart, or a
// part of it. Empty: none is.
func Nearest(value string, known []string) (nearest string) {
	wanted := lettersOf(value)
	best := 1 + len([]rune(wanted))/3
	for _, k := range slices.Sorted(slices.Values(known)) {
		is := lettersOf(k)
		d := 1
		if len(wanted) <= 2 || len(is) <= 2 || !strings.Contains(is, wanted) && !strings.Contains(wanted, is) {
			if apart := utf8.RuneCountInString(is) - utf8.RuneCountInString(wanted); apart >= best || -apart >= best {
				continue // so many letters are to be added or left out at least
			}
			d = distance(wanted, is)
		}
		if d < best {
			best, nearest = d, k
		}
	}
	return nearest
}

// lettersOf are a value's letters and digits, in small letters.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// distance counts the letters to change, add, leave out, or swap with their
// neighbours (Damerau and Levenshtein, in the form that aligns optimally).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	two, row := make([]int, len(to)+1), make([]int, len(to)+1) // those before the next one
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		next := make([]int, len(to)+1)
		next[0] = i + 1
		for j, y := range to {
			changed := row[j]
			if x != y {
				changed++
			}
			next[j+1] = min(changed, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && x == to[j-1] && y == from[i-1] {
				next[j+1] = min(next[j+1], two[j-1]+1)
			}
		}
		two, row = row, next
	}
	return row[len(to)]
}
