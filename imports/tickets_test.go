package imports

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/ticket"
)

// readAll collects rows, rejects and the error that ended the reading.
func readAll(r io.Reader, o TicketOptions) (rows []ticket.Row, rejects []*dataset.Reject, err error) {
	for row, e := range Tickets(r, o) {
		var reject *dataset.Reject
		switch {
		case errors.As(e, &reject):
			rejects = append(rejects, reject)
		case e != nil:
			err = e
		default:
			rows = append(rows, row)
		}
	}
	return
}

const auditHeading = "number,incident_state,sys_mod_count,made_sla,caller_id,opened_at,sys_updated_at,priority\n"

var auditLog = TicketOptions{Format: ServiceNowAudit}

func TestAuditLog(t *testing.T) {
	rows, rejects, err := readAll(strings.NewReader(auditHeading+
		"INC1,New,0,true,Caller 1,29/2/2016 01:16,29/2/2016 01:23,3 - Moderate\n"+
		"INC1,Resolved,2,true,Caller 1,29/2/2016 01:16,29/2/2016 08:53,?\n"), auditLog)
	require.NoError(t, err)
	require.Empty(t, rejects)
	opened := time.Date(2016, 2, 29, 1, 16, 0, 0, time.UTC)
	resolved := time.Date(2016, 2, 29, 8, 53, 0, 0, time.UTC)
	require.Equal(t, []ticket.Row{
		{Row: 1, Number: "INC1", Seq: 0, Opened: opened, At: time.Date(2016, 2, 29, 1, 23, 0, 0, time.UTC), State: "New",
			Fields: map[string]string{"priority": "3 - Moderate", "made_sla": "true"}},
		{Row: 2, Number: "INC1", Seq: 2, Opened: opened, At: resolved, State: "Resolved", Stopped: true, Responded: &resolved,
			Fields: map[string]string{"made_sla": "true"}}, // ? is null, and no person is kept
	}, rows)
}

func TestAuditRowsThatMakeNoSense(t *testing.T) {
	good := "INC9,New,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1\n"
	for _, c := range []struct{ row, number, column, value string }{
		{"?,New,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1", "", "number", ""},
		{"INC1,-100,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1", "INC1", "incident_state", "-100"},
		{"INC1,,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1", "INC1", "incident_state", ""},
		{"INC1,New,zero,true,x,29/2/2016 01:16,29/2/2016 01:23,1", "INC1", "sys_mod_count", "zero"},
		{"INC1,New,0,true,x,?,29/2/2016 01:23,1", "INC1", "opened_at", "?"},
		{"INC1,New,0,true,x,29/2/2015 01:16,29/2/2016 01:23,1", "INC1", "opened_at", "29/2/2015 01:16"},
		{"INC1,New,0,true,x,29/2/2016 01:16,2016-02-29,1", "INC1", "sys_updated_at", "2016-02-29"},
		{"INC1,New,0,true,x,29/2/2016 01:16,1/2/2016 24:00,1", "INC1", "sys_updated_at", "1/2/2016 24:00"},
		{"INC1,New,0,true,x,29/2/2016 01:16,29/2/2016 01:15,1", "INC1", "sys_updated_at", "29/2/2016 01:15"},
		{"INC1,New,0", "INC1", "", "INC1 | New | 0"},
		{"INC1,New,0,true,a\x00b,29/2/2016 01:16,29/2/2016 01:23,1", "INC1", "caller_id", "a␀b"},
		{"INC1,New,0,true,a\xffb,29/2/2016 01:16,29/2/2016 01:23,1", "INC1", "caller_id", "a\uFFFDb"},
		{"IN\x00C1,New,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1", "", "number", "IN␀C1"},
		{`INC1,a "bare" quote,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1`, "", "", "INC1,a \"bare\" quote,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1\n"},
		{`INC1,"open,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1`, "", "", "INC1,\"open,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1\n"},
		{`INC1,5" disk,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1`, "", "", "INC1,5\" disk,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1\n"},
		{"INC1,New,0,true,x,29/2/2016 01:16,29/2/2016 01:23," + strings.Repeat("x", 2000), "INC1", "priority", strings.Repeat("x", 199) + "…"},
		{strings.Repeat("I", 201) + ",New,0,true,x,29/2/2016 01:16,29/2/2016 01:23,1", "", "number", strings.Repeat("I", 199) + "…"},
	} {
		rows, rejects, err := readAll(strings.NewReader(auditHeading+good+c.row+"\n"+good), auditLog)
		require.NoError(t, err, c.row)
		require.Len(t, rows, 2, "the rows around it are read: %s", c.row)
		require.Equal(t, []int64{1, 3}, []int64{rows[0].Row, rows[1].Row}, c.row)
		require.Len(t, rejects, 1)
		r := rejects[0]
		require.Equal(t, dataset.Reject{Row: 2, Number: c.number, Column: c.column, Value: c.value, Reason: r.Reason}, *r)
		require.NotEmpty(t, r.Reason.En)
		require.NotEmpty(t, r.Reason.De)
		require.NotContains(t, r.Reason.En+r.Reason.De, "%!")
	}
}

