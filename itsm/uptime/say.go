package uptime

import (
	"time"

	"turnus/itsm/dataset"
)

// Saying is what the rows of one key say in one file, together.
type Saying struct {
	Data     []byte    // packed
	From, To time.Time // the span that it is about; To is where it ends, and the zero time where it hasn't
	Repeated int64     // rows that say what another one says
}

// SayOutages packs rows of outages that AppendOutage has packed.
func SayOutages(rows [][]byte) (Saying, error) { panic("not there yet") }

// SayWindows packs rows of windows that AppendWindow has packed.
func SayWindows(rows [][]byte) (Saying, error) { panic("not there yet") }

// SaySamples packs samples of one key that AppendSample has packed; of two at
// one instant the later row counts.
func SaySamples(rows [][]byte) (Saying, error) { panic("not there yet") }

// AppendOutage packs a row for the staging file, without its key.
func AppendOutage(b []byte, o *Outage) []byte { panic("not there yet") }

// AppendWindow packs a row for the staging file, without its key.
func AppendWindow(b []byte, w *Window) []byte { panic("not there yet") }

// AppendSample packs a row for the staging file, without what its key says.
func AppendSample(b []byte, s *Sample) []byte { panic("not there yet") }

// OutagesKnown is what is known of a key: what the newest import said of it.
func OutagesKnown(key string, said []dataset.Said) ([]Outage, error) { panic("not there yet") }

// WindowsKnown is what is known of an event: each occurrence as the newest import
// said it, and how it stood before.
func WindowsKnown(key string, said []dataset.Said) ([]Planned, error) { panic("not there yet") }

// DayKnown is what is known of a probe on a date: the samples of all imports, at
// each instant as the newest one said it.
func DayKnown(key string, said []dataset.Said) (Day, error) { panic("not there yet") }
