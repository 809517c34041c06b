package runs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/uptime"
	"turnus/runs"
	"turnus/store"
)

// both is a service of whose tickets and outages something was agreed.
func both() []resource.Raw {
	return []resource.Raw{service("desk", "24x7", "Europe/Berlin")[0],
		doc(resource.Agreement, "desk", `{'service':'desk','valid':{'from':'2016-01-01'},'targets':[
			{'name':'p1','measure':'resolution','within':'PT4H','calendar':'24x7','attain':95},
			{'name':'site','measure':'availability','calendar':'24x7','attain':99.9,'availability':{}}]}`)}
}

// outages imports a record without outages, kept up to an instant.
func (h *house) outages(asOf time.Time) {
	h.Helper()
	_, err := h.store.ImportOutages(h.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: asOf, Since: day("2020-01-01 00:00"), Now: h.now, By: "olga"},
		func(func(uptime.Outage, error) bool) {}, nil)
	require.NoError(h, err)
}

// Of a service with both processes, each slot waits for the data of its own.
func TestEachProcessWaitsForItsOwnData(t *testing.T) {
	h := newHouse(t, day("2027-01-10 12:00"), both()...)
	for _, process := range []string{"sla-report", "availability-review"} {
		h.inForce(doc(resource.Interval, process, `{'process':'`+process+`','scope':'desk','reason':'clause 9.4',
			'rule':{'day':3,'of':'month','at':'06:00'},'tolerance':5,'valid':{'from':'2027-02-01'}}`))
	}
	slot := func(process, period string) planning.Slot {
		s, err := h.store.Slot(t.Context(), run.Key{Process: process, Scope: "desk", Period: period})
		require.NoError(t, err)
		return s
	}
	h.now = day("2027-02-03 12:00")
	h.wake()
	require.Contains(t, slot("availability-review", "2027-01").Reason.En, "desk has no imported data (Outages)")

	h.covers("desk", h.now)
	h.wake()
	require.Equal(t, []string{"in-work", "due"}, []string{string(slot("sla-report", "2027-01").State), string(slot("availability-review", "2027-01").State)})
	h.outages(day("2027-01-20 12:00"))
	h.wake()
	require.Contains(t, slot("availability-review", "2027-01").Reason.De, "(Ausfälle)")
	h.outages(h.now)
	h.wake()
	require.Equal(t, "in-work", string(slot("availability-review", "2027-01").State))
}

// Quarters and years are started by people, as sums of their months; nothing else
// is.
func TestLongerPeriodsOfAReview(t *testing.T) {
	h := newHouse(t, day("2027-01-10 12:00"), both()...)
	start := func(process, period string) error {
		_, _, err := h.runs.Start(t.Context(), olga, runs.Start{Process: process, Scope: "desk", Period: period})
		return err
	}
	require.ErrorContains(t, start("availability-review", "2026-Q4"), "no imported data (Outages)")
	require.ErrorContains(t, start("availability-review", "2026"), "no imported data (Outages)")
	require.ErrorContains(t, start("availability-review", "2027-Q1"), "isn't over")
	require.ErrorContains(t, start("availability-review", "2026-12-01"), "reports on a month")
	require.ErrorContains(t, start("sla-report", "2026-Q4"), "reports on a month")
	require.ErrorContains(t, start("availability-review", "2015-12"), "no agreement with a target of measure availability")
}

// A month in which outages may prove a plan isn't approved by who declared that: a
// start that nobody else could decide on is refused.
func TestReviewsThatOnlyWhoDeclaredAPlanCouldDecide(t *testing.T) {
	h := newHouse(t, day("2027-02-10 12:00"), both()...)
	h.outages(h.now)
	rto := agreement.Duration(3600)
	storetest.PlanVersion(t, h.store, day("2027-01-05 00:00"), "desk-fire", 1, continuity.Plan{Service: "desk", Scenario: "fire", Objectives: continuity.Agreed{RTO: &rto}})
	pgtest.Tamper(t, h.store.DB(), "ALTER TABLE resource DISABLE TRIGGER USER")
	pgtest.Tamper(t, h.store.DB(), "UPDATE resource SET person = 'anton' WHERE kind = 'ContinuityPlan'")
	_, _, err := h.runs.Start(t.Context(), olga, runs.Start{Process: "availability-review", Scope: "desk", Period: "2027-01"})
	require.ErrorContains(t, err, "anton declared ContinuityPlan/desk-fire")
}