func TestFilesThatCantBeRead(t *testing.T) {
	table := TicketOptions{Format: CSV, Mapping: ticket.Mapping{Number: "Key", Opened: "Created", Stopped: "Done"}}
	for _, c := range []struct {
		file string
		o    TicketOptions
		code fault.Code
		says string
	}{
		{"", auditLog, fault.Malformed, "empty"},
		{"number,opened_at\nx,y\n", auditLog, fault.Invalid, `another export, or one in another language: of 5 columns it has no "incident_state", "sys_mod_count", "sys_updated_at"; it has: number, opened_at`},
		{"Key,Created\n", table, fault.Invalid, `mapping.stopped: this file has no column "Done"; it has: Key, Created`},
		{"Key,Created\n", TicketOptions{Format: CSV}, fault.Invalid, "needs a mapping"},
		{"Key,Created\n", TicketOptions{Format: CSV, Mapping: ticket.Mapping{Number: "Key"}}, fault.Invalid, "opened"},
		{"Key,Created\n", TicketOptions{Format: "xml"}, fault.Invalid, "servicenow-audit, csv"},
		{"\xff\xfeK\x00", table, fault.Malformed, "UTF-16"},
		{"K\xe4y,Created,Done\n", table, fault.Malformed, "encoding"},
		{"\"Key,Created\n", table, fault.Malformed, "first line"},
	} {
		rows, rejects, err := readAll(strings.NewReader(c.file), c.o)
		require.Empty(t, rows)
		require.Empty(t, rejects)
		require.Error(t, err, c.file)
		require.True(t, fault.Is(err, c.code), "%s: %v", c.file, err)
		require.ErrorContains(t, err, c.says)
		require.NotContains(t, fault.As(err).Message.De, "%!")
	}
	broken := errors.New("the connection broke")
	_, _, err := readAll(io.MultiReader(strings.NewReader(auditHeading), iotest.ErrReader(broken)), auditLog)
	require.ErrorIs(t, err, broken, "a reader's own error comes through")
}

func TestMappedTable(t *testing.T) {
	berlin, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	o := TicketOptions{Format: CSV, Zone: berlin, Mapping: ticket.Mapping{Table: dataset.Table{Time: "02.01.2006 15:04"}, Number: "Key", Opened: "Created",
		Stopped: "Resolved", Responded: "First response", Fields: map[string]string{"priority": "Priority", "customer": "Kunde"}}}
	file := "Key;Summary;Created;First response;Resolved;Priority;Kunde\r\n" +
		"K-1;\"a;b\r\nc\";01.07.2026 10:00;01.07.2026 10:05;01.07.2026 12:00;Hoch;Müller & Söhne\r\n" +
		"K-2;x;01.07.2026 10:00;;;Hoch;\r\n" +
		"\r\n" +
		"K-3;x;01.07.2026 10:00;;01.07.2026 09:59;Hoch;\r\n"
	check := func(file string, o TicketOptions) {
		t.Helper()
		rows, rejects, err := readAll(strings.NewReader(file), o)
		require.NoError(t, err)
		opened := time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
		require.Len(t, rows, 2)
		require.True(t, rows[0].Opened.Equal(opened) && rows[0].At.Equal(opened.Add(2*time.Hour)) && rows[0].StoppedAt.Equal(opened.Add(2*time.Hour)))
		require.True(t, rows[0].Responded.Equal(opened.Add(5*time.Minute)) && rows[0].Stopped)
		require.Equal(t, map[string]string{"priority": "Hoch", "customer": "Müller & Söhne"}, rows[0].Fields)
		require.True(t, rows[1].StoppedAt == nil && rows[1].Responded == nil && !rows[1].Stopped && rows[1].At.Equal(opened))
		require.Len(t, rejects, 1)
		require.Equal(t, [3]string{"K-3", "Resolved", "01.07.2026 09:59"}, [3]string{rejects[0].Number, rejects[0].Column, rejects[0].Value})
		require.EqualValues(t, 3, rejects[0].Row)
		require.Contains(t, rejects[0].Reason.En, "end before start")
	}
	check(file, o)
	check("\ufeff"+file, o)
	check(strings.ReplaceAll(strings.ReplaceAll(file, "a;b", "a b"), ";", "\t"), o)
	check(strings.ReplaceAll(strings.ReplaceAll(file, "a;b", "a b"), ";", ","), o)
	windows, err := charmap.Windows1252.NewEncoder().String(file)
	require.NoError(t, err)
	o.Mapping.Encoding, o.Mapping.Separator = "windows-1252", ";"
	check(windows, o)
	check("\ufeff"+file, o) // the mark says what it is

	_, rejects, err := readAll(strings.NewReader("Key;Created;Resolved;First response;Priority;Kunde\nK-1;01.07.2026 10:00;;;a\x81;b\n"), o)
	require.NoError(t, err)
	require.Len(t, rejects, 1)
	require.Equal(t, "Priority", rejects[0].Column, "a byte that means nothing in windows-1252")
	require.Contains(t, rejects[0].Reason.En, "utf-8 or windows-1252")
}

