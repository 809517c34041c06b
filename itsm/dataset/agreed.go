package dataset

import (
	"maps"
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/text"
)

// Agreed is an agreement in one version, as far as tickets are held against it.
type Agreed struct {
	Name string
	From time.Time // of the openings that it holds for
	To   time.Time // exclusive; zero: no end
	Spec agreement.Spec
}

// InForce leaves out versions under which nothing counts any more, since a later
// one of the same agreement holds for all of their time. They are given by name
// and version.
func InForce(versions []Agreed) (list []Agreed) {
	for i, a := range versions {
		if !slices.ContainsFunc(versions[i+1:], func(b Agreed) bool {
			return b.Name == a.Name && !b.From.After(a.From) && (b.To.IsZero() || !a.To.IsZero() && !b.To.Before(a.To))
		}) {
			list = append(list, a)
		}
	}
	return list
}

// Needed are the datasets that tell whether a target was kept.
func Needed(t agreement.Target) []string {
	if t.Measure != agreement.Available || t.Availability == nil {
		return []string{Tickets}
	}
	switch t.Availability.Counts {
	case agreement.CountProbes:
		return []string{Probes}
	case agreement.CountEither:
		return []string{Outages, Probes}
	}
	return []string{Outages}
}

// Scope counts tickets by whether something was agreed about them.
type Scope struct {
	agreed  []Agreed // versions that come later count where several hold
	tickets int64
	outside int64 // under no agreement
	aimless int64 // under one, and none of its targets
}

// NewScope is one for the versions of a service's agreements, by name and version.
func NewScope(agreed []Agreed) *Scope { return &Scope{agreed: agreed} }

// Ticket counts one, by its opening and fields.
func (s *Scope) Ticket(opened time.Time, fields map[string]string) {
	s.tickets++
	found := false
	for i := len(s.agreed) - 1; i >= 0; i-- {
		a := &s.agreed[i]
		if opened.Before(a.From) || !a.To.IsZero() && !opened.Before(a.To) || !a.Spec.Where.Selects(fields) {
			continue
		}
		found = true
		for _, t := range a.Spec.OfTickets() {
			if t.Where.Selects(fields) {
				return
			}
		}
	}
	if found {
		s.aimless++
	} else {
		s.outside++
	}
}

// Warnings says which share of the tickets nothing was agreed about, from one in
// a hundred on.
func (s *Scope) Warnings() (list []Warning) {
	warn := func(code string, n int64, en, de string) {
		if n > 0 && n*100 >= s.tickets {
			list = append(list, Warning{Code: code, Detail: text.F(en, de, text.Number(n), text.Number(s.tickets), share(n, s.tickets))})
		}
	}
	warn(NoAgreement, s.outside, "%s of %s tickets, %s, fall under no agreement: no figure counts them.",
		"%s von %s Tickets, %s, fallen unter keine Vereinbarung: Keine Kennzahl wertet sie.")
	warn(NoTarget, s.aimless, "%s of %s tickets, %s, fall under an agreement and under none of its targets.",
		"%s von %s Tickets, %s, fallen unter eine Vereinbarung, aber unter keines ihrer Ziele.")
	return list
}

// Known gives the values that tickets have in a field; whole is false where
// there may be more.
type Known func(field string) (values []string, whole bool)

// UnknownValues finds what agreements name and no ticket has: values of a where,
// customers, and states that pause; and agreements that pause where nothing tells
// of states. has looks for a value that known doesn't give
// where that isn't whole.
func UnknownValues(agreed []Agreed, known Known, has func(field, value string) (bool, error)) ([]Warning, error) {
	var list []Warning
	said := map[[3]string]bool{}
	look := func(place, field, value string) error {
		values, whole := known(field)
		key := [3]string{place, field, value}
		if said[key] || slices.Contains(values, value) || len(values) == 0 && whole {
			return nil // a field that no ticket has at all is said by itself
		}
		said[key] = true
		if !whole {
			if found, err := has(field, value); err != nil || found {
				return err
			}
		}
		detail := text.F("%[1]s names the value %.80[3]q of the field %.80[2]q, which no ticket has.",
			"%[1]s nennt den Wert %.80[3]q des Felds %.80[2]q, den kein Ticket hat.", place, field, value)
		if field == State {
			detail = text.F("%[1]s pauses in the state %.80[2]q, in which no ticket was.", "%[1]s pausiert im Status %.80[2]q, in dem kein Ticket war.", place, value)
		}
		if near := Nearest(value, values); near != "" {
			hint := text.F("Is %.80q meant?", "Ist %.80q gemeint?", near)
			detail = text.Join([]text.Text{detail, hint}, " ")
		} else if len(values) > 0 {
			slices.Sort(values)
			hint := text.F("There are %s.", "Es gibt %s.", quoted(values))
			detail = text.Join([]text.Text{detail, hint}, " ")
		}
		list = append(list, Warning{Code: UnknownValue, Detail: detail})
		return nil
	}
	where := func(place string, w agreement.Where) error {
		for _, field := range slices.Sorted(maps.Keys(w)) {
			if values, whole := known(field); len(values) == 0 && whole {
				if key := [3]string{place, field}; !said[key] {
					said[key] = true
					list = append(list, Warning{Code: UnknownValue, Detail: text.F("%[1]s compares the field %[2]q, which no ticket has.",
						"%[1]s vergleicht das Feld %[2]q, das kein Ticket hat.", place, field)})
				}
				continue
			}
			for _, v := range w[field] {
				if err := look(place, field, v); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for _, a := range agreed {
		if err := where(a.Name, a.Spec.Where); err != nil {
			return nil, err
		}
		if values, _ := known("customer"); a.Spec.Customer != "" && len(values) > 0 {
			if err := look(a.Name, "customer", a.Spec.Customer); err != nil {
				return nil, err
			}
		}
		for _, t := range a.Spec.Targets {
			place := a.Name + "/" + t.Name
			if err := where(place, t.Where); err != nil {
				return nil, err
			}
			for _, p := range t.Pause {
				if err := look(place, State, p); err != nil {
					return nil, err
				}
			}
		}
	}
	return append(list, withoutHistory(agreed, known)...), nil
}

// withoutHistory finds targets that pause where no import tells of states.
func withoutHistory(agreed []Agreed, known Known) []Warning {
	if values, whole := known(State); len(values) > 0 || !whole {
		return nil
	}
	var pausing []string
	for _, a := range agreed {
		for _, t := range a.Spec.Targets {
			if place := a.Name + "/" + t.Name; len(t.Pause) > 0 && !slices.Contains(pausing, place) {
				pausing = append(pausing, place)
			}
		}
	}
	if len(pausing) == 0 {
		return nil
	}
	return []Warning{{Code: NoHistory, Detail: text.F("No import tells when tickets were in which state, so nothing pauses: clocks run on while tickets wait. Pauses were agreed under %s.",
		"Kein Import nennt, wann Tickets in welchem Status waren, also pausiert nichts: Die SLA-Uhren laufen auch in Wartezeiten. Pausen sind vereinbart unter %s.", quoted(pausing))}}
}
