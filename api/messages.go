package api

import (
	"regexp"
	"strings"

	"turnus/itsm/text"
)

// What huma says when it refuses a request, in German. The first pattern that
// fits counts; a message that none fits stays English.
var german = []struct {
	en *regexp.Regexp
	de string
}{
	{regexp.MustCompile(`^validation failed$`), `Die Anfrage ist so nicht annehmbar`},
	{regexp.MustCompile(`^unexpected property$`), `ein solches Feld gibt es nicht`},
	{regexp.MustCompile(`^unknown query parameter$`), `einen solchen Parameter gibt es nicht`},
	{regexp.MustCompile(`^expected required property (.+) to be present$`), `das Feld $1 fehlt`},
	{regexp.MustCompile(`^required (?:query|path|header) parameter is missing$`), `der Parameter fehlt`},
	{regexp.MustCompile(`^request body is required$`), `die Anfrage braucht einen Inhalt`},
	{regexp.MustCompile(`^request body is too large.*$`), `der Inhalt ist zu groß`},
	{regexp.MustCompile(`^expected boolean$`), `true oder false erwartet`},
	{regexp.MustCompile(`^expected (?:number|integer)$`), `eine Zahl erwartet`},
	{regexp.MustCompile(`^expected string$`), `eine Zeichenkette erwartet`},
	{regexp.MustCompile(`^expected array$`), `eine Liste erwartet`},
	{regexp.MustCompile(`^expected object$`), `ein Objekt erwartet`},
	{regexp.MustCompile(`^expected value to be one of "(.*)"$`), `einer dieser Werte erwartet: $1`},
	{regexp.MustCompile(`^expected number >= (.+)$`), `mindestens $1 erwartet`},
	{regexp.MustCompile(`^expected number <= (.+)$`), `höchstens $1 erwartet`},
	{regexp.MustCompile(`^expected array length >= (.+)$`), `eine Liste mit mindestens $1 Einträgen erwartet`},
	{regexp.MustCompile(`^expected array length <= (.+)$`), `eine Liste mit höchstens $1 Einträgen erwartet`},
	{regexp.MustCompile(`^expected length >= (.+)$`), `mindestens $1 Zeichen erwartet`},
	{regexp.MustCompile(`^expected length <= (.+)$`), `höchstens $1 Zeichen erwartet`},
	{regexp.MustCompile(`^expected string to match pattern (.+)$`), `eine Zeichenkette nach dem Muster $1 erwartet`},
	{regexp.MustCompile(`^expected string to be RFC 3339 date-time$`), `ein Zeitpunkt nach RFC 3339 erwartet, etwa 2026-10-05T06:00:00Z`},
	{regexp.MustCompile(`^invalid date/time for format .*$`), `ein Zeitpunkt nach RFC 3339 erwartet, etwa 2026-10-05T06:00:00Z`},
	{regexp.MustCompile(`^invalid integer$`), `eine ganze Zahl erwartet`},
	{regexp.MustCompile(`^invalid boolean$`), `true oder false erwartet`},
}

var english = strings.NewReplacer(
	"invalid date/time for format 2006-01-02T15:04:05.999999999Z07:00", "expected an instant in RFC 3339, as in 2026-10-05T06:00:00Z",
	"validation failed", "The request isn't acceptable as it is",
)

// inWords is one of huma's messages in the reader's language.
func inWords(message string, l text.Lang) string {
	if l == text.De {
		for _, g := range german {
			if g.en.MatchString(message) {
				return g.en.ReplaceAllString(message, g.de)
			}
		}
	}
	return english.Replace(message)
}
