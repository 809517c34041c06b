package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"os"
	"slices"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/packed"
	"turnus/itsm/text"
)

// Kinds of staged rows: the first byte of their data.
const (
	stagedRow byte = iota
	stagedReject
)

// chunkSize is how many bytes of rows are sorted at a time, in memory; one chunk
// is read while the one before is written.
const chunkSize = 8 << 20

// blockSize is how many bytes of rows are written and read as one.
const blockSize = 16 << 10

// maxRuns is how many runs there are at most, 4 GiB of rows in no order, since a
// block of each is held while they are merged.
const maxRuns = 1000

// maxRejects is how many rejected rows are kept of a file: each takes more room
// than a row of it may have.
const maxRejects = 1_000_000

// progressEvery is how many rows pass between two words of progress.
const progressEvery = 1000

// entry is a row that makes sense, on its way into the staging file.
type entry struct {
	key  string    // by which rows belong together
	row  int64     // of the file
	data []byte    // as its dataset packs it; good until the next one
	at   time.Time // instant of the change
}

// staging is what reading a file has told before anything is merged, and a file
// without a name that holds its rows, in runs: blocks of rows in the order of
// their keys, and of the file. A file that is in order is one run; else what one
// chunk holds is sorted, and another run begins wherever a chunk isn't behind the
// one before.
type staging struct {
	of      string // the dataset
	dir     string // for that file; empty: the system's for temporary files
	spool   *os.File
	size    int64 // of it
	read    int64
	rejects int64
	newest  time.Time // change among the rows that weren't rejected
	first   *dataset.Reject
	runs    []stretch
	last    []byte // key of the newest run
}

// stretch is where a run lies in the file: [from, to).
type stretch struct{ from, to int64 }

// chunk is rows that wait to be sorted and written.
type chunk struct {
	room  []byte // packed (appendStaged), one after the other
	rows  []place
	loose []byte // rejects of no key, which stand in no order
	ends  []int  // of each of them
}

// place is where a row lies in its chunk, and its key.
type place struct{ from, to, key, keyEnd int32 }

// stage reads rows into the file.
func (g *staging) stage(ctx context.Context, rows iter.Seq2[entry, error], progress func(int64)) (err error) {
	if g.spool, err = os.CreateTemp(g.dir, "turnus-import-"); err != nil {
		return err
	}
	if err := os.Remove(g.spool.Name()); err != nil { // it is gone with its last reader
		return err
	}
	filling, other := &chunk{}, &chunk{}
	written := make(chan error, 1) // by the one chunk at a time that is being written
	written <- nil
	swap := func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := <-written; err != nil {
			written <- nil
			return err
		}
		full := filling
		filling, other = other, full
		go func() {
			err := g.write(full)
			full.room, full.rows, full.loose, full.ends = full.room[:0], full.rows[:0], full.loose[:0], full.ends[:0]
			written <- err
		}()
		return nil
	}
	defer func() {
		if last := <-written; err == nil {
			err = last
		}
	}()
	var data []byte
	for row, err := range rows {
		g.read++
		var reject *dataset.Reject
		switch {
		case errors.As(err, &reject):
			if g.first == nil {
				g.first = reject
			}
			if g.rejects++; g.rejects > maxRejects {
				return fault.New(fault.Invalid, text.F("More than %[1]s rows make no sense, nothing was imported: %[2]s",
					"Mehr als %[1]s Zeilen ergeben keinen Sinn, nichts wurde importiert: %[2]s", text.Number(maxRejects), firstReject(g.first))).InRow(g.first.Row)
			}
			row.key, row.row = reject.Number, reject.Row
			data = appendReject(data[:0], reject)
		case err != nil:
			return err
		default:
			if row.at.After(g.newest) {
				g.newest = row.at
			}
			data = append(append(data[:0], stagedRow), row.data...)
		}
		filling.add(row.key, row.row, data)
		if len(filling.room)+len(filling.loose) > chunkSize {
			if err := swap(); err != nil {
				return err
			}
		}
		if progress != nil && g.read%progressEvery == 0 {
			progress(g.read)
		}
	}
	if progress != nil {
		progress(g.read)
	}
	if err := swap(); err != nil {
		return err
	}
	return ctx.Err()
}

