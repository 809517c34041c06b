package dataset

import (
	"slices"

	"turnus/itsm/agreement"
	"turnus/itsm/text"
)

// Components finds parts of a service that data is about and no agreement names,
// or the other way round. found are those in the data, in order, more says that
// there may be others; nameless are the rows of the file that name none.
func Components(of string, agreed []Agreed, found []string, more bool, nameless int64) (list []Warning) {
	warn := func(code, en, de string, args ...any) {
		list = append(list, Warning{Code: code, Detail: text.F(en, de, args...)})
	}
	targets, whole := availabilityTargets(agreed)
	if len(targets) == 0 {
		warn(NoTarget, "No agreement of the service has a target about availability: no figure counts this data.",
			"Keine Vereinbarung des Service hat ein Verfügbarkeitsziel: Keine Kennzahl wertet diese Daten.")
		return list
	}
	var named, unnamed []string
	for _, t := range targets {
		if t.component != "" {
			named = append(named, t.component)
		}
	}
	for _, c := range found {
		if c != "" && !slices.Contains(named, c) {
			unnamed = append(unnamed, c)
		}
	}
	if len(unnamed) > 0 && !whole {
		warn(NoTarget, "No target about availability names the component %s: no figure counts what is about it.",
			"Kein Verfügbarkeitsziel nennt die Komponente %s: Keine Kennzahl wertet, was sie betrifft.", quoted(unnamed))
	}
	for _, c := range unnamed {
		if near := Nearest(c, named); near != "" && whole {
			warn(UnknownValue, "No target about availability names the component %.80q: only those about the whole service count it. Is %.80q meant?",
				"Kein Verfügbarkeitsziel nennt die Komponente %.80q: Nur Ziele für den gesamten Service werten sie. Ist %.80q gemeint?", c, near)
		}
	}
	if of == Probes && !slices.ContainsFunc(targets, func(t availabilityTarget) bool { return t.read }) {
		warn(NoTarget, "No target about availability says how samples are read (availability.probes): no figure counts them.",
			"Kein Verfügbarkeitsziel legt fest, wie Messwerte gelesen werden (availability.probes): Keine Kennzahl wertet sie.")
	}
	if nameless > 0 && of == Probes && !whole {
		warn(NoTarget, "%s samples name no component, and all targets about availability do: no figure counts them.",
			"%s Messwerte nennen keine Komponente, alle Verfügbarkeitsziele aber eine: Keine Kennzahl wertet sie.", text.Number(nameless))
	}
	if of != Probes || more {
		return list // what had no outage isn't in the data
	}
	for _, t := range targets {
		if t.component == "" || slices.Contains(found, t.component) || !t.probed {
			continue
		}
		detail := text.F("%[1]s is about the component %.80[2]q, about which there is no sample.",
			"%[1]s betrifft die Komponente %.80[2]q, zu der es keinen Messwert gibt.", t.place, t.component)
		if near := Nearest(t.component, found); near != "" {
			detail = text.Join([]text.Text{detail, text.F("Is %.80q meant?", "Ist %.80q gemeint?", near)}, " ")
		}
		list = append(list, Warning{Code: UnknownValue, Detail: detail})
	}
	return list
}

// availabilityTarget is a target, as far as data is held against it.
type availabilityTarget struct {
	place, component string
	probed           bool // samples count
	read             bool // it says how samples are read
}

// availabilityTargets lists them, each once; whole says that one is about all of
// the service.
func availabilityTargets(agreed []Agreed) (list []availabilityTarget, whole bool) {
	for _, a := range agreed {
		for _, t := range a.Spec.OfAvailability() {
			if t.Availability == nil {
				continue
			}
			one := availabilityTarget{a.Name + "/" + t.Name, t.Availability.Component, t.Availability.Counts != agreement.CountOutages, t.Availability.Probes != nil}
			whole = whole || one.component == ""
			if !slices.Contains(list, one) {
				list = append(list, one)
			}
		}
	}
	return list, whole
}
