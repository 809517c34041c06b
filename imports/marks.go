package imports

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mark is what a feed says an entry is.
type mark struct {
	is     kindOfDay
	words  string   // as they stand in the feed
	places []string // where it is a public holiday; none: everywhere in the feed's country
}

type kindOfDay int

// Of several that an entry names the last one counts: nobody is told that a
// service was closed because two marks contradict each other.
const (
	unmarked   kindOfDay = iota
	public               // a holiday by law
	regional             // one somewhere in the country
	observance           // a day that is worked
	exchanged            // a day off that is worked
	foreign              // marked, in a language that isn't known here
)

// The words of the feeds of Google, Apple, Outlook, Office Holidays and
// date-holidays, in English and German. Negations come first.
var (
	wordsOfObservances = []string{"not a public holiday", "no public holiday", "observance", "observances", "optional", "restricted holiday",
		"school holiday", "school holidays", "half-day holiday", "half day", "kein gesetzlicher feiertag", "kein feiertag",
		"gedenktag", "gedenktage", "aktionstag", "schulferien", "ferien", "halber feiertag"}
	wordsOfRegional = []string{"regional holiday", "regional public holiday", "local holiday", "local public holiday", "state holiday",
		"regionaler feiertag", "regionaler gesetzlicher feiertag"}
	wordsOfHolidays = []string{"public holiday", "public holidays", "bank holiday", "bank holidays", "national holiday", "national holidays",
		"federal holiday", "statutory holiday", "legal holiday", "feiertag", "gesetzlicher feiertag", "gesetzliche feiertage",
		"bundesweiter feiertag", "nationaler feiertag"}
)

// mark reads the kind of an entry off its own words.
func (e *vevent) mark() mark {
	switch e.special {
	case "ALTERNATE-WORKDAY":
		return mark{is: exchanged, words: e.special}
	case "WORK-HOLIDAY":
		return mark{is: public, words: e.special}
	}
	found := markOf(e.description)
	for _, words := range append(slices.Clone(e.categories), inBrackets(e.summary)) {
		if strings.EqualFold(words, "feiertag") { // some programs give this category to all that they write
			continue
		}
		if m := markOf(words); m.is > found.is || m.is == found.is && found.places == nil {
			found = m
		}
	}
	if found.is == unmarked && e.description != "" && googleHoliday.MatchString(e.uid) {
		return mark{is: foreign, words: e.description}
	}
	return found
}

// googleHoliday is the UID of an entry of Google's own feeds of holidays,
// which mark each of them; people's own calendars have others.
var googleHoliday = regexp.MustCompile(`^[0-9]{8}_[0-9a-z]+@google\.com$`)

func inBrackets(s string) string {
	i := strings.LastIndexByte(s, '(')
	if i < 0 || !strings.HasSuffix(s, ")") {
		return ""
	}
	return s[i+1 : len(s)-1]
}

// markOf reads Observance, Public holiday, Feiertag in Bayern, Saarland.
func markOf(words string) mark {
	low := strings.ToLower(words)
	for _, w := range wordsOfObservances {
		if rest, ok := strings.CutPrefix(low, w); ok && !letter(rest) {
			return mark{is: observance, words: words}
		}
	}
	for i, list := range [][]string{wordsOfRegional, wordsOfHolidays} {
		for _, w := range list {
			rest, ok := strings.CutPrefix(low, w)
			if !ok {
				continue
			}
			m := mark{is: []kindOfDay{regional, public}[i], words: words}
			if where, in := strings.CutPrefix(strings.Replace(rest, " in: ", " in ", 1), " in "); in {
				m.is, m.places = regional, placesIn(where)
				return m
			}
			if end := strings.TrimLeft(rest, " "); end == "" || strings.ContainsRune(".,;:-–(", firstRune(end)) {
				return m
			}
		}
	}
	return mark{}
}

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

func letter(s string) bool { return s != "" && unicode.IsLetter(firstRune(s)) }

var betweenPlaces = regexp.MustCompile(`,| and | und |;|/`)

func placesIn(s string) []string {
	if i := strings.IndexAny(s, ".("); i >= 0 {
		s = s[:i]
	}
	var places []string
	for _, p := range betweenPlaces.Split(s, -1) {
		p = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(p), "the "), "der ")
		if p != "" {
			places = append(places, p)
		}
	}
	return places
}

// holds says whether a public holiday of some places, by names or by codes as
// in BW, BY, is one of a region, or of its whole country.
func (m mark) holds(region string) bool {
	country, state, _ := strings.Cut(region, "-")
	return slices.ContainsFunc(m.places, func(p string) bool {
		return slices.Contains(placeNames[region], p) || slices.Contains(placeNames[country], p) || state != "" && p == strings.ToLower(state)
	})
}

// placeNames are the regions as feeds name them, in lower case.
var placeNames = map[string][]string{
	"DE": {"deutschland", "germany", "ganz deutschland", "allen bundesländern", "all states", "all federal states"},
	"AT": {"österreich", "austria"}, "CH": {"schweiz", "switzerland"},
	"DE-BW": {"baden-württemberg", "baden-wurttemberg"},
	"DE-BY": {"bayern", "bavaria"},
	"DE-BE": {"berlin"},
	"DE-BB": {"brandenburg"},
	"DE-HB": {"bremen"},
	"DE-HH": {"hamburg"},
	"DE-HE": {"hessen", "hesse"},
	"DE-MV": {"mecklenburg-vorpommern", "mecklenburg-western pomerania", "mecklenburg-west pomerania"},
	"DE-NI": {"niedersachsen", "lower saxony"},
	"DE-NW": {"nordrhein-westfalen", "north rhine-westphalia"},
	"DE-RP": {"rheinland-pfalz", "rhineland-palatinate"},
	"DE-SL": {"saarland"},
	"DE-SN": {"sachsen", "saxony"},
	"DE-ST": {"sachsen-anhalt", "saxony-anhalt"},
	"DE-SH": {"schleswig-holstein"},
	"DE-TH": {"thüringen", "thuringia"},
}

// saysTentative finds the words with which feeds say that a date may change.
func saysTentative(s string) bool {
	low := strings.ToLower(s)
	return strings.Contains(low, "date is tentative") || strings.Contains(low, "datum ist vorläufig") || strings.Contains(low, "termin ist vorläufig")
}
