package availability

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/interval"
)

// Answer of a probe.
type Answer string

// The answers. Unknown is a probe that couldn't ask: its own network was gone.
const (
	AnswerUp      Answer = "up"
	AnswerDown    Answer = "down"
	AnswerUnknown Answer = "unknown"
)

// Sample is what a probe saw at an instant.
type Sample struct {
	At    time.Time `json:"at"`
	Probe string    `json:"probe,omitempty"`
	Is    Answer    `json:"is"`
}

// Sampling says how samples are read.
type Sampling struct {
	Every    int64 `json:"every_s"`            // from one sample of a probe to the next
	Gap      int64 `json:"gap_s,omitempty"`    // samples further apart leave a gap; default one and a half times every
	Failures int   `json:"failures,omitempty"` // consecutive ones that make it down; default 1
	Quorum   int   `json:"quorum,omitempty"`   // probes that have to know; default 1
}

// Observed is what samples tell: outages in full length, for a case's Outages,
// and the time of the period in which nothing is known, for its Unknown.
type Observed struct {
	Outages   []Outage `json:"outages"`
	Unknown   []Window `json:"unknown"`
	Precision int64    `json:"precision_s"` // an outage's ends are known to this, either way
}

// Observe makes outages of samples, which may be in any order; of two of one
// probe at one instant the later in the list holds.
//
// A probe's answer holds until its next one, and before a gap for one interval;
// in the gap the probe is dead and knows nothing. Enough consecutive failures
// are down from the first of them on. Fewer were a false alarm if the next
// answer is up; else, before a gap, nobody can tell. Of several probes the
// majority of those that know counts; if they are even, it is unknown. Errors
// are faults with the field: samples[3].is, sampling.every_s.
func Observe(samples []Sample, how Sampling, period Window) (Observed, error) {
	how, within, err := checkSamples(samples, how, period)
	if err != nil {
		return Observed{}, err
	}
	probes := map[string][]Sample{}
	for _, s := range samples {
		probes[s.Probe] = append(probes[s.Probe], s)
	}
	var votes []vote
	for _, name := range slices.Sorted(maps.Keys(probes)) {
		votes = how.read(probes[name], votes)
	}
	down, known := how.majority(votes)
	o := Observed{Outages: []Outage{}, Unknown: []Window{}, Precision: how.Every}
	for _, s := range down {
		o.Outages = append(o.Outages, Outage{From: instant(s.From), To: instant(s.To)})
	}
	for _, s := range (interval.Set{within}).Minus(known) {
		o.Unknown = append(o.Unknown, Window{instant(s.From), instant(s.To)})
	}
	return o, nil
}

func checkSamples(samples []Sample, how Sampling, period Window) (Sampling, interval.Span, error) {
	const year = 366 * 86_400
	how.Gap = cmp.Or(how.Gap, how.Every+how.Every/2)
	how.Failures, how.Quorum = cmp.Or(how.Failures, 1), cmp.Or(how.Quorum, 1)
	within, err := span("period", period.From, period.To)
	switch {
	case err != nil:
		return how, within, err
	case how.Every < 1 || how.Every > year:
		return how, within, fault.Invalidf("sampling.every_s", "an interval of 1 s to a year is needed", "Ein Abstand von 1\u202fs bis zu einem Jahr ist nötig.")
	case how.Gap < how.Every || how.Gap > 2*year:
		return how, within, fault.Invalidf("sampling.gap_s", "a gap is at least as long as the interval, and no longer than two years",
			"Eine Lücke ist mindestens so lang wie der Abstand und höchstens zwei Jahre.")
	case how.Failures < 1:
		return how, within, fault.Invalidf("sampling.failures", "at least one failure is needed", "Mindestens ein Fehlschlag ist nötig.")
	case how.Quorum < 1:
		return how, within, fault.Invalidf("sampling.quorum", "at least one probe is needed", "Mindestens eine Sonde ist nötig.")
	}
	for i, s := range samples {
		switch {
		case s.At.IsZero():
			return how, within, missing(at("samples", i, ".at"))
		case s.At.Year() < 0 || s.At.Year() > 9999:
			return how, within, fault.Invalidf(at("samples", i, ".at"), "years from 0000 to 9999 can be used", "Jahre von 0000 bis 9999 sind möglich.")
		case s.Is != AnswerUp && s.Is != AnswerDown && s.Is != AnswerUnknown:
			return how, within, fault.Invalidf(at("samples", i, ".is"), "%.40q isn't an answer: use up, down or unknown",
				"%.40q ist keine Antwort: up, down oder unknown.", string(s.Is))
		}
	}
	return how, within, nil
}

// vote changes the number of probes that say up, and down, at an instant.
type vote struct {
	at       int64
	up, down int
}

// read makes one probe's votes.
func (how Sampling) read(samples []Sample, votes []vote) []vote {
	slices.SortStableFunc(samples, func(a, b Sample) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
	kept := samples[:0]
	for i, s := range samples {
		if i+1 == len(samples) || samples[i+1].At.Unix() != s.At.Unix() {
			kept = append(kept, s)
		}
	}
	say := func(s interval.Span, is Answer) {
		if !s.Empty() && is != AnswerUnknown {
			v := vote{s.From, 1, 0}
			if is == AnswerDown {
				v = vote{s.From, 0, 1}
			}
			votes = append(votes, v, vote{s.To, -v.up, -v.down})
		}
	}
	var run interval.Span // of failures that follow each other
	failures := 0
	for i, s := range kept {
		from := s.At.Unix()
		to, next := from+how.Every, AnswerUnknown
		if i+1 < len(kept) && kept[i+1].At.Unix()-from <= how.Gap {
			to, next = kept[i+1].At.Unix(), kept[i+1].Is
		}
		if s.Is != AnswerDown {
			say(interval.Span{From: from, To: to}, s.Is)
			continue
		}
		if failures == 0 {
			run.From = from
		}
		failures++
		run.To = to
		if next == AnswerDown {
			continue
		}
		switch {
		case failures >= how.Failures:
			say(run, AnswerDown)
		case next == AnswerUp:
			say(run, AnswerUp) // a false alarm
		}
		failures = 0
	}
	return votes
}

// majority adds the votes up: the time in which the service was down, and in
// which anything is known.
func (how Sampling) majority(votes []vote) (down, known interval.Set) {
	slices.SortFunc(votes, func(a, b vote) int { return cmp.Compare(a.at, b.at) })
	add := func(set *interval.Set, s interval.Span) {
		if n := len(*set); n > 0 && (*set)[n-1].To == s.From {
			(*set)[n-1].To = s.To
		} else {
			*set = append(*set, s)
		}
	}
	ups, downs := 0, 0
	for i, v := range votes {
		ups, downs = ups+v.up, downs+v.down
		if i+1 == len(votes) || votes[i+1].at == v.at || ups+downs < how.Quorum || ups == downs {
			continue
		}
		s := interval.Span{From: v.at, To: votes[i+1].at}
		add(&known, s)
		if downs > ups {
			add(&down, s)
		}
	}
	return down, known
}
