package slareport

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// The owner is asked about each missed target and each exceeded limit, and
// about nothing else; each is shown by a figure of the report.
func TestFindings(t *testing.T) {
	_, r := deepMarch()
	require.Equal(t, []report.Finding{
		{Key: "service-desk-2016/p1-resolution", Title: text.New("Target p1-resolution missed", "Ziel p1-resolution verfehlt"),
			Detail: text.New("Met by 18 of 85 tickets decided; agreed are 95\u202f%.", "Eingehalten haben es 18 von 85 gewerteten Tickets; vereinbart sind 95\u202f%."), Figure: "p1-resolution.attainment"},
		{Key: "service-desk-2016/p4-resolution", Title: text.New("Target p4-resolution missed", "Ziel p4-resolution verfehlt"),
			Detail: text.New("Met by 9,590 of 9,600 tickets decided; agreed are 99.9\u202f%.", "Eingehalten haben es 9.590 von 9.600 gewerteten Tickets; vereinbart sind 99,9\u202f%."), Figure: "p4-resolution.attainment"},
		{Key: "service-desk-2016/workload.tickets.peak-day", Title: text.New("Limit exceeded: tickets a day", "Mengengrenze überschritten: Tickets je Tag"),
			Detail: text.New("Counted: 512; the limit is 450.", "Gezählt: 512; die Mengengrenze liegt bei 450."), Figure: "workload.tickets.peak-day"},
	}, Findings(r))
	_, r = manyCustomers()
	f := Findings(r)
	require.Equal(t, text.New("Service desk for logistics-and-warehousing-international: Limit exceeded: tickets a month",
		"Service Desk für logistics-and-warehousing-international: Mengengrenze überschritten: Tickets je Monat"), f[len(f)-1].Title)
	seen := map[string]bool{}
	for _, x := range f {
		require.False(t, seen[x.Key], x.Key)
		seen[x.Key] = true
	}
	figures := map[string]report.Assessment{}
	for _, x := range Figures(r) {
		figures[x.Group.Name+"/"+x.Name] = x.Verdict
	}
	for _, x := range f {
		agreement, _, _ := strings.Cut(x.Key, "/")
		require.Equal(t, report.Missed, figures[agreement+"/"+x.Figure], x.Key)
	}
	r.Agreements = nil
	require.Empty(t, Findings(r))
}

// What the owner is asked about is what the register of findings gets from the
// published figures, under the same keys: the figures as if nothing had been
// excluded aren't among them.
func TestFindingsAreTheMissesOfTheFigures(t *testing.T) {
	excluded := false
	for name, make := range map[string]func() (sla.Frozen, sla.Result){"deep march": deepMarch, "many customers": manyCustomers} {
		_, r := make()
		var asked, missed []string
		for _, f := range Findings(r) {
			asked = append(asked, f.Key+" "+f.Figure)
		}
		for _, f := range report.Misses(Figures(r)) {
			missed = append(missed, f.Key()+" "+f.Name)
			require.Equal(t, strings.HasPrefix(f.Name, volumeName), f.Above(), "%s: a limit is exceeded, a target missed: %s", name, f.Name)
		}
		require.Equal(t, asked, missed, name)
		for _, f := range Figures(r) {
			excluded = excluded || f.Verdict == report.Missed && strings.HasSuffix(f.Name, report.IfAll)
		}
	}
	require.True(t, excluded)
}

// What the owner said stands before the results; where nobody was asked there
// is no section, whatever was missed.
func TestAnswers(t *testing.T) {
	f, r := deepMarch()
	for _, s := range document(f, r).Sections {
		require.NotEqual(t, "Causes and measures", s.Title.En)
	}
	at := instant("2016-04-04T12:00:00Z")
	asked := Findings(r)
	d, err := Draft(f, r, []report.Answer{
		{Key: asked[0].Key, Title: asked[0].Title, Cause: "No stand-by at night.", Measure: "A rota from May on.", By: "desk-owner", At: at},
		{Key: asked[1].Key, Title: asked[1].Title, None: "The supplier's report isn't there yet.", By: "desk-owner", At: at}})
	require.NoError(t, err)
	require.Equal(t, text.New("Causes and measures", "Ursachen und Maßnahmen"), d.Sections[0].Title)
	require.Len(t, d.Answers, 2)
	require.Equal(t, []string{
		"Target p1-resolution missed | No stand-by at night. | A rota from May on. | desk-owner | 2016-04-04T12:00Z",
		"Target p4-resolution missed | – | none: The supplier's report isn't there yet. | desk-owner | 2016-04-04T12:00Z"}, rowsOf(d.Sections[0].Tables[0]))
	require.Equal(t, "keine: The supplier's report isn't there yet.", d.Sections[0].Tables[0].Rows[1][2].Text.De)
	again, _, err := report.Hash(d)
	require.NoError(t, err)
	silent, _, err := report.Hash(document(f, r))
	require.NoError(t, err)
	require.NotEqual(t, silent, again, "an approval holds for the answers too")
}
