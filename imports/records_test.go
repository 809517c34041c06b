package imports

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func cut(r io.Reader) (rows [][]string, bad int, err error) {
	recs := newRecords(r, ',')
	for {
		cells, err := recs.next()
		switch {
		case errors.Is(err, io.EOF):
			return rows, bad, nil
		case errors.Is(err, errCells), errors.Is(err, errLong):
			bad++
		case err != nil:
			return rows, bad, err
		default:
			rows = append(rows, slices.Clone(cells))
		}
	}
}

// What encoding/csv reads without an error is read the same.
func TestRecordsReadWhatCSVReads(t *testing.T) {
	cell := rapid.OneOf(rapid.SampledFrom([]string{"", "a", `"`, "a\nb", "\n", ",", `say "x"`, "ä", strings.Repeat("long ", 2000)}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 1, 4), 0, 12).Draw(t, "rows")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		require.NoError(t, w.WriteAll(rows))
		file := strings.TrimSuffix(b.String(), rapid.SampledFrom([]string{"", "\n"}).Draw(t, "end"))
		c := csv.NewReader(strings.NewReader(file))
		c.FieldsPerRecord = -1
		want, err := c.ReadAll()
		if err != nil {
			t.Skip("the writer's own output")
		}
		got, bad, err := cut(iotest.HalfReader(strings.NewReader(file)))
		require.NoError(t, err)
		require.Zero(t, bad)
		require.Equal(t, len(want), len(got))
		for i := range want {
			require.Equal(t, want[i], got[i])
		}
	})
}

func TestARowThatCantBeCutCostsItselfOnly(t *testing.T) {
	for _, c := range []struct {
		file string
		rows string
		bad  int
	}{
		{"a,b\n\"open,c\nd,e\nf,g\n", "a b|d e|f g", 1},
		{"5\" disk,b\nc,d\n6\" disk,e\nf,g", "c d|f g", 2},
		{"a,\"b\nc\",d\ne\n", "a b\nc d|e", 0},
		{"\"never closed", "", 1},
		{"a\n\n\r\nb\r\n", "a|b", 0},
		{"a\rb\n", "a\rb", 0},
	} {
		rows, bad, err := cut(strings.NewReader(c.file))
		require.NoError(t, err)
		var got []string
		for _, r := range rows {
			got = append(got, strings.Join(r, " "))
		}
		require.Equal(t, c.rows, strings.Join(got, "|"), "%q", c.file)
		require.Equal(t, c.bad, bad, "%q", c.file)
	}
}

func TestLongRowsAreDroppedAndBounded(t *testing.T) {
	long := strings.Repeat("x", 3*maxRecord)
	rows, bad, err := cut(strings.NewReader("a,b\n" + long + "\nc,d\n\"" + strings.Repeat("y\n", maxRecord) + "z\n"))
	require.NoError(t, err)
	require.Equal(t, 2, bad, "the long line, and the line of the quote that is never closed")
	require.Len(t, rows, 2+maxRecord-1+1)
	recs := newRecords(io.LimitReader(endless{}, 64<<20), ',')
	_, err = recs.next()
	require.ErrorIs(t, err, errLong)
	require.Less(t, cap(recs.held), 4*maxRecord)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func FuzzTickets(f *testing.F) {
	f.Add([]byte(auditHeading+"INC1,New,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1\n"), true)
	f.Add([]byte("Key;Created\n\"K\"\"1\n\n\";2026-07-01T10:00:00Z\nx\"\n"), false)
	f.Add([]byte("\x1f\x8b\x08"), false)
	f.Add([]byte("PK\x03\x04"), true)
	f.Fuzz(func(t *testing.T, b []byte, audit bool) {
		o := TicketOptions{Format: CSV}
		o.Mapping.Number, o.Mapping.Opened = "Key", "Created"
		if audit {
			o = auditLog
		}
		rows, rejects, _ := readAll(bytes.NewReader(b), o)
		last := int64(0)
		for _, r := range rows {
			require.Greater(t, r.Row, last)
			last = r.Row
			require.NotEmpty(t, r.Number)
			require.False(t, r.At.Before(r.Opened))
		}
		for _, r := range rejects {
			require.NotContains(t, r.Value+r.Number, "\x00")
		}
	})
}
