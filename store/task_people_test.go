package store

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/task"
	"turnus/itsm/ticket"
	"turnus/report"
)

// asked is a round that is frozen and waits for its decision.
type asked struct {
	t *testing.T
	s *Store
	task.Task
}

var key2016 = run.Key{Process: "sla-report", Scope: "desk", Period: "2016-03"}

// frozen begins a run in somebody's name, freezes what it stands on, and asks.
func frozen(t *testing.T, s *Store, by person.Actor, f sla.Frozen) asked {
	t.Helper()
	r, created, err := s.Begin(t.Context(), declared, NewRun{Key: key2016, Owner: "olga", By: by})
	require.NoError(t, err)
	require.True(t, created)
	st := run.Step{Run: r.ID, Round: 1}
	f.Service, f.From = "desk", time.Date(2016, 3, 1, 0, 0, 0, 0, time.UTC)
	for range 2 { // a retry changes nothing
		_, err = Freeze(t.Context(), s, declared, st, f)
		require.NoError(t, err)
	}
	return asked{t, s, ask(t, s, declared, st)}
}

// decide answers in somebody's name; nil is a decision.
func (a asked) decide(who, issuer string) *fault.Error {
	a.t.Helper()
	return decide(a.t, a.s, declared, person.Actor{Person: who, Issuer: issuer}, a.Task, task.Approve, "")
}

// refuses wants a decision refused, with a reason in both languages, and the
// task not among those that the person may decide.
func (a asked) refuses(who, issuer, en, de string) {
	a.t.Helper()
	refused := a.decide(who, issuer)
	require.NotNil(a.t, refused, "%s decided with a token of %q", who, issuer)
	require.Equal(a.t, fault.Forbidden, refused.Code)
	require.Contains(a.t, refused.Message.En, en)
	require.Contains(a.t, refused.Message.De, de)
	t, err := a.s.Task(a.t.Context(), a.ID)
	require.NoError(a.t, err)
	require.Equal(a.t, task.Open, t.State)
}

// mine says whether a person finds the task among those they may decide.
func (a asked) mine(who string) bool {
	a.t.Helper()
	list, _, err := a.s.Tasks(a.t.Context(), Tasks{State: "open", Run: a.Run, Mine: who}, Page{})
	require.NoError(a.t, err)
	return len(list) == 1
}

