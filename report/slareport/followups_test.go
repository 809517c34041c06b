package slareport

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// followed is March with a register that knows of a missed target's finding; its
// other missed target and the exceeded limit are new.
func followed() (sla.Frozen, sla.Result) {
	f, r := deepMarch()
	due := calendar.Date{Year: 2016, Month: 4, Day: 1}
	f.Register = &improvement.Extract{Findings: []improvement.Progress{
		{Finding: 12, Key: "missed-target/service-desk/service-desk-2016/p1-resolution", Title: text.New("p1-resolution: attainment", "p1-resolution: Erfüllungsgrad"),
			Severity: improvement.Major, State: improvement.InWork, Seen: 3, Actions: []improvement.ActionLine{
				{ID: "12.1", Title: "Add a second person", Owner: "anna", State: improvement.ActionOpen, Due: due, OriginalDue: due.Add(-14), Moves: 2},
				{ID: "12.2", Title: "Write it down", Owner: "ben", State: improvement.ActionEffective, Due: due, OriginalDue: due},
			}},
		{Finding: 9, Key: "exceeded-limit/service-desk/service-desk-2016/workload.tickets.peak-day", Severity: improvement.Minor, State: improvement.Closed, Seen: 1, Ended: &f.From},
	}}
	return f, r
}

func sectionOf(t *testing.T, d report.Document, title string) report.Section {
	t.Helper()
	for _, s := range d.Sections {
		if s.Title.En == title {
			return s
		}
	}
	t.Fatalf("no section %s", title)
	return report.Section{}
}

// lastColumn gives for each row of a table its first and its last cell.
func lastColumn(x report.Table, l text.Lang) map[string]string {
	all := map[string]string{}
	for _, r := range x.Rows {
		last := ""
		if c := r[len(r)-1]; c.Text != nil {
			last = c.Text.In(l)
		} else if c.Verdict != nil {
			last = c.Verdict.Text.In(l)
		}
		all[r[0].Text.In(l)] = last
	}
	return all
}

// A report opens with where the findings of earlier reports stand, marks what is
// overdue, and names the finding of each miss.
func TestFollowUps(t *testing.T) {
	f, r := followed()
	d := document(f, r)
	opens := d.Sections[0]
	require.Equal(t, text.New("What earlier reports led to", "Befunde und Maßnahmen aus früheren Berichten"), opens.Title)
	require.Contains(t, opens.Paragraphs[0].De, "am 04.04.2016")
	require.Equal(t, text.New("Overdue: 1 of 2 actions.", "Überfällig: 1 von 2 Maßnahmen."), opens.Paragraphs[1])
	require.Equal(t, map[string]string{"12": "in Arbeit", "9": "abgeschlossen"}, lastColumn(opens.Tables[0], text.De))
	require.Equal(t, map[string]string{"12.1": "offen, überfällig", "12.2": "wirksam"}, lastColumn(opens.Tables[1], text.De))
	require.Equal(t, report.Bad, opens.Tables[1].Rows[0][6].Verdict.Tone)

	const fresh = "new finding with the publication"
	results, limits := sectionOf(t, d, "Results: Service desk 2016"), sectionOf(t, d, "Workload against its limits")
	targets := lastColumn(results.Tables[0], text.En)
	require.Equal(t, "Finding", results.Tables[0].Columns[8].Title.En)
	require.Equal(t, map[string]string{"p1-resolution": "12: in work", "p3-resolution": "–", "p4-resolution": fresh, "p5-response": "–"}, targets)
	require.Equal(t, map[string]string{"tickets a month": "–", "tickets a day": fresh + ", relapse of 9", "tickets an hour": "–"}, lastColumn(limits.Tables[0], text.En))

	// An earlier version of this report has its finding, whatever became of it.
	f.Register.Findings[1].Here = true
	require.Equal(t, "9: abgeschlossen", lastColumn(sectionOf(t, document(f, r), "Workload against its limits").Tables[0], text.De)["Tickets je Tag"])

	// What is provisional opens none.
	f.Provisional = true
	require.Equal(t, "–", lastColumn(sectionOf(t, document(f, r), "Results: Service desk 2016").Tables[0], text.En)["p4-resolution"])
}

// A register that knows of nothing adds no section, and a set from before there
// was one nothing at all.
func TestWithoutFollowUps(t *testing.T) {
	f, r := followed()
	f.Register.Findings = nil
	d := document(f, r)
	require.NotEqual(t, "What earlier reports led to", d.Sections[0].Title.En)
	require.Contains(t, lastColumn(sectionOf(t, d, "Results: Service desk 2016").Tables[0], text.En)["p1-resolution"], "new finding")
	f.Register = nil
	for _, s := range document(f, r).Sections {
		for _, x := range s.Tables {
			for _, c := range x.Columns {
				require.NotEqual(t, "Finding", c.Title.En, s.Title.En)
			}
		}
	}
}
