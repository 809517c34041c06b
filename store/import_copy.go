package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/lib/pq"
)

// copyChunk is how many bytes go to the server at a time.
const copyChunk = 60 << 10

// copier writes rows for COPY in PostgreSQL's text format. lib/pq's own Exec
// encodes one value at a time through driver.Value; for a million rows that
// costs more than the server's work.
type copier struct {
	ctx context.Context
	to  interface {
		CopyData(ctx context.Context, line string) (driver.Result, error)
	}
	b     []byte
	begun bool     // a row has begun
	names []string // used again
}

// copyIn runs COPY … FROM STDIN on a connection that is in a transaction, with
// the rows that fill writes.
func copyIn(ctx context.Context, conn *sql.Conn, statement string, fill func(*copier) error) error {
	return conn.Raw(func(on any) (err error) {
		prepare, ok := on.(driver.Conn)
		if !ok {
			return errors.New("store: COPY needs lib/pq's own connection")
		}
		stmt, err := prepare.Prepare(statement) //nolint:staticcheck // COPY is prepared without a context in lib/pq
		if err != nil {
			return err
		}
		c := &copier{ctx: ctx, b: make([]byte, 0, copyChunk+(8<<10))}
		if c.to, ok = stmt.(interface {
			CopyData(ctx context.Context, line string) (driver.Result, error)
		}); !ok {
			stmt.Close()
			return errors.New("store: this isn't a COPY statement of lib/pq")
		}
		if err := fill(c); err != nil {
			stmt.Close() //nolint:errcheck // the transaction is rolled back; the first error counts
			return err
		}
		if err := c.flush(); err != nil {
			stmt.Close() //nolint:errcheck // as above
			return err
		}
		return stmt.Close() // lib/pq's COPY says here whether the server took everything
	})
}

func (c *copier) flush() error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if len(c.b) == 0 {
		return nil
	}
	// The line break after the last row is lib/pq's.
	_, err := c.to.CopyData(context.Background(), string(c.b[:len(c.b)-1]))
	c.b = c.b[:0]
	return err
}

// row ends a row.
func (c *copier) row() {
	c.b = append(c.b, '\n')
	c.begun = false
}

// raw takes whole rows that another copier has encoded.
func (c *copier) raw(rows []byte) error {
	for len(rows) > 0 {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		n := len(rows)
		if n > copyChunk {
			n = copyChunk
			for n < len(rows) && rows[n-1] != '\n' {
				n++
			}
		}
		if _, err := c.to.CopyData(context.Background(), string(rows[:n-1])); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (c *copier) column() {
	if c.begun {
		c.b = append(c.b, '\t')
	}
	c.begun = true
}

func (c *copier) text(s string) {
	c.column()
	c.b = appendEscaped(c.b, s)
}

// texts writes an array.
func (c *copier) texts(list []string) {
	array, _ := pq.StringArray(list).Value() // texts always have one
	c.text(array.(string))
}

// fields writes names and values as a JSON object, with its names sorted.
func (c *copier) fields(m map[string]string) {
	c.column()
	c.names = slices.AppendSeq(c.names[:0], maps.Keys(m))
	slices.Sort(c.names)
	c.b = append(c.b, '{')
	for i, name := range c.names {
		if i > 0 {
			c.b = append(c.b, ',')
		}
		c.b = appendJSON(c.b, name)
		c.b = append(c.b, ':')
		c.b = appendJSON(c.b, m[name])
	}
	c.b = append(c.b, '}')
}

// appendJSON writes a text in quotes, escaped for JSON and then for COPY.
func appendJSON(b []byte, s string) []byte {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '"' || s[i] == '\\' {
			quoted, _ := json.Marshal(s) // a text always marshals
			return appendEscaped(b, string(quoted))
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// appendEscaped writes a text as COPY wants it.
func appendEscaped(b []byte, s string) []byte {
	plain := 0
	for i := range len(s) {
		var escape byte
		switch s[i] {
		case '\\':
			escape = '\\'
		case '\t':
			escape = 't'
		case '\n':
			escape = 'n'
		case '\r':
			escape = 'r'
		default:
			continue
		}
		b = append(append(b, s[plain:i]...), '\\', escape)
		plain = i + 1
	}
	return append(b, s[plain:]...)
}

func (c *copier) null() {
	c.column()
	c.b = append(c.b, `\N`...)
}

func (c *copier) int(n int64) {
	c.column()
	c.b = strconv.AppendInt(c.b, n, 10)
}

func (c *copier) bool(v bool) {
	c.column()
	if v {
		c.b = append(c.b, 't')
	} else {
		c.b = append(c.b, 'f')
	}
}

func (c *copier) bytes(b []byte) {
	c.column()
	c.b = append(c.b, `\\x`...)
	c.b = hex.AppendEncode(c.b, b)
}

func (c *copier) time(t time.Time) {
	c.column()
	c.b = t.UTC().AppendFormat(c.b, "2006-01-02 15:04:05.999999Z")
}
