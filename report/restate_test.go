package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
	"turnus/itsm/text"
)

// A restatement names what it restates, and sets what changed side by side:
// values, agreed targets, figures that came or went, and nothing else.
func TestRestate(t *testing.T) {
	figure := func(name string, num, den int64, value, target string) Figure {
		return Figure{Group: Under("desk"), Name: name, Label: text.Same(name), Value: &value, Unit: InPercent,
			Numerator: &num, Denominator: &den, Target: target}
	}
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	old := Report{Record: Record{Version: 3, Hash: "abc", Published: &at}, Document: Document{Run: "sla-report/desk/2026-10", Figures: []Figure{
		figure("same", 9, 10, "90.000000", "90"), figure("value", 8, 10, "80.000000", "90"),
		figure("target", 7, 10, "70.000000", "90"), figure("gone", 1, 10, "10.000000", "90")}}}
	d := Document{Sections: []Section{{Title: text.Same("results")}}, Figures: []Figure{
		figure("same", 9, 10, "90.000000", "90"), figure("value", 9, 10, "90.000000", "90"),
		figure("target", 7, 10, "70.000000", "75"), figure("new", 1, 10, "10.000000", "90")}}
	before, err := old.InForce()
	require.NoError(t, err)
	require.NoError(t, d.Restate(before))
	require.Equal(t, &Restated{Version: 3, Run: "sla-report/desk/2026-10", Hash: "abc", Published: at}, d.Restates)
	require.Len(t, d.Sections, 2)
	require.Equal(t, text.New("Agreement", "Vereinbarung"), d.Sections[0].Tables[0].Columns[0].Title)
	rows := d.Sections[0].Tables[0].Rows
	require.Len(t, rows, 4)
	require.Equal(t, []Cell{Words(text.Same("desk")), Words(text.Same("value")), Share(8, 10), Share(9, 10)}, rows[0])
	require.Equal(t, []Cell{Words(text.Same("desk")), Words(text.New("target, agreed", "target, vereinbart")), Percent("90"), Percent("75")}, rows[1])
	require.Equal(t, absent(), rows[2][2])
	require.Equal(t, absent(), rows[3][3])

	d = Document{Figures: old.Figures}
	require.NoError(t, d.Restate(before))
	require.Empty(t, d.Sections[0].Tables)
	require.Equal(t, "No figure differs.", d.Sections[0].Paragraphs[1].En)

	d = Document{Figures: old.Figures}
	require.NoError(t, d.Restate(run.InForce{}))
	require.Equal(t, Document{Figures: old.Figures}, d, "nothing was in force")
	before.Figures = []byte(`{}`)
	require.ErrorContains(t, d.Restate(before), "the figures of the report that is restated")
	require.Nil(t, d.Restates)
}

// What was counted from other cases, and comes to the same, isn't a difference where
// nothing of that is shown; shares of other cases are.
func TestOfWhichFiguresARestatementSpeaks(t *testing.T) {
	of := func(unit Unit, of Unit, value string, num, den int64) Figure {
		return Figure{Name: "f", Value: &value, Unit: unit, Of: of, Numerator: &num, Denominator: &den}
	}
	none := of(InPercent, "", "", 0, 0)
	none.Value = nil
	fraction := of(InPercent, InSeconds, "99.500000", 0, 2000)
	fraction.Numerator = nil
	other := fraction
	other.Denominator = new(int64(4000))
	for _, c := range []struct {
		name     string
		was, now Figure
		same     bool
	}{
		{"a count of other cases", of(InTickets, "", "3", 3, 10), of(InTickets, "", "3", 3, 12), true},
		{"a share of time without its numerator", fraction, other, true},
		{"another count", of(InTickets, "", "3", 3, 10), of(InTickets, "", "4", 4, 10), false},
		{"a share of none", of(InPercent, "", "0.000000", 0, 10), of(InPercent, "", "0.000000", 0, 12), false},
		{"an equal share of more cases", of(InPercent, "", "50.000000", 5, 10), of(InPercent, "", "50.000000", 6, 12), false},
		{"an equal share of more time", of(InPercent, InSeconds, "50.000000", 5, 10), of(InPercent, InSeconds, "50.000000", 6, 12), false},
		{"nothing, and zero", none, of(InPercent, "", "0.000000", 0, 10), false},
		{"the same", none, none, true},
	} {
		require.Equal(t, c.same, c.now.sameAs(c.was), c.name)
		require.Equal(t, c.same, c.was.sameAs(c.now), c.name)
	}
}

// Each kind of figure is shown in its unit.
func TestFigureCells(t *testing.T) {
	str, n := func(s string) *string { return &s }, int64(7)
	seconds := int64(5400)
	for _, c := range []struct {
		figure Figure
		want   Cell
	}{
		{Figure{Value: str("5400"), Unit: InSeconds}, Cell{Seconds: &seconds}},
		{Figure{Value: str("93.600000"), Unit: InPercent}, Percent("93.600000")},
		{Figure{Value: str("7"), Unit: InTickets, Numerator: &n}, Count(7)},
		{Figure{Value: str("1200.5"), Unit: "EUR"}, Words(text.New("1,200.5\u00a0EUR", "1.200,5\u00a0EUR"))},
		{Figure{Unit: "EUR"}, Words(NotApplicable())},
		{Figure{Value: str("soon"), Unit: InSeconds}, Words(text.Same("soon"))},
	} {
		require.Equal(t, c.want, c.figure.cell())
	}
}
