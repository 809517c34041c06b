package availabilityreview_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availabilityreview"
	"turnus/itsm/run"
	"turnus/itsm/versions"
)

// What changed is said with its code, in both languages; what a draft doesn't
// stand on isn't.
func TestChanged(t *testing.T) {
	set := func(change func(*availabilityreview.Frozen)) availabilityreview.Frozen {
		f := frozen(t, "2026-06", `{}`)
		f.InForce = &run.InForce{}
		f.Calendars = []versions.Calendar{{Name: "office", Version: 2, Hash: "2"}}
		f.Objectives = []availabilityreview.Objective{{Name: "fast", Version: 1, Hash: "1", Indicator: &availabilityreview.Indicator{Name: "up", Version: 1, Hash: "1"}}}
		f.History = []availabilityreview.Past{{Period: "2026-05", Version: 1, Hash: "h"}}
		if change != nil {
			change(&f)
		}
		return f
	}
	for name, c := range map[string]struct {
		now    func(*availabilityreview.Frozen)
		moved  map[string]availabilityreview.Moved
		code   string
		en, de string
	}{
		"nothing": {},
		"the instant, the imports, and a later as-of": {now: func(f *availabilityreview.Frozen) {
			f.At, f.AsOf, f.Import = f.At.Add(time.Hour), f.AsOf.Add(time.Hour), 4
			for i := range f.Data {
				f.Data[i].AsOf, f.Data[i].Import, f.Data[i].Since = f.AsOf, 4, f.Data[i].Since.AddDate(-1, 0, 0)
			}
		}},
		"outages": {now: func(f *availabilityreview.Frozen) { f.Data[1].Hash = "b" }, moved: map[string]availabilityreview.Moved{"outages": {Added: 1200, Changed: 1, Gone: 2}}, code: "outages",
			en: "outages: 1,200 added, 1 changed, 2 no longer among them", de: "Ausfälle: 1.200 hinzugekommen, 1 geändert, 2 nicht mehr dabei"},
		"windows": {now: func(f *availabilityreview.Frozen) { f.Data[0].Count = 7 }, code: "maintenance",
			en: "maintenance events: not the same any more", de: "Wartungen: nicht mehr dieselben"},
		"a record that begins later": {now: func(f *availabilityreview.Frozen) { f.Data[1].Since = at("2026-06-02 00:00") }, code: availabilityreview.ChangedSpan,
			en: "Outages are known of another span of time: 1 May 2026, 00:00\u00a0CEST to 1 July 2026, 00:00\u00a0CEST → 2 June 2026, 00:00\u00a0CEST to 1 July 2026, 00:00\u00a0CEST",
			de: "Ausfälle sind über einen anderen Zeitraum bekannt: 01.05.2026, 00:00\u00a0Uhr\u00a0MESZ bis 01.07.2026, 00:00\u00a0Uhr\u00a0MESZ → 02.06.2026, 00:00\u00a0Uhr\u00a0MESZ bis 01.07.2026, 00:00\u00a0Uhr\u00a0MESZ"},
		"no samples any more": {now: func(f *availabilityreview.Frozen) { f.Data[2].Import = 0 }, code: availabilityreview.ChangedSpan,
			en: "Probe samples are known of another span of time: 1 May 2026, 00:00\u00a0CEST to 1 July 2026, 00:00\u00a0CEST → none",
			de: "Messwerte sind über einen anderen Zeitraum bekannt: 01.05.2026, 00:00\u00a0Uhr\u00a0MESZ bis 01.07.2026, 00:00\u00a0Uhr\u00a0MESZ → keiner"},
		"zone": {now: func(f *availabilityreview.Frozen) { f.From, f.Zone = f.From.Add(time.Hour), "Europe/London" }, code: versions.ChangedPeriod,
			en: "the period runs in another zone: Europe/Berlin → Europe/London", de: "die Periode läuft in einer anderen Zeitzone: Europe/Berlin → Europe/London"},
		"coverage": {now: func(f *availabilityreview.Frozen) { f.AsOf = f.To.Add(-time.Hour) }, code: versions.ChangedCoverage,
			en: "the imports that count don't cover the period any more", de: "die zählenden Importe decken die Periode nicht mehr ab"},
		"agreement": {now: func(f *availabilityreview.Frozen) { f.Agreements[0].Version = 2 }, code: versions.ChangedAgreement,
			en: "agreement shop-sla: version 1 → 2", de: "Vereinbarung shop-sla: Version 1 → 2"},
		"calendar":  {now: func(f *availabilityreview.Frozen) { f.Calendars = nil }, code: versions.ChangedCalendar, en: "calendar office doesn't count any more", de: "Kalender office zählt nicht mehr"},
		"objective": {now: func(f *availabilityreview.Frozen) { f.Objectives[0].Version = 3 }, code: availabilityreview.ChangedObjective, en: "SLO fast: version 1 → 3", de: "SLO fast: Version 1 → 3"},
		"indicator": {now: func(f *availabilityreview.Frozen) { f.Objectives[0].Indicator.Version = 3 }, code: availabilityreview.ChangedObjective, en: "SLI up: version 1 → 3", de: "SLI up: Version 1 → 3"},
		"a drill": {now: func(f *availabilityreview.Frozen) {
			f.Drills = []availabilityreview.Drill{{Run: "continuity-drill/shop-fire/2026-06-10", Hash: "h"}}
		}, code: availabilityreview.ChangedDrills,
			en: "drills that touched production: none → continuity-drill/shop-fire/2026-06-10", de: "Übungen mit Eingriff in die Produktion: keine → continuity-drill/shop-fire/2026-06-10"},
		"an earlier report": {now: func(f *availabilityreview.Frozen) { f.History[0].Version = 2 }, code: versions.ChangedEarlier,
			en: "the report of 2026-05 was restated since: version 1 → 2", de: "der Bericht für 2026-05 wurde seither berichtigt: Version 1 → 2"},
		"in force": {now: func(f *availabilityreview.Frozen) { f.InForce = &run.InForce{Version: 1, Hash: "x"} }, code: versions.ChangedInForce,
			en: "version 1 of this period's report was published since", de: "Version 1 des Berichts dieser Periode wurde seither veröffentlicht"},
	} {
		got := availabilityreview.Changed(set(nil), set(c.now), c.moved)
		if c.code == "" {
			require.Empty(t, got, name)
			continue
		}
		require.Len(t, got, 1, name)
		require.Equal(t, []string{c.code, c.en, c.de}, []string{got[0].Code, got[0].Detail.En, got[0].Detail.De}, name)
	}
}
