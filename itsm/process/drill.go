package process

import (
	"turnus/itsm/calendar"
	"turnus/itsm/person"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// ContinuityDrill is the exercise of a service's recovery.
const ContinuityDrill = "continuity-drill"

// The steps of a drill, besides the approvals of its plan and of its report.
const (
	DrillPlan     = "plan"     // how it is planned
	DrillNotice   = "notice"   // that somebody takes part in it
	DrillBegin    = "begin"    // when the scenario began
	DrillCalls    = "calls"    // whom the call tree reached
	DrillDiscuss  = "discuss"  // what a discussion expects
	DrillStep     = "step"     // the step of that number in the plan; step-3-2 when it is asked for once more
	DrillPaused   = "paused"   // the same, while its clock stands
	DrillConfirm  = "confirm"  // whether the minimum level is there
	DrillConduct  = "conduct"  // directions, the end, an abort
	DrillBack     = "back"     // the step back of that number
	DrillNormal   = "normal"   // whether operation is normal again
	DrillEvaluate = "evaluate" // what isn't on the timeline
	DrillDebrief  = "debrief"  // with those who took part
	DrillReview   = "review"   // by the owner: then it was carried out
	DrillCorrect  = "correct"  // whether entries are wrong, once changes to the report were requested
)

// continuityDrill is planned, approved, carried out by several people at once,
// evaluated, and reported on.
func continuityDrill() Process {
	// A step of the script is due when it should be done, and escalated then; it is
	// reminded of while there is time left, not working days before.
	atOnce := task.Timing{Days: 1, Soon: true}
	named := func(name string, many bool, en, de string, kind task.Kind, outcomes ...task.Outcome) Step {
		return Step{Name: name, Many: many, Recorded: many, Title: text.New(en, de), Kind: kind, Outcomes: outcomes, For: task.Persons}
	}
	// Whoever led or restored doesn't confirm it, also where they stand in for
	// somebody who has left.
	apart := func(s Step, from ...string) Step {
		s.ApartAll = append([]string{DrillBegin, DrillConduct, DrillStep, DrillPaused}, from...)
		return s
	}
	timed := func(s Step) Step {
		s.Timing, s.Dated = atOnce, true
		return s
	}
	begin := named(DrillBegin, false, "Begin the drill", "Übung beginnen", task.Record, task.Done)
	begin.Timing, begin.Dated = task.Timing{Days: 1, Remind: 1}, true // on the day of the drill
	corrected := named(DrillCorrect, true, "Correct the record", "Protokoll berichtigen", task.Record, task.Done, task.Correct)
	corrected.Then = map[task.Outcome]text.Text{task.Done: text.New("Nothing more is corrected: the report is drafted anew from the record as it is.",
		"Es wird nichts mehr berichtigt: Der Bericht wird aus dem Protokoll in seinem jetzigen Stand neu entworfen.")}
	return Process{
		Name: ContinuityDrill, Title: text.New("Continuity drill", "Notfallübung"), Clauses: []string{"8.7.2", "9.1", "10.1"},
		Scope: OfContinuityPlan, Grain: calendar.Day, Own: true, Starters: []person.Role{person.ProcessOwner}, Interval: "working day 10 of year",
		CarriedOut: DrillReview,
		Cancelling: text.New("Where the drill or invocation has begun, cancelling its run takes nothing back: an abort, which whoever conducts it enters in their task, opens the steps back. A run that is cancelled before the return to normal operation is verified leaves a finding.",
			"Hat die Übung oder Notfallbewältigung begonnen, nimmt das Abbrechen des Laufs nichts zurück: Erst der Abbruch, den die Leitung in ihrer Aufgabe einträgt, eröffnet die Schritte der Rückkehr. Wird der Lauf abgebrochen, bevor die Rückkehr zum Normalbetrieb geprüft ist, entsteht ein Befund."),
		Steps: []Step{{
			Name: DrillPlan, Title: text.New("Plan the drill", "Übung planen"), Kind: task.Supply, Outcomes: []task.Outcome{task.Done}, For: task.Owner,
		},
			named(DrillNotice, true, "A continuity drill is planned", "Eine Notfallübung ist geplant", task.Acknowledge),
			begin,
			named(DrillCalls, false, "Call tree: who was reached?", "Alarmierung: Wer wurde erreicht?", task.Record, task.Done),
			named(DrillDiscuss, false, "What does the discussion expect?", "Was erwartet die Besprechung?", task.Record, task.Done),
			timed(named(DrillStep, true, "Step of the plan", "Schritt des Plans", task.Record, task.Done, task.Failed, task.Skip, task.Pause)),
			timed(named(DrillPaused, true, "Interrupted step", "Unterbrochener Schritt", task.Record, task.Resume, task.Failed, task.Skip)),
			apart(named(DrillConfirm, true, "Is the minimum level reached?", "Ist das Notbetriebsniveau erreicht?", task.Check)),
			named(DrillConduct, true, "Conduct the drill", "Übung leiten", task.Record, task.Done, task.Direct, task.Abort),
			timed(named(DrillBack, true, "Step back to normal operation", "Schritt der Rückkehr in den Normalbetrieb", task.Record, task.Done, task.Failed)),
			apart(named(DrillNormal, true, "Is operation normal again?", "Läuft der Betrieb wieder normal?", task.Check), DrillBack),
			named(DrillEvaluate, false, "Evaluate the drill", "Übung auswerten", task.Supply, task.Done),
			named(DrillDebrief, false, "Debrief with those who took part", "Nachbesprechung mit den Beteiligten", task.Record, task.Done),
			{Name: DrillReview, Title: text.New("Review of the drill", "Bewertung der Übung"), Kind: task.Review, For: task.Owner},
			ownersPart()[1],
			corrected,
			approval(drills())},
	}
}
