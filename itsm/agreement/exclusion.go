package agreement

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"turnus/itsm/fault"
	"turnus/itsm/text"
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
	maxNumber   = 200  // bytes of a ticket's number, as imports have it
	maxWords    = 4000 // characters of detail, of evidence, and of a withdrawal's reason
)

// Object names an exclusion in the audit trail.
func (e Exclusion) Object() string { return fmt.Sprintf("exclusion/%s/%d", e.Service, e.ID) }

// Check refuses an exclusion that says too little, or too much. Whether what
// it names exists, the store knows.
func (e Exclusion) Check() error {
	known := false
	for _, r := range ExclusionReasons() {
		known = known || r == e.Reason
	}
	switch {
	case len(e.Tickets) == 0 || len(e.Tickets) > MaxExcluded:
		return fault.Invalidf("tickets", "name the tickets, 1 to %d", "Die Tickets fehlen oder sind zu viele: 1 bis %d nennen.", MaxExcluded)
	case e.Target != "" && e.Agreement == "":
		return fault.Invalidf("agreement", "a target is named with its agreement", "Die Vereinbarung fehlt: Ein Ziel zusammen mit seiner Vereinbarung nennen.")
	case !known:
		return fault.Invalidf("reason", "%.40q isn't a reason; there are %s", "%.40q ist kein Grund; es gibt %s.", string(e.Reason), text.List(ExclusionReasons()))
	case !said(e.Detail):
		return fault.Invalidf("detail", "say what happened, in at most %d characters", "Der Sachverhalt fehlt oder ist zu lang: In höchstens %d Zeichen angeben, was geschehen ist.", maxWords)
	case !said(e.Evidence):
		return fault.Invalidf("evidence", "say where it can be seen, in at most %d characters", "Der Nachweis fehlt oder ist zu lang: In höchstens %d Zeichen angeben, wo es zu sehen ist.", maxWords)
	}
	place := make(map[string]int, len(e.Tickets))
	for i, n := range e.Tickets {
		field := fmt.Sprintf("tickets[%d]", i)
		if n == "" || len(n) > maxNumber {
			return fault.Invalidf(field, "the number of a ticket has 1 to %d bytes", "Die Nummer eines Tickets hat 1 bis %d Byte.", maxNumber)
		}
		if first, again := place[n]; again {
			return fault.Invalidf(field, "%.80q stands at %d already: name each ticket once", "%.80q steht schon an Stelle %d: Jedes Ticket einmal nennen.", n, first)
		}
		place[n] = i
	}
	return nil
}

// Check refuses a withdrawal without a reason, or with too long a one.
func (w Withdrawal) Check() error {
	if !said(w.Reason) {
		return fault.Invalidf("reason", "say why it is withdrawn, in at most %d characters", "Die Begründung fehlt oder ist zu lang: In höchstens %d Zeichen angeben, warum der Ausschluss zurückgezogen wird.", maxWords)
	}
	return nil
}

// said tells whether there are words, and not too many.
func said(s string) bool {
	return strings.TrimSpace(s) != "" && utf8.RuneCountInString(s) <= maxWords
}
