package rules

import (
	"maps"
	"slices"
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/text"
	"turnus/report"
)

// Measured names what a target measures.
func Measured(m agreement.Measure) text.Text {
	switch m {
	case agreement.Response:
		return text.New("response time", "Reaktionszeit")
	case agreement.Available:
		return text.New("availability", "Verfügbarkeit")
	}
	return text.New("resolution time", "Lösungszeit")
}

// AppliesTo words conditions that must all hold, fields in a fixed order.
func AppliesTo(wheres ...agreement.Where) text.Text {
	var all []text.Text
	for _, w := range wheres {
		for _, field := range slices.Sorted(maps.Keys(w)) {
			all = append(all, text.New(field+": "+strings.Join(w[field], " or "), field+": "+strings.Join(w[field], " oder ")))
		}
	}
	if len(all) == 0 {
		return text.New("all tickets", "alle Tickets")
	}
	return text.Join(all, "; ")
}

// CalendarName names the hours in which a clock runs.
func CalendarName(s string) text.Text {
	if s == calendar.AlwaysOpen {
		return text.New("24x7, always open", "24x7, durchgehend")
	}
	return text.Same(s)
}

// PauseStates lists the states in which a clock rests.
func PauseStates(states []string) text.Text {
	if len(states) == 0 {
		return text.New("never", "nie")
	}
	return text.Same(strings.Join(states, ", "))
}

// ReopenRule words what a reopening does to the clock.
func ReopenRule(r agreement.Reopen) text.Text {
	switch r {
	case agreement.NewCycle:
		return text.New("each cycle has a clock of its own, breached if any is", "eigene SLA-Uhr je Bearbeitungszyklus; verletzt, sobald ein Zyklus verletzt ist")
	case agreement.Wall:
		return text.New("counted from the first start to the last stop", "gezählt vom ersten Beginn bis zum letzten Abschluss")
	}
	return text.New("clock goes on, stopped time isn’t counted", "SLA-Uhr läuft weiter; die Zeit zwischen Abschluss und Wiedereröffnung zählt nicht")
}

// ChangeRule words what another target does to the clock.
func ChangeRule(c agreement.OnChange) text.Text {
	if c == agreement.Restart {
		return text.New("clock starts anew at the change", "SLA-Uhr beginnt mit der Änderung neu")
	}
	return text.New("new target counts from the start, pauses kept", "neues Ziel gilt von Anfang an, Pausen bleiben erhalten")
}

// Tiers words what an attainment costs, the highest bound first.
func Tiers(all []agreement.Tier) text.Text {
	var steps []text.Text
	for i := len(all) - 1; i >= 0; i-- {
		steps = append(steps, text.F("below %s\u202f%%: %s\u202f%%", "unter %s\u202f%%: %s\u202f%%", report.Decimal(string(all[i].Below)), report.Decimal(string(all[i].Credit))))
	}
	return text.Join(steps, "; ")
}

// Several words what counts where several targets are missed.
func Several(s agreement.Several) text.Text {
	if s == agreement.Highest {
		return text.New("the highest one counts", "die höchste Gutschrift gilt")
	}
	return text.New("the credits add up", "Gutschriften werden addiert")
}

// Excluded words why people leave tickets out of the figures.
func Excluded(reason agreement.ExclusionReason) text.Text {
	switch reason {
	case agreement.Maintenance:
		return text.New("planned maintenance, announced in time", "geplante Wartung, rechtzeitig angekündigt")
	case agreement.Customer:
		return text.New("caused by the customer", "vom Kunden verursacht")
	case agreement.ForceMajeure:
		return text.New("force majeure", "höhere Gewalt")
	case agreement.Duplicate:
		return text.New("duplicate", "Dublette")
	case agreement.Retracted:
		return text.New("retracted by the user", "von der meldenden Person zurückgezogen")
	case agreement.Spam:
		return text.New("not a request", "kein Anliegen (Spam)")
	}
	return text.Same(string(reason))
}
