package agreement

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Excludes says that no ticket can satisfy both: there is a field of which
// they want different values.
func (w Where) Excludes(o Where) bool {
	for field, values := range w {
		others, ok := o[field]
		if ok && !slices.ContainsFunc(values, func(v string) bool { return slices.Contains(others, v) }) {
			return true
		}
	}
	return false
}

// Selects says that a ticket with these fields satisfies it.
func (w Where) Selects(fields map[string]string) bool {
	for field, values := range w {
		if !slices.Contains(values, fields[field]) {
			return false
		}
	}
	return true
}

// UnmarshalJSON fills in what a target leaves out: the clock goes on after a
// reopening, and a changed ticket counts from its start; outages count where no
// probes were agreed.
func (t *Target) UnmarshalJSON(b []byte) error {
	type plain Target
	if err := json.Unmarshal(b, (*plain)(t)); err != nil {
		return err
	}
	if t.Measure == Available {
		if t.Availability == nil {
			t.Availability = &Availability{}
		}
		t.Availability = t.Availability.withDefaults()
		return nil
	}
	if t.Reopen == "" {
		t.Reopen = Continue
	}
	if t.OnChange == "" {
		t.OnChange = Retroactive
	}
	return nil
}

// Check refuses what can't have been agreed. Whether service and calendars are
// there is looked up where they are.
func (s Spec) Check() error {
	var c checks
	c.Add(resource.CheckName("service", s.Service))
	if s.Valid.To != nil && s.Valid.To.Before(s.Valid.From) {
		c.Say("valid.to", "%s is before valid.from, %s: it is the last day on which the agreement holds.",
			"%s liegt vor valid.from, %s: Gemeint ist der letzte Tag, an dem die Vereinbarung gilt.", s.Valid.To, s.Valid.From)
	}
	if n := utf8.RuneCountInString(s.Consent); n > maxConsent || strings.ContainsFunc(s.Consent, text.Control) || s.Consent != strings.TrimSpace(s.Consent) {
		c.Say("consent", "Say in one line of up to %d characters where the customer's consent is found, as in: contract of 2026-03-02, section 4.",
			"In einer Zeile mit höchstens %d Zeichen angeben, wo die Zustimmung des Kunden zu finden ist, etwa: Vertrag vom 02.03.2026, Abschnitt 4.", maxConsent)
	}
	c.where("where", s.Where)
	if len(s.Targets) == 0 {
		c.Say("targets", "An agreement has one target at least.", "Die Ziele fehlen: Eine Vereinbarung hat mindestens eines.")
	}
	names := map[string]bool{}
	for i, t := range s.Targets {
		at := fmt.Sprintf("targets[%d]", i)
		c.target(at, t)
		if names[t.Name] {
			c.Say(at+".name", "%q is the name of another target already.", "%q heißt schon ein anderes Ziel.", t.Name)
		}
		names[t.Name] = true
	}
	limits := map[string]bool{}
	for i, w := range s.Workload {
		at := fmt.Sprintf("workload[%d]", i)
		oneOf(&c, at+".name", w.Name, "tickets")
		oneOf(&c, at+".per", w.Per, PerMonth, PerDay, PerHour)
		switch {
		case w.Limit < 0:
			c.Say(at+".limit", "A limit is 0 (none) or more.", "Die Mengengrenze ist negativ: 0 (keine) oder mehr angeben.")
		case w.Limit == 0 && w.Voids:
			c.Say(at+".voids", "Without a limit nothing is above it: give one, or leave this out.",
				"Die Mengengrenze fehlt: Eine angeben oder voids weglassen.")
		}
		if limits[w.Name+w.Per] {
			c.Say(at, "This limit stands more than once.", "Diese Mengengrenze steht mehr als einmal da.")
		}
		limits[w.Name+w.Per] = true
	}
	if s.Credits != nil {
		c.credits("credits", *s.Credits, s.OfTickets())
	}
	return c.Err()
}

