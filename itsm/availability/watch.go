package availability

import (
	"cmp"
	"math"
	"slices"

	"turnus/itsm/fault"
	"turnus/itsm/interval"
)

// Run is one sample of a probe, or several with the same answer, each so many
// seconds after the one before.
type Run struct {
	At    int64 // of the first, Unix seconds
	Every int64 // of more than one
	N     int64
	Is    Answer
}

// Watch takes the samples of probes, one probe after the other and each in order
// of time, and keeps only when a probe's answer changes: a year of minutes that
// are all up is one span. What it tells is what Observe does of the same samples.
type Watch struct {
	how      Sampling
	said     []saying
	first    int // of the sayings of the probe at hand
	last     Run // one sample, whose answer holds until the next: N is 0 where there is none
	down     interval.Span
	failures int // that follow each other, in down
}

// saying is what a probe said over a span: up or down.
type saying struct {
	interval.Span
	down bool
}

// NewWatch refuses a sampling that can't be; its quorum doesn't matter here. Errors
// are faults with the field, as in sampling.every_s.
func NewWatch(how Sampling) (*Watch, error) {
	const year = 366 * 86_400
	how.Gap, how.Failures = cmp.Or(how.Gap, how.Every+how.Every/2), cmp.Or(how.Failures, 1)
	switch {
	case how.Every < 1 || how.Every > year:
		return nil, fault.Invalidf("sampling.every_s", "an interval of 1 s to a year is needed", "Ein Abstand von 1\u202fs bis zu einem Jahr ist nötig.")
	case how.Gap < how.Every || how.Gap > 2*year:
		return nil, fault.Invalidf("sampling.gap_s", "a gap is at least as long as the interval, and no longer than two years",
			"Eine Lücke ist mindestens so lang wie der Abstand und höchstens zwei Jahre.")
	case how.Failures < 1:
		return nil, fault.Invalidf("sampling.failures", "at least one failure is needed", "Mindestens ein Fehlschlag ist nötig.")
	case how.Quorum < 0:
		return nil, noQuorum()
	}
	return &Watch{how: how}, nil
}

func noQuorum() error {
	return fault.Invalidf("sampling.quorum", "at least one probe is needed", "Mindestens ein Messpunkt ist nötig.")
}

// Next begins another probe.
func (w *Watch) Next() {
	w.settle(math.MaxInt64, AnswerUnknown)
	w.last, w.first = Run{}, len(w.said)
}

// See takes the next samples of the probe at hand.
func (w *Watch) See(r Run) error {
	switch {
	case !r.Is.known():
		return noAnswer(r.Is)
	case r.N < 1 || r.N > 1 && r.Every < 1 || r.N > longest || r.Every > longest || r.At < -math.MaxInt32*1000 || r.At > math.MaxInt32*1000:
		return fault.Invalidf("", "A run of samples has one at least, and a time between them.", "Eine Reihe von Messwerten hat mindestens einen und einen Abstand dazwischen.")
	case w.last.N > 0 && r.At <= w.last.At:
		return fault.Invalidf("", "A probe's samples follow each other in time, and this one doesn't.", "Messwerte eines Messpunkts folgen zeitlich aufeinander; dieser nicht.")
	}
	w.settle(r.At, r.Is)
	n := r.N
	for ; n > 1 && r.Every > w.how.Gap; n-- { // each stands alone
		w.last = Run{At: r.At, N: 1, Is: r.Is}
		r.At += r.Every
		w.settle(r.At, r.Is)
	}
	if n > 1 {
		last := r.At + (n-1)*r.Every
		if r.Is == AnswerDown {
			w.fail(r.At, last, int(n-1))
		} else {
			w.say(interval.Span{From: r.At, To: last}, r.Is)
		}
		r.At = last
	}
	w.last = Run{At: r.At, N: 1, Is: r.Is}
	return nil
}

// settle says what the last sample means, once it is known what comes next.
func (w *Watch) settle(at int64, next Answer) {
	l := w.last
	if l.N == 0 {
		return
	}
	to := at
	if at > l.At+w.how.Gap { // the probe is dead in between
		to, next = l.At+w.how.Every, AnswerUnknown
	}
	if l.Is != AnswerDown {
		w.say(interval.Span{From: l.At, To: to}, l.Is)
		return
	}
	w.fail(l.At, to, 1)
	if next == AnswerDown {
		return
	}
	switch {
	case w.failures >= w.how.Failures:
		w.say(w.down, AnswerDown)
	case next == AnswerUp:
		w.say(w.down, AnswerUp) // a false alarm
	}
	w.failures = 0
}

// fail notes failures that follow those before.
func (w *Watch) fail(from, to int64, n int) {
	if w.failures == 0 {
		w.down.From = from
	}
	w.down.To = to
	w.failures += n
}

// say keeps what the probe at hand said, joined with the same before it.
func (w *Watch) say(s interval.Span, is Answer) {
	if is == AnswerUnknown || s.Empty() {
		return
	}
	down := is == AnswerDown
	if n := len(w.said) - 1; n >= w.first && w.said[n].down == down && w.said[n].To == s.From {
		w.said[n].To = s.To
		return
	}
	w.said = append(w.said, saying{s, down})
}

// Observed ends the watch: of all probes the majority of those that know counts,
// and so many have to know. The unknown time is that of the period.
func (w *Watch) Observed(quorum int, period Window) (Observed, error) {
	w.Next()
	within, err := span("period", period.From, period.To)
	if err != nil {
		return Observed{}, err
	}
	if quorum < 0 {
		return Observed{}, noQuorum()
	}
	down, known := majority(w.said, max(quorum, 1))
	o := Observed{Outages: []Outage{}, Unknown: []Window{}, Precision: w.how.Every}
	for _, s := range down {
		o.Outages = append(o.Outages, Outage{From: instant(s.From), To: instant(s.To)})
	}
	for _, s := range (interval.Set{within}).Minus(known) {
		o.Unknown = append(o.Unknown, Window{instant(s.From), instant(s.To)})
	}
	return o, nil
}

// vote changes the number of probes that say up, and down, at an instant.
type vote struct {
	at       int64
	up, down int
}

// majority adds up what probes said: the time in which the service was down, and
// in which anything is known.
func majority(said []saying, quorum int) (down, known interval.Set) {
	votes := make([]vote, 0, 2*len(said))
	for _, s := range said {
		v := vote{s.From, 1, 0}
		if s.down {
			v = vote{s.From, 0, 1}
		}
		votes = append(votes, v, vote{s.To, -v.up, -v.down})
	}
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
		if i+1 == len(votes) || votes[i+1].at == v.at || ups+downs < quorum || ups == downs {
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
