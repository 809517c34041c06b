package store_test

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/itsm/agreement"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/store"
)

var olga = person.Actor{Person: "olga", Token: "t2", Issuer: "anton"}

func withdraw(t *testing.T, s *store.Store, id int64) dataset.Import {
	t.Helper()
	w, err := s.Withdraw(t.Context(), today, store.Withdrawal{Import: id, Run: "run-1", Reason: "the wrong zone", By: olga})
	require.NoError(t, err)
	found, err := s.ImportByID(t.Context(), w.ID)
	require.NoError(t, err)
	require.Equal(t, w, found)
	return w
}

func frozenAs(t *testing.T, s *store.Store, service string, asOf int64) string {
	t.Helper()
	n, hash, err := s.TicketsHash(t.Context(), service, asOf, everything[0], everything[1], nil)
	require.NoError(t, err)
	return fmt.Sprint(n, " ", hash)
}

func TestAWithdrawnImportIsAsIfItHadNeverCome(t *testing.T) {
	s := store.New(pgtest.New(t))
	first := replace(t, s, 10, "K-1,2026-10-01T09:00:00Z,,P2\nK-2,2026-10-02T09:00:00Z,2026-10-02T10:00:00Z,P1\n")
	wrong := replace(t, s, 20, "K-0,2026-09-01T09:00:00Z,,P1\nK-1,2026-10-01T09:00:00Z,2026-10-11T09:00:00Z,P3\nK-9,2026-10-05T09:00:00Z,,P1\n")
	later := replace(t, s, 15, "K-1,2026-10-01T09:00:00Z,2026-10-14T09:00:00Z,P2\nK-9,2026-10-05T09:00:00Z,,P1\n")
	require.Equal(t, [3]int64{0, 1, 1}, [3]int64{later.Loaded, later.Older, later.Unchanged})
	before := map[int64]string{}
	for _, i := range []int64{first.ID, wrong.ID, later.ID} {
		before[i] = frozenAs(t, s, "shop", i)
	}

	w := withdraw(t, s, wrong.ID)
	require.Greater(t, w.ID, later.ID)
	require.Equal(t, [3]any{wrong.ID, "run-1", "the wrong zone"}, [3]any{w.Withdraws, w.Run, w.Reason})
	require.Equal(t, [6]int64{0, 0, 0, 0, 0, 3}, [6]int64{w.Read, w.Loaded, w.Unchanged, w.Older, w.Rejected, w.Tickets})
	require.Equal(t, [2]time.Time{october(15), october(1).Add(9 * time.Hour)}, [2]time.Time{w.AsOf, w.Oldest}, "what is covered since")
	found, err := s.ImportByID(t.Context(), wrong.ID)
	require.NoError(t, err)
	require.Equal(t, w.ID, found.WithdrawnBy)

	all := tickets(t, s, "shop", w.ID)
	require.Len(t, all, 3, "K-0 only the wrong file had")
	require.Equal(t, october(14).Add(9*time.Hour), all["K-1"].Last, "what had lost against the wrong file")
	require.Equal(t, "P2", all["K-1"].Fields["priority"])
	require.Equal(t, w.ID, all["K-9"].Import, "the later file said so too")
	for i, hash := range before {
		require.Equal(t, hash, frozenAs(t, s, "shop", i), "what was known before stays")
	}
	oldest, asOf, newest, err := coverageOf(t, s, "shop")
	require.NoError(t, err)
	require.Equal(t, []any{october(1).Add(9 * time.Hour), october(15), w.ID}, []any{oldest, asOf, newest})
	read, _, err := s.RejectsByCause(t.Context(), "shop", dataset.Tickets, w.ID)
	require.NoError(t, err)
	require.EqualValues(t, 4, read)

	entries, _, err := s.Audit(t.Context(), store.Trail{Object: "service/shop", Person: "olga"}, store.Page{})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "import.withdrawn", entries[0].Action)
	require.Equal(t, "t2", entries[0].Token)
	require.Contains(t, string(entries[0].After), fmt.Sprintf(`"withdraws":%d`, wrong.ID))

	// The right file comes after all, and beats what was read later by mistake.
	right := replace(t, s, 16, "K-0,2026-10-03T09:00:00Z,,P1\nK-1,2026-10-01T09:00:00Z,2026-10-12T09:00:00Z,P2\n")
	require.Equal(t, [3]int64{2, 2, 1}, [3]int64{right.Loaded, right.Tickets, right.New})
	require.Equal(t, october(12).Add(9*time.Hour), tickets(t, s, "shop", right.ID)["K-1"].Last)
}

