package api

import (
	"regexp"
	"strings"

	"turnus/itsm/text"
)

// What huma says when it refuses a request, in words: in German, and where its
// own aren't a sentence, in English. The first pattern that fits counts; a
// message that none fits stays as it is.
var phrases = []struct {
	huma   *regexp.Regexp
	en, de string
}{
	{regexp.MustCompile(`^validation failed$`), ``, `Die Anfrage ist so nicht annehmbar.`},
	{regexp.MustCompile(`^unexpected property$`), ``, `Ein solches Feld gibt es nicht.`},
	{regexp.MustCompile(`^unknown query parameter$`), ``, `Einen solchen Parameter gibt es nicht.`},
	{regexp.MustCompile(`^expected required property (.+) to be present$`), ``, `Das Feld $1 fehlt.`},
	{regexp.MustCompile(`^required (?:query|path|header) parameter is missing$`), ``, `Der Parameter fehlt.`},
	{regexp.MustCompile(`^request body is required$`), ``, `Der Inhalt der Anfrage fehlt.`},
	{regexp.MustCompile(`^request body is too large.*$`), ``, `Der Inhalt ist zu groß.`},
	{regexp.MustCompile(`^expected boolean$`), ``, `Erwartet wird true oder false.`},
	{regexp.MustCompile(`^expected (?:number|integer)$`), ``, `Erwartet wird eine Zahl.`},
	{regexp.MustCompile(`^expected string$`), ``, `Erwartet wird eine Zeichenkette.`},
	{regexp.MustCompile(`^expected array$`), ``, `Erwartet wird eine Liste.`},
	{regexp.MustCompile(`^expected object$`), ``, `Erwartet wird ein Objekt.`},
	{regexp.MustCompile(`^expected value to be one of "(.*)"$`), ``, `Erwartet wird einer dieser Werte: $1.`},
	{regexp.MustCompile(`^expected number >= (.+)$`), `The value is too small: $1 or more.`, `Der Wert ist zu klein, möglich ist mindestens $1.`},
	{regexp.MustCompile(`^expected number <= (.+)$`), `The value is too large: $1 at most.`, `Der Wert ist zu groß, möglich ist höchstens $1.`},
	{regexp.MustCompile(`^expected array length >= (.+)$`), `The list is too short: $1 or more.`, `Die Liste ist zu kurz, Mindestlänge: $1.`},
	{regexp.MustCompile(`^expected array length <= (.+)$`), `The list is too long: $1 at most.`, `Die Liste ist zu lang, Höchstlänge: $1.`},
	{regexp.MustCompile(`^expected length >= 1$`), `This is missing.`, `Das fehlt.`},
	{regexp.MustCompile(`^expected length >= (.+)$`), `The text is too short: $1 characters or more.`, `Der Text ist zu kurz: Mindestens $1 Zeichen angeben.`},
	{regexp.MustCompile(`^expected length <= (.+)$`), `The text is too long: $1 characters at most.`, `Der Text ist zu lang: Höchstens $1 Zeichen angeben.`},
	{regexp.MustCompile(`^expected string to match pattern (.+)$`), ``, `Erwartet wird eine Zeichenkette nach dem Muster $1.`},
	{regexp.MustCompile(`^expected string to be RFC 3339 date-time$`), ``, `Erwartet wird ein Zeitpunkt nach RFC 3339, etwa 2026-10-05T06:00:00Z.`},
	{regexp.MustCompile(`^invalid date/time for format .*$`), ``, `Erwartet wird ein Zeitpunkt nach RFC 3339, etwa 2026-10-05T06:00:00Z.`},
	{regexp.MustCompile(`^invalid integer$`), ``, `Erwartet wird eine ganze Zahl.`},
	{regexp.MustCompile(`^invalid boolean$`), ``, `Erwartet wird true oder false.`},
}

var english = strings.NewReplacer(
	"invalid date/time for format 2006-01-02T15:04:05.999999999Z07:00", "expected an instant in RFC 3339, as in 2026-10-05T06:00:00Z",
	"validation failed", "The request isn't acceptable as it is",
)

// inWords is one of huma's messages in the reader's language.
func inWords(message string, l text.Lang) string {
	for _, p := range phrases {
		words := p.en
		if l == text.De {
			words = p.de
		}
		if words != "" && p.huma.MatchString(message) {
			return p.huma.ReplaceAllString(message, words)
		}
	}
	return english.Replace(message)
}
