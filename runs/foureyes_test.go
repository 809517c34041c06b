package runs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/runs"
)

func desk(approvers string) resource.Raw {
	return doc(resource.Service, "desk", `{'owner':'olga','approvers':[`+approvers+`],'calendar':'berlin'}`)
}

// apply declares in somebody's name.
func (h *house) apply(by person.Actor, docs ...resource.Raw) {
	h.Helper()
	_, err := h.store.Apply(h.Context(), by, h.now, docs, false)
	require.NoError(h, err)
}

// A start that only those could decide on who brought what it would stand on
// is refused, and says so of each; what it wouldn't stand on keeps nobody.
func TestStartsThatNobodyCouldDecide(t *testing.T) {
	h := newHouse(t, day("2027-02-10 12:00"), service("desk", "berlin", "")...)
	approver := func(name string) resource.Raw { return doc(resource.Person, name, `{'roles':['approver']}`) }
	h.apply(root, approver("anna"), approver("max"), approver("nora"), approver("ida"), approver("free"))
	gold := func(from string) resource.Raw {
		return doc(resource.Agreement, "desk", `{'service':'desk','valid':{'from':'`+from+`'},'targets':[
			{'name':'p1','measure':'resolution','within':'PT4H','calendar':'york','attain':95}]}`)
	}
	h.apply(person.Actor{Person: "anna", Issuer: "nora"}, gold("2016-02-01"))
	h.apply(person.Actor{Person: "free"}, gold("2027-02-01")) // after the period
	h.apply(person.Actor{Person: "max"}, doc(resource.Calendar, "york", `{'zone':'America/New_York','hours':{}}`))
	h.coversAs("anton", "desk", day("2027-02-09 12:00"))
	start := runs.Start{Process: "sla-report", Scope: "desk", Period: "2027-01"}
	by := person.Actor{Person: "olga", Issuer: "ida"}

	h.apply(root, desk(`'anton','anna','max','nora','ida'`))
	_, _, err := h.runs.Start(t.Context(), by, start)
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	for _, why := range []string{"anton brought data that these figures use", "anna declared Agreement/desk", "max declared Calendar/york",
		"nora issued the token with which Agreement/desk was declared", "ida issued the token with which this run was started"} {
		require.ErrorContains(t, err, why)
	}
	require.Contains(t, fault.As(err).Message.De, "anna hat Agreement/desk angelegt oder geändert")

	// The plan waits for the same, and begins with somebody who could decide.
	h.apply(root, desk(`'anton'`)) // who has no part in the interval
	h.inForce(interval("desk", "desk", `'rule':{'day':3,'of':'month','at':'06:00'},'valid':{'from':'2027-02-01'}`))
	h.apply(root, desk(`'anton','anna','max','nora'`))
	h.wake()
	key := run.Key{Process: "sla-report", Scope: "desk", Period: "2027-01"}
	s, err := h.store.Slot(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, "due", string(s.State))
	require.Contains(t, s.Reason.En, "anton brought data")
	h.apply(root, desk(`'anton','anna','max','nora','free'`))
	h.wake()
	require.Equal(t, "in-work", h.slot("desk", "2027-01"))
	require.Equal(t, 1, h.attempts("desk", "2027-01"))
}
