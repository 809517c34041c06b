package runs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
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

// Whoever proposed an exclusion that the figures would use is involved when a
// start is judged, too; one that names no ticket of the period, or was
// withdrawn, keeps nobody.
func TestStartsLookAtExclusions(t *testing.T) {
	h := newHouse(t, day("2019-08-10 12:00"), service("desk", "berlin", "")...)
	h.apply(root, doc(resource.Person, "ida", `{'roles':['approver']}`), doc(resource.Person, "heir", `{'roles':['process-owner','approver']}`))
	h.coversAs("root", "desk", day("2019-08-09 12:00"))
	h.inForce(interval("desk", "desk", `'rule':{'day':3,'of':'month','at':'06:00'},'valid':{'from':'2019-07-01'}`))
	h.apply(root, doc(resource.Service, "desk", `{'owner':'heir','approvers':['anton'],'calendar':'berlin'}`))
	heir := person.Actor{Person: "heir", Issuer: "ida"}
	e, err := h.store.ProposeExclusion(t.Context(), heir, h.now, agreement.Exclusion{
		Service: "desk", Tickets: []string{"T1"}, Reason: "customer", Detail: "waited for", Evidence: "a mail"}, "")

	require.NoError(t, err)
	h.apply(root, desk(`'heir','ida'`))

	// T1 was opened and closed in June.
	_, _, err = h.runs.Start(t.Context(), olga, runs.Start{Process: "sla-report", Scope: "desk", Period: "2019-06"})
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	require.ErrorContains(t, err, "heir proposed an exclusion that these figures use")
	require.ErrorContains(t, err, "ida issued the token with which an exclusion was proposed that these figures use")
	h.wake()
	require.Equal(t, "due", h.slot("desk", "2019-06"))
	require.Equal(t, "in-work", h.slot("desk", "2019-07"))

	_, err = h.store.WithdrawExclusion(t.Context(), olga, h.now, "desk", e.ID, "it was ours")
	require.NoError(t, err)
	h.now = h.now.Add(2 * time.Hour)
	h.wake()
	require.Equal(t, "in-work", h.slot("desk", "2019-06"))
}

// A run that begins by a backfill is started by whoever asked for that, with
// the token that they used: also after an attempt that was rejected, or failed.
func TestBackfillsAreStarts(t *testing.T) {
	for _, c := range []struct {
		name string
		ends run.State // of the attempt before; empty: there was none
	}{{"missed", ""}, {"rejected", run.Rejected}, {"failed", run.Failed}} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, day("2027-02-10 12:00"), service("desk", "berlin", "")...)
			h.inForce(interval("desk", "desk", `'rule':{'day':3,'of':'month','at':'06:00'},'valid':{'from':'2027-02-01'}`))
			key := run.Key{Process: "sla-report", Scope: "desk", Period: "2027-01"}
			h.coversAs("root", "desk", day("2027-02-09 12:00"))
			h.now = h.now.Add(time.Minute)
			if c.ends != "" {
				h.wake()
				first, _, err := h.store.FindRun(t.Context(), h.now, key, "")
				require.NoError(t, err)
				require.Empty(t, first.StartedBy, "a slot began it")
				h.end(first.ID, c.ends)
			} else {
				require.NoError(t, h.store.FallDue(t.Context(), h.now))
			}
			h.now = h.now.Add(time.Second)
			_, err := h.store.DeclareMissed(t.Context(), olga, h.now, key, "not now")
			require.NoError(t, err)

			token, secret, err := h.store.IssueToken(t.Context(), root, h.now, "olga", time.Hour)
			require.NoError(t, err)
			by, err := h.store.Authenticate(t.Context(), h.now, secret)
			require.NoError(t, err)
			require.Equal(t, token.ID, by.Token)
			_, err = h.store.Backfill(t.Context(), by, h.now, "desk", date("2027-01-01"), date("2027-01-31"), "late")
			require.NoError(t, err)
			h.wake()
			r, _, err := h.store.FindRun(t.Context(), h.now, key, "")
			require.NoError(t, err)
			require.True(t, r.State.Live(), r.State)
			require.Equal(t, "olga", r.StartedBy)
			require.Equal(t, "root", r.TokenIssuer)
			people, err := h.store.PeopleOf(t.Context(), task.Task{Run: r.ID, Round: 1})
			require.NoError(t, err)
			require.Contains(t, people.Involved, task.Involvement{Person: "root", How: task.Started, Issued: true})
		})
	}
}

func date(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}
