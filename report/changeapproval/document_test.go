package changeapproval

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

func slot(period string, due time.Time, s planning.State) planning.Slot {
	return planning.Slot{Key: run.Key{Process: "sla-report", Scope: "payments", Period: period}, Due: due, Late: due.AddDate(0, 0, 3).Truncate(24 * time.Hour), State: s}
}

// proposals are changes of all kinds.
func proposals() map[string]planning.Change {
	at := time.Date(2026, 10, 5, 7, 30, 0, 0, time.UTC)
	raw := func(kind resource.Kind, name string, spec any) resource.Raw {
		b, err := json.Marshal(spec)
		if err != nil {
			panic(err)
		}
		return resource.Raw{APIVersion: "turnus/v1", Kind: kind, Metadata: resource.Metadata{Name: name}, Spec: b}
	}
	to := calendar.Date{Year: 2027, Month: 12, Day: 31}
	interval := func(r planning.Rule, more func(*planning.Spec)) resource.Raw {
		s := planning.Spec{Process: "sla-report", Scope: "payments", Rule: r, Reason: "The customer reviews the figures in the second week.", Valid: planning.Span{From: calendar.Date{Year: 2026, Month: 1, Day: 1}}}
		if more != nil {
			more(&s)
		}
		return raw(resource.Interval, "monthly", s)
	}
	change := func(doc resource.Raw) planning.Change {
		return planning.Change{Run: "change-approval/interval.monthly/2026-10-05", Round: 1, Service: "payments", Title: text.New("Payments", "Zahlungen"),
			Zone: "Europe/Berlin", Document: doc, Hash: strings.Repeat("ab", 32), By: "olga", At: at}
	}
	third := interval(planning.Rule{WorkingDay: 3, Of: calendar.Month, At: "08:00"}, nil)
	fresh := change(third)
	fresh.Made = []planning.Slot{slot("2026-08", at.AddDate(0, -1, 0), planning.Due)}
	fresh.Coming = []planning.Slot{slot("2026-10", at.AddDate(0, 1, 0), planning.Planned), slot("2026-11", at.AddDate(0, 2, 0), planning.Planned)}
	edited := change(interval(planning.Rule{WorkingDay: -2, Of: calendar.Quarter, At: "09:30"}, func(s *planning.Spec) {
		s.Zone, s.Calendar, s.Adjust, s.CatchUp, s.Tolerance = "Europe/Vienna", "office", planning.Preceding, planning.Latest, 1
		s.Events, s.Valid.To = planning.Events(), &to
	}))
	edited.Base, edited.Before = 2, &third
	edited.Gone = []planning.Slot{slot("2026-10", at.AddDate(0, 1, 0), planning.Planned)}
	cron := change(interval(planning.Rule{Cron: "0 6 * * 1"}, func(s *planning.Spec) { s.Adjust, s.CatchUp, s.Tolerance = planning.None, planning.NoneLate, 5 }))
	last := change(interval(planning.Rule{Day: -1, Of: calendar.Year, At: "08:00"}, func(s *planning.Spec) { s.Adjust = planning.Following }))
	waiver := change(raw(resource.Waiver, "summer", planning.WaiverSpec{Process: "sla-report", Scope: "payments", Periods: []string{"2026-08", "2026-09"}, Reason: "The service was out of use."}))
	waiver.Run = "change-approval/waiver.summer/2026-10-05"
	waiver.Waived = []planning.Slot{slot("2026-08", at.AddDate(0, -1, 0), planning.Missed), slot("2026-09", at, planning.Due)}
	return map[string]planning.Change{"fresh": fresh, "edited": edited, "cron": cron, "last": last, "waiver": waiver}
}

// Each change gives a document that is complete in both languages, and always
// the same one.
func TestDocumentIsComplete(t *testing.T) {
	for name, c := range proposals() {
		d, err := Draft(c)
		require.NoError(t, err, name)
		require.NotEmpty(t, d.Summary)
		for _, s := range d.Sections {
			require.NotEmpty(t, s.Title.En)
			require.NotEmpty(t, s.Title.De)
			for _, p := range s.Paragraphs {
				require.NotContains(t, p.En+p.De, "%!")
				require.NotEmpty(t, p.En)
				require.NotEmpty(t, p.De)
			}
			for _, tab := range s.Tables {
				for _, row := range tab.Rows {
					require.Len(t, row, len(tab.Columns), s.Title.En)
				}
			}
		}
		hash, _, err := report.Hash(d)
		require.NoError(t, err)
		again, err := Draft(proposals()[name])
		require.NoError(t, err)
		second, _, err := report.Hash(again)
		require.NoError(t, err)
		require.Equal(t, hash, second, name)
	}
}

