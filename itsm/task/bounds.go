package task

import (
	"math/big"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// on is the field as it bounds one answer: without the bounds of another
// outcome, and with a date for Today.
func (f Field) on(o Outcome, now time.Time) Field {
	if f.BoundsWith != "" && f.BoundsWith != o {
		f.Min, f.Max = "", ""
	}
	for _, bound := range []*string{&f.Min, &f.Max} {
		if f.Type == DateField && *bound == Today {
			*bound = calendar.DateOf(now.UTC()).String()
		}
	}
	return f
}

// within holds a value against the field's bounds, which read makes comparable.
func (f Field) within(v *big.Rat, read func(string) *big.Rat) *fault.Error {
	small, great := f.Min != "" && v.Cmp(read(f.Min)) < 0, f.Max != "" && v.Cmp(read(f.Max)) > 0
	inTime := f.Type == DateField || f.Type == InstantField
	var when text.Text // the bound holds
	if f.BoundsWith != "" {
		when = text.F("with %s, ", "bei %s ", string(f.BoundsWith))
	}
	switch {
	case small && inTime:
		return fault.Invalidf("", "This is too early: %s%s is the earliest.", "Das ist zu früh: Möglich ist %sfrühestens %s.", when, f.Min)
	case great && inTime:
		return fault.Invalidf("", "This is too late: %s%s is the latest.", "Das ist zu spät: Möglich ist %sspätestens %s.", when, f.Max)
	case small:
		return fault.Invalidf("", "This is too small: %s%s is the least.", "Das ist zu klein: Möglich ist %smindestens %s.", when, f.Min)
	case great:
		return fault.Invalidf("", "This is too great: %s%s is the greatest.", "Das ist zu groß: Möglich ist %shöchstens %s.", when, f.Max)
	}
	return nil
}

// The four give numbers that compare as the values do; of what isn't one, 0.
func exactly(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return new(big.Rat)
	}
	return r
}

func day(s string) *big.Rat {
	d, err := calendar.ParseDate(s)
	if err != nil {
		return new(big.Rat)
	}
	return new(big.Rat).SetInt64(int64(calendar.Date{Year: 1970, Month: 1, Day: 1}.Until(d)))
}

func instant(s string) *big.Rat {
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return new(big.Rat)
	}
	r := new(big.Rat).SetInt64(at.Unix())
	return r.Add(r, big.NewRat(int64(at.Nanosecond()), 1e9))
}

func duration(s string) *big.Rat {
	d, err := agreement.ParseDuration(s)
	if err != nil {
		return new(big.Rat)
	}
	return new(big.Rat).SetInt64(d.Seconds())
}
