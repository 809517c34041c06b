package uptime

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/availability"
	"turnus/itsm/dataset"
)

var day = time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)

func instants(t *rapid.T, name string) time.Time {
	return time.Unix(rapid.OneOf(rapid.Int64Range(day.Unix(), day.Unix()+40), rapid.Int64Range(earliest, latest)).Draw(t, name), 0).UTC()
}

func maybe(t *rapid.T, name string) (at time.Time) {
	if rapid.Bool().Draw(t, name+" is there") {
		at = instants(t, name)
	}
	return at
}

var texts = rapid.OneOf(rapid.SampledFrom([]string{"", "network", "5", "0.25"}), rapid.String())

func anyOutage(t *rapid.T) Outage {
	o := Outage{
		Component: texts.Draw(t, "component"), From: instants(t, "from"), To: maybe(t, "to"), Cause: texts.Draw(t, "cause"),
		Severity: texts.Draw(t, "severity"), Gone: texts.Draw(t, "gone"),
	}
	if rapid.Bool().Draw(t, "a number") {
		o.Affected = new(rapid.Int64().Draw(t, "affected"))
	}
	if users := rapid.SliceOfN(texts, 0, 3).Draw(t, "users"); len(users) > 0 {
		o.Users = users
	}
	return o
}

func anyWindow(t *rapid.T) Window {
	return Window{
		UID: "w", Original: maybe(t, "original"), Component: texts.Draw(t, "component"), From: instants(t, "from"), To: instants(t, "to"),
		Announced: maybe(t, "announced"), Summary: texts.Draw(t, "summary"), Cancelled: rapid.Bool().Draw(t, "cancelled"), Adjusted: rapid.Bool().Draw(t, "adjusted"),
	}
}

// said wraps what one import says.
func said(number int64, s Saying) dataset.Said {
	at := day.Add(time.Duration(number) * time.Hour)
	return dataset.Said{Import: number, AsOf: at, At: at, Data: s.Data}
}

// distinct is a list without what stands in it twice, by its JSON.
func distinct[T any](t require.TestingT, list []T) map[string]bool {
	set := map[string]bool{}
	for _, x := range list {
		b, err := json.Marshal(x)
		require.NoError(t, err)
		set[string(b)] = true
	}
	return set
}

// unpackable holds that neither less than packed rows nor more is taken for them.
func unpackable(t *rapid.T, s Saying, known func([]dataset.Said) error) {
	for _, data := range [][]byte{s.Data[:len(s.Data)-1], append(slices.Clone(s.Data), 0xff), {}} {
		require.Error(t, known([]dataset.Said{{Import: 1, Data: data}}))
	}
}

func TestOutagesComeBackAsTheyWereSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(anyOutage), 1, 6).Draw(t, "outages")
		list = append(list, rapid.SliceOfN(rapid.SampledFrom(list), 0, 3).Draw(t, "again")...)
		var rows [][]byte
		from, to := list[0].From, list[0].To
		for i := range list {
			rows = append(rows, AppendOutage(nil, &list[i]))
			if list[i].From.Before(from) {
				from = list[i].From
			}
			if list[i].To.IsZero() || !to.IsZero() && list[i].To.After(to) {
				to = list[i].To
			}
		}
		s, err := SayOutages(rows)
		require.NoError(t, err)
		require.Equal(t, []time.Time{from, to}, []time.Time{s.From, s.To})
		slices.Reverse(rows)
		again, err := SayOutages(rows)
		require.NoError(t, err)
		require.Equal(t, s, again, "in whatever order")

		for i := range list {
			list[i].Reference = "INC1"
		}
		known, err := OutagesKnown("#INC1", []dataset.Said{said(1, s)})
		require.NoError(t, err)
		require.Equal(t, distinct(t, list), distinct(t, known))
		require.Equal(t, int64(len(list)-len(known)), s.Repeated)
		unpackable(t, s, func(said []dataset.Said) error { _, err := OutagesKnown("#INC1", said); return err })
	})
}

func TestWindowsComeBackAsTheyWereSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(anyWindow), 1, 6).Draw(t, "windows")
		var rows [][]byte
		for i := range list {
			rows = append(rows, AppendWindow(nil, &list[i]))
		}
		s, err := SayWindows(rows)
		require.NoError(t, err)
		slices.Reverse(rows)
		again, err := SayWindows(rows)
		require.NoError(t, err)
		require.Equal(t, s, again, "in whatever order")
		known, err := WindowsKnown("w", []dataset.Said{said(1, s)})
		require.NoError(t, err)
		var windows []Window
		for _, p := range known {
			windows = append(windows, p.Window)
			require.Equal(t, !p.Announced.IsZero(), p.Told)
			require.Empty(t, p.Before)
		}
		require.Equal(t, distinct(t, list), distinct(t, windows))
		unpackable(t, s, func(said []dataset.Said) error { _, err := WindowsKnown("w", said); return err })
	})
}

func TestWhatIsKnownOfAnOutageIsWhatTheNewestImportSaid(t *testing.T) {
	open := Outage{From: day}
	over := Outage{From: day, To: day.Add(time.Hour), Cause: "fire"}
	first, err := SayOutages([][]byte{AppendOutage(nil, &open)})
	require.NoError(t, err)
	require.True(t, first.To.IsZero(), "it isn't over")
	second, err := SayOutages([][]byte{AppendOutage(nil, &over)})
	require.NoError(t, err)
	for _, list := range [][]dataset.Said{{said(1, first), said(2, second)}, {said(2, second), said(1, first)}} {
		known, err := OutagesKnown(open.Key(), list)
		require.NoError(t, err)
		require.Equal(t, []Outage{over}, known)
	}
	late := said(3, first)
	late.AsOf = day // a source that was read before the other two
	known, err := OutagesKnown(open.Key(), []dataset.Said{late, said(2, second)})
	require.NoError(t, err)
	require.Equal(t, []Outage{over}, known)
}

func TestKeysOfOutagesNeverMeet(t *testing.T) {
	reference := Outage{Reference: "a", From: day}
	component := Outage{Component: "#a", From: day}
	require.NotEqual(t, reference.Key(), component.Key())
	s, err := SayOutages([][]byte{AppendOutage(nil, &component)})
	require.NoError(t, err)
	known, err := OutagesKnown(component.Key(), []dataset.Said{said(1, s)})
	require.NoError(t, err)
	require.Equal(t, []Outage{component}, known, "a component is no reference")
}

// Whatever bytes are stored or staged: an error, or what can be told and said again.
func FuzzSaid(f *testing.F) {
	o := Outage{Component: "web", From: day, To: day.Add(time.Hour), Cause: "fire", Users: []string{"a"}, Affected: new(int64(1))}
	w := Window{Original: day, From: day, To: day.Add(time.Hour), Announced: day, Summary: "patch"}
	f.Add(append([]byte{said1}, AppendOutage(nil, &o)...))
	f.Add(append([]byte{said1}, AppendWindow(nil, &w)...))
	f.Add(AppendSample(nil, &Sample{At: day.Add(time.Minute), Is: availability.AnswerDown, Row: 2}))
	f.Add([]byte{said1, 3, 60, 0xb6, 11})
	f.Fuzz(func(t *testing.T, b []byte) {
		one := []dataset.Said{{Import: 1, AsOf: day, At: day, Data: b}}
		if list, err := OutagesKnown("#r", one); err == nil {
			var rows [][]byte
			for i := range list {
				rows = append(rows, AppendOutage(nil, &list[i]))
			}
			again(t, rows, SayOutages)
			distinct(t, list)
		}
		if list, err := WindowsKnown("w", one); err == nil {
			var rows [][]byte
			for i := range list {
				rows = append(rows, AppendWindow(nil, &list[i].Window))
			}
			again(t, rows, SayWindows)
			distinct(t, list)
		}
		if d, err := DayKnown(fmt.Sprintf("c\x1fp\x1f%s", day.Format(time.DateOnly)), one); err == nil {
			require.LessOrEqual(t, len(d.Runs), len(b))
			var rows [][]byte
			for _, s := range samplesOf(d) {
				rows = append(rows, AppendSample(nil, &s))
			}
			if len(rows) > 0 {
				again(t, rows, SaySamples)
			}
		}
		_, _ = SayOutages([][]byte{b})
		_, _ = SayWindows([][]byte{b})
		_, _ = SaySamples([][]byte{b})
	})
}

func again(t *testing.T, rows [][]byte, say func([][]byte) (Saying, error)) {
	if len(rows) == 0 {
		return
	}
	first, err := say(rows)
	require.NoError(t, err)
	slices.Reverse(rows)
	second, err := say(rows)
	require.NoError(t, err)
	require.Equal(t, first.Data, second.Data)
}
