package access_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/access"
	"turnus/internal/pgtest"
	"turnus/itsm/agreement"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// The table of operations is the golden file's, which package api holds against
// what it answers: whoever changes one changes the other.
func TestTableIsTheMatrix(t *testing.T) {
	table := access.Operations()
	roles := map[string]person.Role{"admin": person.Administrator, "owner": person.ProcessOwner, "other-owner": person.ProcessOwner,
		"approver": person.Approver, "other-approver": person.Approver, "auditor": person.Auditor, "viewer": person.Viewer}

	f, err := os.Open("testdata/operations.txt")
	require.NoError(t, err)
	defer f.Close()
	var people []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		switch {
		case fields[0] == "#":
			continue
		case fields[0] == "operation":
			people = fields[1:]
			continue
		}
		rule, ok := table[fields[0]]
		require.True(t, ok, "%s isn't in the table", fields[0])
		delete(table, fields[0])
		for i, word := range fields[1:] {
			who := person.Actor{Person: people[i], Roles: []person.Role{roles[people[i]]}}
			require.Equal(t, word == "role", rule.Check(who) != nil, "%s as %s", fields[0], who.Person)
			require.Equal(t, word == "public", rule.Public, fields[0])
		}
	}
	require.Empty(t, table, "operations without a line")
}

// Whoever has no role at all is told so, and may what is for everybody.
func TestRules(t *testing.T) {
	nobody := person.Actor{Person: "eva"}
	require.NoError(t, access.Rule{}.Check(nobody))
	require.NoError(t, access.Rule{Public: true, Roles: []person.Role{person.Auditor}}.Check(person.Actor{}))
	err := access.Rule{Roles: []person.Role{person.Auditor, person.Approver}}.Check(nobody)
	require.True(t, access.IsRefusal(err))
	require.True(t, fault.Is(err, fault.Forbidden))
	require.Equal(t, "This is for the roles auditor and approver; eva has none.", err.Error())
	require.Equal(t, "Das steht den Rollen auditor und approver zu; eva hat keine.", fault.As(err).Message.De)
	err = access.Rule{Roles: []person.Role{person.Auditor}}.Check(nobody)
	require.Equal(t, "This is for the role auditor; eva has none.", err.Error())
	require.Equal(t, "Das steht der Rolle auditor zu; eva hat keine.", fault.As(err).Message.De)
	require.False(t, access.IsRefusal(fault.New(fault.Forbidden, fault.As(err).Message)), "others record what they refuse")
	require.False(t, access.IsRefusal(errors.New("broken")))
	require.False(t, access.IsRefusal(nil))
}

const organisation = `[
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"admin"},"spec":{"roles":["administrator"]}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"olga"},"spec":{"roles":["process-owner"]}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"anton"},"spec":{"roles":["approver"]}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"former"},"spec":{"roles":["approver"]}},
 {"apiVersion":"turnus/v1","kind":"Service","metadata":{"name":"desk"},"spec":{"owner":"olga","approvers":["anton","former"],"calendar":"24x7","zone":"UTC"}},
 {"apiVersion":"turnus/v1","kind":"Service","metadata":{"name":"gone"},"spec":{"owner":"olga","approvers":["anton"],"calendar":"24x7","zone":"UTC"}},
 {"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"desk-shop"},"spec":{"service":"desk","customer":"shop","valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"24x7","attain":95}]}},
 {"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"gone-shop"},"spec":{"service":"gone","customer":"shop","valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"24x7","attain":95}]}}
]`

// newStore is a database with an organisation in which one approver has lost the
// role, and one service was retired.
func newStore(t *testing.T) *store.Store {
	s := store.New(pgtest.New(t))
	root := person.Actor{Person: person.System}
	for _, docs := range []string{organisation, `[{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"former"},"spec":{"roles":["viewer"]}}]`} {
		var raw []resource.Raw
		require.NoError(t, json.Unmarshal([]byte(docs), &raw))
		_, err := s.Apply(t.Context(), root, now, raw, false)
		require.NoError(t, err)
	}
	require.NoError(t, s.Retire(t.Context(), root, now, resource.Agreement, "gone-shop"))
	require.NoError(t, s.Retire(t.Context(), root, now, resource.Service, "gone"))
	return s
}

// people are the callers of a test, with their roles.
var people = map[string][]person.Role{"admin": {person.Administrator}, "olga": {person.ProcessOwner}, "otto": {person.ProcessOwner},
	"anton": {person.Approver}, "anna": {person.Approver}, "former": {person.Viewer}, "udo": {person.Auditor}, "vera": {person.Viewer},
	"nina": {person.Viewer}, "kai": {person.Viewer}, "eve": {person.Viewer}}

