// Package sla computes what a service level agreement asks about: the clock of
// each ticket, the figures of a period, the workload (ISO/IEC 20000-1, 8.3.3;
// domain guide, section 1).
//
// It may import the standard library, itsm/agreement, itsm/calendar,
// itsm/canonical, itsm/dataset, itsm/improvement, itsm/interval, itsm/resource, itsm/run,
// itsm/stats, itsm/task, itsm/ticket, itsm/versions, itsm/fault and itsm/text.
package sla

import (
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/dataset"
	"turnus/itsm/improvement"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/itsm/versions"
)

// Frozen is what a round of a run stands on: everything it takes to read the
// inputs again as they were known. The tickets themselves stay in the store.
type Frozen struct {
	Run         string           `json:"run"`
	Round       int              `json:"round"`
	Service     string           `json:"service"`
	Title       text.Text        `json:"title"` // of the service
	Period      string           `json:"period"`
	From        time.Time        `json:"from"`
	To          time.Time        `json:"to"` // exclusive
	Zone        string           `json:"zone"`
	TZData      string           `json:"tzdata"`
	Provisional bool             `json:"provisional"`
	Reason      text.Text        `json:"reason,omitzero"` // why it is provisional
	Import      int64            `json:"import"`          // newest import; 0: none
	AsOf        time.Time        `json:"as_of"`           // greatest as-of of the imports
	Agreements  []Agreement      `json:"agreements"`      // all versions in force for tickets opened before To
	Calendars   []CalendarUsed   `json:"calendars"`       // those that service and targets name, without 24x7
	Count       int64            `json:"count"`           // tickets
	Hash        string           `json:"hash"`            // over the sorted (number, version hash)
	At          time.Time        `json:"at"`              // of freezing; the figures' computed_at
	Rejects     []RejectsByCause `json:"rejects,omitempty"`
	RowsRead    int64            `json:"rows_read"` // source rows taken in or rejected up to Import

	Since      *time.Time            `json:"since,omitempty"`      // where a workload limit voids targets: the tickets are all that were open at or after it
	Exclusions []agreement.Exclusion `json:"exclusions,omitempty"` // that name one of the tickets, known at At and not withdrawn
	History    []Past                `json:"history,omitempty"`    // reports of earlier periods, the oldest first
	Baselines  []Baseline            `json:"baselines,omitempty"`  // of the control charts
	InForce    *run.InForce          `json:"in_force,omitempty"`   // of this period; sets that 0.1.0 froze lack it
	Review     bool                  `json:"review,omitempty"`     // the owner is asked about findings before the draft
	Register   *improvement.Extract  `json:"register,omitempty"`   // of findings that earlier reports led to; sets frozen before there was one lack it
	Imports    []dataset.Import      `json:"imports,omitempty"`    // that the tickets may come from, by number, without those withdrawn; their mappings without specs
	Warnings   []dataset.Warning     `json:"warnings,omitempty"`   // about what the set stands on that no import has by itself
	TicketURL  string                `json:"ticket_url,omitempty"` // of the service
	Lists      bool                  `json:"lists,omitempty"`      // the report lists its tickets, and says which no figure counts; sets that 0.1.0 froze don't
}

// Reads says which tickets the set holds: those opened before to, and not over
// before from.
func (f Frozen) Reads() (from, to time.Time) {
	if f.Since != nil {
		return *f.Since, f.To
	}
	return f.From, f.To
}

// Voids says that a workload limit voids targets.
func (f Frozen) Voids() bool {
	return slices.ContainsFunc(f.Agreements, func(a Agreement) bool {
		return slices.ContainsFunc(a.Spec.Workload, func(w agreement.WorkloadLimit) bool { return w.Voids })
	})
}

// Agreed are the versions of agreements as imports are held against them.
func (f Frozen) Agreed() []dataset.Agreed { return versions.Agreed(f.Agreements) }

