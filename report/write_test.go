package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
)

// What has nothing to show is left out, and a column that isn't needed goes
// with its cells; the rest stands in its order, in both languages.
func TestWriter(t *testing.T) {
	w := Write(Document{Run: "a/b/2026-10"})
	w.Tile("Targets met", "Ziele erreicht", Count(3)).Say("%d missed", "%d verfehlt", 1).Judge(false)
	w.Tile("Tickets", "Tickets", Nothing())
	none := w.Section("Nothing", "Nichts")
	none.Table("Without rows", "Ohne Zeilen").Left("A", "A")
	require.True(t, none.Empty())
	s := w.Section("Results: %s", "Ergebnisse: %s", text.New("Service desk", "Servicedesk"))
	first := s.Table("Of %s", "Von %s", "x").Left("Target", "Ziel").Right("Highest", "Höchstwert").When(false).Left("When", "Wann").When(true)
	second := s.Table("", "").Left("Item", "Angabe").Left("Value", "Wert")
	first.Row(Name("p1"), Count(7), Say("on %s", "am %s", text.New("1 May", "01.05.")))
	second.Item("100\u202f%", "100\u202f%", Name("x"))
	s.Say("%d\u202f%% of all", "%d\u202f%% von allen", 95)
	s.Chart(Chart{Caption: text.Same("c")})
	require.False(t, s.Empty())
	said := w.Section("Words alone", "Nur Worte")
	said.Say("a", "b")

	require.Equal(t, Document{
		Run: "a/b/2026-10",
		Summary: []Tile{{Label: text.New("Targets met", "Ziele erreicht"), Value: Count(3), Note: text.New("1 missed", "1 verfehlt"), Tone: Bad},
			{Label: text.Same("Tickets"), Value: Words(NotApplicable()), Tone: Neutral}},
		Sections: []Section{
			{Title: text.New("Results: Service desk", "Ergebnisse: Servicedesk"),
				Paragraphs: []text.Text{text.New("95\u202f% of all", "95\u202f% von allen")},
				Tables: []Table{
					{Caption: text.New("Of x", "Von x"), Columns: []Column{{Title: text.New("Target", "Ziel")}, {Title: text.New("When", "Wann")}},
						Rows: [][]Cell{{Name("p1"), Words(text.New("on 1 May", "am 01.05."))}}},
					{Columns: []Column{{Title: text.New("Item", "Angabe")}, {Title: text.New("Value", "Wert")}},
						Rows: [][]Cell{{Name("100\u202f%"), Name("x")}}}},
				Charts: []Chart{{Caption: text.Same("c")}}},
			{Title: text.New("Words alone", "Nur Worte"), Paragraphs: []text.Text{text.New("a", "b")}},
		}}, w.Document())
}

// A figure says what it was counted from; over nothing it has no value.
func TestFigureWriter(t *testing.T) {
	w := WriteFigures()
	require.Equal(t, []Figure{}, w.Figures())
	p1 := w.Of(Under("desk")).Below("p1")
	p1.Share("attainment", "sla.attainment/1", 2, 3, "attainment", "Erfüllungsgrad").Against("95", Missed)
	p1.Share("empty", "sla.attainment/1", 0, 0, "attainment", "Erfüllungsgrad")
	p1.Count("met", "sla.met/1", InTickets, 2, "met", "eingehalten").From(3)
	exact := "12.5"
	w.Of(Under("desk")).Value("credit", "sla.credit/1", "EUR", &exact, 4, "credit of %s", "Gutschrift %s", "all")
	w.Of(Under("other")).Value("credit", "sla.credit/1", "EUR", nil, 0, "credit", "Gutschrift")
	str, n := func(s string) *string { return &s }, func(n int64) *int64 { return &n }
	require.Equal(t, []Figure{
		{Group: Under("desk"), Name: "p1.attainment", Label: text.New("p1: attainment", "p1: Erfüllungsgrad"), Value: str("66.666667"), Unit: "percent",
			Numerator: n(2), Denominator: n(3), N: 3, Target: "95", Verdict: "missed", Formula: "sla.attainment/1"},
		{Group: Under("desk"), Name: "p1.empty", Label: text.New("p1: attainment", "p1: Erfüllungsgrad"), Unit: "percent",
			Numerator: n(0), Denominator: n(0), Formula: "sla.attainment/1"},
		{Group: Under("desk"), Name: "p1.met", Label: text.New("p1: met", "p1: eingehalten"), Value: str("2"), Unit: "tickets",
			Numerator: n(2), Denominator: n(3), N: 3, Formula: "sla.met/1"},
		{Group: Under("desk"), Name: "credit", Label: text.New("credit of all", "Gutschrift all"), Value: str("12.5"), Unit: "EUR", N: 4, Formula: "sla.credit/1"},
		{Group: Under("other"), Name: "credit", Label: text.New("credit", "Gutschrift"), Unit: "EUR", Formula: "sla.credit/1"},
	}, w.Figures())
}
