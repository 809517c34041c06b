package sla

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/run"
)

// What changed is said with its code, in both languages; what a draft doesn't
// stand on isn't.
func TestChanged(t *testing.T) {
	from, to := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	set := func(change func(*Frozen)) Frozen {
		f := Frozen{From: from, To: to, Zone: "UTC", AsOf: to.Add(time.Hour), Import: 3, Count: 7, Hash: "a", At: to.Add(2 * time.Hour), InForce: &run.InForce{},
			Agreements: []Agreement{{Name: "gold", Version: 1, Hash: "1"}}, Calendars: []CalendarUsed{{Name: "office", Version: 2, Hash: "2"}},
			Exclusions: []agreement.Exclusion{{ID: 4}}, History: []Past{{Period: "2026-02", Version: 1, Hash: "h"}}}
		if change != nil {
			change(&f)
		}
		return f
	}
	for name, c := range map[string]struct {
		old, now func(*Frozen)
		moved    Moved
		code     string
		en, de   string
	}{
		"nothing":                    {},
		"the instant and the import": {now: func(f *Frozen) { f.At, f.AsOf, f.Import = f.At.Add(time.Hour), f.AsOf.Add(time.Hour), 4 }},
		"tickets": {now: func(f *Frozen) { f.Hash = "b" }, moved: Moved{Added: 3, Changed: 2, Gone: 1}, code: ChangedTickets,
			en: "3 tickets were added, 2 tickets changed, 1 ticket isn't among them any more",
			de: "3 Tickets sind hinzugekommen, 2 Tickets haben sich geändert, 1 Ticket gehört nicht mehr dazu"},
		"zone": {now: func(f *Frozen) { f.From, f.Zone = from.Add(-time.Hour), "Europe/Berlin" }, code: ChangedPeriod,
			en: "the period runs in another zone: UTC → Europe/Berlin", de: "die Periode läuft in einer anderen Zeitzone: UTC → Europe/Berlin"},
		"coverage": {now: func(f *Frozen) { f.AsOf = to.Add(-time.Hour) }, code: ChangedCoverage,
			en: "the imports that count don't cover the period any more", de: "die zählenden Importe decken die Periode nicht mehr ab"},
		"coverage of what is provisional": {old: func(f *Frozen) { f.Provisional = true }, now: func(f *Frozen) { f.AsOf = to.Add(-time.Hour) }},
		"agreement": {now: func(f *Frozen) { f.Agreements = append(f.Agreements, Agreement{Name: "gold", Version: 2, Hash: "3"}) }, code: ChangedAgreement,
			en: "agreement gold: version 1 → 2", de: "Vereinbarung gold: Version 1 → 2"},
		"an older version of an agreement": {old: func(f *Frozen) { f.Agreements = append(f.Agreements, Agreement{Name: "gold", Version: 2, Hash: "3"}) },
			now: func(f *Frozen) { f.Agreements[0] = Agreement{Name: "gold", Version: 2, Hash: "3"} }, code: ChangedAgreement,
			en: "agreement gold: version 1 and 2 → 2", de: "Vereinbarung gold: Version 1 und 2 → 2"},
		"no calendar": {now: func(f *Frozen) { f.Calendars = nil }, code: ChangedCalendar,
			en: "calendar office doesn't count any more", de: "Kalender office zählt nicht mehr"},
		"a further calendar": {old: func(f *Frozen) { f.Calendars = nil }, code: ChangedCalendar,
			en: "calendar office counts now, in version 2", de: "Kalender office zählt jetzt, in Version 2"},
		"exclusion": {old: func(f *Frozen) { f.Exclusions = nil }, code: ChangedExclusion, en: "exclusion 4 counts now", de: "Ausschluss 4 zählt jetzt"},
		"withdrawn": {now: func(f *Frozen) { f.Exclusions = nil }, code: ChangedExclusion,
			en: "exclusion 4 doesn't count any more", de: "Ausschluss 4 zählt nicht mehr"},
		"earlier report": {old: func(f *Frozen) { f.History = nil }, code: ChangedEarlier,
			en: "the report of 2026-02 was published since", de: "der Bericht für 2026-02 wurde seither veröffentlicht"},
		"restated": {now: func(f *Frozen) { f.History = []Past{{Period: "2026-02", Version: 2, Hash: "i"}} }, code: ChangedEarlier,
			en: "the report of 2026-02 was restated since: version 1 → 2", de: "der Bericht für 2026-02 wurde seither berichtigt: Version 1 → 2"},
		"in force": {now: func(f *Frozen) { f.InForce = &run.InForce{Version: 1, Hash: "x"} }, code: ChangedInForce,
			en: "version 1 of this period's report was published since", de: "Version 1 des Berichts dieser Periode wurde seither veröffentlicht"},
		"frozen by 0.1.0": {old: func(f *Frozen) { f.InForce = nil }, now: func(f *Frozen) { f.InForce = &run.InForce{Version: 1, Hash: "x"} }},
	} {
		t.Run(name, func(t *testing.T) {
			got := Changed(set(c.old), set(c.now), c.moved)
			if c.code == "" {
				require.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			require.Equal(t, []string{c.code, c.en, c.de}, []string{got[0].Code, got[0].Detail.En, got[0].Detail.De})
		})
	}
}
