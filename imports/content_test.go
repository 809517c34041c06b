package imports

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/ticket"
)

// desk is a table of one row a ticket.
func desk(c *dataset.Content) TicketOptions {
	return TicketOptions{Format: dataset.CSV, Content: c, Mapping: ticket.Mapping{Table: dataset.Table{Time: "2006-01-02 15:04"},
		Number: "Key", Opened: "Created", Stopped: "Done", Fields: map[string]string{"priority": "Prio", "team": "Prio"}}}
}

// Whether a file was cut off shows at its end.
func TestHowAFileEnds(t *testing.T) {
	const heading = "Key,Created,Done,Prio,Text\n"
	row := func(n int) string { return fmt.Sprintf("K-%d,2026-07-01 10:00,,P1,\"a \"\"b\"\", c\"\n", n) }
	for name, c := range map[string]struct {
		file string
		want dataset.End
	}{
		"whole":                               {heading + row(1) + row(2), dataset.End{Row: 2}},
		"whole, with carriage returns":        {strings.ReplaceAll(heading+row(1), "\n", "\r\n"), dataset.End{Row: 1}},
		"an empty line":                       {heading + row(1) + "\n", dataset.End{Row: 1}},
		"a heading alone":                     {heading, dataset.End{}},
		"a heading without a line break":      {strings.TrimSpace(heading), dataset.End{NoNewline: true}},
		"no line break":                       {heading + row(1) + strings.TrimSpace(row(2)), dataset.End{NoNewline: true, Row: 2}},
		"half a line break":                   {heading + strings.TrimSpace(row(1)) + "\r", dataset.End{NoNewline: true, Row: 1}},
		"in the midst of a row":               {heading + row(1) + "K-2,2026-07-01 10:", dataset.End{Unfinished: true, Row: 2}},
		"few cells, with a line break":        {heading + row(1) + "K-2,2026-07-01 10:00\n", dataset.End{Row: 2}},
		"too many cells":                      {heading + row(1) + "K-2,2026-07-01 10:00,,P1,a,b", dataset.End{NoNewline: true, Row: 2}},
		"in a quote":                          {heading + row(1) + "K-2,2026-07-01 10:00,,P1,\"a", dataset.End{Unfinished: true, Row: 2}},
		"in a quote, after a line break":      {heading + row(1) + "K-2,2026-07-01 10:00,,P1,\"a\n", dataset.End{Unfinished: true, Row: 2}},
		"in a quote that has lines":           {heading + row(1) + "K-2,2026-07-01 10:00,,P1,\"a\nb\nc, d\n", dataset.End{Unfinished: true, Row: 2}},
		"after a quote within a quote":        {heading + row(1) + "K-2,2026-07-01 10:00,,P1,\"a \"\"b\n", dataset.End{Unfinished: true, Row: 2}},
		"between two quotation marks":         {heading + row(1) + "K-2,2026-07-01 10:00,,P1,\"a \"", dataset.End{NoNewline: true, Row: 2}},
		"an open quote that costs its row":    {heading + "K-1,\"2026-07-01 10:00,,P1,a\n" + "K-2,2026-07-01 10:00,,P1,a\n", dataset.End{Row: 2}},
		"inches in the last row":              {heading + row(1) + "K-2,2026-07-01 10:00,,P1,5\" disk\n", dataset.End{Row: 2}},
		"inches in a row without line break":  {heading + row(1) + "K-2,2026-07-01 10:00,,P1,5\" di", dataset.End{Unfinished: true, Row: 2}},
		"an open quote before another's cell": {heading + "K-1,2026-07-01 10:00,,P1,\"open\n" + row(2) + "K-3,2026-07-01 10:00,,P1,a\n", dataset.End{Row: 3}},
	} {
		var got dataset.Content
		_, _, err := readAll(strings.NewReader(c.file), desk(&got))
		require.NoError(t, err, name)
		require.Equal(t, c.want, got.End, name)
		require.Equal(t, ",", got.Separator, name)
		require.Empty(t, got.Columns, "nobody asked")
	}
	rapid.Check(t, func(t *rapid.T) { // wherever a file is cut, its end shows it, unless that was the end of a row
		file, ends := heading, []int{len(heading)}
		for n := range rapid.IntRange(1, 4).Draw(t, "rows") {
			cells := []string{fmt.Sprintf("K-%d", n), "2026-07-01 10:00", "", "P1",
				rapid.SampledFrom([]string{"", "a", `a "b"`, "one\ntwo\n", "a,b,c,d,e\nf,g,h,i,j\n", "\"\n", "\"\"\n\""}).Draw(t, "cell")}
			file += `"` + strings.Join(doubled(cells), `","`) + "\"\n"
			ends = append(ends, len(file))
		}
		cut := rapid.IntRange(len(heading), len(file)).Draw(t, "cut")
		var got dataset.Content
		_, _, err := readAll(strings.NewReader(file[:cut]), desk(&got))
		require.NoError(t, err)
		require.Equal(t, !slices.Contains(ends, cut), got.End.Unfinished || got.End.NoNewline, "%q", file[:cut])
		quotes := strings.Count(file[:cut], `"`)
		require.False(t, quotes%2 == 1 && !got.End.Unfinished, "in a quote: %q", file[:cut])
	})
	long := heading + row(1) + "K-2," + strings.Repeat("x", 2*maxRecord)
	for file, want := range map[string]dataset.End{long: {Unfinished: true, Row: 2}, long + "\n": {Row: 2}} {
		var got dataset.Content
		_, rejects, err := readAll(strings.NewReader(file), desk(&got))
		require.NoError(t, err)
		require.Len(t, rejects, 1)
		require.Equal(t, want, got.End)
	}
}

