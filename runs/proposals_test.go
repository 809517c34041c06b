package runs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
)

// proposing is a house in which some things are so already: an interval with
// a slot that is done, one that is only proposed, a service that was retired,
// and one that nobody could decide for.
func proposing(t *testing.T) *house {
	docs := append(service("desk", "berlin", ""), service("mail", "berlin", "")...)
	docs = append(docs, service("phone", "berlin", "")...)
	docs = append(docs, service("spare", "berlin", "")...)
	docs = append(docs, doc(resource.Service, "old", `{'owner':'olga','approvers':['anton'],'calendar':'24x7','zone':'UTC'}`),
		doc(resource.Person, "otto", `{'roles':['process-owner']}`),
		doc(resource.Service, "foreign", `{'owner':'otto','approvers':['anton'],'calendar':'24x7','zone':'UTC'}`),
		doc(resource.Person, "lena", `{'roles':['approver']}`),
		doc(resource.Service, "lonely", `{'owner':'olga','approvers':['olga','lena'],'calendar':'24x7','zone':'UTC'}`))
	h := newHouse(t, day("2027-01-10 12:00"), docs...)
	h.apply(root, doc(resource.Person, "lena", `{'roles':[]}`))
	require.NoError(t, h.store.Retire(t.Context(), root, h.now, resource.Service, "old"))
	h.inForce(interval("desk", "desk", `'rule':{'day':3,'of':'month','at':'06:00'},'tolerance':5,'valid':{'from':'2027-01-01'}`))
	r, _, err := h.store.Begin(t.Context(), h.now, store.NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2026-12"}, Owner: "olga", By: olga})
	require.NoError(t, err)
	h.end(r.ID, run.Published)
	_, err = h.propose(interval("mail", "mail", `'rule':{'day':3,'of':'month','at':'06:00'},'valid':{'from':'2027-01-01'}`))
	require.NoError(t, err)
	h.inForce(doc(resource.Waiver, "given", `{'process':'sla-report','scope':'desk','periods':['2027-03'],'reason':'at rest'}`))
	return h
}

const good = `'rule':{'day':3,'of':'month','at':'06:00'},'valid':{'from':'2027-02-01'}`

func rule(r string) string { return `'rule':` + r + `,'valid':{'from':'2027-02-01'}` }

// What can't be is refused in both languages, with the field and what would be
// right, and leaves nothing behind.
func TestProposalsThatAreRefused(t *testing.T) {
	h := proposing(t)
	waiver := func(name, periods string) resource.Raw {
		return doc(resource.Waiver, name, `{'process':'sla-report','scope':'desk','periods':[`+periods+`],'reason':'at rest'}`)
	}
	other := func(process, scope, rest string) resource.Raw {
		return doc(resource.Interval, "new", `{'process':'`+process+`','scope':'`+scope+`','reason':'clause 9.4',`+rest+`}`)
	}
	for _, c := range []struct {
		name  string
		doc   resource.Raw
		code  fault.Code
		field string
		says  string // of what would be right
	}{
		{"30 February", interval("new", "spare", rule(`{'cron':'0 6 30 2 *'}`)), fault.Invalid, "rule", "choose a day that comes"},
		{"it ends before its first date", interval("new", "spare", `'rule':{'day':20,'of':'month','at':'06:00'},'valid':{'from':'2027-02-01','to':'2027-02-10'}`), fault.Invalid, "rule", "choose a day that comes"},
		{"it ends before it begins", interval("new", "spare", `'rule':{'day':20,'of':'month','at':'06:00'},'valid':{'from':'2027-02-01','to':'2027-01-31'}`), fault.Invalid, "valid.to", "2027-02-01 or later"},
		{"no beginning", interval("new", "spare", `'rule':{'day':20,'of':'month','at':'06:00'},'valid':{}`), fault.Invalid, "valid.from", "missing"},
		{"every minute", interval("new", "spare", rule(`{'cron':'* * * * *'}`)), fault.Invalid, "rule", "once a month at most"},
		{"every second", interval("new", "spare", rule(`{'cron':'* * * * * *'}`)), fault.Invalid, "rule.cron", "five fields"},
		{"two rules", interval("new", "spare", rule(`{'cron':'0 6 1 * *','day':1}`)), fault.Invalid, "rule", "one of cron"},
		{"a zone that isn't", interval("new", "spare", good+`,'zone':'Europe/Potsdam'`), fault.Invalid, "zone", "Europe/Berlin"},
		{"a process that isn't", other("sla-raport", "spare", good), fault.Invalid, "process", "/v1/processes lists them"},
		{"the process that decides", other("change-approval", "spare", good), fault.Invalid, "process", "/v1/processes lists them"},
		{"a service that isn't", interval("new", "desc", good), fault.Invalid, "scope", "declare it first"},
		{"a service that was retired", interval("new", "old", good), fault.Invalid, "scope", "declare it first"},
		{"a calendar that isn't", interval("new", "spare", good+`,'calendar':'berlyn'`), fault.Invalid, "calendar", "declare it first"},
		{"a tolerance as long as the interval", interval("new", "spare", good+`,'tolerance':28`), fault.Invalid, "tolerance", "use 27 at most"},
		{"a tolerance below zero", interval("new", "spare", good+`,'tolerance':-1`), fault.Invalid, "tolerance", "0 to 366"},
		{"a second one", interval("new", "desk", good), fault.Invalid, "scope", `"desk"`},
		{"a second one, of which the first is proposed", interval("new", "mail", good), fault.Invalid, "scope", `"mail"`},
		{"it moves", interval("desk", "spare", good), fault.Invalid, "scope", "declare another"},
		{"it reaches back", interval("new", "spare", `'rule':{'day':3,'of':'month','at':'06:00'},'valid':{'from':'2016-12-31'}`), fault.Invalid, "valid", "2017-01-10"},
		{"no reason", doc(resource.Interval, "new", `{'process':'sla-report','scope':'spare','reason':' ',`+good+`}`), fault.Invalid, "reason", "auditor"},
		{"an adjustment that isn't", interval("new", "spare", good+`,'adjust':'nearest'`), fault.Invalid, "adjust", "modified-following"},
		{"a way to catch up that isn't", interval("new", "spare", good+`,'catch_up':'some'`), fault.Invalid, "catch_up", "each, latest or none"},
		{"an event that isn't", interval("new", "spare", good+`,'events':['party']`), fault.Invalid, "events[0]", "major-change"},
		{"not the owner", interval("new", "foreign", good), fault.Forbidden, "", "olga doesn't own the service foreign"},
		{"nobody could decide", interval("new", "lonely", good), fault.Invalid, "scope", "Name another approver"},
		{"another one waits", interval("mail", "mail", rule(`{'day':9,'of':'month','at':'06:00'}`)), fault.Conflict, "", "change-approval/interval-mail/2027-01-10"},
		{"no such slot", waiver("new", `'2031-01'`), fault.Invalid, "periods[0]", "turnus plan"},
		{"a slot that is done", waiver("new", `'2027-04','2026-12'`), fault.Invalid, "periods[1]", "planned, due or missed"},
		{"a slot that is waived", waiver("new", `'2027-03'`), fault.Invalid, "periods[0]", "planned, due or missed"},
		{"not a period", waiver("new", `'March'`), fault.Invalid, "periods[0]", "2026-10"},
		{"a period twice", waiver("new", `'2027-04','2027-04'`), fault.Invalid, "periods[1]", "more than once"},
		{"no period", waiver("new", ``), fault.Invalid, "periods", "1 to 60"},
		{"a waiver changed", waiver("given", `'2027-05'`), fault.Conflict, "", "another one under a name of its own"},
		{"a field that isn't", interval("new", "spare", good+`,'tolerence':3`), fault.Invalid, "tolerence", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := h.rows()
			// With something good beside it: all or none.
			person := doc(resource.Person, "nora", `{'roles':['approver']}`)
			_, err := h.store.Apply(t.Context(), olga, h.now, []resource.Raw{person, c.doc}, false)
			require.True(t, fault.Is(err, c.code), "%v", err)
			all := fault.All(err)
			require.NotEmpty(t, all)
			f := all[0]
			require.NotEmpty(t, f.Message.En)
			require.NotEmpty(t, f.Message.De)
			require.NotEqual(t, f.Message.En, f.Message.De)
			require.NotContains(t, f.Message.En+f.Message.De, "%!")
			require.ErrorContains(t, err, c.says)
			want := string(c.doc.Kind) + "/" + c.doc.Metadata.Name
			if c.field != "" {
				want += " spec." + c.field
			}
			require.Equal(t, want, f.Field)
			require.Equal(t, before, h.rows())
		})
	}
}

