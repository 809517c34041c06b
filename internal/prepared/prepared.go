// Package prepared makes connections of lib/pq keep their statements prepared.
// It may import lib/pq, and nothing of ours.
//
//	db := sql.OpenDB(prepared.Connector(connector))
package prepared

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/lib/pq"
)

// keptStatements is how many statements a connection keeps prepared: more than
// a day's work says.
const keptStatements = 512

// Connector makes connections that keep the statements with parameters that
// they were given prepared, so that PostgreSQL reads a statement once, and plans
// it a few times, and not each time: that was three quarters of what it spent on
// the start of a run. A statement whose plan has to know its parameters is run
// under plan_cache_mode = force_custom_plan.
func Connector(c driver.Connector) driver.Connector { return connector{c} }

type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (p connector) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := c.(connection)
	if !ok {
		return nil, errors.New("prepared: lib/pq's connections can't do what they did")
	}
	return &keeping{connection: conn, kept: map[string]statement{}}, nil
}

// connection is what lib/pq's connections can do, and database/sql asks for.
type connection interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// statement is what lib/pq's statements can do.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keeping is one connection with the statements that it keeps.
type keeping struct {
	connection
	kept map[string]statement
}

// QueryContext implements driver.QueryerContext.
func (k *keeping) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	st, err := k.prepare(ctx, query, args)
	switch {
	case err != nil:
		return nil, err
	case st == nil:
		return k.connection.QueryContext(ctx, query, args)
	}
	rows, err := st.QueryContext(ctx, args)
	return rows, k.outdated(query, err)
}

// ExecContext implements driver.ExecerContext.
func (k *keeping) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	st, err := k.prepare(ctx, query, args)
	switch {
	case err != nil:
		return nil, err
	case st == nil:
		return k.connection.ExecContext(ctx, query, args)
	}
	done, err := st.ExecContext(ctx, args)
	return done, k.outdated(query, err)
}

// prepare is the prepared statement of a text; nil for one without parameters,
// which may be several statements and goes to the server as it is.
func (k *keeping) prepare(ctx context.Context, query string, args []driver.NamedValue) (statement, error) {
	if len(args) == 0 {
		return nil, nil
	}
	if st, ok := k.kept[query]; ok {
		return st, nil
	}
	if len(k.kept) >= keptStatements {
		for text, st := range k.kept {
			delete(k.kept, text)
			if err := st.Close(); err != nil {
				return nil, err
			}
		}
	}
	made, err := k.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	st, ok := made.(statement)
	if !ok {
		return nil, errors.Join(errors.New("prepared: lib/pq's statements can't do what they did"), made.Close())
	}
	k.kept[query] = st
	return st, nil
}

// outdated forgets a statement whose tables were changed under it, as by a
// migration: it is prepared anew when it is asked for again.
func (k *keeping) outdated(query string, err error) error {
	var said *pq.Error
	if errors.As(err, &said) && said.Code == "0A000" { // cached plan must not change result type
		if st, ok := k.kept[query]; ok {
			delete(k.kept, query)
			return errors.Join(err, st.Close())
		}
	}
	return err
}
