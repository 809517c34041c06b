package availabilityreview

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"turnus/itsm/availability"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
	"turnus/report/rules"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// percent writes an exact decimal in per cent as it is printed: with three places,
// or one more than what was agreed has, and as many as it takes so that it doesn't
// look like what was agreed, nor like 100, where it isn't.
func percent(exact, agreed string) text.Text {
	return text.F("%s\u202f%%", "%s\u202f%%", report.Decimal(printed(exact, agreed)))
}

func printed(exact, agreed string) string {
	value, bounds := rat(exact), []*big.Rat{big.NewRat(100, 1)}
	if value.IsInt() {
		return parts.Rounded(exact, 0)
	}
	_, fraction, _ := strings.Cut(agreed, ".")
	if agreed != "" {
		bounds = append(bounds, rat(agreed))
	}
	for places := max(3, len(fraction)+1); places < maxPlaces; places++ {
		shown := parts.Rounded(exact, places)
		if !slices.ContainsFunc(bounds, func(b *big.Rat) bool { return rat(shown).Cmp(b) != value.Cmp(b) }) {
			return shown
		}
	}
	return exact
}

// maxPlaces that a percentage is rounded to.
const maxPlaces = 6

// share is a cell with a value in per cent as it is printed; nil is not
// applicable.
func share(exact *string, agreed string) report.Cell {
	if exact == nil {
		return report.Nothing()
	}
	return report.Words(percent(*exact, agreed))
}

// measured is a cell with the availability of a target; where nothing is known,
// it says so.
func measured(f avail.Figures, verdict availability.Verdict, agreed string) report.Cell {
	if f.Availability == nil && verdict == availability.NoData {
		return report.Words(noData())
	}
	return share(f.Availability, agreed)
}

func noData() text.Text { return text.New("no data", "keine Daten") }

// judged is a verdict in words: no data, and no time agreed, are two things.
func judged(v availability.Verdict) report.Cell {
	switch v {
	case availability.Met, availability.Missed:
		return report.Assessed(assessed(v))
	case availability.NoData:
		return report.Judged(noData(), report.Neutral)
	}
	return report.Judged(report.NotApplicable(), report.Neutral)
}

// reliable says whether enough is known of the time.
func reliable(f avail.Figures) report.Cell {
	if f.Reliable {
		return report.Say("reliable", "belastbar")
	}
	return report.Judged(text.New("not reliable", "nicht belastbar"), report.Bad)
}

// roundedSeconds is a cell with an exact decimal of seconds, in whole ones.
func roundedSeconds(exact string) report.Cell {
	r, ok := new(big.Rat).SetString(exact)
	if !ok {
		return report.Name(exact)
	}
	n, err := strconv.ParseInt(r.FloatString(0), 10, 64)
	if err != nil {
		return report.Name(exact)
	}
	return report.Seconds(n)
}

// optional is a cell with a duration that may not be there.
func optional(s *int64) report.Cell {
	if s == nil {
		return report.Nothing()
	}
	return report.Seconds(*s)
}

// named is a cell with a name that may be left out.
func named(s string) report.Cell {
	if s == "" {
		return report.Name("–")
	}
	return report.Name(s)
}

// componentCell names the part of the service.
func componentCell(s string) report.Cell {
	return report.Words(rules.Component(s))
}

// from names a dataset as what says something.
func from(name string) text.Text {
	switch name {
	case dataset.Outages:
		return text.New("outage record", "Ausfallaufzeichnung")
	case dataset.Probes:
		return text.New("probes", "Messpunkte")
	case dataset.Maintenance:
		return text.New("maintenance calendar", "Wartungskalender")
	}
	return text.Same(name)
}

// allFrom names several.
func allFrom(names []string) text.Text {
	var all []text.Text
	for _, n := range names {
		all = append(all, from(n))
	}
	return text.Join(all, ", ")
}

// targetName tells targets of several agreements apart.
func targetName(r avail.Result, a avail.AgreementResult, t avail.TargetResult) text.Text {
	if len(r.Agreements) == 1 {
		return text.Same(t.Target.Name)
	}
	return text.F("%s: %s", "%s: %s", report.Named(a.Title, a.Name), t.Target.Name)
}

// eachTarget goes through all targets in the order of the report.
func eachTarget(r avail.Result, each func(avail.AgreementResult, avail.TargetResult)) {
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			each(a, t)
		}
	}
}

// component is the part of the service that a target is about.
func component(t avail.TargetResult) string {
	if t.Target.Availability == nil {
		return ""
	}
	return t.Target.Availability.Component
}

// concerns says that what is about one component is about a target, too.
func concerns(t avail.TargetResult, of string) bool {
	return of == "" || component(t) == "" || component(t) == of
}

func unix(at int64) time.Time { return time.Unix(at, 0).UTC() }

// atCell is a cell with an instant, if there is one.
func atCell(at time.Time, there bool) report.Cell {
	if !there || at.IsZero() {
		return report.Name("–")
	}
	return report.At(at)
}
