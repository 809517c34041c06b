package store

import (
	"bytes"
	"container/heap"
	"context"
	"database/sql"
	"fmt"

	"turnus/itsm/ticket"
)

// fetchBlocks is how many blocks of all runs are read ahead, some megabytes.
const fetchBlocks = 512

// runs gives the rows of all runs in the order of their keys, and of the file.
type runs struct {
	heads []*head // as a heap; one run needs none
}

// head is the next row of a run.
type head struct {
	run   int
	fetch string
	key   []byte
	row   int64
	data  []byte
	block *ticket.Unpacker
	ahead [][]byte // blocks
}

// openRuns reads what was staged.
func (g *staging) openRuns(ctx context.Context) (*runs, error) {
	r := &runs{}
	each := max(1, fetchBlocks/max(1, g.runs))
	for n := 1; n <= g.runs; n++ {
		// A temporary table is read in the order in which it was written.
		if _, err := g.conn.ExecContext(ctx, fmt.Sprintf(`DECLARE run_%[1]d NO SCROLL CURSOR FOR SELECT data FROM staged_%[1]d`, n)); err != nil {
			return nil, err
		}
		h := &head{run: n, fetch: fmt.Sprintf(`FETCH FORWARD %d FROM run_%d`, each, n), block: ticket.NewUnpacker(nil)}
		more, err := h.advance(ctx, g.conn)
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
func (r *runs) next(ctx context.Context, conn *sql.Conn) (key []byte, row int64, data []byte, ok bool, err error) {
	if len(r.heads) == 0 {
		return nil, 0, nil, false, nil
	}
	h := r.heads[0]
	key, row, data = h.key, h.row, h.data
	more, err := h.advance(ctx, conn)
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
func (h *head) advance(ctx context.Context, conn *sql.Conn) (bool, error) {
	for !h.block.More() {
		if err := h.block.Err(); err != nil {
			return false, err
		}
		if len(h.ahead) == 0 {
			var err error
			if h.ahead, err = fetchBytes(ctx, conn, h.fetch); err != nil || len(h.ahead) == 0 {
				return false, err
			}
		}
		h.block, h.ahead = ticket.NewUnpacker(h.ahead[0]), h.ahead[1:]
	}
	h.row, h.key, h.data = h.block.Int(), h.block.Bytes(), h.block.Bytes()
	if !h.block.More() {
		return true, h.block.Err()
	}
	return true, nil
}

// fetchBytes gives the one column of all rows.
func fetchBytes(ctx context.Context, conn *sql.Conn, query string) (all [][]byte, err error) {
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, rows.Err()
}

// Len, Less, Swap, Push and Pop implement heap.Interface. Of rows of one key the
// one of the older run comes first.
func (r *runs) Len() int { return len(r.heads) }

func (r *runs) Less(i, j int) bool {
	if n := bytes.Compare(r.heads[i].key, r.heads[j].key); n != 0 {
		return n < 0
	}
	return r.heads[i].run < r.heads[j].run
}

func (r *runs) Swap(i, j int) { r.heads[i], r.heads[j] = r.heads[j], r.heads[i] }

func (r *runs) Push(x any) { r.heads = append(r.heads, x.(*head)) }

func (r *runs) Pop() any {
	last := r.heads[len(r.heads)-1]
	r.heads = r.heads[:len(r.heads)-1]
	return last
}
