package store

import (
	"bytes"
	"container/heap"
	"encoding/binary"
	"io"

	"turnus/itsm/packed"
)

// runs gives the rows of all runs in the order of their keys, and of the file.
type runs struct {
	from  io.ReaderAt
	heads []*head // as a heap; one run needs none
}

// head is the next row of a run.
type head struct {
	number int     // of the run
	left   stretch // what of it isn't read yet
	key    []byte
	row    int64
	data   []byte
	block  *packed.Reader
}

// openRuns reads what was staged.
func (g *staging) openRuns() (*runs, error) {
	r := &runs{from: g.spool}
	for n, left := range g.runs {
		h := &head{number: n, left: left, block: packed.Read(nil)}
		more, err := h.advance(g.spool)
		if err != nil {
			return nil, err
		}
		if more {
			r.heads = append(r.heads, h)
		}
	}
	heap.Init(r)
	return r, nil
}

// next gives the next row, and false after the last one. The bytes stay as they
// are.
func (r *runs) next() (key []byte, row int64, data []byte, ok bool, err error) {
	if len(r.heads) == 0 {
		return nil, 0, nil, false, nil
	}
	h := r.heads[0]
	key, row, data = h.key, h.row, h.data
	more, err := h.advance(r.from)
	switch {
	case err != nil:
		return nil, 0, nil, false, err
	case !more:
		heap.Pop(r)
	case len(r.heads) > 1:
		heap.Fix(r, 0)
	}
	return key, row, data, true, nil
}

// advance goes to the next row of the run; false after the last one.
func (h *head) advance(from io.ReaderAt) (bool, error) {
	for !h.block.More() {
		if err := h.block.Err(); err != nil || h.left.from >= h.left.to {
			return false, err
		}
		var size [4]byte
		if _, err := from.ReadAt(size[:], h.left.from); err != nil {
			return false, err
		}
		block := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := from.ReadAt(block, h.left.from+int64(len(size))); err != nil {
			return false, err
		}
		h.left.from += int64(len(size) + len(block))
		h.block = packed.Read(block)
	}
	h.row, h.key, h.data = h.block.Int(), h.block.Bytes(), h.block.Bytes()
	if !h.block.More() {
		return true, h.block.Err()
	}
	return true, nil
}

// Len, Less, Swap, Push and Pop implement heap.Interface. Of rows of one key the
// one of the older run comes first.
func (r *runs) Len() int { return len(r.heads) }

func (r *runs) Less(i, j int) bool {
	if n := bytes.Compare(r.heads[i].key, r.heads[j].key); n != 0 {
		return n < 0
	}
	return r.heads[i].number < r.heads[j].number
}

func (r *runs) Swap(i, j int) { r.heads[i], r.heads[j] = r.heads[j], r.heads[i] }

func (r *runs) Push(x any) { r.heads = append(r.heads, x.(*head)) }

func (r *runs) Pop() any {
	last := r.heads[len(r.heads)-1]
	r.heads = r.heads[:len(r.heads)-1]
	return last
}
