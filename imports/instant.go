package imports

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"turnus/itsm/calendar"
)

// dayFirst reads d/m/yyyy hh:mm, with or without seconds, as ServiceNow's
// audit log writes local instants.
func dayFirst(s string, zone *time.Location) (time.Time, bool) {
	p := digits{s: s, ok: true}
	day := p.number(1, 2)
	p.mark('/')
	month := p.number(1, 2)
	p.mark('/')
	year := p.number(4, 4)
	p.mark(' ')
	hour := p.number(1, 2)
	p.mark(':')
	minute := p.number(2, 2)
	second := 0
	if p.ok && p.s != "" {
		p.mark(':')
		second = p.number(2, 2)
	}
	if !p.ok || p.s != "" || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 || year < 1 ||
		day < 1 || day > time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return time.Time{}, false
	}
	return calendar.Local(year, time.Month(month), day, hour, minute, second, zone), true
}

// digits reads numbers and marks off a text.
type digits struct {
	s  string
	ok bool
}

func (d *digits) number(least, most int) int {
	n, i := 0, 0
	for i < len(d.s) && i < most && d.s[i] >= '0' && d.s[i] <= '9' {
		n = n*10 + int(d.s[i]-'0')
		i++
	}
	d.ok = d.ok && i >= least
	d.s = d.s[i:]
	return n
}

func (d *digits) mark(c byte) {
	if d.s == "" || d.s[0] != c {
		d.ok = false
		return
	}
	d.s = d.s[1:]
}

// instant reads a time by a layout; without an offset in it, it is local. Some
// programs write a space that doesn't break before AM and PM.
func instant(layout string, offset bool, s string, zone *time.Location) (time.Time, bool) {
	t, err := time.Parse(layout, s)
	if err != nil && strings.ContainsAny(s, "\u00a0\u202f") {
		t, err = time.Parse(layout, strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s))
	}
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, false
	}
	if offset {
		return t.UTC().Truncate(time.Second), true
	}
	return calendar.Local(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), zone), true
}

// foreignMonth finds the first word of an instant whose layout has the name of a
// month in it: a month that isn't English.
func foreignMonth(layout, s string) (month string, foreign bool) {
	if !strings.Contains(layout, "Jan") || strings.Contains(layout, "Mon") {
		return "", false
	}
	begin := strings.IndexFunc(s, unicode.IsLetter)
	if begin < 0 {
		return "", false
	}
	month = s[begin:]
	if end := strings.IndexFunc(month, func(c rune) bool { return !unicode.IsLetter(c) && c != '.' }); end >= 0 {
		month = month[:end]
	}
	if utf8.RuneCountInString(month) < 3 { // AM, PM
		return "", false
	}
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(month, m.String()) || strings.EqualFold(month, m.String()[:3]) {
			return "", false
		}
	}
	return month, true
}

// instant reads the one in a column, which may be left out, or empty unless it
// is needed. number is that of the row, where it is known.
func (t *table) instant(c []string, number string, column int, needed bool) (*time.Time, error) {
	when, err := t.moment(c, number, column, needed)
	if err == nil && when != nil && t.future(*when) {
		return nil, t.reject(number, t.heading[column], strings.TrimSpace(c[column]), toCome, toComeDe)
	}
	return when, err
}

// moment is instant for what may lie in the future.
func (t *table) moment(c []string, number string, column int, needed bool) (*time.Time, error) {
	if column < 0 {
		return nil, nil
	}
	cell := strings.TrimSpace(c[column])
	if cell == "" && !needed {
		return nil, nil
	}
	when, ok := instant(t.layout, t.offset, cell, t.zone)
	switch {
	case cell == "":
		return nil, t.reject(number, t.heading[column], "", "an instant is missing here", "hier fehlt ein Zeitpunkt")
	case !ok:
		if month, foreign := foreignMonth(t.layout, cell); foreign {
			return nil, t.reject(number, t.heading[column], cell, "the month %.20q isn't English: export in English (Jan, Feb, Mar …), or with months in digits",
				"der Monat %.20q ist nicht englisch: auf Englisch exportieren (Jan, Feb, Mar …) oder mit Monaten als Zahl", month)
		}
		return nil, t.reject(number, t.heading[column], cell, "this isn't an instant written like %s", "das ist kein Zeitpunkt, geschrieben wie %s", t.layout)
	}
	return &when, nil
}
