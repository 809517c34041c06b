package availabilityreview

import (
	"cmp"
	"slices"
	"strconv"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/report"
)

// Evidence is what the outages that ended in the period say about continuity plans
// by their lengths, in order of time: what the owner is asked to decide. Of too
// many it is the gravest: what disproves before what proves, and then the longest.
func Evidence(f avail.Frozen, r avail.Result) []report.Evidence {
	all := everyEvidence(f, r)
	if len(all) <= report.MaxEvidence {
		return all
	}
	places := make([]int, len(all))
	for i := range places {
		places[i] = i
	}
	disproves := func(i int) int {
		if all[i].Says == report.Disproves {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(places, func(a, b int) int {
		return cmp.Or(cmp.Compare(disproves(a), disproves(b)), cmp.Compare(all[b].Seconds, all[a].Seconds))
	})
	places = places[:report.MaxEvidence]
	slices.Sort(places)
	gravest := make([]report.Evidence, 0, report.MaxEvidence)
	for _, i := range places {
		gravest = append(gravest, all[i])
	}
	return gravest
}

// everyEvidence is that of all outages. One belongs to the period of its restoration
// (domain guide, 2.1), so that each is decided on once, and with its whole length.
func everyEvidence(f avail.Frozen, r avail.Result) (all []report.Evidence) {
	for _, o := range r.Outages {
		if o.Open || o.To.Before(f.From) || !o.To.Before(f.To) {
			continue
		}
		for _, e := range f.Evidence(o) {
			says := report.Disproves
			if e.Proves {
				says = report.Proves
			}
			all = append(all, report.Evidence{Outage: findingKey(o), Title: outageTitle(f, o), Plan: e.Plan.Name, Called: e.Plan.Title, Version: e.Plan.Version,
				RTO: e.Plan.RTO.String(), Begun: o.From.UTC(), Seconds: o.Seconds, Says: says})
		}
	}
	return all
}

// decided is evidence with what was decided of it: what the length says, or that
// it says nothing. Of what decisions say nothing else is believed.
func decided(all, decisions []report.Evidence) []report.Evidence {
	for i := range all {
		e := &all[i]
		for _, d := range decisions {
			if d.Outage == e.Outage && d.Plan == e.Plan && (d.Decided == e.Says || d.Decided == report.SaysNothing) {
				e.Decided, e.By, e.At = d.Decided, d.By, d.At
			}
		}
	}
	return all
}

// disproved are the findings that a plan's recovery time wasn't kept, as the owner
// decided: under the key that drills of the plan find it by, and re-tests mend. Each
// outage is a finding here, which the register has as seen once more.
func disproved(said []report.Evidence) (all []report.Finding) {
	for _, e := range said {
		if e.Decided != report.Disproves {
			continue
		}
		all = append(all, report.Finding{Kind: improvement.FailedObjective, Key: report.Figure{Group: report.Group{Name: e.Plan}, Name: "rta"}.Key(), Of: e.Outage,
			Title: text.F("A real outage disproves the recovery time of the plan %s", "Ein tatsächlicher Ausfall widerlegt die Wiederanlaufzeit des Plans %s", e.Called),
			Detail: text.F("%[1]s: %[2]s. Agreed: %[3]s at most (version %[4]d).", "%[1]s: %[2]s. Vereinbart: höchstens %[3]s (Version %[4]d).",
				e.Title, report.Lasting(e.Seconds), e.Agreed(), e.Version)})
	}
	return all
}

// evidence adds the section of what outages say about continuity plans; nothing
// where none says anything. more are those that aren't decided on.
func evidence(w *report.Writer, said []report.Evidence, more int) {
	s := w.Section("What outages say about the continuity plans", "Was Ausfälle über die Notfallpläne aussagen")
	t := s.Table("", "").Left("Outage", "Ausfall").Left("Plan", "Plan").Right("Recovery time agreed (RTO), at most", "Vereinbarte Wiederanlaufzeit (RTO), höchstens").
		Right("Full length", "Gesamte Dauer").Left("By its length", "Nach der Dauer").Left("Decided", "Entschieden").Left("By", "Durch")
	for _, e := range said {
		t.Row(report.Words(e.Title), report.Say("%s, version %s", "%s, Version %s", e.Called, strconv.Itoa(e.Version)), report.Words(e.Agreed()),
			report.Seconds(e.Seconds), report.Words(e.Says.Title()), saysCell(e.Decided), named(e.By))
	}
	if !s.Empty() {
		s.Say("Each of these outages ended in the period and began while a continuity plan of the service agreed a recovery time (ISO/IEC 20000-1, 8.7.2). Its length alone proves or disproves that only if the service was recovered by the plan: the owner decides, and the approval of this report includes that decision.",
			"Jeder dieser Ausfälle endete in der Periode und begann, während ein Notfallplan des Service eine Wiederanlaufzeit vorgab (ISO/IEC 20000-1, 8.7.2). Die Dauer allein belegt oder widerlegt diese nur, wenn der Service nach dem Plan wiederhergestellt wurde: Darüber entscheidet die verantwortliche Person; die Freigabe dieses Berichts schließt diese Entscheidung ein.")
	}
	if more > 0 {
		s.Say("The table has the gravest: those that disprove, then the longest. %s", "Die Tabelle enthält die schwerwiegendsten: zuerst die widerlegenden, dann die längsten. %s",
			text.N(more, text.New("One more, a shorter one, isn’t decided on; its outage stands in the receipts.", "Über einen weiteren, kürzeren wird nicht entschieden; er steht in den Belegen."),
				text.F("%d more, shorter ones, aren’t decided on; their outages stand in the receipts.", "Über %d weitere, kürzere wird nicht entschieden; sie stehen in den Belegen.", more)))
	}
}

func saysCell(s report.Says) report.Cell {
	switch s {
	case report.Proves:
		return report.Judged(s.Title(), report.Good)
	case report.Disproves:
		return report.Judged(s.Title(), report.Bad)
	}
	return report.Judged(s.Title(), report.Neutral)
}