func TestWithoutAnyImportLeftNothingIsCovered(t *testing.T) {
	s := store.New(pgtest.New(t))
	i := replace(t, s, 10, "K-1,2026-10-01T09:00:00Z,,P2\n")
	w := withdraw(t, s, i.ID)
	require.Empty(t, tickets(t, s, "shop", w.ID))
	require.Len(t, tickets(t, s, "shop", i.ID), 1)
	oldest, asOf, newest, err := coverageOf(t, s, "shop")
	require.NoError(t, err)
	require.True(t, oldest.IsZero() && asOf.IsZero())
	require.Equal(t, w.ID, newest)
	again := replace(t, s, 9, "K-1,2026-10-01T09:00:00Z,,P2\n")
	require.Equal(t, [2]int64{1, 1}, [2]int64{again.Loaded, again.New}, "as if it were the first")
}

func TestWhatCantBeWithdrawn(t *testing.T) {
	db := pgtest.New(t)
	s := store.New(db)
	refused := func(id int64, code fault.Code, en, de string) {
		t.Helper()
		_, err := s.Withdraw(t.Context(), today, store.Withdrawal{Import: id, Reason: "wrong", By: olga})
		require.True(t, fault.Is(err, code), "%v", err)
		m := fault.As(err).Message
		require.Contains(t, m.En, en)
		require.Contains(t, m.De, de)
	}
	refused(99, fault.NotFound, "no import 99", "keinen Import 99")
	i := replace(t, s, 10, "K-1,2026-10-01T09:00:00Z,,P2\n")
	w := withdraw(t, s, i.ID)
	refused(i.ID, fault.Conflict, fmt.Sprintf("withdrawn already, by import %d", w.ID), "schon zurückgenommen")
	refused(w.ID, fault.Conflict, fmt.Sprintf("the withdrawal of import %d", i.ID), "die Rücknahme")

	a := replace(t, s, 11, "K-1,2026-10-01T09:00:00Z,,P2\n")
	b := replace(t, s, 12, "K-1,2026-10-01T09:00:00Z,,P1\n")
	asBefore(t, pgtest.Owner(t, db), a.ID, b.ID)
	refused(a.ID, fault.Conflict, "version 0.1.0, as do others of shop", "aus Version 0.1.0")
}

// asBefore makes imports look as the upgrade from 0.1.0 leaves them.
func asBefore(t require.TestingT, owner *sql.DB, ids ...int64) {
	tx, err := owner.Begin()
	require.NoError(t, err)
	defer tx.Rollback()                                              //nolint:errcheck // after Commit it does nothing
	_, err = tx.Exec(`SET LOCAL session_replication_role = replica`) // without triggers
	require.NoError(t, err)
	for _, id := range ids {
		_, err = tx.Exec(`UPDATE import SET kept = false, first_at = NULL, last_at = NULL, seen = NULL, zone = '' WHERE id = $1`, id)
		require.NoError(t, err)
		for _, table := range []string{"ticket_kept", "ticket_repeated"} {
			_, err = tx.Exec(`DELETE FROM `+table+` WHERE import = $1`, id)
			require.NoError(t, err)
		}
	}
	require.NoError(t, tx.Commit())
}