func TestMappedChanges(t *testing.T) {
	o := TicketOptions{Format: CSV, Mapping: ticket.Mapping{Number: "Key", Opened: "Created", Stopped: "Done", State: "Status", Changed: "Updated"}}
	rows, rejects, err := readAll(strings.NewReader("Key,Created,Updated,Status,Done\n"+
		"K-1,2026-07-01T10:00:00+02:00,2026-07-01T10:30:00+02:00,Waiting,2026-07-01T11:00:00Z\n"+
		"K-1,2026-07-01T10:00:00+02:00,2026-07-01T11:00:00.5Z,Closed,2026-07-01T11:00:00Z\n"+
		"K-1,2026-07-01T10:00:00+02:00,,Closed,\n"+
		"K-1,2026-07-01T10:00:00+02:00,2026-07-01 11:00,Closed,\n"), o)
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.True(t, rows[0].Change && !rows[0].Stopped && rows[1].Stopped)
	require.Equal(t, time.Date(2026, 7, 1, 11, 0, 0, 0, time.UTC), rows[1].At)
	require.Len(t, rejects, 2)
	require.Equal(t, "Updated", rejects[0].Column)
	require.Contains(t, rejects[1].Reason.En, time.RFC3339)
}

func TestLocalTimesInAClockChange(t *testing.T) {
	for _, c := range []struct{ zone, cell, want string }{
		{"Europe/Berlin", "29/3/2026 01:59", "2026-03-29T00:59:00Z"},
		{"Europe/Berlin", "29/3/2026 02:00", "2026-03-29T01:00:00Z"}, // skipped: with the offset from before
		{"Europe/Berlin", "29/3/2026 02:30", "2026-03-29T01:30:00Z"},
		{"Europe/Berlin", "29/3/2026 03:00", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "25/10/2026 01:59", "2026-10-24T23:59:00Z"},
		{"Europe/Berlin", "25/10/2026 02:30", "2026-10-25T00:30:00Z"}, // repeated: the first
		{"Europe/Berlin", "25/10/2026 03:00", "2026-10-25T02:00:00Z"},
		{"America/New_York", "8/3/2026 02:30", "2026-03-08T07:30:00Z"},
		{"America/New_York", "1/11/2026 01:30", "2026-11-01T05:30:00Z"},
		{"Australia/Lord_Howe", "5/4/2026 01:45", "2026-04-04T14:45:00Z"}, // half an hour, repeated
		{"Australia/Lord_Howe", "4/10/2026 02:15", "2026-10-03T15:45:00Z"},
		{"Pacific/Apia", "30/12/2011 12:00", "2011-12-30T22:00:00Z"}, // a whole day was skipped
		{"UTC", "29/3/2026 02:30", "2026-03-29T02:30:00Z"},
	} {
		zone, err := calendar.Zone(c.zone)
		require.NoError(t, err)
		got, ok := dayFirst(c.cell, zone)
		require.True(t, ok)
		require.Equal(t, c.want, got.UTC().Format(time.RFC3339), "%s in %s", c.cell, c.zone)
	}
}