// The versions that a set names, and what imports rejected.
type (
	Agreement      = versions.Agreement
	Decided        = versions.Decided
	CalendarUsed   = versions.Calendar
	RejectsByCause = dataset.RejectsByCause
)

// Verdict on a target, or on a ticket.
type Verdict string

// The verdicts. NoData: nothing was decided, which is neither met nor missed.
const (
	Met      Verdict = "met"
	Missed   Verdict = "missed"
	Breached Verdict = "breached"
	Running  Verdict = "running"
	NoData   Verdict = "n/a"
)

// Result holds the figures of a period.
type Result struct {
	Agreements []AgreementResult `json:"agreements"` // by name
	Opened     int64             `json:"opened"`     // tickets opened in the period, whatever agreement
	Unmatched  int64             `json:"unmatched"`  // opened in the period and under no agreement
	Untargeted int64             `json:"untargeted"` // opened in the period under an agreement, and under none of its targets
	Flagged    int64             `json:"flagged"`    // tickets decided or open here of which rows were rejected

	List      *List      `json:"list,omitempty"`      // of breached and excluded tickets; nil, as the next, where the set doesn't have one
	Uncounted *Uncounted `json:"uncounted,omitempty"` // tickets that no figure counts
	Changed   int64      `json:"changed,omitempty"`   // tickets of the set that came or changed after the report in force was frozen
}

// AgreementResult holds the figures of one agreement, over all its versions
// that concern the period.
type AgreementResult struct {
	Name     string           `json:"name"`
	Title    text.Text        `json:"title"`
	Customer string           `json:"customer,omitempty"`
	Versions []int            `json:"versions"`
	Targets  []TargetResult   `json:"targets"` // in the order of the newest version
	Workload []WorkloadResult `json:"workload"`
	Score    *Score           `json:"score,omitempty"`   // nil: no target has a weight
	Credits  *CreditsResult   `json:"credits,omitempty"` // nil: none agreed, or the period isn't a month
}

// TargetResult counts the tickets of one target, without the excluded ones.
type TargetResult struct {
	Target agreement.Target `json:"target"` // of the newest version
	Counts
	Verdict     Verdict      `json:"verdict"` // met, missed or n/a, on the plain count
	Percentiles *Percentiles `json:"percentiles,omitempty"`
	Worst       []Worst      `json:"worst,omitempty"`    // five at most, the worst first
	Excluded    []Excluded   `json:"excluded,omitempty"` // by exclusion
	All         *All         `json:"all,omitempty"`      // as if nothing were excluded; nil where nothing is
}

// Percentiles of the elapsed seconds of decided tickets, by nearest rank: the
// target is met exactly if the one of its percentage is within it.
type Percentiles struct {
	P50      int64 `json:"p50_s"`
	P90      int64 `json:"p90_s"`
	P95      int64 `json:"p95_s"`
	OpenFrom int64 `json:"open_from_s,omitempty"` // breached tickets that are still open have taken this long at least: what isn't below it is a lower bound
}

// Ranks are P50, P90 and P95; zeros where there are none.
func (p *Percentiles) Ranks() [3]int64 {
	if p == nil {
		return [3]int64{}
	}
	return [3]int64{p.P50, p.P90, p.P95}
}

// WorkloadResult sets a volume against its limit, which holds for each month,
// day or hour.
type WorkloadResult struct {
	Limit    agreement.WorkloadLimit `json:"limit"`
	Actual   int64                   `json:"actual"`             // in the whole period
	Verdict  Verdict                 `json:"verdict"`            // met: within the limit; n/a without one
	Peak     *Subperiod              `json:"peak,omitempty"`     // per day and hour: the fullest one
	Exceeded []Subperiod             `json:"exceeded,omitempty"` // per day and hour: all above the limit
}

// Subperiod is a day or an hour of the wall clock.
type Subperiod struct {
	From    time.Time `json:"from"`
	Tickets int64     `json:"tickets"`
}