func TestTheOnlyImportFromBeforeCanBeWithdrawn(t *testing.T) {
	db := pgtest.New(t)
	s := store.New(db)
	old := replace(t, s, 10, "K-1,2026-10-01T09:00:00Z,,P2\nK-2,2026-10-02T09:00:00Z,,P1\n")
	asBefore(t, pgtest.Owner(t, db), old.ID)
	replace(t, s, 11, "K-1,2026-10-01T09:00:00Z,,P2\n")
	w := withdraw(t, s, old.ID)
	all := tickets(t, s, "shop", w.ID)
	require.Len(t, all, 1)
	require.Contains(t, all, "K-1")
}

// A value that only a withdrawn import had, no ticket has.
func TestAWithdrawnValueIsUnknown(t *testing.T) {
	db := pgtest.New(t)
	s := store.New(db)
	old := replace(t, s, 10, "K-1,2026-10-01T09:00:00Z,,P1\n")
	asBefore(t, pgtest.Owner(t, db), old.ID) // of which no values were kept: the tickets are looked at
	wrong := replace(t, s, 11, "K-2,2026-10-01T09:00:00Z,,P9\n")
	agreed := []dataset.Agreed{{Name: "gold", Spec: agreement.Spec{Targets: []agreement.Target{{Name: "p9", Where: agreement.Where{"priority": {"P9"}}}}}}}
	unknown := func() int {
		t.Helper()
		list, err := s.UnknownValues(t.Context(), "shop", agreed)
		require.NoError(t, err)
		return len(list)
	}
	require.Zero(t, unknown())
	withdraw(t, s, wrong.ID)
	require.Equal(t, 1, unknown())
	for i := range 50 { // each is looked for in all tickets
		agreed[0].Spec.Targets[0].Where["priority"] = append(agreed[0].Spec.Targets[0].Where["priority"], fmt.Sprint("Q", i))
	}
	require.Equal(t, 20, unknown())
}

// A withdrawal waits for an import that merges, and one that breaks off leaves
// nothing.
func TestAWithdrawalIsOneTransaction(t *testing.T) {
	db := pgtest.New(t)
	s := store.New(db)
	var rows strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&rows, "K-%04d,2026-10-01T09:00:00Z,,P2\n", i)
	}
	i := replace(t, s, 10, rows.String())
	before := frozenAs(t, s, "shop", 1<<40)

	// The last batch fails.
	_, err := pgtest.Owner(t, db).Exec(`CREATE FUNCTION breaks() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''broken''; END';
		CREATE TRIGGER breaks BEFORE INSERT ON ticket_version FOR EACH ROW WHEN (NEW.number = 'K-1499') EXECUTE FUNCTION breaks()`)
	require.NoError(t, err)
	_, err = s.Withdraw(t.Context(), today, store.Withdrawal{Import: i.ID, Reason: "wrong", By: olga})
	require.Error(t, err)
	require.Equal(t, before, frozenAs(t, s, "shop", 1<<40))
	list, _, err := s.Imports(t.Context(), "shop", store.Page{})
	require.NoError(t, err)
	require.Len(t, list, 1)
	_, err = pgtest.Owner(t, db).Exec(`DROP TRIGGER breaks ON ticket_version`)
	require.NoError(t, err)

	lock, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer lock.Rollback() //nolint:errcheck // committed below
	_, err = lock.Exec(`SELECT pg_advisory_xact_lock(hashtextextended('turnus.import/shop', 0))`)
	require.NoError(t, err)
	var wait sync.WaitGroup
	errs := make(chan error, 2)
	for range 2 { // the same twice at once: one of them finds it withdrawn
		wait.Go(func() {
			_, err := s.Withdraw(t.Context(), today, store.Withdrawal{Import: i.ID, Reason: "wrong", By: olga})
			errs <- err
		})
	}
	time.Sleep(100 * time.Millisecond)
	require.Empty(t, errs, "it waits for the imports of the service")
	require.NoError(t, lock.Commit())
	wait.Wait()
	one, other := <-errs, <-errs
	if one != nil {
		one, other = other, one
	}
	require.NoError(t, one)
	require.True(t, fault.Is(other, fault.Conflict))
	require.Equal(t, strings.Fields(before)[0], "1500")
	require.Equal(t, "0", strings.Fields(frozenAs(t, s, "shop", 1<<40))[0])
}

