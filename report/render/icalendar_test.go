package render_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"
	"github.com/stretchr/testify/require"

	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report/render"
)

var written = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func aSlot(period string, s planning.State) planning.Slot {
	due := time.Date(2026, 11, 4, 5, 0, 0, 0, time.UTC)
	return planning.Slot{About: resource.Ref{Kind: resource.Service, Name: "service-desk"}, Key: run.Key{Process: "sla-report", Scope: "service-desk", Period: period}, State: s, Due: due, Late: due.Add(18 * time.Hour)}
}

func aFeed(slots ...planning.Slot) render.Feed {
	return render.Feed{Name: text.New("Turnus: plan", "Turnus: Plan"), Slots: slots,
		Titles: map[string]text.Text{"sla-report": text.New("SLA report", "SLA-Bericht")}, Zones: map[string]string{"Service/service-desk": "Europe/Berlin"}}
}

// calendar writes a feed and reads it with another library than the one that
// wrote it.
func calendar(t *testing.T, f render.Feed, lang text.Lang) (*ical.Calendar, string) {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, render.ICalendar(&b, f, lang, written))
	for _, line := range strings.SplitAfter(b.String(), "\n") {
		require.LessOrEqual(t, len(line), 77, "75 bytes and the line's end")
		require.True(t, line == "" || strings.HasSuffix(line, "\r\n"), "%q", line)
	}
	c, err := ical.NewDecoder(bytes.NewReader(b.Bytes())).Decode()
	require.NoError(t, err, b.String())
	return c, b.String()
}

func value(t *testing.T, p *ical.Prop) string {
	t.Helper()
	require.NotNil(t, p)
	s, err := p.Text()
	require.NoError(t, err)
	return s
}

func TestSlotsAsEvents(t *testing.T) {
	s := aSlot("2026-10", planning.DoneLate)
	s.Run, s.Reason = "sla-report/service-desk/2026-10.2", text.New("it waits", "es wartet")
	c, raw := calendar(t, aFeed(s, aSlot("2026-11", planning.Waived)), "")
	require.Contains(t, raw, "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n", "each parameter once")
	require.Equal(t, "Turnus: plan", value(t, c.Props.Get("X-WR-CALNAME")))
	require.Equal(t, "Turnus: plan", value(t, c.Props.Get("NAME")))
	refresh, err := c.Props.Get("REFRESH-INTERVAL").Duration()
	require.NoError(t, err)
	require.Equal(t, time.Hour, refresh)
	require.Nil(t, c.Props.Get("X-WR-CALDESC"))

	events := c.Events()
	require.Len(t, events, 2)
	e := events[0]
	require.Equal(t, "sla-report/service-desk/2026-10@turnus", value(t, e.Props.Get("UID")), "whatever becomes of the slot")
	require.Equal(t, "SLA report service-desk 2026-10 (done late)", value(t, e.Props.Get("SUMMARY")))
	require.Equal(t, "State: done late\nIn time until: 4 November 2026\nReason: it waits\nRun: sla-report/service-desk/2026-10.2", value(t, e.Props.Get("DESCRIPTION")))
	begin, err := e.DateTimeStart(nil)
	require.NoError(t, err)
	require.Equal(t, s.Due, begin)
	end, err := e.DateTimeEnd(nil)
	require.NoError(t, err)
	require.Equal(t, s.Due.Add(30*time.Minute), end)
	stamp, err := e.Props.DateTime("DTSTAMP", nil)
	require.NoError(t, err)
	require.Equal(t, written, stamp)
	require.Equal(t, "20261104T050000Z", e.Props.Get("DTSTART").Value)
	require.Equal(t, "TRANSPARENT", value(t, e.Props.Get("TRANSP")))
	require.Equal(t, "CONFIRMED", value(t, e.Props.Get("STATUS")))
	require.Equal(t, "CANCELLED", value(t, events[1].Props.Get("STATUS")), "a waiver")

	c, _ = calendar(t, aFeed(s), text.De)
	require.Equal(t, "SLA-Bericht service-desk 2026-10 (verspätet erledigt)", value(t, c.Events()[0].Props.Get("SUMMARY")))
	require.Equal(t, "Status: verspätet erledigt\nFristgerecht bis: 04.11.2026\nGrund: es wartet\nLauf: sla-report/service-desk/2026-10.2", value(t, c.Events()[0].Props.Get("DESCRIPTION")))
}

