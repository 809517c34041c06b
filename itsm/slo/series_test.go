package slo_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/fault"
	"turnus/itsm/slo"
)

func TestNewSeriesRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		step  int64
		list  []slo.Slice
		field string
	}{
		"no length":          {0, nil, "step"},
		"a negative length":  {-60, nil, "step"},
		"a long length":      {1e15, nil, "step"},
		"twice":              {60, []slo.Slice{{From: 0}, {From: 0}}, "slices[1].from"},
		"out of order":       {60, []slo.Slice{{From: 60}, {From: 0}}, "slices[1].from"},
		"overlap":            {60, []slo.Slice{{From: 0}, {From: 30}}, "slices[1].from"},
		"off the grid":       {60, []slo.Slice{{From: 0}, {From: 90}}, "slices[1].from"},
		"more good than all": {60, []slo.Slice{{From: 0, Good: 2, Total: 1}}, "slices[0].good"},
		"negative":           {60, []slo.Slice{{From: 0, Good: -1, Total: 1}}, "slices[0].good"},
		"negative in all":    {60, []slo.Slice{{From: 0, Good: -2, Total: -1}}, "slices[0].good"},
		"far away":           {60, []slo.Slice{{From: math.MaxInt64}}, "slices[0].from"},
		"long ago":           {60, []slo.Slice{{From: math.MinInt64}}, "slices[0].from"},
		"too many events":    {60, []slo.Slice{{From: 0, Total: math.MaxInt64}, {From: 60, Total: 1}}, "slices[1].total"},
		"too many slices":    {1, make([]slo.Slice, slo.MaxSlices+1), "slices"},
	} {
		_, err := slo.NewSeries(c.step, c.list)
		require.True(t, fault.Is(err, fault.Invalid), name)
		require.Equal(t, c.field, fault.As(err).Field, name)
	}
}

func TestEvery(t *testing.T) {
	s := seriesFrom(t, 120, 60, []counts{{1, 1}, {1, 2}, {0, 3}, {4, 4}, {5, 5}})
	longer, err := s.Every(300, 0)
	require.NoError(t, err)
	require.Equal(t, int64(300), longer.Step())
	b := over(t, slo.Objective{Method: slo.RatioTimeslices, Target: dec("0.5"), Slice: 300}, longer, 0, 600, 600)
	require.Equal(t, int64(15), b.Events)
	require.Equal(t, int64(2), b.Slices.Measured)
	require.Equal(t, "0.66666667", b.Value.String(), "(2/6 + 9/9) / 2")

	for _, c := range []struct {
		step, from int64
		field      string
	}{{90, 0, "step"}, {0, 0, "step"}, {-60, 0, "step"}, {30, 0, "step"}, {300, 30, "from"}, {300, math.MaxInt64, "from"}} {
		_, err := s.Every(c.step, c.from)
		require.True(t, fault.Is(err, fault.Invalid), "%+v", c)
		require.Equal(t, c.field, fault.As(err).Field, "%+v", c)
	}
}

// Longer slices hold the same events.
func TestEveryKeepsTheEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := someSeries(t, 60)
		s, err := slo.NewSeries(60, list)
		require.NoError(t, err)
		from := rapid.Int64Range(-50, 50).Draw(t, "from") * 60
		if len(list) > 0 {
			from += list[0].From
		}
		step := 60 * rapid.Int64Range(1, 20).Draw(t, "step")
		longer, err := s.Every(step, from)
		require.NoError(t, err)
		a, b := over(t, occurrences("0.9"), s, -1e6, 1e6, 2e6), over(t, occurrences("0.9"), longer, -1e6, 1e6, 2e6)
		require.Equal(t, a.Good, b.Good)
		require.Equal(t, a.Bad, b.Bad)
	})
}
