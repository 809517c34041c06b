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
	"turnus/report"
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
 {"apiVersion":"turnus/v1","kind":"Service","metadata":{"name":"gone"},"spec":{"owner":"olga","approvers":["anton"],"calendar":"24x7","zone":"UTC"}}
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
	require.NoError(t, s.Retire(t.Context(), root, now, resource.Service, "gone"))
	return s
}

// people are the callers of a test, with their roles.
var people = map[string][]person.Role{"admin": {person.Administrator}, "olga": {person.ProcessOwner}, "otto": {person.ProcessOwner},
	"anton": {person.Approver}, "anna": {person.Approver}, "former": {person.Viewer}, "udo": {person.Auditor}, "vera": {person.Viewer}}

func caller(s *store.Store, name string) *access.Caller {
	return access.For(s, person.Actor{Person: name, Roles: people[name]})
}

func reportOf(service string, version int) (r report.Report) {
	r.About, r.Version = resource.Ref{Kind: resource.Service, Name: service}, version
	return r
}

// Who is refused receipts is told what they hold, by what the process counts.
func TestWhyReceiptsAreRefused(t *testing.T) {
	s := newStore(t)
	for name, hold := range map[string]text.Text{
		process.SLAReport:          text.New("the data itself (tickets): only", "die Daten selbst (Tickets): Sie sind"),
		process.AvailabilityReview: text.New("the data itself (outages, maintenance events, days of probes): only", "die Daten selbst (Ausfälle, Wartungen, Messtage): Sie sind"),
		process.Improvement:        text.New("the data itself: only", "die Daten selbst: Sie sind"),
	} {
		r := reportOf("desk", 1)
		r.Process = name
		err := caller(s, "vera").CheckReceipts(t.Context(), r)
		require.True(t, access.IsRefusal(err), name)
		require.ErrorContains(t, err, hold.En)
		require.Contains(t, fault.As(err).Message.De, hold.De)
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
		found             bool   // what isn't there is refused as the rest is
	}{
		{"draft", func(c *access.Caller, s string) error { return c.CheckReport(ctx, reportOf(s, 0)) }, "olga anton udo", "udo", "udo", true},
		{"published", func(c *access.Caller, s string) error {
			return c.CheckReport(ctx, reportOf(s, 1))
		}, "admin olga otto anton anna former udo vera", "admin olga otto anton anna former udo vera", "admin olga otto anton anna former udo vera", true},
		{"receipts", func(c *access.Caller, s string) error {
			return c.CheckReceipts(ctx, reportOf(s, 1))
		}, "olga anton udo", "udo", "udo", true},
		{"owner", func(c *access.Caller, s string) error { return c.CheckOwner(ctx, s) }, "olga", "", "", false},
		{"importer", func(c *access.Caller, s string) error { return c.CheckImporter(ctx, s) }, "olga admin", "", "", false},
		{"imports", func(c *access.Caller, s string) error { return c.CheckImports(ctx, s) }, "olga anton admin udo", "", "", false},
		{"import", func(c *access.Caller, s string) error { return c.CheckImport(ctx, dataset.Import{Service: s}) }, "olga anton admin udo", "admin udo", "admin udo", false},
		{"tickets", func(c *access.Caller, s string) error { return c.CheckTickets(ctx, s) }, "olga anton udo", "udo", "udo", false},
		{"concerned", func(c *access.Caller, s string) error { return c.CheckConcerned(ctx, s) }, "olga anton admin udo", "", "", false},
		{"exclusion", func(c *access.Caller, s string) error {
			return c.CheckExclusion(ctx, agreement.Exclusion{Service: s})
		}, "olga anton admin udo", "admin udo", "admin udo", false},
		{"findings", func(c *access.Caller, s string) error {
			_, err := c.SelectFindings(ctx, store.Findings{Service: s})
			return err
		}, "olga anton admin udo", "admin udo", "admin udo", false},
	} {
		for service, may := range map[string]string{"desk": c.there, "gone": c.gone, "nothing": c.none} {
			for name := range people {
				err := c.check(caller(s, name), service)
				switch {
				case strings.Contains(" "+may+" ", " "+name+" "):
					require.NoError(t, err, "%s of %s as %s", c.name, service, name)
				case service == "desk" || c.found:
					require.True(t, access.IsRefusal(err), "%s of %s as %s: %v", c.name, service, name, err)
				default:
					require.True(t, fault.Is(err, fault.NotFound), "%s of %s as %s: %v", c.name, service, name, err)
				}
			}
		}
	}
}

// What a caller has read of a service is read once, however many runs are about
// it; also that it was retired.
func TestAServiceIsAskedForOnce(t *testing.T) {
	db, sent := pgtest.Counted(t, newStore(t).DB())
	c := caller(store.New(db), "vera")
	for i := range 50 {
		_, err := c.ShowRun(t.Context(), run.Run{About: resource.Ref{Kind: resource.Service, Name: []string{"desk", "gone"}[i%2]}, State: run.Waiting})
		require.NoError(t, err)
	}
	require.Equal(t, 2, sent("AS wanted (kind, name)"))
}

// Of a run that isn't published its state is for everybody, and what was said in
// it for those who see inside, and for who started it.
func TestRunsAsTheyAreShown(t *testing.T) {
	s := newStore(t)
	whole := run.Run{About: resource.Ref{Kind: resource.Service, Name: "desk"}, State: run.Waiting, StartedBy: "former", Reason: "an inner reason", Tasks: []task.Task{{ID: "t"}}, Decisions: []task.Decision{{Task: "t"}}}
	for name := range people {
		inside := strings.Contains("olga anton udo former", name)
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
		require.Equal(t, whole, r, "what is published is for everybody")
	}
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
