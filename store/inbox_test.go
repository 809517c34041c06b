package store

import (
	"database/sql"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
)

// counting dials connections that count what is sent on them.
type counting struct {
	net.Dialer
	sent *atomic.Int64
}

func (c counting) Dial(network, address string) (net.Conn, error) {
	conn, err := c.Dialer.Dial(network, address)
	return countedConn{conn, c.sent}, err
}

func (c counting) DialTimeout(network, address string, _ time.Duration) (net.Conn, error) {
	return c.Dial(network, address)
}

type countedConn struct {
	net.Conn
	sent *atomic.Int64
}

func (c countedConn) Write(b []byte) (int, error) {
	c.sent.Add(1)
	return c.Conn.Write(b)
}

// A page of the inbox asks the database as often for 40 tasks as for one, and
// says of each task what a look at it says.
func TestAPageOfTheInboxAsksForPeopleOnce(t *testing.T) {
	connector, err := pq.NewConnector(pgtest.URL(t))
	require.NoError(t, err)
	var sent atomic.Int64
	connector.Dialer(counting{sent: &sent})
	db := sql.OpenDB(connector)
	defer db.Close()
	db.SetMaxOpenConns(1)
	s := New(db)

	docs := []resource.Raw{personDoc("olga", person.ProcessOwner), officeDoc("Europe/Berlin")}
	for _, a := range []string{"anton", "ada", "alf"} {
		docs = append(docs, personDoc(a, person.Approver))
	}
	services := 8
	for i := range services {
		d := serviceOf("olga", "anton", "ada", "alf")
		d.Metadata.Name = fmt.Sprintf("s%d", i)
		docs = append(docs, d)
	}
	apply1(t, s, declared, docs...)
	const tasks = 40
	for i := range tasks {
		k := run.Key{Process: "sla-report", Scope: fmt.Sprintf("s%d", i%services), Period: fmt.Sprintf("20%d-03", 10+i/services)}
		r, _, err := s.Begin(t.Context(), declared, NewRun{Key: k, Service: k.Scope, Owner: "olga", By: person.Actor{Person: "olga", Issuer: []string{"ada", "alf"}[i%2]}})
		require.NoError(t, err)
		ask(t, s, declared.Add(time.Duration(i)*time.Minute), run.Step{Run: r.ID, Round: 1})
	}
	asks := func(limit int) int64 {
		before := sent.Load()
		list, _, err := s.Tasks(t.Context(), Tasks{State: "open", Sees: "anton"}, Page{Limit: limit})
		require.NoError(t, err)
		asked := sent.Load() - before
		require.Len(t, list, limit)
		for i, shown := range list {
			require.Equal(t, [][]string{{"anton", "alf"}, {"anton", "ada"}}[i%2], shown.Approvers, "who issued the starter's token doesn't decide")
			alone, err := s.Task(t.Context(), shown.ID)
			require.NoError(t, err)
			require.Equal(t, alone, shown)
		}
		return asked
	}
	require.Equal(t, asks(1), asks(tasks))

	// A service that has gone leaves the owner of the start, and nobody who decides.
	pgtest.Tamper(t, db, "UPDATE resource SET retired = true WHERE kind = 'Service' AND name = 's0'")
	list, _, err := s.Tasks(t.Context(), Tasks{State: "open"}, Page{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, []string{}, list[0].Approvers)
	p, err := s.PeopleOf(t.Context(), list[0])
	require.NoError(t, err)
	require.Equal(t, "olga", p.Owner)
}
