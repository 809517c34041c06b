package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"

	"github.com/lib/pq"
)

// Login lets a role log in, making it if it isn't there, and gives the
// addresses of databases for it. Its password is another at each call, so that
// nobody has to keep one: call it once a start.
func (s *Server) Login(ctx context.Context, role string) (func(database string) string, error) {
	db, err := sql.Open("postgres", s.URL("postgres"))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var exists bool
	if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, role).Scan(&exists); err != nil {
		return nil, err
	}
	statement := `CREATE ROLE %s LOGIN PASSWORD %s`
	if exists {
		statement = `ALTER ROLE %s LOGIN PASSWORD %s`
	}
	secret := rand.Text()
	if _, err := db.ExecContext(ctx, fmt.Sprintf(statement, pq.QuoteIdentifier(role), pq.QuoteLiteral(secret))); err != nil {
		return nil, err
	}
	return func(database string) string { return s.address(url.UserPassword(role, secret), database) }, nil
}
