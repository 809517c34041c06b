// Package fault is the one vocabulary of errors.
//
// A fault says what was wrong, where, and what would be right, in both
// languages. The store maps PostgreSQL's codes to it, package activities maps
// it to Temporal's application errors, package api to RFC 9457 problem
// documents. What isn't a fault is internal: its text goes to the log, never
// to the caller. It imports itsm/text only.
//
//	return fault.New(fault.Invalid, text.F("%q isn't a month", "%q ist kein Monat", s)).At("period")
package fault

import (
	"errors"
	"fmt"

	"turnus/itsm/text"
)

// Code classifies a fault; everything else about it is its message.
type Code string

// The codes. Unauthenticated concerns the API only.
const (
	Unauthenticated Code = "unauthenticated"
	Malformed       Code = "malformed"   // bytes that can't be read at all
	Invalid         Code = "invalid"     // read, and not acceptable
	Implausible     Code = "implausible" // read, and taken only if a person accepts it, with a reason
	NotFound        Code = "not-found"
	Conflict        Code = "conflict"
	Forbidden       Code = "forbidden"
	Unavailable     Code = "unavailable" // try again later
	Internal        Code = "internal"
)

// Error is a fault with a message for people.
type Error struct {
	Code    Code      `json:"code"`
	Message text.Text `json:"message"`
	Field   string    `json:"field,omitempty"`  // where, as in spec.targets[0].within
	Row     int64     `json:"row,omitempty"`    // row of a file, counted from 1
	Reason  string    `json:"reason,omitempty"` // of what is implausible, for programs
	Cause   error     `json:"-"`                // for the log
}

// New makes a fault.
func New(c Code, m text.Text) *Error { return &Error{Code: c, Message: m} }

// Invalidf is the most frequent fault: a field that isn't acceptable.
func Invalidf(field, en, de string, args ...any) *Error {
	return New(Invalid, text.F(en, de, args...)).At(field)
}

// At says which field is meant; a field given before is kept below it.
func (e *Error) At(field string) *Error {
	c := *e
	switch {
	case c.Field == "":
		c.Field = field
	case field != "" && c.Field[0] == '[':
		c.Field = field + c.Field
	case field != "":
		c.Field = field + "." + c.Field
	}
	return &c
}

// InRow says which row of a file is meant.
func (e *Error) InRow(n int64) *Error { c := *e; c.Row = n; return &c }

// Because keeps the cause, for the log.
func (e *Error) Because(err error) *Error { c := *e; c.Cause = err; return &c }

// Error is the English message with its place, for logs and the command line.
func (e *Error) Error() string {
	s := e.Message.String()
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Row > 0 {
		s = fmt.Sprintf("row %d: %s", e.Row, s)
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// As finds the fault in an error; nil where there is none.
func As(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Is says whether an error is a fault with this code.
func Is(err error, c Code) bool {
	f := As(err)
	return f != nil && f.Code == c
}

// All lists the faults of an error made with errors.Join, in order; an error
// that holds anything else gives nil.
func All(err error) []*Error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*Error
		for _, e := range j.Unwrap() {
			fs := All(e)
			if fs == nil {
				return nil
			}
			all = append(all, fs...)
		}
		return all
	}
	if f := As(err); f != nil {
		return []*Error{f}
	}
	return nil
}

// Most is how many faults are said at once: nobody reads more.
const Most = 100

// List gathers faults, so that all of them are said at once, up to Most.
type List []error

// Add takes errors; nil ones are left out, and what is too many.
func (l *List) Add(errs ...error) {
	for _, err := range errs {
		if err != nil && len(*l) < Most {
			*l = append(*l, err)
		}
	}
}

// Say adds a fault of a field.
func (l *List) Say(field, en, de string, args ...any) {
	if len(*l) < Most {
		l.Add(Invalidf(field, en, de, args...))
	}
}

// Err joins them; nil where there are none.
func (l *List) Err() error { return errors.Join(*l...) }
