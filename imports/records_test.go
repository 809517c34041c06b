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
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
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
	states := &ticket.States{Pause: []string{"Waiting"}, Stop: []string{"Closed", "Solved"}}
	readers := []TicketOptions{auditLog,
		{Format: CSV, Mapping: ticket.Mapping{Number: "Key", Opened: "Created", Stopped: "Done", Responded: "First", Fields: map[string]string{"x": "Done"}}},
		{Format: CSV, Mapping: ticket.Mapping{Number: "Key", State: "Status", Changed: "At", States: states}},
		{Format: CSV, Mapping: ticket.Mapping{Number: "Key", Opened: "At", Stopped: "Done", Responded: "First", State: "Status", Changed: "At", States: states}},
		{Format: CSV, Mapping: ticket.Mapping{Table: dataset.Table{Encoding: "windows-1252", Time: "2/Jan/06 3:04 PM"}, Number: "Key", Opened: "Created", Stopped: "Done", State: "Status", States: states}},
	}
	for i, file := range []string{
		auditHeading + "INC1,New,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1\n",
		"Key;Created;Done;First\n\"K\"\"1\n\n\";2026-07-01T10:00:00Z;;\nx\"\n",
		"sep=;\nKey;Status;At\nK;Open;2026-07-01T10:00:00Z\nK;Closed;2026-07-01T11:00:00Z",
		"Key\tStatus\tAt\tDone\tFirst\nK\tClosed\t2026-07-01T11:00:00Z\t2026-07-01T10:00:00Z\t2026-07-01T09:00:00Z\n",
		"Key,Created,Done,Status\r\nK,1/Jul/26 9:00 AM,1/Mai/26 9:00\u202fAM,Closed\r\nKey,Created,Done,Status\nK,\"1/Jul",
	} {
		f.Add([]byte(file), byte(i))
	}
	f.Add([]byte("\x1f\x8b\x08"), byte(1))
	f.Add([]byte("PK\x03\x04"), byte(0))
	f.Fuzz(func(t *testing.T, b []byte, reader byte) {
		o := readers[int(reader)%len(readers)]
		o.Content = &dataset.Content{Count: true}
		rows, rejects, err := readAll(bytes.NewReader(b), o)
		last := int64(0)
		of := map[string][]ticket.Row{}
		for _, r := range rows {
			require.Greater(t, r.Row, last)
			last = r.Row
			require.NotEmpty(t, r.Number)
			require.False(t, r.At.Before(r.Opened))
			require.False(t, r.Responded != nil && r.Responded.Before(r.Opened) && !r.Change)
			if o.Mapping.States != nil {
				require.Equal(t, slices.Contains(states.Stop, r.State), r.StoppedAt != nil, "the state says whether it is stopped")
				require.Equal(t, r.StoppedAt != nil, r.Stopped)
			}
			of[r.Number] = append(of[r.Number], r)
		}
		for _, r := range rejects {
			require.NotContains(t, r.Value+r.Number, "\x00")
			require.True(t, utf8.ValidString(r.Value+r.Number))
		}
		for _, rows := range of { // what a reader lets through makes a ticket
			v, _ := ticket.Merge(nil, rows, o.Format == ServiceNowAudit)
			if len(v.Events) > 0 {
				require.Equal(t, v.Opened, v.Events[0].At)
				require.False(t, v.Last.Before(v.First))
			}
		}
		if err != nil {
			return
		}
		require.EqualValues(t, len(rows)+len(rejects) > 0, o.Content.End.Row > 0)
		require.False(t, o.Content.End.Unfinished && o.Content.End.NoNewline)
		require.LessOrEqual(t, o.Content.End.Row, int64(len(rows)+len(rejects)))
		for _, c := range o.Content.Columns {
			require.LessOrEqual(t, len(c.Values), maxTold)
			for _, v := range c.Values {
				require.True(t, utf8.ValidString(v.Value))
				require.NotContains(t, v.Value, "\x00")
			}
		}
	})
}