func (c *checks) target(at string, t Target) {
	c.Add(resource.CheckName(at+".name", t.Name))
	oneOf(c, at+".measure", t.Measure, Response, Resolution, Available)
	if t.Measure == Available {
		c.available(at, t)
	} else {
		c.ofTickets(at, t)
	}
	c.Add(resource.CheckName(at+".calendar", t.Calendar))
	if s := string(t.Attain); !decimal.MatchString(s) || zero(s) || moreThanHundred(s) {
		c.Say(at+".attain", "%.40s isn't a percentage: use a decimal above 0 and up to 100, with 6 decimals at most, as in 99.9.",
			"%.40s ist kein Prozentsatz: Eine Dezimalzahl über 0 bis 100 mit höchstens 6 Nachkommastellen angeben, etwa 99.9.", s)
	}
	if s := string(t.Weight); s != "" && !decimal.MatchString(s) {
		c.Say(at+".weight", "%.40s isn't a weight: use a decimal from 0 to 999999, with 6 decimals at most, as in 0.5.",
			"%.40s ist kein Gewicht: Eine Dezimalzahl von 0 bis 999999 mit höchstens 6 Nachkommastellen angeben, etwa 0.5.", s)
	}
}

// ofTickets checks a target about tickets.
func (c *checks) ofTickets(at string, t Target) {
	oneOf(c, at+".reopen", t.Reopen, Continue, NewCycle, Wall)
	oneOf(c, at+".on_change", t.OnChange, Retroactive, Restart)
	c.where(at+".where", t.Where)
	if t.Within <= 0 {
		c.Say(at+".within", "A target's time is longer than 0.", "Die Zielzeit ist nicht länger als 0.")
	}
	if t.Availability != nil {
		c.Say(at+".availability", "Only a target of measure availability has this.", "Das hat nur ein Ziel der Messgröße availability.")
	}
	for i, p := range t.Pause {
		if strings.TrimSpace(p) == "" {
			c.Say(fmt.Sprintf("%s.pause[%d]", at, i), "A state that pauses has a name.", "Der Name des Status fehlt, in dem die SLA-Uhr pausiert.")
		}
	}
}

const (
	maxWhere   = 1000
	maxConsent = 500 // characters
)

// where wants each field to have a value to compare with.
func (c *checks) where(at string, w Where) {
	fields := make([]string, 0, len(w))
	for f := range w {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	for _, f := range fields {
		if strings.TrimSpace(f) == "" {
			c.Say(at, "A field has a name.", "Der Name des Feldes fehlt.")
		}
		if len(w[f]) > maxWhere { // agreements are held against each other by them
			c.Say(resource.Below(at, f), "A field has %d values at most.", "Ein Feld hat höchstens %d Werte.", maxWhere)
		}
		if len(w[f]) == 0 {
			c.Say(resource.Below(at, f), "No ticket could have one of no values: list those that are meant, or leave the field out.",
				"Die Werteliste ist leer: Die gemeinten Werte aufzählen oder das Feld weglassen.")
		}
	}
}

// decimal has up to 6 digits on either side, so that it is exact as a count of
// millionths.
var decimal = regexp.MustCompile(`^(0|[1-9][0-9]{0,5})(\.[0-9]{1,6})?$`)

func zero(s string) bool { return strings.Trim(s, "0.") == "" }

func moreThanHundred(s string) bool {
	whole, rest, _ := strings.Cut(s, ".")
	return len(whole) > 3 || len(whole) == 3 && (whole != "100" || !zero(rest))
}

// checks are those of a document, with its own ways to look at parts of it.
type checks struct{ fault.List }

func oneOf[T ~string](c *checks, field string, is T, known ...T) {
	if !slices.Contains(known, is) {
		c.Say(field, "%.80q isn't known here; there are %s.", "%.80q ist hier nicht bekannt; es gibt %s.", string(is), text.List(known))
	}
}
