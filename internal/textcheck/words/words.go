// Package words says what is wrong with the German of a text, and which verbs a
// text is formatted with: for the analyzer, which reads sources, and for the test
// that reads templates of pages. It may import the standard library.
package words

import (
	"fmt"
	"regexp"
)

// banned are words that German texts don't have, and what they have instead.
var banned = []struct {
	found   *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`Genehmig`), "Freigabe, Freigabeberechtigte"},
	{regexp.MustCompile(`Lastgrenze`), "Mengengrenze"},
	{regexp.MustCompile(`Spanne`), "Zeitraum"},
	{regexp.MustCompile(`[Zz]ustand`), "Status"},
	{regexp.MustCompile(`[Vv]erzicht`), "Aussetzung, ausgesetzt"},
	{regexp.MustCompile(`\bbitte\b|\bBitte\b`), "the infinitive alone"},
	{regexp.MustCompile(`[\wäöüß,;] Sie\b|\bSie (haben|können|dürfen|müssen)\b|\bIhr(e|en|er|em)?\b`), "the infinitive or the passive"},
	{regexp.MustCompile(`\b(der oder die|er oder sie)\b`), "a participle or the name of a function"},
	{regexp.MustCompile(`%(\[\d+\])?v`), "%s, or text.List"},
	{regexp.MustCompile(`(\d|%(\[\d+\])?[ds])( Bytes|Bytes)\b`), "Byte"},
	{regexp.MustCompile(`(\d|%(\[\d+\])?[ds]) (%%|%$|% |(h|min|s)\b)`), "a narrow no-break space, U+202F, in front of the unit"},
	{regexp.MustCompile(`\b(Std|Min)\.`), "h, min"},
	{regexp.MustCompile(`\bn\.\s?a\.`), "entfällt"},
	{regexp.MustCompile(`[Ee]ingefroren|[Ee]infrier`), "festgeschrieben"},
	{regexp.MustCompile(`Inhalts-Hash`), "Hashwert des Inhalts"},
	{regexp.MustCompile(`[Uu]nentschieden`), "Ergebnis offen"},
	{regexp.MustCompile(`Gesamtnote`), "gewichteter Gesamterfüllungsgrad"},
	{regexp.MustCompile(`95-%+-Intervall`), "95-%-Konfidenzintervall"},
	{regexp.MustCompile(`Prüfende[rn]?\b`), "Auditierende"},
	{regexp.MustCompile(`[Rr]echtzeitig bis`), "fristgerecht bis"},
	{regexp.MustCompile(`[Hh]interleg`), "anlegen"},
	{regexp.MustCompile(`Pönale`), "Gutschrift"},
	{regexp.MustCompile(`\bDoppel\b`), "Dublette"},
}

// Banned says which of them a German text has.
func Banned(german string) (faults []string) {
	for _, b := range banned {
		if word := b.found.FindString(german); word != "" {
			faults = append(faults, fmt.Sprintf("says %q; here it is: %s", word, b.instead))
		}
	}
	return faults
}

// Verb is a verb as our texts have them: flags, width and precision in digits,
// and the place of its argument if it isn't the next one.
var Verb = regexp.MustCompile(`%[-+# 0]*\d*(?:\.\d+)?(?:\[(\d+)\])?(.?)`)
