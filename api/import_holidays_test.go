package api

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/client"
	"turnus/itsm/calendar"
)

// someFeed marks a public holiday, one of another state and an observance;
// the test's clock says November 2026.
const someFeed = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" +
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270501\r\nSUMMARY:Tag der Arbeit\r\nRRULE:FREQ=YEARLY;UNTIL=20290501\r\nCATEGORIES:Public holiday\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261101\r\nSUMMARY:Allerheiligen\r\nDESCRIPTION:Feiertag in Bayern\\, Saarland\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270214\r\nSUMMARY:Valentinstag\r\nDESCRIPTION:Gedenktag\\nWenn Sie Gedenktage\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20241225\r\nSUMMARY:Weihnachten\r\nCATEGORIES:Public holiday\r\nEND:VEVENT\r\n" +
	"END:VCALENDAR\r\n"

func importedIn(t *testing.T, body []byte) calendar.ImportedHolidays {
	t.Helper()
	var i calendar.ImportedHolidays
	require.NoError(t, json.Unmarshal(body, &i), string(body))
	return i
}

func dates(list []calendar.Holiday) (all []string) {
	for _, h := range list {
		all = append(all, h.Date.String())
	}
	return all
}

func TestHolidaysAreImported(t *testing.T) {
	h := newHouse(t)
	const path = "/v1/calendars/office/holidays?format=icalendar"
	w := h.as(t, "admin", "POST", path+"&dry_run=true", someFeed)
	require.Equal(t, 200, w.Code, w.Body)
	dry := importedIn(t, w.Body.Bytes())
	require.Equal(t, "changed", dry.Change)
	require.Contains(t, h.as(t, "admin", "GET", "/v1/calendars/office", "").Body.String(), `"version":1`)

	w = h.as(t, "admin", "POST", path, someFeed, "Content-Type", "text/calendar")
	require.Equal(t, 200, w.Code, w.Body)
	got := importedIn(t, w.Body.Bytes())
	require.Equal(t, dry, got)
	require.Equal(t, 2, got.Version)
	require.Equal(t, []int{2025, 2036}, []int{got.From, got.To})
	require.True(t, got.Marked)
	require.Equal(t, []string{"2027-05-01", "2028-05-01", "2029-05-01"}, dates(got.Added))
	require.Equal(t, "Tag der Arbeit", got.Added[0].Name.De)
	require.Contains(t, w.Body.String(), `"already":[]`)
	var left []string
	for _, l := range got.LeftOut {
		left = append(left, fmt.Sprintf("%d %s %s %s", l.Line, l.Why, l.Date, l.Name))
	}
	require.Equal(t, []string{"9 regional 2026-11-01 Allerheiligen", "14 observance 2027-02-14 Valentinstag", "19 outside 2024-12-25 Weihnachten"}, left)

	now := h.as(t, "admin", "GET", "/v1/calendars/office", "").Body.String()
	require.Contains(t, now, `"holidays":{"dates":["2027-05-01","2028-05-01","2029-05-01"]}`)
	require.Contains(t, now, `"by":"admin"`)
	trail := h.as(t, "auditor", "GET", "/v1/audit?person=admin", "").Body.String()
	require.Contains(t, trail, `"action":"resource.changed","object":"Calendar/office"`)

	again := importedIn(t, h.as(t, "admin", "POST", path, someFeed).Body.Bytes())
	require.Equal(t, "unchanged", again.Change)
	require.Equal(t, 2, again.Version)
	require.Empty(t, again.Added)
	require.Len(t, again.Already, 3)

	all := importedIn(t, h.as(t, "admin", "POST", path+"&all=true&from=2024&to=2027", someFeed).Body.Bytes())
	require.Equal(t, []string{"2024-12-25", "2026-11-01", "2027-02-14"}, dates(all.Added))
	require.Equal(t, []string{"2027-05-01"}, dates(all.Already))
	require.Empty(t, all.LeftOut)
	require.Equal(t, 3, all.Version)
}

