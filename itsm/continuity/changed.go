package continuity

import (
	"bytes"
	"encoding/json"
	"slices"

	"turnus/itsm/text"
)

// part of a plan, and the objectives of which a change of it leaves open whether
// they would still be reached. What isn't listed (the impact analysis, MTPD, the
// steps back) none of them rests on.
type part struct {
	title text.Text
	of    []string
	is    func(Plan) any
}

func parts() []part {
	recovery := []string{ObjectiveRTO, ObjectiveRPO, ObjectiveMBCO}
	alarm := []string{ObjectiveContacts, ObjectiveDecide}
	return []part{
		{text.New("scenario", "Szenario"), ObjectiveNames(), func(p Plan) any { return []string{p.Service, p.Scenario} }},
		{text.New("invocation criteria", "Auslösekriterien"), []string{ObjectiveRTO, ObjectiveDecide}, func(p Plan) any { return p.Invocation }},
		{text.New("place where plan and contacts are kept", "Ablageort von Plan und Kontakten"), []string{ObjectiveRTO, ObjectiveContacts, ObjectiveDecide}, func(p Plan) any { return p.Offsite }},
		{text.New("person who confirms for the business", "bestätigende Person des Fachbereichs"), []string{ObjectiveRTO, ObjectiveMBCO}, func(p Plan) any { return p.Business }},
		{text.New("dependencies", "Abhängigkeiten"), []string{ObjectiveRTO, ObjectiveMBCO}, func(p Plan) any { return p.Dependencies }},
		{text.New("backup", "Datensicherung"), []string{ObjectiveRPO}, func(p Plan) any { return p.Backup }},
		{text.New("contacts", "Kontakte"), alarm, func(p Plan) any { return p.Contacts }},
		{text.New("steps", "Schritte"), append(recovery, ObjectiveDecide), func(p Plan) any { return p.Steps }},
	}
}

// changedParts are the parts on which an objective rests and in which two
// versions of a plan differ.
func changedParts(objective string, before, after Plan) []text.Text {
	var all []text.Text
	for _, p := range parts() {
		if slices.Contains(p.of, objective) && !same(p.is(before), p.is(after)) {
			all = append(all, text.F("%s changed", "%s geändert", p.title))
		}
	}
	return all
}

// same compares as it is on record, where what is empty is left out.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && (bytes.Equal(x, y) || empty(x) && empty(y))
}

func empty(b []byte) bool { return slices.Contains([]string{"null", "[]", `""`}, string(b)) }

// revalued says how the value of an objective changed.
func revalued(was, is agreed) text.Text {
	switch {
	case was.value == "":
		return text.F("agreed anew: %s", "neu vereinbart: %s", is.words())
	case is.value == "":
		return text.F("not agreed any more, before: %s", "nicht mehr vereinbart, zuvor: %s", was.words())
	}
	return text.F("agreed now: %s, before: %s", "jetzt vereinbart: %s, zuvor: %s", is.words(), was.words())
}

// words are an objective's value, and what it counts from.
func (a agreed) words() text.Text {
	if a.base == FromInvoked {
		return text.F("%s from the invocation", "%s ab Auslösung", ObjectiveValue(a.name, a.value))
	}
	return ObjectiveValue(a.name, a.value)
}
