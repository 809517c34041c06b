package availabilityreview

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/availability"
	"turnus/itsm/slo"
	"turnus/itsm/stats"
	"turnus/itsm/text"
)

// Result holds the figures of a period.
type Result struct {
	Agreements []AgreementResult `json:"agreements"` // by name
	Outages    []Unplanned       `json:"outages"`    // by beginning, then component; each once, whatever targets it counts under
	Windows    []WindowResult    `json:"windows"`    // of maintenance that concern the period
	Objectives []ObjectiveResult `json:"objectives"`
	Drills     []DrillResult     `json:"drills,omitempty"` // that touched production, in the order of the set's
}

// AgreementResult holds the figures of one agreement.
type AgreementResult struct {
	Name     string         `json:"name"`
	Title    text.Text      `json:"title"`
	Customer string         `json:"customer,omitempty"`
	Versions []int          `json:"versions"`
	Targets  []TargetResult `json:"targets"` // in the order of the newest version
}

// TargetResult holds the figures of one target. Those of a longer period are the
// sums of its months, and what is divided is divided once, at the end.
type TargetResult struct {
	Target agreement.Target `json:"target"` // of the newest version that counts
	Months []MonthResult    `json:"months"` // one for a month
	Sum    Figures          `json:"sum"`    // of the months

	Verdict availability.Verdict `json:"verdict"` // met only where all parts under other percentages were
	Parts   []Part               `json:"parts"`   // one for each version that counts in the period, or a month of it

	Alone        *Alone                 `json:"alone,omitempty"`        // where outages and probes are both known
	Disagree     []Disagree             `json:"disagree,omitempty"`     // where one says down and the other doesn't, by time
	Sampling     *Sampling              `json:"sampling,omitempty"`     // where probes count
	Budget       *TimeBudget            `json:"budget,omitempty"`       // nil where no time was agreed, or the target is 100 %
	Costs        []Cost                 `json:"costs,omitempty"`        // of each outage, in the order of Result.Outages
	Degradations bool                   `json:"degradations,omitempty"` // some outages count with a share
	Trend        *Trend                 `json:"trend,omitempty"`        // nil: no report of an earlier month
	Timeline     []availability.Segment `json:"timeline"`               // of the period
}

// Figures are what adds up over months, and what is divided of that.
type Figures struct {
	Agreed      int64                `json:"agreed_s"`
	Measured    int64                `json:"measured_s"` // agreed time outside maintenance that is known
	Down        int64                `json:"down_s"`
	Lost        string               `json:"lost_s"` // down with its weights, exact
	Maintenance int64                `json:"maintenance_s"`
	Excused     int64                `json:"excused_s"`
	Unknown     int64                `json:"unknown_s"`
	Failures    int64                `json:"failures"`
	Restored    int64                `json:"restored"`
	Restoring   int64                `json:"restoring_s"` // full lengths of those restored
	Classes     []availability.Class `json:"duration_classes"`
	LostLow     *int64               `json:"user_lost_low_s,omitempty"` // user-seconds; nil: users aren't asked about
	LostHigh    *int64               `json:"user_lost_high_s,omitempty"`
	UserAgreed  int64                `json:"user_agreed_s,omitempty"` // population · agreed, in user-seconds

	Availability *string `json:"availability_pct"` // nil: not applicable, or nothing is known
	UserLow      *string `json:"user_availability_low_pct,omitempty"`
	UserHigh     *string `json:"user_availability_high_pct,omitempty"`
	Coverage     *string `json:"coverage_pct"`
	Reliable     bool    `json:"reliable"`
	MTRS         *int64  `json:"mtrs_s"`
	MTBF         *int64  `json:"mtbf_s"`
	MTBSI        *int64  `json:"mtbsi_s"`
}

// MonthResult holds the figures of one month of the period.
type MonthResult struct {
	Period  string               `json:"period"`
	Figures Figures              `json:"figures"`
	Verdict availability.Verdict `json:"verdict"`
}

