package uptime

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/dataset"
)

// night is a window at two hours of a day of March.
func night(date, hour int) Window {
	at := time.Date(2026, 3, date, hour, 0, 0, 0, time.UTC)
	return Window{UID: "w", From: at, To: at.Add(2 * time.Hour)}
}

func (w Window) told(date int) Window {
	w.Announced = time.Date(2026, 3, date, 12, 0, 0, 0, time.UTC)
	return w
}

func (w Window) of(date int) Window {
	w.Original = time.Date(2026, 3, date, 22, 0, 0, 0, time.UTC)
	return w
}

func (w Window) with(change func(*Window)) Window {
	change(&w)
	return w
}

// imported is what an import on a day of March, at noon, says.
func imported(t require.TestingT, date int, windows ...Window) dataset.Said {
	var rows [][]byte
	for i := range windows {
		rows = append(rows, AppendWindow(nil, &windows[i]))
	}
	s, err := SayWindows(rows)
	require.NoError(t, err)
	at := time.Date(2026, 3, date, 12, 0, 0, 0, time.UTC)
	return dataset.Said{Import: int64(date), AsOf: at, At: at, Data: s.Data}
}

func TestHowAWindowStoodBefore(t *testing.T) {
	noon := func(date int) time.Time { return time.Date(2026, 3, date, 12, 0, 0, 0, time.UTC) }
	form := func(w Window, date int) Form { return Form{w.From, w.To, noon(date)} }
	cancelled := func(w *Window) { w.Cancelled = true }
	web := func(w *Window) { w.Component = "web" }
	patch := func(w *Window) { w.Summary = "patch" }
	for name, c := range map[string]struct {
		said []dataset.Said
		want []Planned
	}{
		"once": {[]dataset.Said{imported(t, 2, night(20, 22))},
			[]Planned{{Window: night(20, 22), Since: noon(2)}}},
		"twice the same": {[]dataset.Said{imported(t, 2, night(20, 22)), imported(t, 3, night(20, 22))},
			[]Planned{{Window: night(20, 22), Since: noon(2)}}},
		"the source says when": {[]dataset.Said{imported(t, 2, night(20, 22).told(1))},
			[]Planned{{Window: night(20, 22).told(1), Since: noon(1), Told: true}}},
		"moved": {[]dataset.Said{imported(t, 2, night(20, 22)), imported(t, 3, night(20, 23)), imported(t, 4, night(20, 23))},
			[]Planned{{Window: night(20, 23), Since: noon(3), Before: []Form{form(night(20, 22), 2)}}}},
		"moved and back": {[]dataset.Said{imported(t, 2, night(20, 22)), imported(t, 3, night(20, 23)), imported(t, 4, night(20, 22))},
			[]Planned{{Window: night(20, 22), Since: noon(4), Before: []Form{form(night(20, 22), 2), form(night(20, 23), 3)}}}},
		"only its words were changed": {[]dataset.Said{imported(t, 2, night(20, 22).told(1)), imported(t, 5, night(20, 22).told(4).with(patch))},
			[]Planned{{Window: night(20, 22).told(4).with(patch), Since: noon(1), Told: true}}},
		"cancelled": {[]dataset.Said{imported(t, 2, night(20, 22)), imported(t, 3, night(20, 22).with(cancelled))},
			[]Planned{{Window: night(20, 22).with(cancelled), Since: noon(3), Before: []Form{form(night(20, 22), 2)}}}},
		"cancelled and announced again": {[]dataset.Said{imported(t, 2, night(20, 22)), imported(t, 3, night(20, 22).with(cancelled)), imported(t, 4, night(20, 22))},
			[]Planned{{Window: night(20, 22), Since: noon(4)}}},
		"about something else before": {[]dataset.Said{imported(t, 2, night(20, 22)), imported(t, 3, night(20, 22).with(web))},
			[]Planned{{Window: night(20, 22).with(web), Since: noon(3)}}},
		"one occurrence of a rule was moved": {[]dataset.Said{
			imported(t, 2, night(20, 22).of(20), night(27, 22).of(27)), imported(t, 3, night(29, 22).of(20), night(27, 22).of(27))},
			[]Planned{{Window: night(29, 22).of(20), Since: noon(3), Before: []Form{form(night(20, 22), 2)}}, {Window: night(27, 22).of(27), Since: noon(2)}}},
		"one of two rows was moved behind the other": {[]dataset.Said{imported(t, 2, night(20, 22), night(22, 22)), imported(t, 3, night(22, 22), night(25, 22))},
			[]Planned{{Window: night(22, 22), Since: noon(2)}, {Window: night(25, 22), Since: noon(3), Before: []Form{form(night(20, 22), 2)}}}},
		"one of two is gone": {[]dataset.Said{imported(t, 2, night(20, 22), night(22, 22)), imported(t, 3, night(22, 22))},
			[]Planned{{Window: night(22, 22), Since: noon(2)}}},
		"a rule became a single window": {[]dataset.Said{imported(t, 2, night(20, 22).of(20)), imported(t, 3, night(20, 22))},
			[]Planned{{Window: night(20, 22), Since: noon(3)}}},
	} {
		known, err := WindowsKnown("w", c.said)
		require.NoError(t, err, name)
		require.Equal(t, c.want, known, name)
	}
}

func TestOnlyTheNewestFormsOfAWindowAreKept(t *testing.T) {
	var list []dataset.Said
	for date := 1; date <= 28; date++ {
		list = append(list, imported(t, date, night(date, 22)))
	}
	known, err := WindowsKnown("w", list)
	require.NoError(t, err)
	require.Len(t, known[0].Before, maxForms)
	require.Equal(t, night(8, 22).From, known[0].Before[0].From)
	require.Equal(t, night(27, 22).From, known[0].Before[maxForms-1].From)
}

func TestWhatIsKnownOfWindowsDoesNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		windows := rapid.Custom(func(t *rapid.T) Window {
			w := night(rapid.IntRange(20, 23).Draw(t, "date"), rapid.SampledFrom([]int{21, 22}).Draw(t, "hour"))
			if rapid.Bool().Draw(t, "rule") {
				w = w.of(rapid.IntRange(20, 22).Draw(t, "original"))
			}
			if rapid.Bool().Draw(t, "told") {
				w = w.told(rapid.IntRange(1, 9).Draw(t, "announced"))
			}
			w.Cancelled = rapid.Bool().Draw(t, "cancelled")
			return w
		})
		var list []dataset.Said
		for date := range rapid.IntRange(1, 5).Draw(t, "imports") {
			list = append(list, imported(t, date+1, rapid.SliceOfN(windows, 1, 4).Draw(t, "windows")...))
		}
		known, err := WindowsKnown("w", list)
		require.NoError(t, err)
		again, err := WindowsKnown("w", rapid.Permutation(list).Draw(t, "order"))
		require.NoError(t, err)
		require.Equal(t, known, again)
		for _, p := range known {
			newest := list[len(list)-1]
			at, _ := since(p.Window, newest)
			require.False(t, p.Since.After(at), "it stands so at least since the newest import said it")
			for i, f := range p.Before {
				next := Form{From: p.From, To: p.To}
				if i+1 < len(p.Before) {
					next = p.Before[i+1]
				}
				require.True(t, p.Cancelled || !f.From.Equal(next.From) || !f.To.Equal(next.To), "a change changes something")
			}
		}
	})
}
