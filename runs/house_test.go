package runs_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/ticket"
	"turnus/runs"
	"turnus/store"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var (
	root = person.Actor{Person: "root", Roles: []person.Role{person.Administrator}}
	olga = person.Actor{Person: "olga", Roles: []person.Role{person.ProcessOwner}}
)

// house is an installation without Temporal: wakings write rows, and nobody
// starts their workflows. Its clock stands until a test moves it.
type house struct {
	*testing.T
	store *store.Store
	runs  *runs.Runs
	now   time.Time
}

func newHouse(t *testing.T, now time.Time, docs ...resource.Raw) *house {
	t.Helper()
	h := &house{T: t, store: store.New(pgtest.New(t)), now: now}
	h.runs = runs.New(runs.Config{Store: h.store, Now: func() time.Time { return h.now }, Log: slog.New(slog.DiscardHandler)})
	docs = append([]resource.Raw{
		doc(resource.Person, "root", `{'roles':['administrator']}`),
		doc(resource.Person, "olga", `{'roles':['process-owner','approver']}`),
		doc(resource.Person, "anton", `{'roles':['approver']}`),
		doc(resource.Calendar, "berlin", `{'zone':'Europe/Berlin','hours':{'mon':['08:00-18:00'],'tue':['08:00-18:00'],'wed':['08:00-18:00'],
			'thu':['08:00-18:00'],'fri':['08:00-18:00']},'holidays':{'dates':['2027-01-01','2027-03-26','2027-03-29','2027-05-06','2027-05-17','2027-10-01']}}`),
		doc(resource.Calendar, "york", `{'zone':'America/New_York','hours':{'mon':['09:00-17:00'],'tue':['09:00-17:00'],'wed':['09:00-17:00'],
			'thu':['09:00-17:00'],'fri':['09:00-17:00']},'holidays':{'dates':['2027-01-01','2027-05-31','2027-07-05']}}`),
	}, docs...)
	_, err := h.store.Apply(t.Context(), root, now, docs, false)
	require.NoError(t, err)
	return h
}

// doc is a resource; its spec is JSON with single quotes for double ones.
func doc(k resource.Kind, name, spec string) resource.Raw {
	return resource.Raw{APIVersion: resource.APIVersion, Kind: k, Metadata: resource.Metadata{Name: name},
		Spec: json.RawMessage(strings.ReplaceAll(spec, "'", `"`))}
}

// service is a service of olga's with an agreement as old as anything here.
func service(name, cal, zone string) []resource.Raw {
	if zone != "" {
		zone = `,'zone':'` + zone + `'`
	}
	return []resource.Raw{
		doc(resource.Service, name, `{'owner':'olga','approvers':['anton'],'calendar':'`+cal+`'`+zone+`}`),
		doc(resource.Agreement, name, `{'service':'`+name+`','valid':{'from':'2016-01-01'},'targets':[
			{'name':'p1','measure':'resolution','within':'PT4H','calendar':'24x7','attain':95}]}`),
	}
}

func interval(name, scope, rest string) resource.Raw {
	return doc(resource.Interval, name, `{'process':'sla-report','scope':'`+scope+`','reason':'clause 9.4',`+rest+`}`)
}

func (h *house) wake() {
	h.Helper()
	require.NoError(h, h.runs.Wake(h.Context(), time.Minute), "at %s", h.now)
}

// covers imports a service's data up to an instant.
func (h *house) covers(service string, asOf time.Time) { h.Helper(); h.coversAs("olga", service, asOf) }

func (h *house) coversAs(who, service string, asOf time.Time) {
	h.Helper()
	at := time.Date(2019, 6, 3, 8, 0, 0, 0, time.UTC)
	end := at.Add(time.Hour)
	_, err := h.store.Import(h.Context(), store.Intake{Service: service, Format: "csv", AsOf: asOf, Now: h.now, By: who},
		func(yield func(ticket.Row, error) bool) {
			yield(ticket.Row{Row: 1, Number: "T1", Opened: at, At: at, State: "Closed", StoppedAt: &end}, nil)
		}, nil)
	require.NoError(h, err)
}

// propose proposes one document, and gives the run that decides; the zero
// value where the proposal was refused.
func (h *house) propose(d resource.Raw) (string, error) {
	changes, err := h.store.Apply(h.Context(), olga, h.now, []resource.Raw{d}, false)
	if err != nil {
		return "", err
	}
	return changes[0].Run, nil
}

// enact is what an approval does.
func (h *house) enact(runID string) error {
	storetest.Decide(h, h.store, h.now, "anton", run.Step{Run: runID, Round: 1}, task.Approve)
	if err := h.store.Enact(h.Context(), h.now, runID); err != nil {
		h.end(runID, run.Failed)
		return err
	}
	h.end(runID, run.Published)
	return nil
}

func (h *house) inForce(d resource.Raw) {
	h.Helper()
	id, err := h.propose(d)
	require.NoError(h, err)
	require.NoError(h, h.enact(id))
}

func (h *house) end(runID string, s run.State) { h.endAt(h.now, runID, s) }

func (h *house) endAt(at time.Time, runID string, s run.State) {
	h.Helper()
	storetest.End(h, h.store, at, "anton", "olga", runID, s)
}

func (h *house) slot(scope, period string) string {
	h.Helper()
	s, err := h.store.Slot(h.Context(), run.Key{Process: "sla-report", Scope: scope, Period: period})
	require.NoError(h, err)
	return string(s.State)
}

func (h *house) attempts(scope, period string) (n int) {
	h.Helper()
	require.NoError(h, h.store.DB().QueryRowContext(h.Context(),
		"SELECT count(*) FROM run WHERE process = 'sla-report' AND scope = $1 AND period = $2", scope, period).Scan(&n))
	return n
}

func day(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}