// said is the interval as the document says it, in German: item, proposal, and
// what held so far.
func said(t *testing.T, name string) map[string][]string {
	t.Helper()
	d, err := Draft(proposals()[name])
	require.NoError(t, err)
	rows := map[string][]string{}
	for _, r := range d.Sections[0].Tables[0].Rows {
		for _, c := range r[1:] {
			rows[r[0].Text.De] = append(rows[r[0].Text.De], c.Text.De)
		}
	}
	return rows
}

// What people decide on is said in words, without codes.
func TestWords(t *testing.T) {
	edited := said(t, "edited")
	for item, want := range map[string][]string{
		"Prozess":            {"SLA-Bericht (sla-report)", "SLA-Bericht (sla-report)"},
		"Fällig":             {"2. Arbeitstag, vom Ende des Quartals gezählt, 09:30 Uhr", "3. Arbeitstag des Monats, 08:00 Uhr"},
		"Zeitzone":           {"Europe/Vienna", "wie im Kalender des Service"},
		"Toleranz":           {"1 Tag davor und danach", "keine"},
		"Sofort fällig nach": {"größere Änderung, gescheiterte Übung, Ausrufung des Notfalls", "–"},
		"Gültig":             {"01.01.2026–31.12.2027", "ab 01.01.2026"},
	} {
		require.Equal(t, want, edited[item], item)
	}
	require.Equal(t, []string{"letzter Tag des Jahres, 08:00 Uhr"}, said(t, "last")["Fällig"])
	require.Equal(t, []string{"Cron-Ausdruck 0 6 * * 1"}, said(t, "cron")["Fällig"])
	require.Equal(t, []string{"5 Tage davor und danach"}, said(t, "cron")["Toleranz"])
	// What the plan is about isn't always a service; what 0.1.0 froze names none.
	c := proposals()["fresh"]
	c.About = resource.Ref{Kind: resource.Organisation, Name: "payments"}
	c.Service, c.Title = "", text.Text{}
	d, err := Draft(c)
	require.NoError(t, err)
	require.Equal(t, text.Same("payments"), d.Subject)
	rows := d.Sections[0].Tables[0].Rows
	require.Equal(t, "Organisation", rows[2][0].Text.De)
	require.Equal(t, text.New("that of the organisation", "wie in der Organisation"), *rows[4][1].Text)
	require.Equal(t, text.New("the organisation's calendar", "Kalender der Organisation"), *rows[5][1].Text)
	require.Equal(t, []string{"payments"}, said(t, "fresh")["Service"])
	d, err = Draft(proposals()["waiver"])
	require.NoError(t, err)
	require.Equal(t, text.New("Waiver", "Aussetzung"), d.Title)
	require.Equal(t, "Fristgerecht bis", d.Sections[0].Tables[0].Columns[2].Title.De)
	require.Equal(t, Wording, d.Wording)
}

// Whoever approves a waiver reads that it comes after the event.
func TestWaiversAfterTheEvent(t *testing.T) {
	says := func(c planning.Change) (en, de []string) {
		d, err := Draft(c)
		require.NoError(t, err)
		for _, p := range d.Sections[0].Paragraphs[2:] {
			en, de = append(en, p.En), append(de, p.De)
		}
		return en, de
	}
	c := proposals()["waiver"]
	en, de := says(c)
	require.Equal(t, []string{"The tolerance of 1 of these slots had ended when this was drafted: the plan counts them as waived late.",
		"1 of these slots had been recorded as missed, which stays on record."}, en)
	require.Equal(t, []string{"Bei 1 dieser Termine war die Toleranz bei der Erstellung dieses Dokuments bereits abgelaufen: Der Plan weist sie als nachträglich ausgesetzt aus.",
		"Bei 1 dieser Termine ist das Versäumnis bereits erfasst; es bleibt in den Aufzeichnungen."}, de)

	c.Waived[0].State, c.At = planning.Due, c.Waived[0].Late // a tolerance ends with the midnight
	en, _ = says(c)
	require.Len(t, en, 1)
	c.At = c.At.Add(-1)
	en, _ = says(c)
	require.Empty(t, en, "in time there is nothing to say")
}