// Records that somebody has altered make no new versions.
func TestAnAlteredTicketIsntMadeAnew(t *testing.T) {
	for _, statement := range []string{
		`UPDATE ticket_version SET events = (SELECT events FROM ticket_version WHERE number = 'K-3') WHERE number = 'K-1'`,
		`UPDATE ticket_repeated SET same_as = 77`,
		`DELETE FROM ticket_version WHERE number = 'K-1'`,
		`UPDATE import SET as_of = '2026-10-20Z' WHERE id = (SELECT min(id) FROM import)`,
	} {
		db := pgtest.New(t)
		s := store.New(db)
		i := replace(t, s, 10, "K-1,2026-10-01T09:00:00Z,,P2\nK-2,2026-10-02T09:00:00Z,,P1\nK-3,2026-10-03T09:00:00Z,,P1\n")
		j := replace(t, s, 11, "K-1,2026-10-01T09:00:00Z,,P2\nK-2,2026-10-02T09:00:00Z,,P3\n")
		pgtest.Tamper(t, db, statement)
		_, err := s.Withdraw(t.Context(), today, store.Withdrawal{Import: i.ID, Reason: "wrong", By: olga})
		if err == nil { // it had said nothing of what was altered
			_, err = s.Withdraw(t.Context(), today, store.Withdrawal{Import: j.ID, Reason: "wrong", By: olga})
		}
		require.Error(t, err, statement)
	}
}

// delivery is one file, as a property draws it.
type delivery struct {
	union bool
	asOf  time.Time
	rows  []any // ticket.Row or *dataset.Reject
}

func anyDelivery(t *rapid.T) delivery {
	d := delivery{union: rapid.Bool().Draw(t, "union"), asOf: october(rapid.IntRange(10, 13).Draw(t, "as of"))}
	minute := func(what string, least int) time.Time {
		return october(1).Add(time.Duration(rapid.IntRange(least, 6).Draw(t, what)) * time.Minute)
	}
	changes := rapid.Bool().Draw(t, "changes")
	for i := range rapid.IntRange(1, 6).Draw(t, "rows") {
		r := ticket.Row{Row: int64(i + 1), Number: rapid.SampledFrom([]string{"A", "B", "Ä"}).Draw(t, "number"),
			Seq: int64(rapid.IntRange(0, 4).Draw(t, "seq")), Opened: october(1), At: minute("at", -1),
			State: rapid.SampledFrom([]string{"New", "Active", "Resolved"}).Draw(t, "state"), Fields: map[string]string{"priority": rapid.SampledFrom([]string{"1", "2"}).Draw(t, "priority")}}
		if rapid.IntRange(0, 7).Draw(t, "rejected") == 0 {
			d.rows = append(d.rows, &dataset.Reject{Row: r.Row, Number: rapid.SampledFrom([]string{"", r.Number}).Draw(t, "of"), Column: "opened", Value: "?", Reason: text.New("it is missing", "fehlt")})
			continue
		}
		if rapid.IntRange(0, 7).Draw(t, "other opening") == 0 {
			r.Opened = r.Opened.Add(-time.Hour)
		}
		if rapid.IntRange(0, 3).Draw(t, "responded") == 0 {
			at := r.At
			r.Responded = &at
		}
		if d.union {
			r.Stopped = r.State == "Resolved"
		} else {
			r.Change = changes
			if rapid.Bool().Draw(t, "stops") {
				end := minute("end", 0)
				r.StoppedAt = &end
			}
		}
		d.rows = append(d.rows, r)
	}
	return d
}

func (d delivery) into(t *rapid.T, s *store.Store, service string) dataset.Import {
	in := store.Intake{Service: service, Format: imports.CSV, Union: d.union, AsOf: d.asOf, By: "root", Now: today, Accept: "it is a test"}
	if d.union {
		in.Format = imports.ServiceNowAudit
	}
	p, err := s.Import(t.Context(), in, rowsOf(d.rows), nil)
	require.NoError(t, err)
	return p.Import
}

