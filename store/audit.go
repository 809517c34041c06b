package store

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/itsm/person"
)

// Entry of the audit trail: who did what to what, when, from what to what.
type Entry struct {
	Number int64           `json:"number" db:"number"`
	At     time.Time       `json:"at" db:"at"`
	Actor  string          `json:"actor" db:"actor"`           // a person, or turnus
	Token  string          `json:"token,omitempty" db:"token"` // ID of the token that was used
	Action string          `json:"action" db:"action"`         // as in decision.refused
	Object string          `json:"object" db:"object"`         // as in run/sla-report/payments/2026-10
	Before json.RawMessage `json:"before,omitempty" db:"-"`
	After  json.RawMessage `json:"after,omitempty" db:"-"`
}

// Trail selects entries; zero values select all.
type Trail struct {
	Since   time.Time
	Until   time.Time // exclusive
	Person  string
	Actions []string // any of these; one that begins with a dot is every action that ends so: .refused
	Object  string   // this one, and with a trailing / everything below it
}

// Audit lists entries, oldest first, each as it was written.
func (s *Store) Audit(ctx context.Context, t Trail, p Page) ([]Entry, string, error) {
	key, err := p.after(1)
	if err != nil {
		return nil, "", err
	}
	var after int64
	if key != nil {
		if after, err = strconv.ParseInt(key[0], 10, 64); err != nil {
			return nil, "", notACursor()
		}
	}
	for field, text := range map[string]string{"person": t.Person, "object": t.Object, "action": strings.Join(t.Actions, ",")} {
		if !storable(text) {
			return nil, "", fault.Invalidf(field, "This text holds characters that no entry has: leave out NUL and use UTF-8.",
				"Dieser Text enthält Zeichen, die kein Eintrag hat: NUL weglassen und UTF-8 verwenden.")
		}
	}
	var rows []struct {
		Number int64  `db:"number"`
		Bytes  []byte `db:"bytes"`
	}
	err = s.db.SelectContext(ctx, &rows, `
		SELECT number, bytes FROM audit
		WHERE number > $1
		  AND ($2::timestamptz IS NULL OR at >= $2)
		  AND ($3 = '' OR actor = $3)
		  AND ($4 = '' OR object = $4 OR (right($4, 1) = '/' AND starts_with(object, $4)))
		  AND ($6::timestamptz IS NULL OR at < $6)
		  AND ($7::text[] IS NULL OR action = ANY ($7) OR EXISTS (SELECT FROM unnest($7::text[]) AS ends (with_) WHERE starts_with(with_, '.') AND right(action, length(with_)) = with_))
		ORDER BY number LIMIT $5`,
		after, nullable(t.Since), t.Person, t.Object, p.limit()+1, nullable(t.Until), pq.Array(t.Actions))
	if err != nil {
		return nil, "", mapped(err)
	}
	entries := make([]Entry, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal(r.Bytes, &entries[i]); err != nil {
			return nil, "", err
		}
		entries[i].Number = r.Number
	}
	if len(entries) <= p.limit() {
		return entries, "", nil
	}
	entries = entries[:p.limit()]
	return entries, cursor(strconv.FormatInt(entries[len(entries)-1].Number, 10)), nil
}

// record writes an entry in the transaction of its fact; before and after may
// be nil, or anything that encoding/json can write.
func record(ctx context.Context, tx sqlx.ExtContext, by person.Actor, now time.Time, action, object string, before, after any) error {
	e := struct { // an Entry without its number, which the database draws
		At     time.Time       `json:"at"`
		Actor  string          `json:"actor"`
		Token  string          `json:"token,omitempty"`
		Action string          `json:"action"`
		Object string          `json:"object"`
		Before json.RawMessage `json:"before,omitempty"`
		After  json.RawMessage `json:"after,omitempty"`
	}{At: now.UTC().Truncate(time.Microsecond), Actor: actor(by), Token: by.Token, Action: action, Object: cleaned(object)}
	var err error
	if e.Before, err = evidence(before); err != nil {
		return err
	}
	if e.After, err = evidence(after); err != nil {
		return err
	}
	b, err := canonical.JSON(e)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO audit (at, actor, token, action, object, before, after, bytes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.At, e.Actor, e.Token, e.Action, e.Object, document(e.Before), document(e.After), b)
	return err
}

// Record records a deed that changes nothing in the database, and so has no
// transaction of its own: an export.
func (s *Store) Record(ctx context.Context, by person.Actor, now time.Time, action, object string, after any) error {
	return mapped(record(ctx, s.db, by, now, action, object, nil, after))
}

// Refused records a refusal, in a transaction of its own, since that of the
// refused deed is undone. The action is named after the deed, as in
// decision.refused.
func (s *Store) Refused(ctx context.Context, by person.Actor, now time.Time, action, object string, why error) error {
	type reason struct {
		Code    fault.Code `json:"code"`
		Field   string     `json:"field,omitempty"`
		Message string     `json:"message,omitempty"`
	}
	reasons := []reason{}
	for _, f := range fault.All(why) {
		reasons = append(reasons, reason{f.Code, f.Field, f.Message.En})
	}
	if len(reasons) == 0 { // not a fault: its text is for the log only
		reasons = append(reasons, reason{Code: fault.Internal})
	}
	return mapped(record(ctx, s.db, by, now, action, object, nil, map[string]any{"refused": reasons}))
}

// actor is the name under which a deed is recorded.
func actor(by person.Actor) string {
	if by.Person == "" {
		return person.System
	}
	return by.Person
}

// evidence is the canonical form of a value as it may be stored.
func evidence(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	b, err := canonical.JSON(v)
	if err != nil || !bytes.Contains(b, []byte(`\u0000`)) {
		return b, err
	}
	// PostgreSQL can't keep NUL in a text, and an entry must never be lost for
	// what somebody sent: it is replaced as invalid UTF-8 is.
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	return canonical.JSON(withoutNUL(tree))
}

func withoutNUL(v any) any {
	switch v := v.(type) {
	case string:
		return cleaned(v)
	case []any:
		for i := range v {
			v[i] = withoutNUL(v[i])
		}
	case map[string]any:
		clean := make(map[string]any, len(v))
		for k, e := range v {
			clean[cleaned(k)] = withoutNUL(e)
		}
		return clean
	}
	return v
}

// storable says whether PostgreSQL can keep a text.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// cleaned is a text as PostgreSQL can keep it.
func cleaned(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// document gives JSON to a jsonb column; none is NULL.
func document(b json.RawMessage) any {
	if b == nil {
		return nil
	}
	return string(b)
}

// nullable gives an instant to a parameter; the zero one is NULL.
func nullable(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// notACursor is the answer to a cursor that no list gave.
func notACursor() error {
	_, err := Page{Cursor: "?"}.after(1)
	return err
}
