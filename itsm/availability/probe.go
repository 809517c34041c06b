package availability

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"turnus/itsm/fault"
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
	if err := checkSamples(samples); err != nil {
		return Observed{}, err
	}
	w, err := NewWatch(how)
	if err != nil {
		return Observed{}, err
	}
	probes := map[string][]Sample{}
	for _, s := range samples {
		probes[s.Probe] = append(probes[s.Probe], s)
	}
	for _, name := range slices.Sorted(maps.Keys(probes)) {
		own := probes[name]
		slices.SortStableFunc(own, func(a, b Sample) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
		w.Next()
		for i, s := range own {
			if i+1 < len(own) && own[i+1].At.Unix() == s.At.Unix() {
				continue
			}
			if err := w.See(Run{At: s.At.Unix(), N: 1, Is: s.Is}); err != nil {
				return Observed{}, err
			}
		}
	}
	return w.Observed(how.Quorum, period)
}

func checkSamples(samples []Sample) error {
	for i, s := range samples {
		switch {
		case s.At.IsZero():
			return missing(at("samples", i, ".at"))
		case s.At.Year() < 0 || s.At.Year() > 9999:
			return fault.Invalidf(at("samples", i, ".at"), "years from 0000 to 9999 can be used", "Jahre von 0000 bis 9999 sind möglich.")
		case !s.Is.known():
			return fault.As(noAnswer(s.Is)).At(at("samples", i, ".is"))
		}
	}
	return nil
}

func (a Answer) known() bool { return a == AnswerUp || a == AnswerDown || a == AnswerUnknown }

func noAnswer(a Answer) error {
	return fault.Invalidf("", "%.40q isn't an answer: use up, down or unknown", "%.40q ist keine Antwort: up, down oder unknown.", string(a))
}
