package improvement

import (
	"math/big"
	"strings"

	"turnus/itsm/text"
)

// Ruling is what published reports say about an action.
type Ruling string

// The rulings.
const (
	NoReading Ruling = "no-reading" // no report says anything yet
	Missed    Ruling = "missed"     // the target: the action didn't work
	Reached   Ruling = "reached"    // chance is excluded, or can't be tested
	Uncertain Ruling = "uncertain"  // reached, and it may be chance
)

// Rulings lists them.
func Rulings() []Ruling { return []Ruling{NoReading, Missed, Reached, Uncertain} }

// Title of a ruling, for people.
func (r Ruling) Title() text.Text {
	switch r {
	case NoReading:
		return text.New("no published value yet", "noch kein veröffentlichter Wert")
	case Missed:
		return text.New("target missed", "Ziel verfehlt")
	case Reached:
		return text.New("target reached", "Ziel erreicht")
	case Uncertain:
		return text.New("target reached, possibly by chance", "Ziel erreicht, möglicherweise zufällig")
	}
	return text.Same(string(r))
}

// Verdict is what Judge comes to.
type Verdict struct {
	Ruling      Ruling   `json:"ruling"`
	Measured    Measured `json:"measured,omitzero"`     // zero without a reading
	Readings    int      `json:"readings,omitempty"`    // with a value
	Before      *Share   `json:"before,omitempty"`      // what the value was tested against
	Better      bool     `json:"better,omitempty"`      // than before
	Approximate bool     `json:"approximate,omitempty"` // the test, by the normal distribution
	Final       bool     `json:"final,omitempty"`       // no further report is waited for, whatever these say
}

// Waits says that another period is to be waited for.
func (v Verdict) Waits() bool {
	return !v.Final && (v.Ruling == NoReading || v.Ruling == Uncertain && v.Readings < MostReadings)
}

// Text says how the figure of an action stands to its target, and what is known
// about chance: what whoever checks has to know.
func (v Verdict) Text(a Action) text.Text {
	if v.Ruling == NoReading {
		return text.F("No report whose period begins after the action was done says anything about %s yet.",
			"Zu %s liegt noch kein veröffentlichter Wert aus einer Periode vor, die nach der Umsetzung beginnt.", a.Figure)
	}
	says := []text.Text{v.value(a)}
	switch {
	case v.Measured.Reached && v.Measured.Chance != "":
		says = append(says, v.chance())
	case v.Measured.Reached && v.Measured.Num == nil:
		says = append(says, text.New("Whether the change is due to chance wasn't tested, since the figure isn't a share of cases.",
			"Ob die Veränderung Zufall ist, wurde nicht geprüft: Die Kennzahl ist kein Anteil von Fällen."))
	case v.Measured.Reached:
		says = append(says, text.New("Whether the change is due to chance wasn't tested, since there is no value from before.",
			"Ob die Veränderung Zufall ist, wurde nicht geprüft: Ein Wert aus der Zeit davor fehlt."))
	}
	switch {
	case v.Ruling == Uncertain && v.Waits():
		says = append(says, text.New("Another period is waited for.", "Eine weitere Periode wird abgewartet."))
	case v.Ruling == Uncertain:
		says = append(says, text.F("%s it: other evidence has to decide.", "%s das nicht: Andere Nachweise müssen entscheiden.",
			text.N(v.Readings, text.New("One report doesn't settle", "Ein Bericht klärt"), text.F("%d reports don't settle", "%d Berichte klären", v.Readings))))
	}
	return text.Join(says, " ")
}

// value says what was published, and how it stands to the target.
func (v Verdict) value(a Action) text.Text {
	value, target := text.Decimal(v.Measured.Value), text.Decimal(a.Target)
	if v.Measured.Num != nil && v.Measured.Den != nil {
		value, target = Share{*v.Measured.Num, *v.Measured.Den}.text(), text.F("%s\u202f%%", "%s\u202f%%", target)
	}
	stands := text.New("missed", "verfehlt")
	if v.Measured.Reached {
		stands = text.New("reached", "erreicht")
	}
	return text.F("%[1]s is %[2]s, according to %[3]s; the target, %[4]s %[5]s, is %[6]s.", "%[1]s liegt laut %[3]s bei %[2]s. Das Ziel von %[4]s %[5]s ist %[6]s.",
		a.Figure, value, text.List(v.Measured.Reports), a.Sense, target, stands)
}

// chance says what Fisher's test came to.
func (v Verdict) chance() text.Text {
	p, _ := new(big.Rat).SetString(v.Measured.Chance) // as Judge wrote it
	test := text.New("Fisher's exact test", "exakter Test nach Fisher")
	if v.Approximate {
		test = text.New("Fisher's test, normal approximation", "Test nach Fisher, Normalapproximation")
	}
	level := text.F("(%s, p %s, at 5\u202f%%)", "(%s, p %s, Signifikanzniveau 5\u202f%%)", test, probability(p))
	switch {
	case !v.Better:
		return text.F("Before it was %s: it hasn't become better.", "Zuvor waren es %s: Der Wert hat sich nicht verbessert.", v.Before.text())
	case v.Ruling == Reached:
		return text.F("Before it was %s: the difference is significant %s.", "Zuvor waren es %s: Der Unterschied ist signifikant %s.", v.Before.text(), level)
	}
	return text.F("Before it was %s: there is no significant difference %s, so that it may be chance.",
		"Zuvor waren es %s: kein signifikanter Unterschied %s, es kann also Zufall sein.", v.Before.text(), level)
}

// probability writes p with its relation, and four decimals: a small one isn't 0.
func probability(p *big.Rat) text.Text {
	if p.Cmp(big.NewRat(1, 10_000)) < 0 {
		return text.F("< %s", "< %s", text.Decimal("0.0001"))
	}
	return text.F("= %s", "= %s", text.Decimal(p.FloatString(4)))
}

func (s Share) text() text.Text {
	value := strings.TrimSuffix(strings.TrimRight(s.percent().FloatString(6), "0"), ".")
	return text.F("%s\u202f%% (%s of %s)", "%s\u202f%% (%s von %s)", text.Decimal(value), text.Number(s.Num), text.Number(s.Den))
}
