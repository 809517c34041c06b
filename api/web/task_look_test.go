package web

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

// tooLong is evidence of an outage of four hours about a plan that agrees three, with
// what the owner decided.
func tooLong(outage string, decided report.Says) report.Evidence {
	return report.Evidence{Outage: outage, Title: text.New("Outage "+outage, "Ausfall "+outage), Plan: "fire", Called: text.New("Fire", "Brand"), Version: 2,
		RTO: "PT3H", Seconds: 4 * 3600, Says: report.Disproves, Decided: decided, By: "olga"}
}

// Whoever decides on a draft sees which outages would disprove a continuity plan, if
// the owner hadn't decided that they say nothing.
func TestOutagesThatWereSetAsideAreLookedAt(t *testing.T) {
	within := tooLong("C", report.SaysNothing)
	within.Says = report.Proves
	all := lookAt(report.Report{Document: report.Document{Evidence: []report.Evidence{tooLong("A", report.SaysNothing), tooLong("B", report.Disproves), within}}}, task.Task{})
	require.Equal(t, []attention{{Bad: true, What: text.New(
		"Outage A: by its length (4\u202fh) it disproves the recovery time of the continuity plan Fire (version 2: 3\u202fh at most), but it was decided that it says nothing about the plan.",
		"Ausfall A: Nach der Dauer (4\u202fh) widerlegt er die Wiederanlaufzeit des Notfallplans Brand (Version 2: höchstens 3\u202fh); entschieden wurde jedoch, dass er nichts über den Plan aussagt."),
		Said: []text.Text{text.New("Decided by olga", "Entschieden von olga")}}}, all)

	var many []report.Evidence
	for i := range mostListed + 2 {
		many = append(many, tooLong(fmt.Sprint(i), report.SaysNothing))
	}
	all = lookAt(report.Report{Document: report.Document{Evidence: many}}, task.Task{})
	require.Len(t, all, mostListed+1)
	require.Equal(t, "In 2 weiteren Fällen wurde ebenso entschieden: siehe Entwurf.", all[mostListed].What.De)
}

// What the owner decided otherwise than before, the approver needn't look for.
func TestWhatIsDecidedAnewIsAChange(t *testing.T) {
	flood := tooLong("A", report.Disproves) // the same outage, another plan
	flood.Plan, flood.Called = "flood", text.New("Flood", "Flut")
	old := report.Report{Document: report.Document{Evidence: []report.Evidence{tooLong("A", report.Disproves), flood, tooLong("B", report.SaysNothing), tooLong("C", report.Disproves)}}}
	now := report.Report{Document: report.Document{Evidence: []report.Evidence{tooLong("A", report.SaysNothing), flood, tooLong("B", report.SaysNothing), tooLong("D", report.Disproves)}}}
	require.Equal(t, []text.Text{
		text.New("Outage A, continuity plan Fire: says nothing about the plan (before: disproves the recovery time)",
			"Ausfall A, Notfallplan Brand: sagt nichts über den Plan aus (vorher: widerlegt die Wiederanlaufzeit)"),
		text.New("Outage D, continuity plan Fire: disproves the recovery time (before: not decided)",
			"Ausfall D, Notfallplan Brand: widerlegt die Wiederanlaufzeit (vorher: nicht entschieden)"),
		text.New("Not any more: Outage C, continuity plan Fire: disproves the recovery time",
			"Entfallen: Ausfall C, Notfallplan Brand: widerlegt die Wiederanlaufzeit"),
	}, changesBetween(old, now).All)
}

// What a page doesn't list it counts.
func TestMoreFindingsThanAPageLists(t *testing.T) {
	many := make([]report.Finding, mostListed+2)
	all := lookAt(report.Report{Document: report.Document{Findings: many}}, task.Task{})
	require.Len(t, all, mostListed+1)
	require.Equal(t, "2 more findings follow: see the draft.", all[mostListed].What.En)
	require.Len(t, lookAt(report.Report{Document: report.Document{Findings: many[2:]}}, task.Task{}), mostListed)
}
