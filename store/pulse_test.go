package store

import (
	"context"
	"database/sql"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/fault"
)

// A server that falls silent is found to be away; one that is only slow isn't.
func TestPulse(t *testing.T) {
	var frozen atomic.Bool
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				b := make([]byte, 8)
				if _, err := io.ReadFull(c, b); err != nil {
					return
				}
				switch {
				case b[7] == 0x2f && !frozen.Load(): // a knock
					_, _ = c.Write([]byte("N"))
				case b[7] == 's': // a slow query
					time.Sleep(300 * time.Millisecond)
					_, _ = c.Write([]byte("done"))
				default:
					time.Sleep(5 * time.Second)
				}
			}()
		}
	}()
	p := pulse{silence: 50 * time.Millisecond, knock: 100 * time.Millisecond}
	ask := func(query string) ([]byte, error) {
		c, err := p.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		defer c.Close()
		_, err = c.Write([]byte(query))
		require.NoError(t, err)
		b := make([]byte, 4)
		_, err = io.ReadFull(c, b)
		return b, err
	}
	b, err := ask("1234567s")
	require.NoError(t, err)
	require.Equal(t, "done", string(b))

	frozen.Store(true)
	begun := time.Now()
	_, err = ask("12345678")
	require.Less(t, time.Since(begun), 10*time.Second)
	require.True(t, fault.Is(mapped(err), fault.Unavailable), "%v", err)
}

// What passes by itself is said to be unavailable, whatever it is; what
// doesn't is not.
func TestWhatPassesByItself(t *testing.T) {
	for code, want := range map[string]bool{
		"53100": true, // disk full
		"53200": true, // out of memory
		"53300": true, // too many connections
		"58030": true, // I/O error
		"57P01": true, // shut down by the administrator
		"57P03": true, // still starting
		"57014": true, // cancelled, as by a deadline
		"08006": true,
		"40001": true,
		"40P01": true,
		"25006": true, // read only, as on a standby that was just promoted away from
		"23505": false,
		"42601": false,
		"22021": false,
	} {
		require.Equal(t, want, fault.Is(mapped(&pq.Error{Code: pqerror.Code(code)}), fault.Unavailable), code)
	}
}

// The database goes away while a transaction is open: whatever the driver
// makes of that, it is unavailable, not a mistake of ours.
func TestGoneInATransaction(t *testing.T) {
	for _, statement := range []func(*sqlx.Tx) error{
		func(tx *sqlx.Tx) error { _, err := tx.ExecContext(t.Context(), "SELECT 1"); return err },
		func(tx *sqlx.Tx) error { _, err := tx.ExecContext(t.Context(), "SELECT $1::text", "x"); return err },
		func(tx *sqlx.Tx) error { var n int; return tx.GetContext(t.Context(), &n, "SELECT $1::int", 1) },
		func(tx *sqlx.Tx) error { _, err := tx.PrepareContext(t.Context(), "SELECT $1::int"); return err },
		func(tx *sqlx.Tx) error {
			_, err := tx.PrepareContext(t.Context(), `COPY audit (number) FROM STDIN`)
			return err
		},
		func(*sqlx.Tx) error { return nil }, // the commit finds it
	} {
		dialer := &cutting{}
		connector, err := pq.NewConnector(pgtest.URL(t))
		require.NoError(t, err)
		connector.Dialer(dialer)
		s := New(sql.OpenDB(connector))
		err = s.tx(t.Context(), func(tx *sqlx.Tx) error {
			dialer.cut()
			return statement(tx)
		})
		require.True(t, fault.Is(err, fault.Unavailable), "%T %v", err, err)
		require.NoError(t, s.Close())
	}
}

// cutting dials connections that can be cut.
type cutting struct {
	pulse
	conns []net.Conn
}

func (c *cutting) Dial(network, address string) (net.Conn, error) {
	return c.DialContext(context.Background(), network, address)
}

func (c *cutting) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := c.Dialer.DialContext(ctx, network, address)
	c.conns = append(c.conns, conn)
	return conn, err
}

func (c *cutting) cut() {
	for _, conn := range c.conns {
		conn.Close()
	}
}