func doubled(cells []string) []string {
	for i := range cells {
		cells[i] = strings.ReplaceAll(cells[i], `"`, `""`)
	}
	return cells
}

func TestColumnsAreCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString("Key,Created,Done,Prio,Text,Text\n")
	for n := range 300 {
		fmt.Fprintf(&b, "K-%d,2026-07-01 10:%02d,?,P%d, ,%s\n", n, n%60, n%3, strings.Repeat("ä", 150))
	}
	b.WriteString("K-300,2026-07-01 10:00,2026-07-01 11:00,P0,x,\n") // makes sense
	b.WriteString("K-301,yesterday,2026-07-01 11:00,P0,x,\n")        // makes none, and counts
	b.WriteString("Key,Created,Done,Prio,Text,Text\n")               // isn't data
	b.WriteString("K-302,2026-07-01 10:00\n")                        // has no cells to speak of
	got := dataset.Content{Count: true}
	_, rejects, err := readAll(strings.NewReader(b.String()), desk(&got))
	require.NoError(t, err)
	require.Len(t, rejects, 303)
	require.Len(t, got.Columns, 6)
	key, created, done, prio, empty, long := got.Columns[0], got.Columns[1], got.Columns[2], got.Columns[3], got.Columns[4], got.Columns[5]
	require.Equal(t, "Key number true", fmt.Sprint(key.Name, " ", key.Use, " ", key.More))
	require.Len(t, key.Values, 10)
	require.Equal(t, dataset.Value{Value: "K-0", Rows: 1}, key.Values[0])
	require.Equal(t, "opened", created.Use)
	require.Equal(t, dataset.Value{Value: "2026-07-01 10:00", Rows: 6}, created.Values[0])
	require.False(t, created.More)
	require.Equal(t, dataset.Column{Name: "Done", Use: "stopped", Empty: 300, Values: []dataset.Value{{Value: "2026-07-01 11:00", Rows: 2}}}, done)
	require.Equal(t, dataset.Column{Name: "Prio", Use: "fields.priority, fields.team",
		Values: []dataset.Value{{Value: "P0", Rows: 102}, {Value: "P1", Rows: 100}, {Value: "P2", Rows: 100}}}, prio)
	require.EqualValues(t, 300, empty.Empty)
	require.Empty(t, empty.Use)
	require.Equal(t, []dataset.Value{{Value: strings.Repeat("ä", 100), Rows: 300}}, long.Values, "cut to 200 bytes")
}

// What Excel writes into the first line is no heading.
func TestTheFirstLineSaysTheSeparator(t *testing.T) {
	file := "sep=;\r\nKey;Created;Done;Prio\r\nK-1;2026-07-01 10:00;;Dringend, ärgerlich, hoch, 1\r\n"
	windows, err := charmap.Windows1252.NewEncoder().String(file)
	require.NoError(t, err)
	for name, c := range map[string]struct{ file, encoding, separator string }{
		"plain":              {file, "", ";"},
		"with a mark":        {"\ufeff" + file, "", ";"},
		"in windows-1252":    {windows, "windows-1252", ";"},
		"after empty lines":  {"\n\r\n" + file, "", ";"},
		"in quotation marks": {strings.Replace(file, "sep=;", `"SEP=;"`, 1), "", ";"},
		"tabs":               {strings.ReplaceAll(file, ";", "\t"), "", "\t"},
	} {
		for _, mapped := range []string{"", ","} { // the file knows better
			var got dataset.Content
			o := desk(&got)
			o.Mapping.Encoding, o.Mapping.Separator = c.encoding, mapped
			rows, rejects, err := readAll(strings.NewReader(c.file), o)
			require.NoError(t, err, name)
			require.Empty(t, rejects, name)
			require.Len(t, rows, 1, name)
			require.EqualValues(t, 1, rows[0].Row, name)
			require.Equal(t, "Dringend, ärgerlich, hoch, 1", rows[0].Fields["priority"], name)
			require.Equal(t, c.separator, got.Separator, name)
		}
	}
	for _, file := range []string{"sep=|\nKey|Created\n", "sep=\nKey,Created\n"} {
		_, _, err := readAll(strings.NewReader(file), desk(nil))
		require.True(t, fault.Is(err, fault.Malformed), "%q", file)
		require.ErrorContains(t, err, "first line says", file)
	}
	_, _, err = readAll(strings.NewReader("sep=;\n"), desk(nil))
	require.ErrorContains(t, err, "empty", "there is no heading")
}