// declares writes versions as they come, without asking whether they go
// together: as an installation may have them from before it was asked.
func declares(t require.TestingT, s *Store, by person.Actor, at time.Time, docs ...resource.Raw) {
	err := s.tx(context.Background(), func(tx *sqlx.Tx) error {
		for _, d := range docs {
			before, err := newestIfAny(context.Background(), tx, d.Ref())
			if err != nil {
				return err
			}
			v := resource.Version{Resource: d, Version: 1, At: at, By: by.Person, TokenIssuer: by.Issuer}
			if before != nil {
				v.Version, v.ValidFrom = before.Version+1, at
			}
			if err := insertVersion(context.Background(), tx, v); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
}

func serviceOf(owner string, approvers ...string) resource.Raw {
	d := deskDoc()
	list := ""
	for i, a := range approvers {
		if i > 0 {
			list += ","
		}
		list += `"` + a + `"`
	}
	d.Spec = []byte(`{"owner":"` + owner + `","approvers":[` + list + `],"calendar":"office"}`)
	return d
}

// The administrator of an older installation is its approver, too: they issue
// the owner's token, start with it, and approve as themself.
func TestAdministratorWithTheOwnersTokenDoesntApprove(t *testing.T) {
	s := declaringStore(t)
	first := person.Actor{Person: "founder"}
	declares(t, s, first, declared.Add(-time.Hour), officeDoc("Europe/Berlin"), personDoc("olga", person.ProcessOwner),
		personDoc("root", person.Administrator, person.Approver), personDoc("anton", person.Approver), serviceOf("olga", "root", "anton"))
	a := frozen(t, s, person.Actor{Person: "olga", Issuer: "root"}, sla.Frozen{})
	require.False(t, a.mine("root"))
	a.refuses("root", "", "root issued the token with which this run was started", "root hat das Token ausgestellt, mit dem dieser Lauf gestartet wurde")
	a.refuses("root", "anton", "root issued the token", "root hat das Token")
	require.True(t, a.mine("anton"))
	require.Nil(t, a.decide("anton", "root"), "to issue a token is an administrator's work: somebody else decides with it")
	r, err := s.Run(t.Context(), a.Run)
	require.NoError(t, err)
	require.Equal(t, "root", r.Decisions[0].TokenIssuer, "and it is on record")
}

// Somebody imports twenty flattering tickets, and approves what they come to.
func TestWhoBroughtDataDoesntApprove(t *testing.T) {
	s := declaringStore(t)
	apply1(t, s, declared, append(house()[1:], personDoc("anna", person.Approver), personDoc("max", person.Approver), serviceOf("olga", "anton", "anna", "max"))...)
	load := func(by, issuer string, numbers ...string) int64 {
		t.Helper()
		i, err := s.Import(t.Context(), Intake{Service: "desk", Format: "csv", Union: true, AsOf: declared, Now: declared, By: by, Issuer: issuer},
			func(yield func(ticket.Row, error) bool) {
				at := declared.Add(-time.Hour)
				for n, number := range numbers {
					if !yield(ticket.Row{Row: int64(n + 1), Number: number, Opened: at.Add(-time.Minute), At: at, State: "Closed", Stopped: true}, nil) {
						return
					}
				}
			}, nil)
		require.NoError(t, err)
		return i.ID
	}
	var flattering []string
	for i := range 20 {
		flattering = append(flattering, fmt.Sprintf("T%02d", i))
	}
	load("anton", "", flattering...)
	newest := load("olga", "anna", "T99") // another one's, later
	load("max", "", "T98")                // after the round was frozen
	a := frozen(t, s, person.Actor{Person: "olga"}, sla.Frozen{Import: newest})
	a.refuses("anton", "", "anton brought data that these figures use (import 1)", "anton hat Daten importiert")
	a.refuses("anna", "", "anna issued the token with which data was brought", "anna hat das Token ausgestellt, mit dem Daten importiert wurden")
	require.Equal(t, []bool{false, false, true}, []bool{a.mine("anton"), a.mine("anna"), a.mine("max")})
	require.Nil(t, a.decide("max", "anton"), "what somebody issued isn't their own decision")
}

// Somebody owns the service for an hour while the task waits, and approves.
func TestOwnerOfAnHourDoesntApprove(t *testing.T) {
	s := declaringStore(t)
	both := []person.Role{person.ProcessOwner, person.Approver}
	apply1(t, s, declared.Add(-2*time.Hour), officeDoc("Europe/Berlin"), personDoc("olga", person.ProcessOwner), personDoc("anton", both...),
		personDoc("anna", both...), serviceOf("anna", "anton"))
	apply1(t, s, declared.Add(-time.Hour), serviceOf("olga", "anton", "anna")) // anna was owner before: that's over
	a := frozen(t, s, person.Actor{Person: "olga"}, sla.Frozen{})
	require.True(t, a.mine("anton"))
	apply1(t, s, declared.Add(time.Hour), serviceOf("anton", "anna"))
	apply1(t, s, declared.Add(2*time.Hour), serviceOf("olga", "anton", "anna"))
	require.False(t, a.mine("anton"))
	a.refuses("anton", "", "anton owns what this run is about, or has owned it since it was started", "anton ist hierfür verantwortlich")
	a.refuses("anna", "anton", "This token was issued by anton, who owns what this run is about", "Dieses Token stammt von anton. Diese Person ist hierfür verantwortlich")
	require.True(t, a.mine("anna"))
	require.Nil(t, a.decide("anna", ""))
}

// Whoever declared what the round stands on, in the version on which it does,
// doesn't decide as themselves, nor whoever issued their token; other versions
// are none of its business.
func TestWhoDeclaredDoesntApprove(t *testing.T) {
	s := declaringStore(t)
	names := []string{"anton", "anna", "max", "nora", "otto", "ida", "free"}
	docs := []resource.Raw{personDoc("olga", person.ProcessOwner), serviceOf("olga", names...)}
	for _, n := range names {
		docs = append(docs, personDoc(n, person.Approver))
	}
	long := declared.Add(-48 * time.Hour)
	by := func(who, issuer string) person.Actor { return person.Actor{Person: who, Issuer: issuer} }
	declares(t, s, by("root", ""), long, docs...)
	declares(t, s, by("anton", ""), long, officeDoc("Europe/Berlin"))
	declares(t, s, by("free", ""), long, agreementDoc("gold", "2016-01-01", "", ""), doc(resource.Calendar, "night", `{'zone':'UTC','hours':{}}`))
	declares(t, s, by("anna", "max"), long.Add(time.Hour), agreementDoc("gold", "2016-02-01", "", ""))
	declares(t, s, by("free", ""), long.Add(2*time.Hour), agreementDoc("gold", "2016-12-01", "", ""))
	declares(t, s, by("nora", ""), long.Add(2*time.Hour), doc(resource.Calendar, "night", `{'zone':'UTC','hours':{'mon':['01:00-02:00']}}`))
	a := frozen(t, s, person.Actor{Person: "olga"}, sla.Frozen{
		Agreements: []sla.Agreement{{Name: "gold", Version: 2, Spec: agreement.Spec{Valid: agreement.Valid{From: calendar.Date{Year: 2016, Month: 2, Day: 1}}}}}, Calendars: []sla.CalendarUsed{{Name: "night", Version: 2}},
		Exclusions: []agreement.Exclusion{{ID: 3, Service: "desk", By: "otto", TokenIssuer: "ida"}}})
	a.refuses("anton", "", "anton declared Calendar/office", "anton hat Calendar/office angelegt oder geändert")
	a.refuses("anna", "", "anna declared Agreement/gold", "anna hat Agreement/gold")
	a.refuses("max", "", "max issued the token with which Agreement/gold was declared", "max hat das Token ausgestellt, mit dem Agreement/gold")
	a.refuses("nora", "", "nora declared Calendar/night", "nora hat Calendar/night")
	a.refuses("otto", "", "otto proposed an exclusion", "otto hat einen Ausschluss vorgeschlagen")
	a.refuses("ida", "", "ida issued the token with which an exclusion was proposed", "ida hat das Token ausgestellt")
	a.refuses("free", "otto", "issued by otto, who proposed an exclusion", "Dieses Token stammt von otto. Diese Person hat")

	// Somebody makes themself an approver's employer while the task waits.
	declares(t, s, by("free", "ida"), declared.Add(time.Hour), serviceOf("olga", append(names, "late")...), personDoc("late", person.Approver))
	a.refuses("free", "", "free declared Service/desk", "free hat Service/desk")
	require.True(t, a.mine("late"))
	require.Nil(t, a.decide("late", "anna"))
}

// A change is decided by others than who proposed it, issued the token for
// that, or declared the service and the calendars it counts in.
func TestChangesAreDecidedByOthers(t *testing.T) {
	s := declaringStore(t)
	names := []string{"anton", "anna", "max", "nora"}
	docs := []resource.Raw{personDoc("olga", person.ProcessOwner)}
	for _, n := range names {
		docs = append(docs, personDoc(n, person.Approver))
	}
	before := declared.Add(-time.Hour)
	declares(t, s, person.Actor{Person: "root"}, before, docs...)
	declares(t, s, person.Actor{Person: "anton"}, before, officeDoc("Europe/Berlin"))
	declares(t, s, person.Actor{Person: "anna"}, before, doc(resource.Calendar, "night", `{'zone':'UTC','hours':{}}`))
	declares(t, s, person.Actor{Person: "root", Issuer: "nora"}, before, serviceOf("olga", names...))
	interval := doc(resource.Interval, "desk-sla", `{'process':'sla-report','scope':'desk','reason':'clause 9.4','calendar':'night',
		'rule':{'day':3,'of':'month','at':'06:00'},'valid':{'from':'2026-12-01'}}`)
	propose := func(by person.Actor) ([]Change, error) {
		return s.Apply(t.Context(), by, declared, []resource.Raw{interval}, false)
	}

	declares(t, s, person.Actor{Person: "root", Issuer: "nora"}, before, serviceOf("olga", names[:2]...))
	_, err := propose(person.Actor{Person: "olga", Issuer: "max"})
	requireFault(t, err, fault.Invalid, "Nobody could decide", "anton declared Calendar/office", "anna declared Calendar/night")
	declares(t, s, person.Actor{Person: "root", Issuer: "nora"}, before, serviceOf("olga", "nora", "max"))
	_, err = propose(person.Actor{Person: "olga", Issuer: "max"})
	requireFault(t, err, fault.Invalid, "nora issued the token with which Service/desk was declared", "max issued the token with which this run was started")
	declares(t, s, person.Actor{Person: "root", Issuer: "nora"}, before, serviceOf("olga", append(names, "ida")...), personDoc("ida", person.Approver))
	changes, err := propose(person.Actor{Person: "olga", Issuer: "max"})
	require.NoError(t, err)

	st := run.Step{Run: changes[0].Run, Round: 1}
	c, err := s.ChangeOf(t.Context(), declared, st)
	require.NoError(t, err)
	_, err = Freeze(t.Context(), s, declared, st, c)
	require.NoError(t, err)
	people, err := s.PeopleOf(t.Context(), task.Task{Run: st.Run, Round: 1})
	require.NoError(t, err)
	require.Equal(t, []string{"ida"}, people.Eligible())
	var proposed []task.Involvement
	for _, i := range people.Involved {
		if i.How == task.Proposed {
			proposed = append(proposed, i)
		}
	}
	require.Equal(t, []task.Involvement{{Person: "max", How: task.Proposed, Issued: true, About: "Interval/desk-sla"},
		{Person: "olga", How: task.Proposed, About: "Interval/desk-sla"}}, proposed)
	require.Error(t, people.MayWith("ida", "olga"))
	require.NoError(t, people.MayWith("ida", "max"))

	// Who decided it has declared nothing: they may decide on what it plans.
	hash, page, err := report.Hash(report.Document{Run: st.Run, Sources: []report.Source{{Kind: "Interval", Name: "desk-sla", Hash: c.Hash}}})
	require.NoError(t, err)
	require.NoError(t, s.Enter(t.Context(), st, run.Drafting))
	_, err = s.SaveDraft(t.Context(), declared, st, hash, page)
	require.NoError(t, err)
	a := approval(st, hash, declared)
	require.NoError(t, errOf(s.OpenTask(t.Context(), a)))
	require.NotNil(t, decide(t, s, declared, person.Actor{Person: "nora"}, a, task.Approve, ""))
	require.Nil(t, decide(t, s, declared, person.Actor{Person: "ida", Issuer: "max"}, a, task.Approve, ""))
	require.NoError(t, s.Enact(t.Context(), declared, st.Run))
	v, err := s.Resource(t.Context(), resource.Interval, "desk-sla")
	require.NoError(t, err)
	require.Equal(t, []string{"olga", "max"}, []string{v.By, v.TokenIssuer})
}

// The lists, the rule and the decisions say the same of everybody, whatever
// the rows are.
func TestListsAndDecisionsAgree(t *testing.T) {
	s := declaringStore(t)
	names := []string{"a", "b", "c", "d", "e"}
	declares(t, s, root, declared.Add(-100*time.Hour), officeDoc("Europe/Berlin"))
	n, may, mayNot := 0, 0, 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		anybody := rapid.SampledFrom(append(names, "", "", "root", "root", "root"))
		somebody := rapid.SampledFrom(names)
		some := rapid.SliceOfNDistinct(somebody, 1, 5, rapid.ID[string])
		service := fmt.Sprintf("s%d", n)
		at := declared.Add(-10 * time.Hour)
		actor := func(label string) person.Actor {
			return person.Actor{Person: anybody.Draw(r, label), Issuer: anybody.Draw(r, label+"'s token")}
		}
		for _, p := range names {
			roles := []person.Role{person.Approver}
			if rapid.IntRange(0, 5).Draw(r, p+" has another role") == 0 {
				roles[0] = person.ProcessOwner
			}
			declares(r, s, root, at, personDoc(p, roles...))
		}
		desk := func(at time.Time) string {
			owner := somebody.Draw(r, "owner")
			d := serviceOf(owner, some.Draw(r, "approvers")...)
			d.Metadata.Name = service
			declares(r, s, actor("declarer of the service"), at, d)
			return owner
		}
		for i := range rapid.IntRange(1, 2).Draw(r, "versions before") {
			desk(at.Add(time.Duration(i) * time.Hour))
		}
		owner := somebody.Draw(r, "owner at the start")
		key := run.Key{Process: "sla-report", Scope: service, Period: "2016-03"}
		begun, _, err := s.Begin(t.Context(), declared, NewRun{Key: key, Owner: owner, By: actor("starter")})
		require.NoError(r, err)
		f := sla.Frozen{Service: service, From: declared}
		for range rapid.IntRange(0, 2).Draw(r, "imports") {
			by := actor("importer")
			require.NoError(r, s.db.Get(&f.Import, `INSERT INTO import (service, format, as_of, oldest, rows_read, rows_loaded, rows_unchanged, rows_rejected,
				tickets_changed, person, token_issuer, at) VALUES ($1, 'csv', now(), now(), 0, 0, 0, 0, 0, $2, $3, now()) RETURNING id`, service, by.Person, by.Issuer))
		}
		if rapid.Bool().Draw(r, "excluded") {
			by := actor("proposer")
			f.Exclusions = []agreement.Exclusion{{ID: 1, Service: service, By: by.Person, TokenIssuer: by.Issuer}}
		}
		_, err = Freeze(t.Context(), s, declared, run.Step{Run: begun.ID, Round: 1}, f)
		require.NoError(r, err)
		a := ask(t, s, declared, run.Step{Run: begun.ID, Round: 1})
		for i := range rapid.IntRange(0, 2).Draw(r, "versions after") {
			desk(declared.Add(time.Duration(i+1) * time.Hour))
		}

		people, err := s.PeopleOf(t.Context(), a)
		require.NoError(r, err)
		ever, err := everBehind(t.Context(), s.db, resource.Ref{Kind: resource.Service, Name: service})
		require.NoError(r, err)
		for _, i := range people.Involved {
			if i.How == task.Imported || i.How == task.Declared {
				i.About = ""
				require.Contains(r, ever, i, "a start looks at no more than these")
			}
		}
		shown, err := s.Task(t.Context(), a.ID)
		require.NoError(r, err)
		q := asked{t, s, a}
		for _, p := range names {
			able := people.May(p) == nil
			require.Equal(r, able, q.mine(p), "%s: %v", p, people.Involved)
			require.Equal(r, able, slices.Contains(shown.Approvers, p), p)
			if able {
				may++
			} else {
				mayNot++
			}
		}
		who, issuer := somebody.Draw(r, "decider"), anybody.Draw(r, "decider's token")
		require.Equal(r, people.MayWith(who, issuer) == nil, q.decide(who, issuer) == nil)
	})
	require.Positive(t, may)
	require.Positive(t, mayNot)
}

// The login that serves adds who is involved, and changes nothing of it.
func TestInvolvementIsNeverChanged(t *testing.T) {
	owner, app := asApp(t)
	s := New(app)
	apply1(t, s, declared, house()...)
	frozen(t, s, person.Actor{Person: "olga"}, sla.Frozen{})
	var n int
	require.NoError(t, app.QueryRow(`SELECT count(*) FROM involvement`).Scan(&n))
	require.Positive(t, n)
	for _, statement := range []string{`UPDATE involvement SET person = 'x'`, `DELETE FROM involvement`, `TRUNCATE involvement`, `DELETE FROM finding_mended`} {
		_, err := app.Exec(statement)
		require.ErrorContains(t, err, "permission denied", statement)
		_, err = owner.Exec(statement)
		require.ErrorContains(t, err, "never changed", statement)
	}
}
