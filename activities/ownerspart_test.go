package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

// What was decided of an outage is proposed again as long as it may be: once an
// import has made it too long, it doesn't prove the plan any more.
func TestADecisionOnAnOutageIsProposedWhileItMayBe(t *testing.T) {
	e := report.Evidence{Outage: "unplanned-outage/desk", Title: text.Same("Outage"), Plan: "fire", RTO: "PT3H", Seconds: 3600, Says: report.Proves}
	proposed := func(says, before report.Says) string {
		e.Says = says
		values := task.Values{evidenceOf(e): []byte(`"` + before + `"`)}
		return string(askedAbout(nil, []report.Evidence{e}).question(values).Fields[0].Value)
	}
	require.Equal(t, `"proves"`, proposed(report.Proves, report.Proves))
	require.Equal(t, `"nothing"`, proposed(report.Disproves, report.SaysNothing))
	require.Empty(t, proposed(report.Disproves, report.Proves))
	require.Empty(t, askedAbout(nil, []report.Evidence{e}).question(nil).Fields[0].Value, "nobody was asked before")
}
