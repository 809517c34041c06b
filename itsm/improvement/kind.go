package improvement

import (
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// The kinds of findings.
const (
	MissedTarget          = "missed-target"          // a published figure misses what was agreed
	ExceededLimit         = "exceeded-limit"         // a published figure lies above what was agreed
	UnplannedOutage       = "unplanned-outage"       // a service wasn't there, and nobody had announced it: its cause is to be investigated
	DrillShortcoming      = "drill-shortcoming"      // what a continuity drill showed, and no figure does
	MissedSlot            = "missed-slot"            // a slot of the plan wasn't kept
	LateSlot              = "late-slot"              // a slot was done after its tolerance
	LateData              = "late-data"              // what is known now isn't what a published report was made of
	RecordsAltered        = "records-altered"        // what a run stands on was changed from outside of Turnus
	AdministratorApproves = "administrator-approves" // somebody has two roles that don't go together, from the time before that was refused
	SeesEverything        = "sees-everything"        // persons from before there were views see what is published of every service
	ContinuityPlan        = "continuity-plan"        // what a plan in force agrees doesn't fit together, or can't be told
	FailedObjective       = "failed-objective"       // a drill didn't prove what a continuity plan agrees
	OverdueRetest         = "overdue-retest"         // a drill that didn't pass wasn't repeated in time
	RetestAsked           = "retest-asked"           // a major change of a service puts what was drilled of its continuity plan in doubt
	Reported              = "reported"               // by a person
)

// Kinds lists them.
func Kinds() []string {
	return []string{MissedTarget, ExceededLimit, UnplannedOutage, MissedSlot, LateSlot, LateData, RecordsAltered, AdministratorApproves, SeesEverything, ContinuityPlan, FailedObjective, DrillShortcoming, OverdueRetest, RetestAsked, Reported}
}

// FigureKey joins what a published figure showed in several periods: the kind of
// finding, what the report is about, and the figure's own key.
func FigureKey(kind, about, figure string) string { return kind + "/" + about + "/" + figure }

// EventKey joins the reports that tell of one event, such as an outage, whatever
// their periods: the kind of finding, what the reports are about, and the event's
// own key.
func EventKey(kind, about, event string) string { return kind + "/" + about + "/" + event }

// DoubtKey joins the versions of a continuity plan in which the same is in doubt.
func DoubtKey(plan, doubt string) string { return ContinuityPlan + "/" + plan + "/" + doubt }

// LateKey joins what came too late for a process's reports on one period of a
// scope; the first process is named by none.
func LateKey(k run.Key) string {
	if k.Process != process.SLAReport {
		return LateData + "/" + k.Process + "/" + k.Scope + "/" + k.Period
	}
	return LateData + "/" + k.Scope + "/" + k.Period
}

// Graded is the severity of what Turnus finds itself.
func Graded(kind string) Severity {
	switch kind {
	case RecordsAltered:
		return Critical
	case AdministratorApproves, SeesEverything, MissedTarget, FailedObjective, DrillShortcoming, OverdueRetest:
		return Major
	}
	return Minor
}

// KindTitle is a kind of findings, for people.
func KindTitle(kind string) text.Text {
	switch kind {
	case MissedTarget:
		return text.New("missed target", "verfehltes Ziel")
	case ExceededLimit:
		return text.New("exceeded limit", "überschrittene Grenze")
	case UnplannedOutage:
		return text.New("unplanned outage", "ungeplanter Ausfall")
	case DrillShortcoming:
		return text.New("shortcoming of a drill", "Mangel einer Übung")
	case MissedSlot:
		return text.New("missed slot", "versäumter Termin")
	case LateSlot:
		return text.New("slot done late", "verspätet erledigter Termin")
	case LateData:
		return text.New("late data", "nachträgliche Daten")
	case RecordsAltered:
		return text.New("records altered", "veränderte Aufzeichnungen")
	case AdministratorApproves:
		return text.New("roles that don't go together", "unvereinbare Rollen")
	case SeesEverything:
		return text.New("persons without a view", "Personen ohne festgelegte Sicht")
	case ContinuityPlan:
		return text.New("doubtful continuity plan", "zweifelhafter Notfallplan")
	case FailedObjective:
		return text.New("objective not proved", "nicht belegtes Ziel")
	case OverdueRetest:
		return text.New("overdue re-test", "überfällige Wiederholung")
	case RetestAsked:
		return text.New("re-test after a major change", "Wiederholung nach einer größeren Änderung")
	case Reported:
		return text.New("reported", "gemeldet")
	}
	return text.Same(kind)
}
