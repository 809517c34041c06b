package drill

import (
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/report"
)

// findings are what a drill showed and no figure does: each goes into the
// register when the report is published. Of a drill that never began there are
// none.
func (d draft) findings() []report.Finding {
	h := d.happened()
	if d.Stage != drill.ToReport || h.Begun == nil {
		return nil
	}
	l := list{draft: d}
	l.objectives()
	if h.Result != nil {
		l.beyond(h.Result)
	}
	l.calls()
	l.normal()
	l.steps()
	l.abort()
	return l.all
}

// abort stands for all that couldn't be judged because of it.
func (l *list) abort() {
	a := l.Happened.Abort
	if a == nil {
		return
	}
	var unjudged []text.Text
	for _, r := range l.results() {
		if r.verdict == continuity.Incomplete {
			unjudged = append(unjudged, r.title)
		}
	}
	detail := text.F("Reason: %s", "Grund: %s", orDash(a.Reason))
	if len(unjudged) > 0 {
		detail = text.F("Not shown: %s. %s", "Nicht nachgewiesen: %s. %s", text.Join(unjudged, ", "), detail)
	}
	title := text.New("Drill aborted", "Übung abgebrochen")
	if l.Setup.Type == continuity.Invocation {
		title = text.New("Invocation aborted", "Notfallbewältigung abgebrochen")
	}
	l.add("aborted", title, detail)
}

// list is the findings of a drill as they are gathered.
type list struct {
	draft
	all []report.Finding
}

// add gives a finding a key that is the same in each drill of the plan, so that
// the register tells a further sighting from a new finding.
func (l *list) add(what string, title, detail text.Text) {
	l.all = append(l.all, report.Finding{Key: l.Plan.Name + "/" + what, Kind: improvement.DrillShortcoming,
		Title: text.F("%s (%s)", "%s (%s)", title, planTitle(l.Plan)), Detail: detail})
}

// objectives are those that couldn't be judged, and estimates that miss theirs.
func (l *list) objectives() {
	for _, r := range l.results() {
		switch by, missed := l.misses(r.name); {
		case missed && r.verdict == continuity.Estimated:
			l.add("estimate-"+r.name, text.F("Estimate misses the objective %s", "Schätzung verfehlt das Ziel %s", r.title),
				text.F("Expected: %s; agreed: %s (%s). An estimate proves nothing, in either direction.", "Erwartet: %s; vereinbart: %s (%s). Eine Schätzung beweist nichts, weder für noch gegen das Ziel.", r.achieved, r.agreed, by))
		case r.verdict == continuity.Incomplete && l.Happened.Abort == nil:
			l.add("incomplete-"+r.name, text.F("%s not shown", "%s nicht nachgewiesen", r.title), text.F("Agreed: %s; %s.", "Vereinbart: %s; %s.", r.agreed, l.reason(r.objective, r.verdict)))
		}
	}
}

// beyond are data, plan and return.
func (l *list) beyond(r *drill.Result) {
	evidence := text.New("No evidence is on record.", "Ein Nachweis liegt nicht vor.")
	if e := l.Happened.Evaluation; e != nil && e.Evidence != "" {
		evidence = text.F("Evidence: %s", "Nachweis: %s", e.Evidence)
	}
	switch r.Integrity {
	case continuity.Fail:
		l.add("data-damaged", text.New("Restored data damaged or missing", "Wiederhergestellte Daten beschädigt oder unvollständig"), evidence)
	case continuity.Incomplete:
		if l.Happened.Abort != nil {
			break
		}
		l.add("data-not-checked", text.New("Restored data not checked by content", "Wiederhergestellte Daten nicht inhaltlich geprüft"), evidence)
	}
	if open(r.Offsite) {
		l.add("not-readable", text.New("Plan and contacts not read where Turnus can’t be reached", "Plan und Kontakte nicht außerhalb von Turnus gelesen"),
			text.F("According to the plan they are read here: %s", "Laut Plan werden sie hier gelesen: %s", orDash(l.Plan.Spec.Offsite)))
	}
	if open(r.Back) {
		l.add("return-not-verified", text.New("Return to normal operation not verified", "Rückkehr zum Normalbetrieb nicht geprüft"),
			text.F("%s is to verify it.", "Zu prüfen ist sie von %s.", orDash(l.Plan.Spec.Business)))
	}
}

// calls are those that weren't made by the time that the plan sets, or not shown to
// have been, in one finding; after an abort nobody waited for the others.
func (l *list) calls() {
	var all []text.Text
	for i, x := range l.callDeadlines() {
		if a := l.Happened.Abort; x != nil && a != nil && x.Kept != drill.Late && (x.By == nil || x.By.After(a.When)) {
			continue
		}
		if x != nil && x.Kept != drill.InTime {
			all = append(all, text.F("%s (within %s of “%s”: %s)", "%s (innerhalb von %s nach „%s“: %s)",
				l.Happened.Calls[i].Name, lasting(x.Within), l.Setup.Type.EventTitle(x.From), lateness(*x)))
		}
	}
	if len(all) > 0 {
		l.add(l.Setup.Type.LateCalls(), text.New("Contacts not shown to have been reached in time", "Fristgerechte Alarmierung nicht nachgewiesen"), text.F("%s.", "%s.", text.Join(all, "; ")))
	}
}

// normal is the time that MTW bounds, where that was exceeded, or isn't known of a
// drill that was carried to its end.
func (l *list) normal() {
	x := l.NormalDeadline()
	if x == nil || x.Kept == drill.InTime || x.Kept == drill.NotKnown && l.Happened.Abort != nil {
		return
	}
	l.add("mtw", text.F("%s not shown to be kept", "%s nicht nachgewiesen", titleMTW),
		text.F("%s: %s; agreed: at most %s from the disruption.", "%s: %s; vereinbart: höchstens %s ab der Störung.", untilNormal(*x), lateness(*x), lasting(x.Within)))
}

func open(v continuity.Verdict) bool { return v == continuity.Fail || v == continuity.Incomplete }

// steps are those that failed, were skipped or not tested, in one finding; what
// an abort cancelled follows from the abort.
func (l *list) steps() {
	var all []text.Text
	for _, x := range l.Happened.Steps {
		switch x.State {
		case drill.Failed, drill.Skipped, drill.NotTested:
			_, title := l.step(x.Name)
			all = append(all, text.F("%s (%s)", "%s (%s)", title, x.State.Title()))
		}
	}
	if len(all) > 0 {
		l.add("steps", text.New("Steps not carried out as planned", "Schritte nicht wie geplant ausgeführt"), text.F("%s.", "%s.", text.Join(all, "; ")))
	}
}