// A heading that isn't UTF-8 says how to name what it is.
func TestAHeadingInAnotherEncoding(t *testing.T) {
	_, _, err := readAll(strings.NewReader("Key;Ge\xe4ndert\n"), desk(nil))
	require.True(t, fault.Is(err, fault.Malformed))
	require.ErrorContains(t, err, "encoding: windows-1252")
}

func TestFilesOfAnotherKind(t *testing.T) {
	read := func(file string) ([]ticket.Row, []*dataset.Reject, error) {
		return readAll(strings.NewReader(file), desk(nil))
	}
	const row = "K-1,2026-07-01 10:00,2026-07-01 11:00,P1\n"
	want, _, err := read("Key,Created,Done,Prio\n" + row)
	require.NoError(t, err)
	require.Len(t, want, 1)
	t.Run("columns in another order", func(t *testing.T) {
		got, rejects, err := read("Prio,,Done,Key,Created\nP1,x,2026-07-01 11:00,K-1,2026-07-01 10:00\n")
		require.NoError(t, err)
		require.Empty(t, rejects)
		require.Equal(t, want, got)
	})
	t.Run("mixed line ends", func(t *testing.T) {
		got, rejects, err := read("Key,Created,Done,Prio\r\n" + row + strings.ReplaceAll(row, "\n", "\r\n") + row)
		require.NoError(t, err)
		require.Empty(t, rejects)
		require.Len(t, got, 3)
		for i := range got {
			got[i].Row = 1
			require.Equal(t, want[0], got[i])
		}
	})
	t.Run("carriage returns alone", func(t *testing.T) {
		_, _, err := read(strings.ReplaceAll("Key,Created,Done,Prio\n"+row, "\n", "\r"))
		require.True(t, fault.Is(err, fault.Malformed))
		require.ErrorContains(t, err, "carriage returns")
	})
	t.Run("two headings", func(t *testing.T) {
		got, rejects, err := read("\ufeffKey,Created,Done,Prio\n" + row + "Key, Created,Done,Prio\n" + row + "\ufeffKey,Created,Done,Prio\n" + row + "Key,2026-07-01 10:00,,\n")
		require.NoError(t, err)
		require.Len(t, got, 4, "a ticket may be called Key")
		require.Len(t, rejects, 2)
		require.EqualValues(t, 2, rejects[0].Row)
		require.Contains(t, rejects[0].Reason.En, "heading once more")
		require.Contains(t, rejects[0].Reason.De, "Kopfzeile")
	})
	t.Run("two columns of one name", func(t *testing.T) {
		got, rejects, err := read("Key,Comment,Created,Done,Comment,Prio\nK-1,a,2026-07-01 10:00,2026-07-01 11:00,b,P1\n")
		require.NoError(t, err, "nobody asks for them")
		require.Empty(t, rejects)
		require.Equal(t, want, got)
		_, _, err = read("Key,Created,Done,Prio,Done\n")
		require.Equal(t, "mapping.stopped", fault.As(err).Field)
		require.ErrorContains(t, err, `called "Done"`)
	})
	t.Run("some columns are missing", func(t *testing.T) {
		_, _, err := read("Schlüssel,Created,Done\n")
		require.ErrorContains(t, err, `mapping.number: this file has no column "Key", "Prio"; it has: Schlüssel, Created, Done`)
		require.Contains(t, fault.As(err).Message.De, "„Prio“")
	})
	t.Run("another export", func(t *testing.T) {
		_, _, err := read("<!DOCTYPE html>\n<html><body>\n")
		require.Equal(t, "mapping", fault.As(err).Field)
		require.ErrorContains(t, err, "looks like another export")
	})
}
