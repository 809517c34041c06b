package availabilityreview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/reviewtest"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
	"turnus/report"
)

func touching(of continuity.Type, from, to string) avail.Drill {
	x := avail.Drill{Run: "continuity-drill/shop-fire/" + from[:10], Version: 1, Type: of, Plan: "shop-fire", Title: text.New("Fire", "Brand"), From: reviewtest.At(from), Touched: "The storage of the shop"}
	if to != "" {
		x.To = reviewtest.At(to)
	}
	return x
}

const (
	touchedEn  = "Drills that touched production"
	touchedDe  = "Übungen mit Eingriff in die Produktion"
	missingEn  = "its outage is missing from these figures"
	missingDe  = "fehlt dieser Ausfall in den Zahlen"
	uncovered  = "Drills or invocations touched production, neither wholly within maintenance that was announced as agreed nor with an outage on record in that time: "
	uncovertDe = "Eingriffe in die Produktion durch Übungen oder Ernstfälle, die weder vollständig in vereinbarungsgemäß angekündigter Wartung liegen noch mit einem erfassten Ausfall zusammenfallen: "
)

// A drill that neither maintenance nor an outage tells of is named on the first page.
func TestADrillThatNothingTellsOf(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", ""))
	f.Drills = []avail.Drill{touching(continuity.Component, "2026-06-20 02:00", "2026-06-20 06:00"), touching(continuity.Invocation, "2026-06-22 02:00", "")}
	doc, _ := drafted(t, f, june())
	en, de := said(doc, text.En), said(doc, text.De)
	require.Contains(t, en, uncovered+"continuity-drill/shop-fire/2026-06-20 (component test, 20 June 2026, 02:00\u00a0CEST); continuity-drill/shop-fire/2026-06-22 (real invocation, 22 June 2026, 02:00\u00a0CEST). If production was down then, "+missingEn+".\n")
	require.Contains(t, de, uncovertDe+"continuity-drill/shop-fire/2026-06-20 (Funktionstest, 20.06.2026, 02:00\u00a0Uhr\u00a0MESZ); ")
	require.Contains(t, de, missingDe)
	rows := section(t, doc, touchedEn).Tables[0].Rows
	require.Len(t, rows, 2)
	require.Equal(t, "continuity-drill/shop-fire/2026-06-20", rows[0][0].Text.En)
	require.Equal(t, "Funktionstest", rows[0][1].Text.De)
	require.Equal(t, "Brand", rows[0][2].Text.De)
	require.Equal(t, f.Drills[0].From, *rows[0][3].At)
	require.Equal(t, f.Drills[0].To, *rows[0][4].At)
	require.Equal(t, "The storage of the shop", rows[0][5].Text.En)
	require.Equal(t, text.New("none", "keine"), rows[0][6].Verdict.Text)
	require.Equal(t, text.New("none", "keiner"), rows[0][7].Verdict.Text)
	require.Equal(t, report.Bad, rows[0][7].Verdict.Tone)
	require.Equal(t, "–", rows[1][4].Text.En, "no end is known")
	require.Contains(t, de, touchedDe)
}

// One that lies in announced maintenance, or in whose time an outage is on record, is
// listed with that, and nothing is missing.
func TestADrillThatMaintenanceOrAnOutageTellsOf(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", `{"availability":{"notice":"PT48H"}}`))
	covered := touching(continuity.FullInterruption, "2026-06-14 02:00", "2026-06-14 03:15")
	covered.Maintenance = "w"
	d := june()
	d.Outages[1].Reference = "I-7"
	d.Outages[2].Component = "till"
	late := reviewtest.Window("late", "2026-06-10 10:00", "2026-06-10 13:00")
	late.Since, late.Component = reviewtest.At("2026-06-10 09:00"), "till"
	d.Windows = append(d.Windows, late)
	hit := touching(continuity.Parallel, "2026-06-10 10:30", "2026-06-10 13:00")
	hit.Maintenance = "w"
	f.Drills = []avail.Drill{hit, covered}
	doc, _ := drafted(t, f, d)
	en, de := said(doc, text.En), said(doc, text.De)
	require.NotContains(t, en, missingEn)
	require.NotContains(t, de, missingDe)
	rows := section(t, doc, touchedEn).Tables[0].Rows
	require.Equal(t, text.New("late (till): nothing: announced too late; not excused: 2\u202fh 30\u202fmin; the drill names \"w\", which isn’t on record for that time",
		"late (till): nichts: zu spät angekündigt; nicht entschuldigt: 2\u202fh 30\u202fmin; die Übung nennt „w“; für diese Zeit liegt das nicht vor"), rows[0][6].Verdict.Text)
	require.Equal(t, report.Neutral, rows[0][6].Verdict.Tone)
	require.Equal(t, text.New("I-7; begun on 10 June 2026, 11:00\u00a0CEST (till)", "I-7; begonnen am 10.06.2026, 11:00\u00a0Uhr\u00a0MESZ (till)"), *rows[0][7].Text)
	require.Equal(t, text.New("w: all of it", "w: vollständig"), rows[1][6].Verdict.Text)
	require.Equal(t, report.Good, rows[1][6].Verdict.Tone)
	require.Equal(t, text.New("none", "keiner"), *rows[1][7].Text)
}

// Without such drills the report is what it was.
func TestNoDrillTouchedProduction(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", ""))
	doc, _ := drafted(t, f, june())
	require.NotContains(t, said(doc, text.En), touchedEn)
	f.Drills = []avail.Drill{touching(continuity.Component, "2026-07-02 02:00", "2026-07-02 06:00")}
	doc, _ = drafted(t, f, june())
	require.NotContains(t, said(doc, text.En), touchedEn, "it is of another month")
}

// The table stays bounded, and drills change no figure.
func TestCountlessDrills(t *testing.T) {
	f := reviewtest.Frozen("2026-06", reviewtest.Target("shop", ""))
	without, _ := drafted(t, f, june())
	for range 100 {
		f.Drills = append(f.Drills, touching(continuity.Component, "2026-06-20 02:00", "2026-06-20 06:00"))
	}
	doc, _ := drafted(t, f, june())
	require.LessOrEqual(t, len(section(t, doc, touchedEn).Tables[0].Rows), 60)
	require.Contains(t, said(doc, text.De), "weitere begannen später.")
	require.Equal(t, without.Figures, doc.Figures)
	require.Equal(t, without.Findings, doc.Findings)
}
