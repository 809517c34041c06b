package improvement

// The kinds of findings.
const (
	MissedTarget          = "missed-target"          // a published figure misses what was agreed
	ExceededLimit         = "exceeded-limit"         // a published figure lies above what was agreed
	MissedSlot            = "missed-slot"            // a slot of the plan wasn't kept
	LateSlot              = "late-slot"              // a slot was done after its tolerance
	LateData              = "late-data"              // what is known now isn't what a published report was made of
	RecordsAltered        = "records-altered"        // what a run stands on was changed from outside of Turnus
	AdministratorApproves = "administrator-approves" // somebody has two roles that don't go together, from the time before that was refused
	Reported              = "reported"               // by a person
)

// Kinds lists them.
func Kinds() []string {
	return []string{MissedTarget, ExceededLimit, MissedSlot, LateSlot, LateData, RecordsAltered, AdministratorApproves, Reported}
}

// FigureKey joins what a published figure showed in several periods: the kind of
// finding, what the report is about, and the figure's own key.
func FigureKey(kind, about, figure string) string { return kind + "/" + about + "/" + figure }

// LateKey joins what came too late for the reports on one period of a scope.
func LateKey(scope, period string) string { return LateData + "/" + scope + "/" + period }

// Graded is the severity of what Turnus finds itself.
func Graded(kind string) Severity {
	switch kind {
	case RecordsAltered:
		return Critical
	case AdministratorApproves, MissedTarget:
		return Major
	}
	return Minor
}
