package drill

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/interval"
	"turnus/itsm/uptime"
)

// maxWindows is how many windows of maintenance a round names: a rule has many
// occurrences, and a service many windows.
const maxWindows = 20

// Maintenance is what was on record of the service's announced maintenance when a
// round was frozen, as far as it matters to the drill. What of it counts, the
// availability review says by its agreement's rule.
type Maintenance struct {
	Import  int64    `json:"import,omitempty"`    // newest of the service's maintenance; 0: none was ever imported
	Windows []Window `json:"windows,omitempty"`   // by beginning
	More    int64    `json:"more,omitempty"`      // windows beyond the first 20
	Covered int64    `json:"covered_s,omitempty"` // where there are more: how much of the drill all of them cover that stand
}

// Window is one of maintenance, as it was known.
type Window struct {
	UID       string    `json:"uid"`
	Component string    `json:"component,omitempty"` // empty: the whole service
	Summary   string    `json:"summary,omitempty"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Announced time.Time `json:"announced"`      // from when on it stands as it does
	Told      bool      `json:"told,omitempty"` // the source says so; else it is when the import came
	Cancelled bool      `json:"cancelled,omitempty"`
}

func (w Window) span() interval.Span { return interval.Between(w.From, w.To) }

// LooksUp says whether a round looks up what is on record of maintenance: where
// production is touched, and something can be found by its reference or by the time
// of the drill. A real invocation is never announced, and what never began touched
// nothing.
func (f Frozen) LooksUp() bool {
	if f.Setup.Production == "" || f.Setup.Type == continuity.Invocation || f.Setup.Type.Discussed() {
		return false
	}
	if f.Stage == ToPlan {
		return f.Reference() != ""
	}
	_, began := f.Touching()
	return began
}

// Touching is the time in which a drill touches production, where that is known:
// from its disruption until normal operation was verified, or else until it was
// ended; one of which no end is known ends as it begins. False: it never began.
func (f Frozen) Touching() (interval.Span, bool) {
	from, to, began := f.Touched()
	if !began {
		return interval.Span{}, false
	}
	s := interval.Between(from, to)
	s.To = max(s.To, s.From+1) // an instant lies somewhere, too
	return s, true
}

// Touched is Touching in instants, the end zero where none is known.
func (f Frozen) Touched() (from, to time.Time, began bool) {
	h := f.Happened
	if h == nil || h.Begun == nil {
		return from, to, false
	}
	if from = h.Begun.Disruption; h.Normal != nil {
		to = h.Normal.When
	} else {
		to = h.At(continuity.Ended)
	}
	if to.Before(from) {
		to = time.Time{}
	}
	return from, to, true
}

// near is the time about which windows matter: the day of a plan, the time of a drill
// that was carried out.
func (f Frozen) near() (interval.Span, error) {
	if s, began := f.Touching(); began {
		return s, nil
	}
	zone, err := calendar.Zone(f.Zone)
	return interval.Between(f.Setup.Date.Start(zone), f.Setup.Date.Add(1).Start(zone)), err
}

// Announced chooses of the windows that are known those that matter: of a plan those
// with the reference that it names, of a drill that was carried out also others in
// its time. Of those with the reference, which a rule may have had for years, the
// nearest one is enough where none lies in that time.
func (f Frozen) Announced(newest int64, known []uptime.Planned) (*Maintenance, error) {
	near, err := f.near()
	if err != nil {
		return nil, err
	}
	var in []Window
	var nearest *Window
	named := false
	for _, p := range known {
		w := Window{UID: p.UID, Component: p.Component, Summary: p.Summary, From: p.From.UTC(), To: p.To.UTC(), Announced: p.Since.UTC(), Told: p.Told, Cancelled: p.Cancelled}
		ours := f.names(w)
		switch {
		case w.span().Clip(near).Empty():
			if ours && (nearest == nil || nearest.Cancelled && !w.Cancelled || nearest.Cancelled == w.Cancelled && apart(w.span(), near) < apart(nearest.span(), near)) {
				nearest = &w // one that stands, if any does: the others of a rule aren't cancelled with one
			}
		case ours:
			named, in = true, append(in, w)
		case f.Stage == ToReport && !w.Cancelled:
			in = append(in, w)
		}
	}
	if !named && nearest != nil {
		in = append(in, *nearest)
	}
	// Those with the reference come first where there are too many.
	slices.SortStableFunc(in, func(a, b Window) int {
		return cmp.Or(f.rank(a)-f.rank(b), a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.UID, b.UID))
	})
	m := &Maintenance{Import: newest, Windows: in[:min(len(in), maxWindows)], More: int64(max(len(in)-maxWindows, 0))}
	if m.More > 0 {
		m.Covered = near.Seconds() - uncovered(near, in)
	}
	slices.SortStableFunc(m.Windows, func(a, b Window) int { return a.From.Compare(b.From) })
	return m, nil
}

// Reference is that of the window that the setup names; empty: none.
func (f Frozen) Reference() string { return strings.TrimSpace(f.Setup.Maintenance) }

func (f Frozen) names(w Window) bool { return f.Reference() != "" && w.UID == f.Reference() }

func (f Frozen) rank(w Window) int {
	if f.names(w) {
		return 0
	}
	return 1
}

// apart is how long passes between a window that lies outside of a time and that.
func apart(w, near interval.Span) int64 { return max(near.From-w.To, w.From-near.To, 0) }

// Named are the windows with the reference that the setup names.
func (f Frozen) Named() (all []Window) {
	if f.Maintenance == nil {
		return nil
	}
	for _, w := range f.Maintenance.Windows {
		if f.names(w) {
			all = append(all, w)
		}
	}
	return all
}

// OnTheDay says that a window that wasn't cancelled lies in the time about which
// windows matter, at least in part.
func (f Frozen) OnTheDay(w Window) bool {
	near, err := f.near()
	return err == nil && !w.Cancelled && !w.span().Clip(near).Empty()
}

// Outside is how many of a drill's seconds lie in none of the windows that are on
// record and weren't cancelled, of how many.
func (f Frozen) Outside() (outside, all int64) {
	s, began := f.Touching()
	if !began || f.Maintenance == nil {
		return 0, 0
	}
	if m := f.Maintenance; m.More > 0 {
		return s.Seconds() - m.Covered, s.Seconds()
	}
	return uncovered(s, f.Maintenance.Windows), s.Seconds()
}

// uncovered is how much of a time lies in none of some windows that stand.
func uncovered(s interval.Span, windows []Window) int64 {
	var covered interval.Set
	for _, w := range windows {
		if !w.Cancelled {
			covered = append(covered, w.span())
		}
	}
	return interval.Set{s}.Minus(covered).Seconds()
}