// What waits already, or is in force already, is found.
func TestProposalsThatAreFound(t *testing.T) {
	h := proposing(t)
	before := h.rows()
	again := interval("mail", "mail", `'rule':{'day':3,'of':'month','at':'06:00'},'valid':{'from':'2027-01-01'}`)
	for range 2 {
		changes, err := h.store.Apply(t.Context(), olga, h.now, []resource.Raw{again}, false)
		require.NoError(t, err)
		require.Equal(t, store.Proposed, changes[0].Change)
		require.Equal(t, "change-approval/interval-mail/2027-01-10", changes[0].Run)
	}
	same := interval("desk", "desk", `'rule':{'day':3,'of':'month','at':'06:00'},'tolerance':5,'valid':{'from':'2027-01-01'}`)
	changes, err := h.store.Apply(t.Context(), olga, h.now, []resource.Raw{same}, false)
	require.NoError(t, err)
	require.Equal(t, store.Unchanged, changes[0].Change)
	require.Empty(t, changes[0].Run)
	require.Equal(t, before, h.rows())

	_, err = h.store.Apply(t.Context(), olga, h.now, []resource.Raw{interval("spare", "spare", good)}, true)
	require.NoError(t, err)
	require.Equal(t, before, h.rows(), "a dry run")

	// Two that contradict each other, in one call and at once.
	_, err = h.store.Apply(t.Context(), olga, h.now, []resource.Raw{interval("a", "spare", good), interval("b", "spare", good)}, false)
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	require.Equal(t, before, h.rows())
	_, err = h.store.Apply(t.Context(), person.Actor{Person: "root", Roles: []person.Role{person.Administrator}}, h.now,
		[]resource.Raw{interval("a", "spare", good)}, false)
	require.True(t, fault.Is(err, fault.Forbidden), "%v", err)
	require.Equal(t, before, h.rows())
}

