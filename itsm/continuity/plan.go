package continuity

import (
	"turnus/itsm/agreement"
	"turnus/itsm/text"
)

// Plan is the spec of a ContinuityPlan: how a service comes back after one
// scenario, and within what (ISO/IEC 20000-1, 8.7.2).
type Plan struct {
	Service      string       `json:"service"`
	Scenario     string       `json:"scenario"`   // what has happened
	Invocation   string       `json:"invocation"` // when the plan is invoked, and who says so
	Offsite      string       `json:"offsite"`    // where plan and contacts are read when the normal location can't be reached
	Business     string       `json:"business"`   // the person who confirms minimum level and return to normal; carries out no step
	Objectives   Agreed       `json:"objectives"`
	Impact       *Impact      `json:"impact,omitempty"`
	Dependencies []Dependency `json:"dependencies,omitempty"`
	Backup       *Backup      `json:"backup,omitempty"`
	Contacts     []Contact    `json:"contacts,omitempty"`
	Steps        []Step       `json:"steps"`
	Return       []Step       `json:"return"` // the steps back: after a drill, and after an abort
}

// Agreed are a plan's objectives; what is nil isn't agreed.
type Agreed struct {
	RTO      *agreement.Duration `json:"rto,omitempty"`      // from the event that rto_from names to the confirmed minimum level
	From     Base                `json:"rto_from,omitempty"` // said with rto
	RPO      *agreement.Duration `json:"rpo,omitempty"`
	MBCO     *agreement.Decimal  `json:"mbco_pct,omitempty"`
	MTPD     *agreement.Duration `json:"mtpd,omitempty"` // from the disruption: when the impact can't be borne any more
	MTW      *agreement.Duration `json:"mtw,omitempty"`  // from the disruption to normal operation
	WRT      *agreement.Duration `json:"wrt,omitempty"`  // to catch up, after the minimum level is there
	Contacts *agreement.Decimal  `json:"contacts_pct,omitempty"`
	Decide   *agreement.Duration `json:"decide,omitempty"` // from the disruption
}

// Judged are the objectives that a drill is judged by.
func (a Agreed) Judged() Objectives {
	return Objectives{RTO: a.RTO, Base: a.From, RPO: a.RPO, MBCO: a.MBCO, Contacts: a.Contacts, Decide: a.Decide}
}

// Impact is the business impact analysis: how grave the loss is after so long,
// by category. A cell left out is unknown, not 0.
type Impact struct {
	Unacceptable int                  `json:"unacceptable"` // the level from which it can't be borne
	Steps        []agreement.Duration `json:"steps"`        // since the disruption, ascending
	Categories   []Category           `json:"categories"`
}

// Category of impact: its level at steps of the analysis.
type Category struct {
	Name   string         `json:"name"`
	Levels map[string]int `json:"levels"` // by step, as it is written there
}

// Dependency is another service that has to be there first.
type Dependency struct {
	Service string              `json:"service"`
	RTO     *agreement.Duration `json:"rto,omitempty"`      // nil: unknown
	From    Base                `json:"rto_from,omitempty"` // said with rto
}

// Backup says how old the data is at worst that comes back.
type Backup struct {
	Every agreement.Duration `json:"every"` // from the beginning of one to that of the next
	Takes agreement.Duration `json:"takes"` // until one can be restored
}

// Contact is somebody who is called, in this order.
type Contact struct {
	Name   string              `json:"name"`
	Person string              `json:"person,omitempty"` // where they are one of Turnus's
	Role   string              `json:"role"`             // what they are called for
	By     []string            `json:"by"`               // as in phone +49 30 1234, each way in the order of trying
	Within *agreement.Duration `json:"within,omitempty"` // to be reached
	From   Event               `json:"from,omitempty"`   // what within counts from; said with it
}

// Step of a plan: one thing that one person does.
type Step struct {
	Name  string             `json:"name"`
	Title string             `json:"title"`
	Owner string             `json:"owner,omitempty"` // a person; that nobody is named is said with all else that is wrong
	Takes agreement.Duration `json:"takes"`           // expected
	After []string           `json:"after,omitempty"`
	Marks Event              `json:"marks,omitempty"` // the event that is there when the step is done; one step at most for each
	Text  string             `json:"text,omitempty"`  // how it is done
}

// Event of a drill's timeline, by its name in `turnus calc drill`.
type Event string

// The events.
const (
	Disruption Event = "disruption"
	Detected   Event = "detected"
	Invoked    Event = "invoked"
	Decided    Event = "decided"
	Technical  Event = "mbco_technical"
	Confirmed  Event = "mbco_confirmed"
	Full       Event = "full"
	Ended      Event = "ended"
	Snapshot   Event = "snapshot_of"
	BackupDone Event = "backup_finished"
	Normal     Event = "normal" // normal operation again; no drill is judged by it
)

// Markable are the events that steps of a plan may mark, in the order of time.
// The disruption is the scenario's beginning, and what the business confirms no
// step does.
func Markable() []Event { return []Event{Detected, Invoked, Decided, Technical, Full} }

// Title of an event, for people.
func (e Event) Title() text.Text {
	switch e {
	case Disruption:
		return text.New("disruption", "Störung")
	case Detected:
		return text.New("detected", "erkannt")
	case Invoked:
		return text.New("plan invoked", "Plan ausgelöst")
	case Decided:
		return text.New("decided", "entschieden")
	case Technical:
		return text.New("minimum level reached technically", "Wiederanlauf technisch erreicht")
	case Confirmed:
		return text.New("minimum level confirmed by the business", "Wiederanlauf vom Fachbereich bestätigt")
	case Full:
		return text.New("full capacity", "volle Kapazität")
	case Ended:
		return text.New("drill ended", "Übung beendet")
	case Snapshot:
		return text.New("state of the restored data", "Stand der wiederhergestellten Daten")
	case BackupDone:
		return text.New("backup finished", "Sicherung abgeschlossen")
	case Normal:
		return text.New("normal operation verified", "Normalbetrieb geprüft")
	}
	return text.Same(string(e))
}
