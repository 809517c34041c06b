package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/ticket"
	"turnus/store"
	"turnus/workflows"
)

// altering is a service with tickets, whose records somebody changes.
type altering struct {
	*testing.T
	store *store.Store
	set   *activities.Set
}

func newAltering(t *testing.T) altering {
	ctx, s := t.Context(), store.New(pgtest.New(t))
	docs, err := imports.Resources([]byte(desk))
	require.NoError(t, err)
	_, err = s.Apply(ctx, person.Actor{Person: "admin"}, now, docs, false)
	require.NoError(t, err)
	_, err = s.Import(ctx, store.Intake{Service: "desk", Format: "csv", AsOf: now, Now: now, By: "olga"}, func(yield func(ticket.Row, error) bool) {
		for i, number := range []string{"F1", "F2", "F3", "M1", "M2", "M3"} {
			at := time.Date(2026, 2+time.Month(i/3), 3+i, 9, 0, 0, 0, time.UTC)
			stop := at.Add(time.Duration(i+1) * time.Hour)
			yield(ticket.Row{Row: int64(i), Number: number, Opened: at, At: at, State: "Active", StoppedAt: &stop}, nil)
		}
	}, nil)
	require.NoError(t, err)
	return altering{t, s, activities.New(s, nil, func() time.Time { return now })}
}

// begin begins another attempt at a month's report.
func (a altering) begin(period string) workflows.Freezing {
	a.Helper()
	r, _, err := a.store.Begin(a.Context(), now, store.NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: period}, Again: true, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(a, err)
	return workflows.Freezing{Input: run.Input{Run: r.ID, Key: run.Key{Process: "sla-report", Scope: "desk", Period: period}}, Round: 1}
}

func (a altering) collect(f workflows.Freezing) error {
	_, err := a.set.SLAReportCollect(a.Context(), f)
	return err
}

func (a altering) draft(f workflows.Freezing) error {
	_, err := a.set.SLAReportDraft(a.Context(), run.Step{Run: f.Run, Round: f.Round})
	return err
}

// requireAltered wants that a run says what was found, in both languages, and
// that it is on record once, however often the activity is tried.
func (a altering) requireAltered(f workflows.Freezing, do func(workflows.Freezing) error, en, de string) {
	a.Helper()
	for range 2 {
		said := fault.As(do(f))
		require.NotNil(a, said)
		require.Equal(a, fault.Conflict, said.Code)
		require.Contains(a, said.Message.En, en)
		require.Contains(a, said.Message.De, de)
		require.Contains(a, said.Message.En, "changed from outside of Turnus")
		require.Contains(a, said.Message.De, "außerhalb von Turnus geändert")
		require.NotContains(a, said.Message.En+said.Message.De, "%!")
	}
	entries, _, err := a.store.Audit(a.Context(), store.Trail{Object: "run/" + f.Run}, store.Page{Limit: 500})
	require.NoError(a, err)
	var actions []string
	for _, e := range entries {
		actions = append(actions, e.Actor+" "+e.Action)
	}
	require.Equal(a, []string{"olga run.started", "turnus records.altered"}, actions)
	require.Contains(a, string(entries[1].After), en)
	found, _, err := a.store.Findings(a.Context(), store.Findings{Service: "desk", Sight: store.Sight{All: true}}, store.Page{})
	require.NoError(a, err)
	require.Len(a, found, 1)
	require.Equal(a, []string{improvement.RecordsAltered, "run/" + f.Run}, []string{found[0].Kind, found[0].Object})
}