// The calendar's own region says what is there already, and what is its own.
func TestHolidaysOfTheCalendarsRegion(t *testing.T) {
	h := newHouse(t)
	const bavaria = `{"apiVersion":"turnus/v1","kind":"Calendar","metadata":{"name":"munich"},"spec":{"zone":"Europe/Berlin","hours":{"mon":["08:00-18:00"]},"holidays":{"region":"DE-BY"}}}`
	require.Equal(t, 201, h.as(t, "admin", "PUT", "/v1/calendars/munich", bavaria).Code)
	feed := strings.Replace(someFeed, "20261101", "20261102", 1)
	got := importedIn(t, h.as(t, "admin", "POST", "/v1/calendars/munich/holidays?format=icalendar", feed).Body.Bytes())
	require.Equal(t, []string{"2026-11-02"}, dates(got.Added), "a day that is marked as Bavaria's")
	require.Equal(t, []string{"2027-05-01", "2028-05-01", "2029-05-01"}, dates(got.Already), "by law")
}

func TestHolidaysAreRefusedInWords(t *testing.T) {
	h := newHouse(t)
	const path = "/v1/calendars/office/holidays"
	for _, c := range []struct {
		query, body string
		status      int
		says        string
	}{
		{"", someFeed, 422, "required query parameter"},
		{"?format=ics", someFeed, 422, "isn't a format of holidays: use icalendar"},
		{"?format=icalendar&from=2027&to=2026", someFeed, 422, "comes before"},
		{"?format=icalendar&from=1", someFeed, 422, "1900 or more"},
		{"?format=icalendar&dryrun=true", someFeed, 422, "unknown query parameter"},
		{"?format=icalendar", "<html>Sign in</html>", 400, "line 1 isn't iCalendar"},
		{"?format=icalendar", someFeed[:200], 400, "cut off"},
		{"?format=icalendar", "", 400, "empty"},
	} {
		w := h.as(t, "admin", "POST", path+c.query, c.body)
		require.Equal(t, c.status, w.Code, "%s: %s", c.query, w.Body)
		p := problemIn(t, w)
		require.Contains(t, p.Detail+fmt.Sprint(p.Errors), c.says)
	}
	require.Equal(t, 404, h.as(t, "admin", "POST", "/v1/calendars/moon/holidays?format=icalendar", someFeed).Code)
	require.Equal(t, 403, h.as(t, "owner", "POST", path+"?format=icalendar", someFeed).Code)
	require.Contains(t, h.as(t, "admin", "POST", path+"?format=icalendar", "x", "Accept-Language", "de").Body.String(), "ist kein iCalendar")
	require.Contains(t, h.as(t, "admin", "GET", "/v1/calendars/office", "").Body.String(), `"version":1`, "none of it changed anything")
}

func TestHolidaysThroughTheClient(t *testing.T) {
	h := newHouse(t)
	srv := httptest.NewUnstartedServer(h)
	srv.Config = Server(h, "")
	srv.Start()
	defer srv.Close()
	in := client.HolidayIntake{Calendar: "office", Format: "icalendar", From: 2027, To: 2028, DryRun: true}
	got, err := client.New(srv.URL, h.tokens["admin"]).ImportHolidays(t.Context(), in, strings.NewReader(someFeed))
	require.NoError(t, err)
	require.Equal(t, []string{"2027-05-01", "2028-05-01"}, dates(got.Added))
	in.DryRun, in.All = false, true
	got, err = client.New(srv.URL, h.tokens["admin"]).ImportHolidays(t.Context(), in, strings.NewReader(someFeed))
	require.NoError(t, err)
	require.Equal(t, []string{"2027-02-14", "2027-05-01", "2028-05-01"}, dates(got.Added))
	require.Equal(t, "changed", got.Change)
	_, err = client.New(srv.URL, h.tokens["viewer"]).ImportHolidays(t.Context(), in, strings.NewReader(someFeed))
	require.ErrorContains(t, err, "administrator")
	_, err = client.New(srv.URL, h.tokens["admin"]).ImportHolidays(t.Context(), in, strings.NewReader("<html>\n"+strings.Repeat("x", 50<<20)))
	require.ErrorContains(t, err, "isn't iCalendar", "in words, however large the file is")
}
