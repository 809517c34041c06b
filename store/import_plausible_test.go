package store_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/ticket"
	"turnus/store"
)

// hourly gives n tickets, one an hour, each of which took so long.
func hourly(begin time.Time, n int, took time.Duration, priority string) iter.Seq2[ticket.Row, error] {
	return func(yield func(ticket.Row, error) bool) {
		for i := range n {
			opened := begin.Add(time.Duration(i) * time.Hour)
			stopped := opened.Add(took)
			r := ticket.Row{Row: int64(i + 1), Number: opened.Format("T-20060102150405"), Opened: opened, At: stopped, StoppedAt: &stopped, Stopped: true,
				Fields: map[string]string{"priority": priority}}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func export(service string) store.Intake {
	return store.Intake{Service: service, Format: dataset.CSV, By: "root", Token: "t1", Now: today,
		File: dataset.File{Name: "export.csv", Bytes: 123, SHA256: "ab"}}
}

func reasons(err error) (all []string) {
	for _, f := range fault.All(err) {
		all = append(all, f.Reason)
	}
	return all
}

// What isn't plausible leaves an entry in the audit trail and nothing else;
// accepted, it stays on record why.
func TestAnImplausibleImportIsRefusedUnlessAccepted(t *testing.T) {
	s := store.New(pgtest.New(t))
	in := export("desk")
	in.AsOf = today
	same := hourly(october(1), 100, 0, "P1")
	_, err := s.Import(t.Context(), in, same, nil)
	require.True(t, fault.Is(err, fault.Implausible), "%v", err)
	require.Equal(t, []string{dataset.NoDuration}, reasons(err))
	list, _, err := s.Imports(t.Context(), "desk", store.Page{})
	require.NoError(t, err)
	require.Empty(t, list)
	entries, _, err := s.Audit(t.Context(), store.Trail{}, store.Page{})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "import.refused", entries[0].Action)
	var refused dataset.Import
	require.NoError(t, json.Unmarshal(entries[0].After, &refused))
	require.Equal(t, in.File, refused.File)
	require.Equal(t, dataset.NoDuration, refused.Warnings[0].Code)

	in.Accept = "events of a monitor"
	p, err := s.Import(t.Context(), in, same, nil)
	require.NoError(t, err)
	require.Equal(t, "events of a monitor", p.Accepted)
	found, err := s.ImportByID(t.Context(), p.ID)
	require.NoError(t, err)
	require.Equal(t, p.Import, found)
	require.True(t, found.Warnings[0].Refuse)

	// A reason for what needs none isn't kept.
	p, err = s.Import(t.Context(), in, hourly(october(10), 100, time.Hour, "P1"), nil)
	require.NoError(t, err)
	require.Empty(t, p.Accepted)
}

// A dry run says what the import would, and leaves nothing behind, not even a
// number.
func TestADryRunLeavesNothingBehind(t *testing.T) {
	s := store.New(pgtest.New(t))
	in := export("desk")
	in.DryRun = true
	tried, err := s.Import(t.Context(), in, hourly(october(1), 100, time.Hour, "P1"), nil)
	require.NoError(t, err)
	require.Zero(t, tried.ID)
	list, _, err := s.Imports(t.Context(), "desk", store.Page{})
	require.NoError(t, err)
	require.Empty(t, list)
	entries, _, err := s.Audit(t.Context(), store.Trail{}, store.Page{})
	require.NoError(t, err)
	require.Empty(t, entries)

	in.DryRun = false
	done, err := s.Import(t.Context(), in, hourly(october(1), 100, time.Hour, "P1"), nil)
	require.NoError(t, err)
	require.EqualValues(t, 1, done.ID)
	tried.ID, tried.DryRun = 1, false
	require.Equal(t, done.Import, tried.Import)

	// The same file again, a newer one, and one with what makes no sense.
	in.DryRun = true
	tried, err = s.Import(t.Context(), in, hourly(october(1), 100, time.Hour, "P1"), nil)
	require.NoError(t, err)
	require.EqualValues(t, []int64{100, 0}, []int64{tried.Unchanged, tried.Tickets})
	tried, err = s.Import(t.Context(), in, hourly(october(1), 120, 2*time.Hour, "P1"), nil)
	require.NoError(t, err)
	require.EqualValues(t, []int64{120, 120, 20}, []int64{tried.Loaded, tried.Tickets, tried.New})
	tried, err = s.Import(t.Context(), in, hourly(today.Add(-10*time.Hour), 20, time.Hour, "P1"), nil)
	require.NoError(t, err)
	require.EqualValues(t, 10, tried.Rejected)
	require.Len(t, tried.Rejects, 2, "opened or stopped in the future")
	require.Contains(t, codes(tried.Warnings), dataset.ManyRejected)
}

func codes(list []dataset.Warning) (all []string) {
	for _, w := range list {
		all = append(all, w.Code)
	}
	return all
}

// A file with day and month swapped in some rows is refused; had it been taken,
// the right one would lose against it, which is said of each row.
func TestRowsThatLoseAreOlder(t *testing.T) {
	s := store.New(pgtest.New(t))
	in := export("desk")
	late := hourly(october(30), 1, time.Hour, "P1")
	swapped := func(yield func(ticket.Row, error) bool) {
		for r, err := range hourly(october(1), 150, time.Hour, "P1") {
			if !yield(r, err) {
				return
			}
		}
		late(yield)
	}
	_, err := s.Import(t.Context(), in, swapped, nil)
	require.Equal(t, []string{dataset.FarAsOf}, reasons(err))
	in.Accept = "a typing mistake of the desk"
	first, err := s.Import(t.Context(), in, swapped, nil)
	require.NoError(t, err)
	in.Accept = ""
	second, err := s.Import(t.Context(), in, hourly(october(1), 150, 90*time.Minute, "P1"), nil)
	require.NoError(t, err)
	require.EqualValues(t, []int64{150, 0, 0, 150}, []int64{second.Read, second.Loaded, second.Unchanged, second.Older})
	require.Contains(t, codes(second.Warnings), dataset.OlderRows)
	require.Len(t, second.Outdated, 20)
	require.Equal(t, dataset.Outdated{Number: "T-20261001000000", Rows: 1, Import: first.ID, AsOf: first.AsOf}, second.Outdated[0])

	// That ends with the withdrawal of the one that they lost against.
	behind := func(upTo int64) []dataset.Import {
		list, err := s.ImportsBehind(t.Context(), "desk", dataset.Tickets, upTo, october(1), october(31))
		require.NoError(t, err)
		return list
	}
	require.Contains(t, codes(behind(second.ID)[1].Warnings), dataset.OlderRows)
	w := withdraw(t, s, first.ID)
	require.NotContains(t, codes(behind(w.ID)[0].Warnings), dataset.OlderRows)
	require.Contains(t, codes(behind(second.ID)[1].Warnings), dataset.OlderRows, "as it was known")
}

// A zone that isn't the one of the import before is warned of; before the first
// one it is the service's that counts.
func TestAZoneThatIsNew(t *testing.T) {
	s := store.New(pgtest.New(t))
	in := export("desk")
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for i, c := range []struct {
		zone  *time.Location
		warns bool
	}{{time.UTC, true}, {time.UTC, false}, {berlin, true}, {berlin, false}} {
		in.Zone, in.Usual = c.zone, berlin
		p, err := s.Import(t.Context(), in, hourly(october(1+i), 30, time.Hour, "P1"), nil)
		require.NoError(t, err)
		require.Equal(t, c.warns, slices.Contains(codes(p.Warnings), dataset.OtherZone), "import %d", i+1)
	}
}

// A full delivery is held against the one before, whatever came in between.
func TestAFullDeliveryThatLostRows(t *testing.T) {
	s := store.New(pgtest.New(t))
	full := export("desk")
	full.Full = true
	_, err := s.Import(t.Context(), full, hourly(october(1), 500, time.Hour, "P1"), nil)
	require.NoError(t, err)
	_, err = s.Import(t.Context(), export("desk"), hourly(october(1), 10, time.Hour, "P1"), nil)
	require.NoError(t, err, "what has changed says nothing about the rest")
	_, err = s.Import(t.Context(), full, hourly(october(1), 399, time.Hour, "P1"), nil)
	require.Equal(t, []string{dataset.FewerRows}, reasons(err))
	_, err = s.Import(t.Context(), full, hourly(october(1), 400, time.Hour, "P1"), nil)
	require.NoError(t, err)
}

// Values that an agreement names and no ticket has are said with every import,
// also where the tickets came with earlier ones.
func TestAnImportIsHeldAgainstAgreements(t *testing.T) {
	s := store.New(pgtest.New(t))
	declareDesk(t, s, "P1", "P2-High")
	p, err := s.Import(t.Context(), export("desk"), hourly(october(1), 50, time.Hour, "P1"), nil)
	require.NoError(t, err)
	i := slices.IndexFunc(p.Warnings, func(w dataset.Warning) bool { return w.Code == dataset.UnknownValue })
	require.GreaterOrEqual(t, i, 0, "%v", p.Warnings)
	require.Contains(t, p.Warnings[i].Detail.En, "P2-High")
	p, err = s.Import(t.Context(), export("desk"), hourly(october(5), 1, time.Hour, "P2-High"), nil)
	require.NoError(t, err)
	require.NotContains(t, codes(p.Warnings), dataset.UnknownValue)
	p, err = s.Import(t.Context(), export("desk"), hourly(october(6), 50, time.Hour, "P3"), nil)
	require.NoError(t, err)
	require.Contains(t, codes(p.Warnings), dataset.NoTarget)

	// A version that another one has taken the place of names nothing any more.
	declareDesk(t, s, "P1", "P7")
	list, err := s.AgreedOf(t.Context(), "desk", today)
	require.NoError(t, err)
	require.Len(t, list, 1)
	warnings, err := s.UnknownValues(t.Context(), "desk", list)
	require.NoError(t, err)
	require.Len(t, warnings, 1)
	require.Contains(t, warnings[0].Detail.En, "P7")
	declareDesk(t, s, "P1", "P3")
	p, err = s.Import(t.Context(), export("desk"), hourly(october(7), 50, time.Hour, "P3"), nil)
	require.NoError(t, err)
	require.NotContains(t, codes(p.Warnings), dataset.UnknownValue)
}

// declareDesk declares a service and an agreement with a target a priority.
func declareDesk(t *testing.T, s *store.Store, priorities ...string) {
	t.Helper()
	doc := func(k resource.Kind, name, spec string) resource.Raw {
		return resource.Raw{APIVersion: resource.APIVersion, Kind: k, Metadata: resource.Metadata{Name: name}, Spec: json.RawMessage(spec)}
	}
	var targets []string
	for i, p := range priorities {
		targets = append(targets, fmt.Sprintf(`{"name":"t%d","measure":"resolution","where":{"priority":[%q]},"within":"PT4H","calendar":"24x7","attain":95}`, i, p))
	}
	_, err := s.Apply(t.Context(), person.Actor{Person: "root"}, october(1).AddDate(-1, 0, 0), []resource.Raw{
		doc(resource.Person, "olga", `{"email":"olga@example.org","roles":["process-owner"]}`),
		doc(resource.Person, "anna", `{"email":"anna@example.org","roles":["approver"]}`),
		doc(resource.Service, "desk", `{"owner":"olga","approvers":["anna"],"calendar":"24x7"}`),
		doc(resource.Agreement, "desk", `{"service":"desk","valid":{"from":"2026-01-01"},"targets":[`+strings.Join(targets, ",")+`]}`),
	}, false)
	require.NoError(t, err)
}
