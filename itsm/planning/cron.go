package planning

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/robfig/cron/v3"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// cronBits are the sets of a cron expression, a bit for each value.
type cronBits struct {
	minute, hour, dom, month, dow uint64
	anyDom, anyDow                bool // a bare *: the other one alone decides
}

// cronFields say what a field may hold, and what would be right.
var cronFields = []struct {
	name     text.Text
	min, max int
	words    string // three letters each, in the order of their numbers
}{
	{text.New("minute", "Minute"), 0, 59, ""},
	{text.New("hour", "Stunde"), 0, 23, ""},
	{text.New("day of month", "Tag"), 1, 31, ""},
	{text.New("month", "Monat"), 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"},
	{text.New("day of week", "Wochentag"), 0, 7, "sun mon tue wed thu fri sat"},
}

const (
	maxCron  = 200 // characters of an expression
	dowField = 4
)

var cronItem = regexp.MustCompile(`^(?:\*|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:/([0-9]{1,2}))?$`)

// parseCron reads five fields in their usual meaning. Every item is checked
// here, since robfig/cron takes some that others wouldn't (? and *-5, a zone
// in front) and refuses 7 for Sunday; what it reads then are its bits.
func parseCron(s string) (*cronBits, error) {
	fields := strings.Fields(strings.ToLower(s))
	if len(fields) != len(cronFields) || len(s) > maxCron {
		return nil, fault.Invalidf("rule.cron", "%.200q isn't a cron expression: use five fields, minute, hour, day of month, month and day of week, as in 0 6 1 * *",
			"%.200q ist kein Cron-Ausdruck: Fünf Felder angeben, Minute, Stunde, Tag, Monat und Wochentag, etwa 0 6 1 * *", s)
	}
	anyDom, anyDow := fields[2] == "*", fields[dowField] == "*"
	for i, f := range fields {
		var plain []string
		for item := range strings.SplitSeq(f, ",") {
			x, err := checkItem(i, item)
			if err != nil {
				return nil, err
			}
			plain = append(plain, x)
		}
		fields[i] = strings.Join(plain, ",")
	}
	parsed, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(strings.Join(fields, " "))
	bits, ok := parsed.(*cron.SpecSchedule)
	if err != nil || !ok {
		return nil, fault.Invalidf("rule.cron", "%.200q isn't a cron expression", "%.200q ist kein Cron-Ausdruck.", s).Because(err)
	}
	return &cronBits{bits.Minute, bits.Hour, bits.Dom, bits.Month, bits.Dow, anyDom, anyDow}, nil
}

// checkItem checks one item of a field's list, and writes those that reach to
// Sunday as 7 the way robfig/cron reads them.
func checkItem(field int, item string) (string, error) {
	f := cronFields[field]
	wrong := fault.Invalidf("rule.cron", "%[1]q can't stand in the field %[2]s: use *, a value of %[3]d to %[4]d, a range a-b, and /n for every nth",
		"%[1]q kann im Feld %[2]s nicht stehen: *, einen Wert von %[3]d bis %[4]d, einen Bereich a-b und /n für jeden n-ten.", item, f.name, f.min, f.max)
	m := cronItem.FindStringSubmatch(item)
	if m == nil {
		return "", wrong
	}
	step := 1
	if m[3] != "" {
		if step, _ = strconv.Atoi(m[3]); step == 0 { // digits, says the pattern
			return "", wrong
		}
	}
	if m[1] == "" {
		return item, nil
	}
	from, ok := cronValue(field, m[1])
	to := from
	if ok && m[2] != "" {
		to, ok = cronValue(field, m[2])
	}
	if !ok || from > to {
		return "", wrong
	}
	if field != dowField || to < 7 {
		return item, nil
	}
	var days []string
	for v := from; v <= to; v += step {
		days = append(days, strconv.Itoa(v%7))
	}
	return strings.Join(days, ","), nil
}

func cronValue(field int, s string) (int, bool) {
	f := cronFields[field]
	if i := strings.Index(f.words, s); len(s) == 3 {
		return i/4 + f.min, i >= 0 && i%4 == 0
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= f.min && n <= f.max
}

// on says whether a date is selected: by month, and by day of month and of
// week; where both are restricted, either is enough.
func (c *cronBits) on(d calendar.Date) bool {
	if c.month>>uint(d.Month)&1 == 0 {
		return false
	}
	dom, dow := c.dom>>uint(d.Day)&1 == 1, c.dow>>uint(d.Weekday())&1 == 1
	if c.anyDom || c.anyDow {
		return dom && dow
	}
	return dom || dow
}

// minutes lists the selected minutes of a day.
func (c *cronBits) minutes() []int {
	var all []int
	for h := range 24 {
		for m := range 60 {
			if c.hour>>uint(h)&1 == 1 && c.minute>>uint(m)&1 == 1 {
				all = append(all, h*60+m)
			}
		}
	}
	return all
}
