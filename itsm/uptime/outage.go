package uptime

import (
	"cmp"
	"encoding/binary"
	"strings"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/packed"
)

// Flags of a packed outage.
const (
	outageOver     = 1 << iota // it has an end
	outageAffected             // it has a number of users
	outageFlags    = iota
)

// AppendOutage packs a row for the staging file, without its reference, which is
// its key, and without Row. Instants are kept to the second.
func AppendOutage(b []byte, o *Outage) []byte {
	b = append(b, flag(outageOver, !o.To.IsZero())|flag(outageAffected, o.Affected != nil))
	from := o.From.Unix()
	b = binary.AppendVarint(b, from)
	if !o.To.IsZero() {
		b = binary.AppendVarint(b, o.To.Unix()-from)
	}
	if o.Affected != nil {
		b = binary.AppendVarint(b, *o.Affected)
	}
	for _, s := range [...]string{o.Component, o.Cause, o.Severity, o.Gone} {
		b = packed.AppendText(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(o.Users)))
	for _, u := range o.Users {
		b = packed.AppendText(b, u)
	}
	return b
}

// readOutage is its inverse.
func readOutage(r *packed.Reader) (o Outage) {
	flags := r.Byte()
	if flags>>outageFlags != 0 {
		r.Fail()
	}
	o.From = readInstant(r, 0)
	if flags&outageOver != 0 {
		o.To = readInstant(r, o.From.Unix())
	}
	if flags&outageAffected != 0 {
		o.Affected = new(r.Int())
	}
	o.Component, o.Cause, o.Severity, o.Gone = r.Text(), r.Text(), r.Text(), r.Text()
	if n := r.Count(1); n > 0 {
		o.Users = make([]string, n)
		for i := range o.Users {
			o.Users[i] = r.Text()
		}
	}
	return o
}

// SayOutages packs rows of outages that AppendOutage has packed. Those of one
// reference are all kept: an incident may have several stretches.
func SayOutages(rows [][]byte) (Saying, error) {
	return say(rows, readOutage,
		func(a, b Outage) int {
			return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.Component, b.Component))
		},
		func(o Outage) (from, to time.Time) { return o.From, o.To })
}

// OutagesKnown is what is known of a key: what the newest import said of it, by
// beginning.
func OutagesKnown(key string, said []dataset.Said) ([]Outage, error) {
	if len(said) == 0 {
		return nil, nil
	}
	newest := said[0]
	for _, s := range said[1:] {
		if newest.Before(s) {
			newest = s
		}
	}
	list, err := unsay(newest.Data, readOutage)
	if err != nil {
		return nil, damaged(key, newest, err)
	}
	if reference, ok := strings.CutPrefix(key, referenced); ok && !strings.Contains(key, separator) {
		for i := range list {
			list[i].Reference = reference
		}
	}
	return list, nil
}
