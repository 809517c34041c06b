package parts

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"turnus/itsm/text"
	"turnus/report"
)

// MaxNamed is how many of a kind stand on the first page.
const MaxNamed = 10

// Some joins the first of some names, and says how many more there are.
func Some(names []text.Text) text.Text {
	if more := len(names) - MaxNamed; more > 0 {
		names = append(slices.Clone(names[:MaxNamed]), text.F("%d more", "%d weitere", more))
	}
	return text.Join(names, "; ")
}

// Sentence ends with a full stop, if it doesn't end with a mark of its own.
func Sentence(s string) string {
	s = strings.TrimRight(s, " ")
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// Sentences ends both languages with a full stop.
func Sentences(t text.Text) text.Text {
	return text.New(Sentence(t.In(text.En)), Sentence(t.In(text.De)))
}

// capitalised begins with a capital, as a sentence after a colon does in German.
func capitalised(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// Rounded writes an exact decimal with so many places.
func Rounded(exact string, places int) string {
	r, ok := new(big.Rat).SetString(exact)
	if !ok {
		return exact
	}
	return r.FloatString(places)
}

// Notice says why a report is provisional; nothing where it isn't.
func Notice(provisional bool, why text.Text) text.Text {
	if !provisional {
		return text.Text{}
	}
	if why.IsZero() {
		why = text.New("the period isn't over, or the imported data doesn't cover it",
			"Die Periode ist noch nicht zu Ende oder nicht vollständig durch importierte Daten abgedeckt")
	}
	return text.F("Provisional: %s The figures may still change; nobody was asked to approve them.",
		"Vorläufig: %s Die Zahlen können sich noch ändern; eine Freigabe wurde nicht eingeholt.",
		text.New(Sentence(why.In(text.En)), Sentence(capitalised(why.In(text.De)))))
}

// Known is a name that versions before 0.2.0 didn't keep.
func Known(s string) report.Cell {
	if s == "" {
		return report.Say("not recorded", "nicht erfasst")
	}
	return report.Name(s)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
