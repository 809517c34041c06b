package report

import (
	"turnus/itsm/dataset"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Unit is what a figure counts in: one of these, or a currency by its code.
type Unit string

// The units.
const (
	InPercent Unit = "percent" // a share times 100
	InTickets Unit = "tickets"
	InSeconds Unit = "seconds"
	InTimes   Unit = "times"   // how often something happened
	InActions Unit = "actions" // of an improvement

	InFindings Unit = "findings"
	InDays     Unit = "days" // between dates

	InOutages     Unit = "outages"
	InUserMinutes Unit = "user-minutes" // minutes times the users who lost them
)

// After is the unit as it stands behind a number, an exact decimal.
func (u Unit) After(value string) text.Text {
	n := int64(0)
	if value == "1" {
		n = 1
	}
	switch u {
	case InPercent:
		return text.Same("%")
	case InTickets:
		return text.N(n, text.New("ticket", "Ticket"), text.New("tickets", "Tickets"))
	case InSeconds:
		return text.Same("s")
	case InTimes:
		return text.N(n, text.New("time", "Mal"), text.New("times", "Mal"))
	case InActions:
		return text.N(n, text.New("action", "Maßnahme"), text.New("actions", "Maßnahmen"))
	case InFindings:
		return text.N(n, text.New("finding", "Befund"), text.New("findings", "Befunde"))
	case InDays:
		return text.N(n, text.New("day", "Tag"), text.New("days", "Tage"))
	case InOutages:
		return text.N(n, text.New("outage", "Ausfall"), text.New("outages", "Ausfälle"))
	case InUserMinutes:
		return text.N(n, text.New("user-minute", "Benutzerminute"), text.New("user-minutes", "Benutzerminuten"))
	}
	return text.Same(string(u)) // a currency
}

// Title of a unit, where no number stands before it.
func (u Unit) Title() text.Text {
	switch u {
	case InPercent:
		return text.New("per cent", "Prozent")
	case InSeconds:
		return text.New("seconds", "Sekunden")
	case InTickets, InTimes, InActions, InFindings, InDays, InOutages, InUserMinutes:
		return u.After("")
	}
	return text.Same(string(u))
}

// SourceKind says what kind of thing a source is: one of these, or a kind of
// resource that a proposal would change.
type SourceKind string

// The kinds of sources.
const (
	FromImport    SourceKind = "import"
	FromAgreement SourceKind = "agreement"
	FromCalendar  SourceKind = "calendar"
	FromReport    SourceKind = "report"    // of an earlier period
	FromExclusion SourceKind = "exclusion" // of tickets from the figures
	FromTZData    SourceKind = "tzdata"    // the time zone database, in its edition
	FromFinding   SourceKind = "finding"
	FromObjective SourceKind = "objective" // an SLO
	FromIndicator SourceKind = "indicator" // an SLI

	// FrozenSet is the kind of the source that names everything a round stood on,
	// by the hash of its canonical JSON: so the report's hash holds for it, too.
	FrozenSet SourceKind = "frozen"

	FromInterval SourceKind = SourceKind(resource.Interval)
	FromWaiver   SourceKind = SourceKind(resource.Waiver)
)

// Title of a kind of source.
func (k SourceKind) Title() text.Text {
	switch k {
	case FromImport, SourceKind(dataset.Withdrawn):
		return text.New("import", "Import")
	case FromAgreement, SourceKind(resource.Agreement):
		return text.New("agreement", "Vereinbarung")
	case FromCalendar, SourceKind(resource.Calendar):
		return text.New("calendar", "Kalender")
	case FromReport:
		return text.New("report", "Bericht")
	case FromExclusion:
		return text.New("exclusion", "Ausschluss")
	case FromTZData:
		return text.New("time zone database", "Zeitzonendatenbank")
	case FromFinding:
		return text.New("finding", "Befund")
	case FromObjective:
		return text.New("objective (SLO)", "Serviceziel (SLO)")
	case FromIndicator:
		return text.New("indicator (SLI)", "Indikator (SLI)")
	case FrozenSet:
		return text.New("frozen inputs", "festgeschriebene Eingaben")
	case FromInterval:
		return text.New("interval", "Intervall")
	case FromWaiver:
		return text.New("waiver", "Aussetzung")
	case SourceKind(resource.ContinuityPlan):
		return text.New("continuity plan", "Notfallplan")
	case SourceKind(resource.Service):
		return text.New("service", "Service")
	}
	return text.Same(string(k))
}

// GroupKind says what figures are listed under.
type GroupKind string

// The kinds of groups.
const (
	OfAgreement GroupKind = "agreement"
	OfObjective GroupKind = "objective" // an SLO: internal, whatever was agreed
)

// Title of a kind of group.
func (k GroupKind) Title() text.Text {
	switch k {
	case OfAgreement:
		return text.New("Agreement", "Vereinbarung")
	case OfObjective:
		return text.New("Objective (SLO)", "Serviceziel (SLO)")
	}
	return text.Same(string(k))
}

// Assessment of a figure against its target.
type Assessment string

// The assessments.
const (
	Met    Assessment = "met"
	Missed Assessment = "missed"
	NoData Assessment = "n/a" // nothing to hold against it
)

// Title of an assessment, as of a target.
func (a Assessment) Title() text.Text {
	switch a {
	case Met:
		return text.New("met", "erreicht")
	case Missed:
		return text.New("missed", "verfehlt")
	case NoData:
		return NotApplicable()
	}
	return text.Same(string(a))
}