// rows counts everything that a proposal could leave behind.
func (h *house) rows() (all [7]int) {
	h.Helper()
	require.NoError(h, h.store.DB().QueryRowContext(h.Context(), `SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM proposal),
		(SELECT count(*) FROM resource), (SELECT count(*) FROM audit), (SELECT count(*) FROM slot), (SELECT count(*) FROM plan), (SELECT count(*) FROM finding)`).
		Scan(&all[0], &all[1], &all[2], &all[3], &all[4], &all[5], &all[6]))
	return all
}

// Slots of the past are never rewritten, and so are made as they were shown, or
// not at all; those to come follow the calendar.
func TestSlotsOfThePastAreMadeAsTheyWereShown(t *testing.T) {
	h := newHouse(t, day("2027-01-10 12:00"), append(service("desk", "berlin", ""), service("mail", "berlin", "")...)...)
	propose := func(scope, from string) string {
		t.Helper()
		id, err := h.propose(interval(scope, scope, `'rule':{'working_day':3,'of':'month','at':'06:00'},'tolerance':2,'valid':{'from':'`+from+`'}`))
		require.NoError(t, err)
		st := run.Step{Run: id, Round: 1}
		c, err := h.store.ChangeOf(t.Context(), h.now, st)
		require.NoError(t, err)
		_, err = store.Freeze(t.Context(), h.store, h.now, st, c)
		require.NoError(t, err)
		return id
	}
	past, coming := propose("desk", "2026-11-01"), propose("mail", "2027-02-01")
	h.apply(root, service("desk", "york", "")[0], service("mail", "york", "")[0])
	h.now = h.now.Add(time.Hour)
	err := h.enact(past)
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	require.ErrorContains(t, err, "The slot sla-report/desk/2026-10 would be due at another time than was approved")
	require.NoError(t, h.enact(coming))
	require.NoError(t, h.enact(propose("desk", "2026-11-01")), "proposed anew, it is shown as it is")
	require.Equal(t, "due", h.slot("desk", "2026-10"))
}

// What was approved is enacted, and nothing else: not before anybody has
// approved it, and not as somebody changed it afterwards.
func TestOnlyWhatWasApprovedIsEnacted(t *testing.T) {
	h := newHouse(t, day("2027-01-10 12:00"), service("desk", "berlin", "")...)
	id, err := h.propose(interval("desk", "desk", good))
	require.NoError(t, err)
	unenacted := func() {
		t.Helper()
		err := h.store.Enact(t.Context(), h.now, id)
		require.True(t, fault.Is(err, fault.Conflict), "%v", err)
		var slots, versions int
		require.NoError(t, h.store.DB().QueryRow("SELECT (SELECT count(*) FROM slot), (SELECT count(*) FROM resource WHERE kind = 'Interval')").Scan(&slots, &versions))
		require.Zero(t, slots+versions)
	}
	st := run.Step{Run: id, Round: 1}
	unenacted()
	storetest.Decide(t, h.store, h.now, "anton", st, task.RequestChanges)
	unenacted()
	st.Round = 2
	storetest.Decide(t, h.store, h.now, "anton", st, task.Approve)
	change := func(from, to string) {
		t.Helper()
		pgtest.Tamper(t, h.store.DB(), `UPDATE proposal SET document = replace(document::text, $1, $2)::jsonb`, from, to)
	}
	change(`"day": 3`, `"day": 4`)
	unenacted()
	require.True(t, fault.Is(h.store.End(t.Context(), h.now, run.End{Run: id, Round: 2, State: run.Published}), fault.Conflict), "it isn't in force")
	change(`"day": 4`, `"day": 3`)
	require.NoError(t, h.store.Enact(t.Context(), h.now, id))
	require.NoError(t, h.store.End(t.Context(), h.now, run.End{Run: id, Round: 2, State: run.Published}))
}
