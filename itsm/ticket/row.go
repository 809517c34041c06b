package ticket

import (
	"encoding/binary"
	"fmt"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/packed"
	"turnus/itsm/text"
)

// Bounds of what one ticket may hold, so that no file can fill the memory.
const (
	MaxNumber  = 200   // bytes of a ticket's number
	MaxValue   = 1000  // bytes of a field's value, or of a state
	MaxFields  = 8_000 // bytes of all fields of a row
	MaxChanges = 5_000 // changes of one ticket
)

// Names numbers the names of fields while rows are staged, so that not every
// row spells them out.
type Names struct {
	list  []string
	index map[string]int
}

// Index gives a name's number, a new one if need be.
func (n *Names) Index(name string) int {
	i, ok := n.index[name]
	if !ok {
		if n.index == nil {
			n.index = map[string]int{}
		}
		i = len(n.list)
		n.index[name] = i
		n.list = append(n.list, name)
	}
	return i
}

// Flags of a staged row.
const (
	rowStopped = 1 << iota
	rowChange
	rowStoppedAt
	rowResponded
)

// AppendRow appends a row without its number and Row, as it waits in the
// staging table between reading and merging.
func AppendRow(b []byte, r *Row, names *Names) []byte {
	var flags byte
	if r.Stopped {
		flags |= rowStopped
	}
	if r.Change {
		flags |= rowChange
	}
	if r.StoppedAt != nil {
		flags |= rowStoppedAt
	}
	if r.Responded != nil {
		flags |= rowResponded
	}
	b = append(b, flags)
	b = binary.AppendVarint(b, r.Seq)
	b = binary.AppendVarint(b, r.Opened.Unix())
	b = binary.AppendVarint(b, r.At.Unix()-r.Opened.Unix())
	if r.StoppedAt != nil {
		b = binary.AppendVarint(b, r.StoppedAt.Unix()-r.Opened.Unix())
	}
	if r.Responded != nil {
		b = binary.AppendVarint(b, r.Responded.Unix()-r.Opened.Unix())
	}
	b = packed.AppendText(b, r.State)
	b = binary.AppendUvarint(b, uint64(len(r.Fields)))
	for name, value := range r.Fields {
		b = binary.AppendUvarint(b, uint64(names.Index(name)))
		b = packed.AppendText(b, value)
	}
	return b
}

// ReadRow is the inverse of AppendRow.
func ReadRow(b []byte, names *Names) (Row, error) {
	u := packed.Read(b)
	flags := u.Byte()
	r := Row{Stopped: flags&rowStopped != 0, Change: flags&rowChange != 0, Seq: u.Int()}
	opened := u.Int()
	instant := func() time.Time { return time.Unix(opened+u.Int(), 0).UTC() }
	r.Opened = time.Unix(opened, 0).UTC()
	r.At = instant()
	if flags&rowStoppedAt != 0 {
		t := instant()
		r.StoppedAt = &t
	}
	if flags&rowResponded != 0 {
		t := instant()
		r.Responded = &t
	}
	r.State = u.Text()
	n := u.Count(2)
	r.Fields = make(map[string]string, n)
	for range n {
		i := u.Uint()
		value := u.Text()
		if i >= uint64(len(names.list)) {
			u.Fail()
			break
		}
		r.Fields[names.list[i]] = value
	}
	return r, u.Err()
}

// packedRows1 is the first byte of packed rows, so that a later format can be
// told apart.
const packedRows1 = 1

// PackRows packs rows of one ticket, without their numbers and Row; instants are
// kept to the second.
func PackRows(rows []Row) []byte {
	var names Names
	var body, row []byte
	for i := range rows {
		row = AppendRow(row[:0], &rows[i], &names)
		body = append(binary.AppendUvarint(body, uint64(len(row))), row...)
	}
	b := binary.AppendUvarint([]byte{packedRows1}, uint64(len(names.list)))
	for _, name := range names.list {
		b = packed.AppendText(b, name)
	}
	return append(b, body...)
}

// UnpackRows is the inverse of PackRows. Damaged bytes are an error, never a
// panic.
func UnpackRows(b []byte, number string) ([]Row, error) {
	if len(b) == 0 || b[0] != packedRows1 {
		return nil, packed.Err
	}
	u := packed.Read(b[1:])
	var names Names
	for range u.Count(1) {
		names.list = append(names.list, u.Text())
	}
	var rows []Row
	for u.More() {
		data := u.Bytes()
		if u.Failed() {
			break
		}
		r, err := ReadRow(data, &names)
		if err != nil {
			return nil, err
		}
		r.Number = number
		rows = append(rows, r)
	}
	return rows, u.Err()
}

// OutOfTime rejects a row that holds an instant after now, or before all that can
// be meant.
func (r *Row) OutOfTime(now time.Time) *dataset.Reject {
	for _, x := range [...]struct {
		column string
		at     *time.Time
	}{{"opened", &r.Opened}, {"changed", &r.At}, {"stopped", r.StoppedAt}, {"responded", r.Responded}} {
		if x.at == nil {
			continue
		}
		if why := dataset.OutOfTime(*x.at, now); !why.IsZero() {
			return &dataset.Reject{Row: r.Row, Number: r.Number, Column: x.column, Value: x.at.UTC().Format(time.RFC3339), Reason: why}
		}
	}
	return nil
}

// rejected says why a row of a known ticket isn't taken.
func (r *Row) rejected(column, value, en, de string, args ...any) *dataset.Reject {
	return &dataset.Reject{Row: r.Row, Number: r.Number, Column: column, Value: value,
		Reason: text.New(fmt.Sprintf(en, args...), fmt.Sprintf(de, args...))}
}