// Part is the time in which one version of a target counts.
type Part struct {
	Period  string               `json:"period"` // the month
	Version int                  `json:"version"`
	From    time.Time            `json:"from"`
	To      time.Time            `json:"to"`
	Attain  string               `json:"attain"`
	Figures Figures              `json:"figures"`
	Verdict availability.Verdict `json:"verdict"`
}

// Alone says what each of two sources gives by itself; nil where it isn't known.
type Alone struct {
	Outages *Figures `json:"outages,omitempty"`
	Probes  *Figures `json:"probes,omitempty"`
}

// Disagree is a time that counts as agreed, in which one source says down.
type Disagree struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Says    string    `json:"says"`              // the dataset that says down
	Counts  bool      `json:"counts"`            // it counted as down
	Agreed  int64     `json:"agreed_s"`          // of it that are agreed service time
	Why     Why       `json:"why"`               // it counted or not
	Unknown bool      `json:"unknown,omitempty"` // the other source knows nothing then
}

// Why says why a time counts as down, or doesn't, in which two sources disagree.
type Why string

// The reasons. Where outages count: the record says down, with or without samples
// then, or doesn't, or wasn't kept then. Where probes count: the record says down
// where there are no samples, or they say up; or they say down. Or either counts.
const (
	WhyEither        Why = "either"
	WhyRecorded      Why = "recorded"
	WhyRecordedAlone Why = "recorded-alone"
	WhyNotRecorded   Why = "not-recorded"
	WhyNotRecording  Why = "not-recording"
	WhyRecordedInGap Why = "recorded-in-gap"
	WhySeenUp        Why = "seen-up"
	WhySeenDown      Why = "seen-down"
)

// Sampling says what probes gave.
type Sampling struct {
	Samples   int64    `json:"samples"`
	Down      int64    `json:"down"`
	Unknown   int64    `json:"unknown"` // answers that tell nothing
	Probes    []string `json:"probes"`
	Precision int64    `json:"precision_s"` // an outage's ends are known to this, either way
	Error     int64    `json:"error_s"`     // of the downtime, either way: its ends within agreed time times that
	Low       *string  `json:"low_pct"`     // availability, were all outages so much longer
	High      *string  `json:"high_pct"`
}

// TimeBudget is how much downtime the target leaves, in seconds; exact decimals.
type TimeBudget struct {
	Allowed   string  `json:"allowed_s"`
	Consumed  string  `json:"consumed_s"`
	Remaining string  `json:"remaining_s"` // below 0: overspent
	Share     *string `json:"consumed_pct"`
}

// Cost is what an outage took of a target's budget.
type Cost struct {
	Outage int     `json:"outage"` // place in Result.Outages
	Down   int64   `json:"down_s"` // that count in the period
	Share  *string `json:"budget_pct,omitempty"`
}

// Unplanned is an outage that no announced maintenance covers as a whole. It asks
// for its investigation.
type Unplanned struct {
	Key        string    `json:"key"` // of the finding: component and beginning
	Component  string    `json:"component,omitempty"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to,omitzero"` // full length; zero: not over
	Open       bool      `json:"open,omitempty"`
	Seconds    int64     `json:"seconds"`          // full length, or length so far
	Unsure     bool      `json:"unsure,omitempty"` // nothing is known of the time right before or after it, so that it may have been longer; said where there are Plans
	By         []string  `json:"by"`               // datasets that say so
	More       int64     `json:"more,omitempty"`   // records beyond the first 50, of which nothing is listed here
	References []string  `json:"references,omitempty"`
	Causes     []string  `json:"causes,omitempty"`
	Severities []string  `json:"severities,omitempty"`
	Begins     bool      `json:"begins"`    // in the period: it is a failure of it
	Counted    int64     `json:"counted_s"` // the most that count under a target
}