// views are what some of them see besides.
var views = map[string]person.View{"vera": {Services: []string{"desk", "gone"}}, "nina": {Services: []string{person.EveryService}},
	"kai": {Customers: []string{"shop", "nobody"}}, "eve": {Services: []string{"mail"}, Customers: []string{"nobody"}}}

func caller(s *store.Store, name string) *access.Caller {
	return access.For(s, person.Actor{Person: name, Roles: people[name], Sees: views[name]})
}

// How much of a service each sees: of one that is there, of one that was
// retired, and of one that never was.
func TestLevels(t *testing.T) {
	s := newStore(t)
	for service, levels := range map[string]map[string]store.Level{
		"desk": {"olga": store.Inside, "anton": store.Inside, "udo": store.Inside, "admin": store.Published, "vera": store.Published,
			"nina": store.Published, "kai": store.Extract},
		"gone":    {"udo": store.Inside, "olga": store.Published, "anton": store.Published, "admin": store.Published, "vera": store.Published, "nina": store.Published, "kai": store.Extract},
		"nothing": {"udo": store.Inside, "admin": store.Published, "nina": store.Published},
	} {
		for name := range people {
			r, err := caller(s, name).ShowRun(t.Context(), run.Run{Key: run.Key{Process: "sla-report"}, About: resource.Service.Ref(service), State: run.Waiting,
				ID: "sla-report/x/2026-10", StartedBy: "udo", Tasks: []task.Task{{ID: "t"}}})
			if levels[name] == store.Nothing {
				require.True(t, access.IsRefusal(err), "%s of %s", name, service)
				require.Equal(t, store.NoRun("sla-report/x/2026-10").Error(), err.Error(), "%s of %s: as if it weren't there", name, service)
				require.True(t, fault.Is(err, fault.NotFound))
				continue
			}
			require.NoError(t, err, "%s of %s", name, service)
			require.Equal(t, levels[name] == store.Inside, len(r.Tasks) == 1, "%s of %s", name, service)
			require.Equal(t, levels[name] == store.Extract, r.StartedBy == "", "%s of %s", name, service)
		}
	}
}

// What receipts hold is said by what their process counts.
func TestWhatReceiptsHold(t *testing.T) {
	for name, hold := range map[string]text.Text{
		process.SLAReport:          text.New("Receipts hold the data itself (tickets)", "Belege enthalten die Daten selbst (Tickets)"),
		process.AvailabilityReview: text.New("Receipts hold the data itself (outages, maintenance events, days of probes)", "Belege enthalten die Daten selbst (Ausfälle, Wartungen, Messtage)"),
		process.Improvement:        text.New("Receipts hold the data itself", "Belege enthalten die Daten selbst"),
	} {
		require.Equal(t, hold, access.ReceiptsHold(name), name)
	}
}

// Whom each check lets through, of a service that is there, of one that was
// retired, and of one that never was: -: refused, 0: not found.
func TestWhoMayWhat(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	type check = func(c *access.Caller, service string) error
	for _, c := range []struct {
		name              string
		check             check
		there, gone, none string // who may; everybody else is refused, or finds nothing
	}{
		{"owner", func(c *access.Caller, s string) error { return c.CheckOwner(ctx, s) }, "olga", "", ""},
		{"importer", func(c *access.Caller, s string) error { return c.CheckImporter(ctx, s) }, "olga admin", "", ""},
		{"imports", func(c *access.Caller, s string) error { return c.CheckImports(ctx, s) }, "olga anton admin udo", "", ""},
		{"import", func(c *access.Caller, s string) error { return c.CheckImport(ctx, dataset.Import{Service: s}) }, "olga anton admin udo", "admin udo", "admin udo"},
		{"tickets", func(c *access.Caller, s string) error { return c.CheckTickets(ctx, s) }, "olga anton udo", "udo", "udo"},
		{"concerned", func(c *access.Caller, s string) error { return c.CheckConcerned(ctx, s) }, "olga anton admin udo", "", ""},
		{"exclusion", func(c *access.Caller, s string) error {
			return c.CheckExclusion(ctx, agreement.Exclusion{Service: s})
		}, "olga anton admin udo", "admin udo", "admin udo"},
		{"findings", func(c *access.Caller, s string) error {
			_, err := c.SelectFindings(ctx, store.Findings{Service: s})
			return err
		}, "olga anton admin udo", "admin udo", "admin udo"},
	} {
		for service, may := range map[string]string{"desk": c.there, "gone": c.gone, "nothing": c.none} {
			for name := range people {
				err := c.check(caller(s, name), service)
				switch {
				case strings.Contains(" "+may+" ", " "+name+" "):
					require.NoError(t, err, "%s of %s as %s", c.name, service, name)
				case service == "desk" && strings.Contains("admin olga anton udo vera nina kai", name):
					require.True(t, access.IsRefusal(err), "%s of %s as %s: %v", c.name, service, name, err)
					require.True(t, fault.Is(err, fault.Forbidden), "%s of %s as %s: %v", c.name, service, name, err)
				default:
					require.Equal(t, service == "desk", access.IsRefusal(err), "%s of %s as %s: %v", c.name, service, name, err)
					require.True(t, fault.Is(err, fault.NotFound), "%s of %s as %s: %v", c.name, service, name, err)
				}
			}
		}
	}
}

