package receipt

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"

	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/report"
)

// Writer writes a file of receipts while they are derived.
type Writer struct {
	out   *bufio.Writer
	sum   hash.Hash
	buf   []byte
	cases int64
}

// NewWriter begins the file of a report whose round stands on a frozen set, in
// canonical JSON; list names the process's list. A document that doesn't have
// the report's hash is an error. Nothing may reach w before the first full
// buffer, or Close.
func NewWriter(w io.Writer, r report.Report, frozen json.RawMessage, list string) (*Writer, error) {
	hash, document, err := report.Hash(r.Document)
	if err != nil {
		return nil, err
	}
	if hash != r.Hash {
		return nil, Differs(r.Run, fmt.Errorf("the report's content has the hash %s, and %s is on record", hash, r.Hash))
	}
	h := Head{Figures: r.Figures, Frozen: frozen, Process: r.Process, Round: r.DraftRound, Run: r.Run,
		Report: Report{Document: document, Hash: hash, Version: r.Version}}
	x := &Writer{out: bufio.NewWriterSize(w, 64<<10), sum: sha256.New()}
	all, err := h.members()
	if err != nil {
		return nil, err
	}
	for i, name := range members {
		before := `,"`
		if i == 0 {
			before = `{"`
		}
		if err := x.write(before, name, `":`, string(all[i])); err != nil {
			return nil, err
		}
	}
	return x, x.write(`,"`, list, `":[`)
}

// members gives the canonical bytes of each, in their order.
func (h Head) members() (all [len(members)][]byte, err error) {
	for i, v := range [len(members)]any{h.Figures, Format, h.Frozen, h.Process, h.Report, h.Round, h.Run} {
		if raw, ok := v.(json.RawMessage); ok {
			all[i] = raw
		} else if all[i], err = canonical.JSON(v); err != nil {
			return all, err
		}
	}
	return all, nil
}

// Add appends a case to the list.
func (x *Writer) Add(c any) (err error) {
	if x.buf, err = canonical.Append(x.buf[:0], c); err != nil {
		return err
	}
	if len(x.buf) > maxCase {
		return fault.Invalidf("", "a receipt of %d bytes is more than the %d that one may have",
			"Ein Beleg von %d Byte ist mehr als die %d, die einer haben darf.", len(x.buf), maxCase)
	}
	comma := ","
	if x.cases == 0 {
		comma = ""
	}
	x.cases++
	if err := x.write(comma); err != nil {
		return err
	}
	x.sum.Write(x.buf)
	_, err = x.out.Write(x.buf)
	return err
}

// Close ends the list, and the file with what its cases come to. A file that
// isn't closed is never taken for a whole one.
func (x *Writer) Close(totals any) error {
	b, err := canonical.JSON(totals)
	if err != nil {
		return err
	}
	if err := x.write(`],"totals":`, string(b)); err != nil {
		return err
	}
	seal := hex.EncodeToString(x.sum.Sum(nil))
	if err := x.write(`,"verification":{"sha256":"`, seal, "\"}}\n"); err != nil {
		return err
	}
	return x.out.Flush()
}

func (x *Writer) write(parts ...string) error {
	for _, s := range parts {
		io.WriteString(x.sum, s)
		if _, err := x.out.WriteString(s); err != nil {
			return err
		}
	}
	return nil
}
