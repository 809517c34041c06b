package ticket

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/packed"
)

// History is what the stored events tell: without the void ones, never going
// back in time (an event that isn't void and yet lower than one kept before it
// takes effect when that one did), and with the first reaction only.
func History(stored []Event) []Event {
	plain, reacted := true, 0
	for i, e := range stored {
		if e.Responded {
			reacted++
		}
		if e.Void || i > 0 && e.At.Before(stored[i-1].At) {
			plain = false
		}
	}
	if plain && reacted <= 1 {
		return stored
	}
	out := make([]Event, 0, len(stored))
	var before time.Time
	done := false
	for _, e := range stored {
		if e.Void {
			continue
		}
		if e.At.Before(before) {
			e.At = before
		}
		e.Responded = e.Responded && !done
		done = done || e.Responded
		before = e.At
		out = append(out, e)
	}
	return out
}

// End is the instant of the last change, and whether the ticket has stopped then.
func (v *Version) End() (at time.Time, stopped bool) {
	told := History(v.Events)
	end := told[len(told)-1]
	return end.At, end.Stopped
}

// expand gives each stored event after the opening with all its fields, and
// room for more.
func expand(events []Event, room int) []entry {
	es := make([]entry, 0, len(events)+room)
	all := events[0].Fields
	for _, e := range events[1:] {
		now := all
		if len(e.Fields) > 0 {
			now = maps.Clone(all)
			if now == nil {
				now = map[string]string{}
			}
			for name, value := range e.Fields {
				if value == "" {
					delete(now, name)
				} else {
					now[name] = value
				}
			}
		}
		if !e.Void {
			all = now
		}
		e.Fields = nil
		es = append(es, entry{Event: e, all: now})
	}
	return es
}

// changed gives the fields in which to differs from from.
func changed(from, to map[string]string) map[string]string {
	var d map[string]string
	set := func(name, value string) {
		if d == nil {
			d = map[string]string{}
		}
		d[name] = value
	}
	same := 0
	for name, value := range to {
		was, ok := from[name]
		if ok {
			same++
		}
		if was != value {
			set(name, value)
		}
	}
	if same < len(from) {
		for name := range from {
			if _, ok := to[name]; !ok {
				set(name, "")
			}
		}
	}
	return d
}

// written is the version that these entries, in order, make; first are the
// fields at the opening.
func (v Version) written(opened time.Time, first map[string]string, es []entry) Version {
	events := make([]Event, 0, len(es)+1)
	events = append(events, Event{At: opened, Fields: first})
	fields := first
	for _, e := range es {
		e.Event.Fields = changed(fields, e.all)
		if !e.Void {
			fields = e.all
		}
		events = append(events, e.Event)
	}
	v.Opened, v.Events, v.Fields = opened, events, fields
	v.settle(History(events))
	return v
}

// Told is the version that a number and the events of its history make, the
// first of them the opening: whoever has a ticket's content finds its hash
// again. Without an event there is no ticket.
func Told(number string, events []Event) (Version, error) {
	if len(events) == 0 {
		return Version{}, fault.Invalidf("events", "a ticket without an event isn't one: the first is its opening",
			"Ein Ticket ohne Ereignis ist keines: Das erste ist die Eröffnung.")
	}
	v := Version{Number: number, Events: History(events)}
	v.Settle()
	v.Opened = v.First
	return v, nil
}

// Settle derives first, last, fields and hash from the events, of which there
// is at least the opening.
func (v *Version) Settle() {
	told := History(v.Events)
	v.settle(told)
	v.Fields = map[string]string{}
	for _, e := range told {
		for name, value := range e.Fields {
			if value == "" {
				delete(v.Fields, name)
			} else {
				v.Fields[name] = value
			}
		}
	}
}

func (v *Version) settle(told []Event) {
	end := told[len(told)-1]
	v.First, v.Last = told[0].At, Never()
	if end.Stopped {
		v.Last = end.At
	}
	v.Hash = contentHash(v.Number, told)
}

// contentHash is over the number and everything that the history tells, each
// text with its length before it, so that different contents never have the
// same bytes. It doesn't depend on how histories are packed.
func contentHash(number string, told []Event) string {
	b := make([]byte, 0, 512)
	b = append(b, "ticket/1\n"...)
	b = packed.AppendText(b, number)
	names := make([]string, 0, 16)
	for _, e := range told {
		b = binary.AppendVarint(b, e.At.Unix())
		b = binary.AppendVarint(b, e.Seq)
		b = packed.AppendText(b, e.State)
		var flags byte
		if e.Stopped {
			flags |= flagStopped
		}
		if e.Responded {
			flags |= flagResponded
		}
		b = append(b, flags)
		names = sorted(names[:0], e.Fields)
		b = binary.AppendUvarint(b, uint64(len(names)))
		for _, n := range names {
			b = packed.AppendText(b, n)
			b = packed.AppendText(b, e.Fields[n])
		}
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