// What a caller sees is read once, however many runs they are shown.
func TestWhatOneSeesIsAskedForOnce(t *testing.T) {
	db, sent := pgtest.Counted(t, newStore(t).DB())
	c := caller(store.New(db), "vera")
	for i := range 50 {
		_, err := c.ShowRun(t.Context(), run.Run{About: resource.Service.Ref([]string{"desk", "gone"}[i%2]), State: run.Waiting})
		require.NoError(t, err)
	}
	require.Equal(t, 1, sent("FROM sight"))
}

// Of a run that isn't published its state is for whoever sees what is published,
// and what was said in it for those who see inside, and for who started it.
func TestRunsAsTheyAreShown(t *testing.T) {
	s := newStore(t)
	whole := run.Run{About: resource.Service.Ref("desk"), State: run.Waiting, StartedBy: "nina", Reason: "an inner reason", Tasks: []task.Task{{ID: "t"}}, Decisions: []task.Decision{{Task: "t"}}}
	for _, name := range strings.Fields("admin olga anton udo vera nina") {
		inside := strings.Contains("olga anton udo nina", name)
		r, err := caller(s, name).ShowRun(t.Context(), whole)
		require.NoError(t, err)
		require.Equal(t, run.Waiting, r.State)
		require.Equal(t, inside, r.Reason != "", name)
		require.Equal(t, inside, len(r.Tasks) == 1, name)
		require.NotNil(t, r.Decisions)
		whole := whole
		whole.State = run.Published
		r, err = caller(s, name).ShowRun(t.Context(), whole)
		require.NoError(t, err)
		require.Equal(t, whole, r, name)
	}
	whole.Key.Process, whole.State, whole.Outcome = "sla-report", run.Published, text.Same("an inner outcome")
	at := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	whole.Decisions = []task.Decision{{Task: "t", Person: "anton", Outcome: task.Approve, At: at, Comment: "an inner word", TokenIssuer: "admin"}}
	r, err := caller(s, "kai").ShowRun(t.Context(), whole)
	require.NoError(t, err)
	require.Equal(t, run.Run{Key: whole.Key, About: whole.About, State: run.Published, Tasks: []task.Task{},
		Decisions: []task.Decision{{Person: "anton", Outcome: task.Approve, At: at}}}, r, "of an extract who decided, when and how")
	whole.Process = "change-approval"
	_, err = caller(s, "kai").ShowRun(t.Context(), whole)
	require.True(t, fault.Is(err, fault.NotFound), "its scope may name other customers' agreements")
}

// Administrators declare, owners propose; a refusal names the resource.
func TestWhoDeclares(t *testing.T) {
	s := newStore(t)
	of := func(k resource.Kind) resource.Raw {
		return resource.Raw{Kind: k, Metadata: resource.Metadata{Name: "desk"}}
	}
	agreement, person, interval := of(resource.Agreement), of(resource.Person), of(resource.Interval)
	require.NoError(t, caller(s, "admin").CheckDeclares([]resource.Raw{agreement, person}))
	require.NoError(t, caller(s, "olga").CheckDeclares([]resource.Raw{agreement, interval}), "which of the two it is says the store")
	for name, docs := range map[string][]resource.Raw{"admin": {person, interval}, "olga": {agreement, person}, "vera": {agreement}} {
		err := caller(s, name).CheckDeclares(docs)
		require.True(t, access.IsRefusal(err), name)
		last := docs[len(docs)-1]
		require.Equal(t, string(last.Kind)+"/"+last.Metadata.Name, fault.As(err).Field, name)
	}
}