// A slot is in time up to the end of a day of the service's zone; where the
// interval has another zone, up to an instant.
func TestLastDay(t *testing.T) {
	for zone, want := range map[string]text.Text{
		"Europe/Berlin": text.New("4 November 2026", "04.11.2026"),
		"":              text.New("4 November 2026, 23:00\u00a0UTC", "04.11.2026, 23:00\u00a0Uhr\u00a0UTC"),
		"Asia/Tokyo":    text.New("5 November 2026, 08:00\u00a0JST", "05.11.2026, 08:00\u00a0Uhr\u00a0JST"),
	} {
		f := aFeed(aSlot("2026-10", planning.Due))
		f.Zones["Service/service-desk"] = zone
		for _, lang := range []text.Lang{text.En, text.De} {
			c, _ := calendar(t, f, lang)
			require.Contains(t, value(t, c.Events()[0].Props.Get("DESCRIPTION"))+"\n", ": "+want.In(lang)+"\n")
		}
	}
	f := aFeed(aSlot("2026-10", planning.Due))
	f.Zones["Service/service-desk"] = "Europe/Atlantis"
	require.Error(t, render.ICalendar(&bytes.Buffer{}, f, text.En, written))
}

// Whatever a reason says, it stays inside its text.
func TestTextsInACalendar(t *testing.T) {
	for given, want := range map[string]string{
		"a, b; c: d":                                              "a, b; c: d",
		`back\slash \n \,`:                                        `back\slash \n \,`,
		"two\nlines\r\nand\rmore":                                 "two\nlines\nand\nmore",
		"\nEND:VEVENT\nBEGIN:VALARM":                              "\nEND:VEVENT\nBEGIN:VALARM",
		"bell\a and\x1b[31m red\x7f and \u0085 tab\t":             "bell and[31m red and  tab\t",
		`"quoted" <b>&amp;</b>`:                                   `"quoted" <b>&amp;</b>`,
		strings.Repeat("ä", 300):                                  strings.Repeat("ä", 300),
		strings.Repeat("😀 ", 100):                                 strings.Repeat("😀 ", 100),
		strings.Repeat(" ", 200) + "x":                            strings.Repeat(" ", 200) + "x",
		strings.Repeat("a,", 100) + strings.Repeat(";\n\\", 50):   strings.Repeat("a,", 100) + strings.Repeat(";\n\\", 50),
		strings.Repeat("<>", 120) + strings.Repeat("x", 74) + "y": strings.Repeat("<>", 120) + strings.Repeat("x", 74) + "y",
	} {
		s := aSlot("2026-10", planning.Missed)
		s.Reason = text.Same(given)
		f := aFeed(s, aSlot("2026-11", planning.Planned))
		f.Titles["sla-report"], f.Name, f.Note = text.Same(given), text.Same(given), text.Same(given)
		c, raw := calendar(t, f, text.En)
		require.Len(t, c.Events(), 2, raw)
		require.Empty(t, c.Events()[0].Children)
		require.Contains(t, value(t, c.Events()[0].Props.Get("DESCRIPTION")), "\nReason: "+want, raw)
		flat := strings.NewReplacer("\n", " ", "\t", " ").Replace(want)
		require.Equal(t, flat+" service-desk 2026-10 (missed)", value(t, c.Events()[0].Props.Get("SUMMARY")), raw)
		require.Equal(t, flat, value(t, c.Props.Get("X-WR-CALNAME")))
		require.Equal(t, flat, value(t, c.Props.Get("X-WR-CALDESC")))
	}
}

func TestACalendarWithoutSlots(t *testing.T) {
	c, _ := calendar(t, aFeed(), text.En)
	require.Empty(t, c.Events())
}

// What a person typed as a reason doesn't turn the direction of an event.
func TestNoReasonTurnsTheLine(t *testing.T) {
	s := aSlot("2026-10", planning.Waived)
	s.Reason = text.Same("moved\u202e to\u2067 May\x1b[2J\u200f")
	c, raw := calendar(t, aFeed(s), text.En)
	require.Contains(t, value(t, c.Events()[0].Props.Get("DESCRIPTION")), "Reason: moved to May[2J")
	require.False(t, strings.ContainsFunc(raw, func(r rune) bool { return text.Control(r) && r != '\r' && r != '\n' }))
}
