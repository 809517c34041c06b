package pgtest

import (
	"bytes"
	"database/sql"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"
)

// Counted gives another pool of the role that serves to the database that a
// pool is for, and says how many messages were sent to the server on it that
// hold a text, part of a statement say; all of them for an empty one. A
// statement is one message, with its parameters: nothing is kept prepared here.
func Counted(t testing.TB, db *sql.DB) (*sql.DB, func(part string) int) {
	t.Helper()
	s, name := databaseOf(t, db)
	connector, err := pq.NewConnector(s.serving(name) + "&binary_parameters=yes")
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	kept := &messages{}
	connector.Dialer(dialer{kept: kept})
	counted := sql.OpenDB(connector)
	t.Cleanup(func() { counted.Close() })
	return counted, kept.count
}

// messages keeps what was sent.
type messages struct {
	sync.Mutex
	all [][]byte
}

func (m *messages) count(part string) (n int) {
	m.Lock()
	defer m.Unlock()
	for _, b := range m.all {
		if bytes.Contains(b, []byte(part)) {
			n++
		}
	}
	return n
}

// dialer makes connections that keep what is sent on them.
type dialer struct {
	net.Dialer
	kept *messages
}

// Dial implements pq.Dialer.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	c, err := d.Dialer.Dial(network, address)
	return keeping{c, d.kept}, err
}

// DialTimeout implements pq.Dialer.
func (d dialer) DialTimeout(network, address string, _ time.Duration) (net.Conn, error) {
	return d.Dial(network, address)
}

type keeping struct {
	net.Conn
	kept *messages
}

// Write implements net.Conn.
func (k keeping) Write(b []byte) (int, error) {
	k.kept.Lock()
	k.kept.all = append(k.kept.all, bytes.Clone(b))
	k.kept.Unlock()
	return k.Conn.Write(b)
}
