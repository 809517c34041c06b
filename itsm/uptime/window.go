package uptime

import (
	"cmp"
	"encoding/binary"
	"time"

	"turnus/itsm/packed"
)

// Flags of a packed window.
const (
	windowOriginal  = 1 << iota // it is one occurrence of a rule
	windowAnnounced             // the source says when it was announced
	windowCancelled
	windowAdjusted
	windowFlags = iota
)

// AppendWindow packs a row for the staging file, without its UID, which is its
// key, and without Row. Instants are kept to the second.
func AppendWindow(b []byte, w *Window) []byte {
	b = append(b, flag(windowOriginal, !w.Original.IsZero())|flag(windowAnnounced, !w.Announced.IsZero())|
		flag(windowCancelled, w.Cancelled)|flag(windowAdjusted, w.Adjusted))
	from := w.From.Unix()
	b = binary.AppendVarint(b, from)
	b = binary.AppendVarint(b, w.To.Unix()-from)
	for _, t := range [...]time.Time{w.Original, w.Announced} {
		if !t.IsZero() {
			b = binary.AppendVarint(b, t.Unix()-from)
		}
	}
	return packed.AppendText(packed.AppendText(b, w.Component), w.Summary)
}

// readWindow is its inverse.
func readWindow(r *packed.Reader) (w Window) {
	flags := r.Byte()
	if flags>>windowFlags != 0 {
		r.Fail()
	}
	w.Cancelled, w.Adjusted = flags&windowCancelled != 0, flags&windowAdjusted != 0
	w.From = readInstant(r, 0)
	from := w.From.Unix()
	w.To = readInstant(r, from)
	for _, x := range [...]struct {
		bit byte
		at  *time.Time
	}{{windowOriginal, &w.Original}, {windowAnnounced, &w.Announced}} {
		if flags&x.bit != 0 {
			*x.at = readInstant(r, from)
		}
	}
	w.Component, w.Summary = r.Text(), r.Text()
	return w
}

// SayWindows packs rows of windows that AppendWindow has packed.
func SayWindows(rows [][]byte) (Saying, error) {
	return say(rows, readWindow,
		func(a, b Window) int {
			return cmp.Or(a.Original.Compare(b.Original), a.From.Compare(b.From), a.To.Compare(b.To))
		},
		func(w Window) (from, to time.Time) { return w.From, w.To })
}