// WindowResult says what became of a window of maintenance.
type WindowResult struct {
	UID       string    `json:"uid"`
	Component string    `json:"component,omitempty"`
	Summary   string    `json:"summary,omitempty"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Announced time.Time `json:"announced"`
	Told      bool      `json:"told"`                // by the source; else the import's instant
	Excuses   string    `json:"excuses"`             // all, part, none: of the time in which it stands, under the strictest target
	Why       string    `json:"why,omitempty"`       // late, changed-late, cancelled, adjusted
	Overrun   int64     `json:"overrun_s,omitempty"` // of an outage that goes on after it
	Down      int64     `json:"down_s"`              // excused by it
}

// ObjectiveResult holds how an SLO stands.
type ObjectiveResult struct {
	Name      string      `json:"name"`
	Title     text.Text   `json:"title"`
	Objective int         `json:"objective"` // place among the SLO's
	Label     string      `json:"label,omitempty"`
	Method    slo.Method  `json:"method"`
	Target    string      `json:"target"` // of good ones, as declared
	Measured  bool        `json:"measured"`
	Why       text.Text   `json:"why,omitzero"`     // why it isn't
	Period    *slo.Budget `json:"period,omitempty"` // over the period
	Window    *slo.Budget `json:"window,omitempty"` // its own window, at the period's end
	Burns     []Burn      `json:"burns,omitempty"`
	Costs     []Cost      `json:"costs,omitempty"` // of each outage, of the period's budget
}

// Burn is how fast the budget burnt at most, and how often an alert would have
// begun (slo.MultiWindow).
type Burn struct {
	Long   int64      `json:"long_s"`
	Short  int64      `json:"short_s"`
	Over   slo.Ratio  `json:"over"`
	Beyond bool       `json:"beyond,omitempty"` // even if all were bad, the budget couldn't burn so fast
	Most   *slo.Ratio `json:"most"`             // over the long window; nil: nothing was measured
	At     time.Time  `json:"at,omitzero"`
	Alerts int64      `json:"alerts"`
}

// Trend is the availability of earlier periods and this one, which is part of it
// once it is over. Tests and chart are about the points from Since on.
type Trend struct {
	Points   []Point        `json:"points"`
	Since    int            `json:"since"`              // from here on all was measured in the same way
	Baseline *stats.XmR     `json:"baseline,omitempty"` // of the first twelve of them, eight at least, without this period; nil: too few
	Chart    *stats.Chart   `json:"chart,omitempty"`    // nil without a baseline
	Kendall  stats.Kendall  `json:"kendall"`
	Adjusted stats.Adjusted `json:"adjusted"` // for all trends of the report
	Label    stats.Trend    `json:"label"`
}

// Point is a period of a trend.
type Point struct {
	Period       string  `json:"period"`
	Availability *string `json:"availability_pct"` // nil: a gap
	Attain       string  `json:"attain"`
	Break        bool    `json:"break,omitempty"` // measured otherwise than the point before
}

// Past is the published report of an earlier period, as it was in force when the
// set was frozen. A period without one is a gap, never 0.
type Past struct {
	Period    string       `json:"period"`
	Run       string       `json:"run"`
	Version   int          `json:"version"`
	Hash      string       `json:"hash"`
	Published time.Time    `json:"published"`
	By        string       `json:"by,omitempty"`
	Comment   string       `json:"comment,omitempty"`
	Targets   []PastTarget `json:"targets"`
}

// PastTarget holds what a report said of a target.
type PastTarget struct {
	Agreement    string  `json:"agreement"`
	Name         string  `json:"name"`
	Availability *string `json:"availability_pct"`
	Agreed       int64   `json:"agreed_s"`
	Down         int64   `json:"down_s"`
	Attain       string  `json:"attain"`
	Verdict      string  `json:"verdict"`
	Rules        string  `json:"rules"` // Frozen.Rules then: another value is another measure, and breaks the line
}