// Tickets that were deleted, slipped in or rewritten between freezing and
// drafting end the run: no report says that they are the frozen ones.
func TestDraftsStandOnWhatWasFrozen(t *testing.T) {
	const set, content = "aren't those that round 1 froze: these were 3", "isn't as import 1 left it"
	for name, c := range map[string]struct {
		statement string
		served    bool // the serving role may do it
		en, de    string
	}{
		"deleted":                {`DELETE FROM ticket_version WHERE number = 'M2'`, false, set, "jetzt sind es 2"},
		"hidden from the search": {`UPDATE ticket_version SET last = '2000-01-01' WHERE number = 'M2'`, false, set, "jetzt sind es 2"},
		"slipped in": {`INSERT INTO ticket_version SELECT service, 'M4', import, opened, first, last, fields, flagged, hash, events
			FROM ticket_version WHERE number = 'M1'`, true, "Ticket M4 " + content, "Ticket M4 ist nicht mehr so, wie Import 1"},
		"slipped in from another month": {`INSERT INTO ticket_version SELECT service, number, import - 1, '2026-03-05', first, '9999-01-01', fields, flagged, hash, events
			FROM ticket_version WHERE number = 'F1'; DELETE FROM ticket_version WHERE number = 'F1' AND import = 1`, false, set, "jetzt sind es 4"},
		"another history": {`UPDATE ticket_version SET events = (SELECT events FROM ticket_version WHERE number = 'M1') WHERE number = 'M3'`, false,
			"Ticket M3 " + content, "Verlauf passt nicht"},
		"another history, with its hash": {`UPDATE ticket_version m SET events = f.events, hash = f.hash FROM ticket_version f WHERE f.number = 'M1' AND m.number = 'M3'`, false,
			"Ticket M3 " + content, "Verlauf passt nicht"},
		"another hash": {`UPDATE ticket_version SET hash = repeat('0', 64) WHERE number = 'M1'`, false, "Ticket M1 " + content, "Verlauf passt nicht"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAltering(t)
			f := a.begin("2026-03")
			require.NoError(t, a.collect(f))
			if c.served {
				_, err := a.store.DB().Exec(c.statement)
				require.NoError(t, err)
			} else {
				pgtest.Tamper(t, a.store.DB(), c.statement)
			}
			a.requireAltered(f, a.draft, c.en, c.de)
		})
	}
}

// What was declared, and what was published before, is held against its hash
// where a report reads it.
func TestReportsStandOnWhatWasDeclared(t *testing.T) {
	for name, c := range map[string][3]string{
		"agreement": {`UPDATE resource SET document = jsonb_set(document, '{spec,targets,0,attain}', '5') WHERE kind = 'Agreement'`,
			"Version 1 of Agreement/gold isn't as it was declared", "Version 1 von Agreement/gold ist nicht mehr so"},
		"service": {`UPDATE resource SET document = jsonb_set(document, '{spec,approvers}', '["olga"]') WHERE kind = 'Service'`,
			"Version 1 of Service/desk isn't as", "Service/desk"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAltering(t)
			pgtest.Tamper(t, a.store.DB(), c[0])
			a.requireAltered(a.begin("2026-03"), a.collect, c[1], c[2])
		})
	}

	published := func(t *testing.T) altering {
		a := newAltering(t)
		f := a.begin("2026-02")
		require.NoError(t, a.collect(f))
		require.NoError(t, a.draft(f))
		storetest.End(t, a.store, now, "max", "olga", f.Run, run.Published)
		return a
	}
	const lie = `UPDATE draft SET document = jsonb_set(document::jsonb, '{figures,0,value}', '"99.9"')::text`
	t.Run("the report before", func(t *testing.T) {
		a := published(t)
		pgtest.Tamper(t, a.store.DB(), lie)
		a.requireAltered(a.begin("2026-03"), a.collect, "The report sla-report/desk/2026-02 isn't as it was published", "Der Bericht sla-report/desk/2026-02")
	})
	t.Run("the report that is restated", func(t *testing.T) {
		a := published(t)
		pgtest.Tamper(t, a.store.DB(), lie)
		a.requireAltered(a.begin("2026-02"), a.collect, "The report sla-report/desk/2026-02 isn't as it was published", "veröffentlicht wurde")
	})
	t.Run("the report that is restated, of a round that 0.1.0 froze", func(t *testing.T) {
		a := published(t)
		f := a.begin("2026-02")
		require.NoError(t, a.collect(f))
		pgtest.Tamper(t, a.store.DB(), `UPDATE frozen_set SET document = document - 'in_force'`)
		pgtest.Tamper(t, a.store.DB(), lie)
		a.requireAltered(f, a.draft, "The report sla-report/desk/2026-02 isn't as it was published", "veröffentlicht wurde")
	})
}
