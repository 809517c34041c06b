package task

import (
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// StalePart is something that a draft stands on and that isn't any more as it was
// when the draft was made.
type StalePart struct {
	Code   string    `json:"code"`
	Detail text.Text `json:"detail"`
}

// CheckStale refuses to approve a draft that is stale, since something has
// changed that it stands on, unless whoever approves says so (stale) and why. A
// carried pass says no such thing: systems that can only signal have shown
// nobody what has changed. Everything else may be answered to a stale draft.
func CheckStale(changes []StalePart, m Message, runID string, carried bool) error {
	if len(changes) == 0 || m.Outcome != Approve {
		return nil
	}
	details := make([]text.Text, len(changes))
	for i, c := range changes {
		details[i] = c.Detail
	}
	what := text.Join(details, "; ")
	switch {
	case carried:
		return fault.New(fault.Conflict, text.F(
			"What this draft stands on has changed: %[1]s. A signal can't approve it: turnus refresh %[2]s begins a new round, and turnus decide --stale with a comment approves it all the same.",
			"Die Grundlage dieses Entwurfs hat sich geändert: %[1]s. Per Signal lässt er sich nicht freigeben: turnus refresh %[2]s beginnt eine neue Runde, turnus decide --stale mit Kommentar gibt ihn trotzdem frei.",
			what, runID))
	case !m.Stale:
		return fault.New(fault.Conflict, text.F(
			`What this draft stands on has changed: %[1]s. The owner begins a new round with turnus refresh %[2]s; "stale": true with a comment (turnus decide --stale --comment) approves it all the same.`,
			`Die Grundlage dieses Entwurfs hat sich geändert: %[1]s. Die verantwortliche Person beginnt mit turnus refresh %[2]s eine neue Runde; "stale": true mit Kommentar (turnus decide --stale --comment) gibt ihn trotzdem frei.`,
			what, runID))
	case strings.TrimSpace(m.Comment) == "":
		return fault.Invalidf("comment", "Say why a draft is approved although what it stands on has changed: %s.",
			"Angeben, warum der Entwurf freigegeben wird, obwohl sich seine Grundlage geändert hat: %s.", what)
	}
	return nil
}