// add takes a row. A reject without a key belongs to nothing.
func (c *chunk) add(key string, row int64, data []byte) {
	if key == "" {
		c.loose = appendStaged(c.loose, key, row, data)
		c.ends = append(c.ends, len(c.loose))
		return
	}
	from := len(c.room)
	c.room = binary.AppendVarint(c.room, row)
	c.room = binary.AppendUvarint(c.room, uint64(len(key)))
	at := len(c.room)
	c.room = append(c.room, key...)
	c.room = append(binary.AppendUvarint(c.room, uint64(len(data))), data...)
	c.rows = append(c.rows, place{int32(from), int32(len(c.room)), int32(at), int32(at + len(key))})
}

func (c *chunk) key(p place) []byte { return c.room[p.key:p.keyEnd] }

// sort puts the rows in the order of their keys, as their bytes have it, and of
// the file.
func (c *chunk) sort() {
	order := func(a, b place) int {
		if n := bytes.Compare(c.key(a), c.key(b)); n != 0 {
			return n
		}
		return int(a.from - b.from)
	}
	if !slices.IsSortedFunc(c.rows, order) {
		slices.SortFunc(c.rows, order)
	}
}

// write adds a chunk to the newest run, or begins another one with it.
func (g *staging) write(c *chunk) error {
	c.sort()
	if len(g.runs) == 0 || len(c.rows) > 0 && bytes.Compare(c.key(c.rows[0]), g.last) < 0 {
		if len(g.runs) == maxRuns {
			return fault.New(fault.Invalid, text.F("the rows are too many in too little order: sort the file by %s, or load it in parts",
				"Die Datei hat zu viele Zeilen in zu wenig Ordnung: Nach %s sortieren oder in Teilen importieren.", sortedBy(g.of)))
		}
		g.runs = append(g.runs, stretch{g.size, g.size})
	}
	if n := len(c.rows); n > 0 {
		g.last = append(g.last[:0], c.key(c.rows[n-1])...)
	}
	out := bufio.NewWriterSize(g.spool, 4*blockSize)
	var block []byte
	put := func() error {
		if len(block) == 0 {
			return nil
		}
		head := binary.BigEndian.AppendUint32(nil, uint32(len(block)))
		g.size += int64(len(head) + len(block))
		_, err := out.Write(head)
		if err == nil {
			_, err = out.Write(block)
		}
		block = block[:0]
		return err
	}
	add := func(row []byte) error {
		if len(block)+len(row) > blockSize {
			if err := put(); err != nil {
				return err
			}
		}
		block = append(block, row...)
		return nil
	}
	from := 0
	for _, end := range c.ends {
		if err := add(c.loose[from:end]); err != nil {
			return err
		}
		from = end
	}
	for _, p := range c.rows {
		if err := add(c.room[p.from:p.to]); err != nil {
			return err
		}
	}
	if err := put(); err != nil {
		return err
	}
	g.runs[len(g.runs)-1].to = g.size
	return out.Flush()
}

// close gives the file's room back.
func (g *staging) close() {
	if g.spool != nil {
		g.spool.Close() //nolint:errcheck // nothing of it is kept
	}
}

// appendStaged appends a row to a block.
func appendStaged(b []byte, key string, row int64, data []byte) []byte {
	b = binary.AppendVarint(b, row)
	b = append(binary.AppendUvarint(b, uint64(len(key))), key...)
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

// appendReject packs a reject for the staging file.
func appendReject(b []byte, r *dataset.Reject) []byte {
	b = append(b, stagedReject)
	for _, s := range []string{r.Column, r.Value, r.Reason.En, r.Reason.De} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

// readReject is its inverse, without the kind.
func readReject(b []byte, key string, row int64) (*dataset.Reject, error) {
	u := packed.Read(b)
	r := &dataset.Reject{Row: row, Number: key, Column: u.Text(), Value: u.Text()}
	r.Reason = text.New(u.Text(), u.Text())
	return r, u.Err()
}
