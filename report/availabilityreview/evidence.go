package availabilityreview

import (
	"strconv"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/report"
)

// saidOfPlans is what the length of an outage says about continuity plans.
func saidOfPlans(f avail.Frozen, o avail.Unplanned) (all []report.Evidence) {
	for _, e := range f.Evidence(o) {
		says := report.Disproves
		if e.Proves {
			says = report.Proves
		}
		all = append(all, report.Evidence{Plan: e.Plan.Name, Title: e.Plan.Title, Version: e.Plan.Version, RTO: e.Plan.RTO.String(),
			Begun: o.From.UTC(), Seconds: o.Seconds, Says: says})
	}
	return all
}

// disproved are the findings that a plan's recovery time wasn't kept, as the owner
// decided: under the key that drills of the plan find it by, and re-tests mend.
func disproved(answers []report.Answer) (all []report.Finding) {
	for _, a := range answers {
		for _, p := range a.Plans {
			if p.Says != report.Disproves {
				continue
			}
			all = append(all, report.Finding{Kind: improvement.FailedObjective, Key: report.Figure{Group: report.Group{Name: p.Plan}, Name: "rta"}.Key(),
				Title: text.F("A real outage disproves the recovery time of the plan %s", "Ein tatsächlicher Ausfall widerlegt die Wiederanlaufzeit des Plans %s", p.Title),
				Detail: text.F("%[1]s: %[2]s. Agreed: %[3]s at most (version %[4]d).", "%[1]s: %[2]s. Vereinbart: höchstens %[3]s (Version %[4]d).",
					a.Title, report.Lasting(p.Seconds), p.Agreed(), p.Version)})
		}
	}
	return all
}

// evidence adds the section of what outages say about continuity plans; nothing
// where none says anything.
func evidence(w *report.Writer, f avail.Frozen, r avail.Result, answers []report.Answer) {
	s := w.Section("What outages say about the continuity plans", "Was Ausfälle über die Notfallpläne aussagen")
	t := s.Table("", "").Left("Outage", "Ausfall").Left("Plan", "Plan").Right("Recovery time agreed (RTO), at most", "Vereinbarte Wiederanlaufzeit (RTO), höchstens").
		Right("Full length; ≥: not over", "Gesamte Dauer; ≥: nicht beendet").Left("By its length", "Nach der Dauer").Left("Decided", "Entschieden").Left("By", "Durch")
	decided := map[string]report.Cell{}
	by := map[string]string{}
	for _, a := range answers {
		for _, p := range a.Plans {
			decided[a.Key+" "+p.Plan], by[a.Key+" "+p.Plan] = saysCell(p.Says), a.By
		}
	}
	for _, o := range r.Outages {
		if !asks(o) {
			continue
		}
		for _, p := range saidOfPlans(f, o) {
			key := findingKey(o) + " " + p.Plan
			cell, ok := decided[key]
			if !ok {
				cell = report.Judged(text.New("not decided", "nicht entschieden"), report.Neutral)
			}
			t.Row(report.Words(outageTitle(f, o)), report.Say("%s, version %s", "%s, Version %s", p.Title, strconv.Itoa(p.Version)), report.Words(p.Agreed()),
				report.AtLeast(p.Seconds, o.Open), report.Words(p.Says.Title()), cell, named(by[key]))
		}
	}
	if !s.Empty() {
		s.Say("Each of these outages began while a continuity plan of the service agreed a recovery time (ISO/IEC 20000-1, 8.7.2). Its length alone proves or disproves that only if the service was recovered by the plan: the owner decides, and the approval of this report includes that decision.",
			"Jeder dieser Ausfälle begann, während ein Notfallplan des Service eine Wiederanlaufzeit vorgab (ISO/IEC 20000-1, 8.7.2). Die Dauer allein belegt oder widerlegt diese nur, wenn der Service nach dem Plan wiederhergestellt wurde: Darüber entscheiden die Serviceverantwortlichen; die Freigabe dieses Berichts schließt ihre Entscheidung ein.")
	}
}

func saysCell(s report.Says) report.Cell {
	tone := report.Neutral
	switch s {
	case report.Proves:
		tone = report.Good
	case report.Disproves:
		tone = report.Bad
	}
	return report.Judged(s.Title(), tone)
}
