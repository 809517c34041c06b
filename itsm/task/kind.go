package task

import (
	"slices"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Kind of a task.
type Kind string

// The kinds: a decision on a content; an opinion on what was found; what
// happened in a step; data or evidence that somebody has; that something was
// read; whether something holds.
const (
	Approval    Kind = "approval"
	Review      Kind = "review"
	Record      Kind = "record"
	Supply      Kind = "supply"
	Acknowledge Kind = "acknowledge"
	Check       Kind = "check"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Approval, Review, Record, Supply, Acknowledge, Check} }

// Title of a kind, for people.
func (k Kind) Title() text.Text {
	switch k {
	case Approval:
		return text.New("approval", "Freigabe")
	case Review:
		return text.New("review", "Bewertung")
	case Record:
		return text.New("record", "Protokolleintrag")
	case Supply:
		return text.New("data to supply", "Zulieferung")
	case Acknowledge:
		return text.New("acknowledgement", "Kenntnisnahme")
	case Check:
		return text.New("check", "Prüfung")
	}
	return text.Same(string(k))
}

// Question is what a task of a kind asks, in a word or two, before it is said of
// what.
func (k Kind) Question() text.Text {
	switch k {
	case Approval:
		return text.New("Approve?", "Freigeben?")
	case Review:
		return text.New("What is there to say?", "Wie ist das zu bewerten?")
	case Record:
		return text.New("What was done?", "Was wurde getan?")
	case Supply:
		return text.New("What can be supplied?", "Welche Angaben liegen vor?")
	case Acknowledge:
		return text.New("Read and taken note of?", "Gelesen und zur Kenntnis genommen?")
	case Check:
		return text.New("Does it hold?", "Trifft das zu?")
	}
	return text.Same(string(k) + "?")
}

// Outcomes are those that a task of a kind offers, unless its step says
// otherwise; none for an unknown kind.
func (k Kind) Outcomes() []Outcome {
	switch k {
	case Approval:
		return []Outcome{Approve, RequestChanges, Reject}
	case Review:
		return []Outcome{Done}
	case Record:
		return []Outcome{Done, Failed}
	case Supply:
		return []Outcome{Done, Decline}
	case Acknowledge:
		return []Outcome{Acknowledged}
	case Check:
		return []Outcome{Pass, Fail}
	}
	return nil
}

// Outcome is an answer that a task offers.
type Outcome string

// The outcomes.
const (
	Approve        Outcome = "approve"
	RequestChanges Outcome = "request-changes"
	Reject         Outcome = "reject"

	Done         Outcome = "done"
	Failed       Outcome = "failed"
	Ready        Outcome = "ready" // for the next round
	Decline      Outcome = "decline"
	Acknowledged Outcome = "acknowledge"
	Pass         Outcome = "pass"
	Fail         Outcome = "fail"
	Postpone     Outcome = "postpone" // to another date, with the reason

	Skip   Outcome = "skip" // not carried out, with the reason
	Pause  Outcome = "pause"
	Resume Outcome = "resume"
	Direct Outcome = "direct" // others, with the reason
	Abort  Outcome = "abort"  // the whole, with the reason

	Correct Outcome = "correct" // what was entered before, with the reason
)

// Outcomes lists all of them.
func Outcomes() []Outcome {
	return []Outcome{Approve, RequestChanges, Reject, Done, Failed, Ready, Decline, Acknowledged, Pass, Fail, Postpone, Skip, Pause, Resume, Direct, Abort, Correct}
}

// Title of an outcome, for people: what was answered.
func (o Outcome) Title() text.Text {
	switch o {
	case Approve:
		return text.New("approved", "freigegeben")
	case RequestChanges:
		return text.New("changes requested", "Änderungen verlangt")
	case Reject:
		return text.New("rejected", "abgelehnt")
	case Done:
		return text.New("done", "erledigt")
	case Failed:
		return text.New("failed", "fehlgeschlagen")
	case Ready:
		return text.New("ready for the next round", "bereit für die nächste Freigaberunde")
	case Decline:
		return text.New("declined", "abgelehnt")
	case Acknowledged:
		return text.New("acknowledged", "zur Kenntnis genommen")
	case Pass:
		return text.New("passed", "bestanden")
	case Fail:
		return text.New("not passed", "nicht bestanden")
	case Postpone:
		return text.New("postponed", "verschoben")
	case Skip:
		return text.New("skipped", "übersprungen")
	case Pause:
		return text.New("interrupted", "unterbrochen")
	case Resume:
		return text.New("resumed", "fortgesetzt")
	case Direct:
		return text.New("directed", "angeordnet")
	case Abort:
		return text.New("aborted", "abgebrochen")
	case Correct:
		return text.New("corrected", "berichtigt")
	}
	return text.Same(string(o))
}

// Action says what whoever answers so does, as it goes on in a sentence.
func (o Outcome) Action() text.Text {
	switch o {
	case Approve:
		return text.New("approve", "freigeben")
	case RequestChanges:
		return text.New("request changes", "Änderungen verlangen")
	case Reject:
		return text.New("reject", "ablehnen")
	case Done:
		return text.New("report as done", "als erledigt melden")
	case Failed:
		return text.New("report as failed", "als fehlgeschlagen melden")
	case Ready:
		return text.New("report ready for the next round", "als bereit für die nächste Freigaberunde melden")
	case Decline:
		return text.New("decline", "ablehnen")
	case Acknowledged:
		return text.New("acknowledge", "zur Kenntnis nehmen")
	case Pass:
		return text.New("confirm as passed", "als bestanden bewerten")
	case Fail:
		return text.New("report as not passed", "als nicht bestanden bewerten")
	case Postpone:
		return text.New("postpone", "verschieben")
	case Skip:
		return text.New("skip the step", "Schritt überspringen")
	case Pause:
		return text.New("interrupt the step", "Schritt unterbrechen")
	case Resume:
		return text.New("resume the step", "Schritt fortsetzen")
	case Direct:
		return text.New("give a direction", "etwas anordnen")
	case Abort:
		return text.New("abort the drill", "Übung abbrechen")
	case Correct:
		return text.New("correct an entry", "Eintrag berichtigen")
	}
	return text.Same(string(o))
}

// NeedsComment says that the outcome has to be explained.
func (o Outcome) NeedsComment() bool {
	return slices.Contains([]Outcome{RequestChanges, Reject, Decline, Postpone, Skip, Pause, Direct, Abort, Correct}, o)
}

// CheckComment refuses an outcome that has to be explained and isn't.
func (o Outcome) CheckComment(comment string) error {
	if !o.NeedsComment() || strings.TrimSpace(comment) != "" {
		return nil
	}
	return fault.Invalidf("comment", "The comment is missing: with this answer it has to say why.",
		"Der Kommentar fehlt: Bei dieser Antwort muss er den Grund nennen.")
}

// Fulfils says that the outcome gives what the task asks for, so that its
// required fields are needed: whoever refuses or postpones gives the reason
// instead, and what belongs to that outcome.
func (o Outcome) Fulfils() bool { return !o.NeedsComment() }
