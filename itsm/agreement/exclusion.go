package agreement

import (
	"fmt"
	"time"

	"turnus/itsm/fault"
)

// Exclusion is a proposal to leave tickets out of the figures, with its reason
// and the evidence for it. It counts once a report that uses it is approved:
// the report shows its figures with and without (domain guide, 1.5).
type Exclusion struct {
	ID        int64           `json:"id" db:"id"`
	Service   string          `json:"service" db:"service"`
	Tickets   []string        `json:"tickets" db:"-"`                     // their numbers
	Agreement string          `json:"agreement,omitempty" db:"agreement"` // empty: under every agreement
	Target    string          `json:"target,omitempty" db:"target"`       // of the agreement; empty: under every target
	Reason    ExclusionReason `json:"reason" db:"reason"`
	Detail    string          `json:"detail" db:"detail"`     // what happened, in words
	Evidence  string          `json:"evidence" db:"evidence"` // where it can be seen: an address, the number of a change
	By        string          `json:"by" db:"person"`
	At        time.Time       `json:"at" db:"at"`
	Withdrawn *Withdrawal     `json:"withdrawn,omitempty" db:"-"`

	TokenIssuer string `json:"token_issuer,omitempty" db:"token_issuer"` // who issued the proposer's token
}

// Withdrawal ends an exclusion for the reports to come; published ones stay.
type Withdrawal struct {
	By          string    `json:"by"`
	At          time.Time `json:"at"`
	Reason      string    `json:"reason"`
	TokenIssuer string    `json:"token_issuer,omitempty"` // who issued the token of whoever withdrew
}

// ExclusionReason says why tickets don't count.
type ExclusionReason string

// The reasons.
const (
	Maintenance  ExclusionReason = "maintenance"   // planned, and announced in time
	Customer     ExclusionReason = "customer"      // caused by the customer
	ForceMajeure ExclusionReason = "force-majeure" // beyond anybody's control
	Duplicate    ExclusionReason = "duplicate"     // merged into another ticket
	Retracted    ExclusionReason = "retracted"     // the user took it back
	Spam         ExclusionReason = "spam"          // not a request at all
)

// ExclusionReasons lists them all.
func ExclusionReasons() []ExclusionReason {
	return []ExclusionReason{Maintenance, Customer, ForceMajeure, Duplicate, Retracted, Spam}
}

// Bounds of an exclusion.
const (
	MaxExcluded = 1000 // tickets
	maxWords    = 4000 // bytes of detail, and of evidence
)

// Check refuses an exclusion that says too little, or too much.
func (e Exclusion) Check() error {
	known := false
	for _, r := range ExclusionReasons() {
		known = known || r == e.Reason
	}
	switch {
	case len(e.Tickets) == 0 || len(e.Tickets) > MaxExcluded:
		return fault.Invalidf("tickets", "name the tickets, 1 to %d", "die Tickets nennen, 1 bis %d", MaxExcluded)
	case e.Target != "" && e.Agreement == "":
		return fault.Invalidf("agreement", "a target is named with its agreement", "ein Ziel wird mit seiner Vereinbarung genannt")
	case !known:
		return fault.Invalidf("reason", "%.40q isn't a reason: use one of %v", "%.40q ist kein Grund: einer von %v", string(e.Reason), ExclusionReasons())
	case e.Detail == "" || len(e.Detail) > maxWords:
		return fault.Invalidf("detail", "say what happened, in at most %d bytes", "sagen, was geschehen ist, in höchstens %d Bytes", maxWords)
	case e.Evidence == "" || len(e.Evidence) > maxWords:
		return fault.Invalidf("evidence", "say where it can be seen, in at most %d bytes", "sagen, wo es zu sehen ist, in höchstens %d Bytes", maxWords)
	}
	seen := map[string]bool{}
	for i, n := range e.Tickets {
		if n == "" || len(n) > 200 || seen[n] {
			return fault.Invalidf(fmt.Sprintf("tickets[%d]", i), "a number of 1 to 200 bytes, each once", "eine Nummer mit 1 bis 200 Bytes, jede einmal")
		}
		seen[n] = true
	}
	return nil
}