// known is everything that a report of a service stands on.
type known struct {
	tickets      map[string]ticket.Version
	hash         string
	oldest, asOf time.Time
	loaded       int64
	rejects      []sla.RejectsByCause
}

func knownOf(t *rapid.T, s *store.Store, service string) known {
	k := known{tickets: map[string]ticket.Version{}}
	var newest int64
	var err error
	k.oldest, k.asOf, newest, err = coverageOf(t, s, service)
	require.NoError(t, err)
	for v, err := range s.TicketsAsOf(t.Context(), service, newest, everything[0], everything[1]) {
		require.NoError(t, err)
		v.Service, v.Import = "", 0
		k.tickets[v.Number] = v
	}
	k.hash = hashAsOf(t, s, service, newest)
	var causes []sla.RejectsByCause
	k.loaded, causes, err = s.RejectsByCause(t.Context(), service, dataset.Tickets, newest)
	require.NoError(t, err)
	for _, c := range causes {
		k.loaded -= c.Rows
		// Whether a change goes back in time depends on what was known when it
		// came: its reject stays on record as it was.
		if !strings.Contains(c.Reason.En, "goes back in time") {
			k.rejects = append(k.rejects, c)
		}
	}
	return k
}

func hashAsOf(t *rapid.T, s *store.Store, service string, asOf int64) string {
	n, hash, err := s.TicketsHash(t.Context(), service, asOf, everything[0], everything[1], nil)
	require.NoError(t, err)
	return fmt.Sprint(n, " ", hash)
}

// Whatever is imported and withdrawn, in whatever order, what is known of a
// service is what is known of one that got only the imports that remain. What was
// known before a withdrawal stays.
func TestWithdrawalsLeaveWhatRemains(t *testing.T) {
	db := pgtest.New(t)
	s := store.New(db)
	owner := pgtest.Owner(t, db)
	services := 0
	rapid.Check(t, func(t *rapid.T) {
		services++
		had, never := fmt.Sprint("had-", services), fmt.Sprint("never-", services)
		var all []delivery
		var ids []int64
		gone := map[int]bool{}
		frozen := map[int64]string{}
		early := rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "imports of 0.1.0")
		for range rapid.IntRange(2, 8).Draw(t, "steps") {
			var candidates []int
			for i := range all {
				if !gone[i] && (i >= early || early == 1) {
					candidates = append(candidates, i)
				}
			}
			if len(all) >= early && len(candidates) > 0 && rapid.IntRange(0, 2).Draw(t, "withdraw") == 0 {
				which := rapid.SampledFrom(candidates).Draw(t, "which")
				w, err := s.Withdraw(t.Context(), today, store.Withdrawal{Import: ids[which], Reason: "wrong", By: olga})
				require.NoError(t, err)
				gone[which] = true
				frozen[w.ID] = hashAsOf(t, s, had, w.ID)
				continue
			}
			d := anyDelivery(t)
			if len(all) > 0 && rapid.IntRange(0, 3).Draw(t, "again") == 0 {
				again := rapid.SampledFrom(all).Draw(t, "delivery")
				d.union, d.rows = again.union, again.rows
			}
			i := d.into(t, s, had)
			if all, ids = append(all, d), append(ids, i.ID); len(all) <= early {
				asBefore(t, owner, i.ID)
			}
			frozen[i.ID] = hashAsOf(t, s, had, i.ID)
		}
		for i, d := range all {
			if !gone[i] {
				if id := d.into(t, s, never).ID; i < early {
					asBefore(t, owner, id)
				}
			}
		}
		require.Equal(t, knownOf(t, s, never), knownOf(t, s, had))
		for id, hash := range frozen {
			require.Equal(t, hash, hashAsOf(t, s, had, id), "as of %d", id)
		}
	})
}
