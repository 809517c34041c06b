package imports

import (
	"cmp"
	"slices"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
)

// called is what an event is called: its summary, else its UID, as far as that can
// be shown.
func (e *vevent) called() string { return cmp.Or(e.summary, clean(e.uid, maxKey)) }

// endless warns of rules that go on after the last window that was taken.
func (p *planner) endless() []dataset.Warning {
	if len(p.beyond) == 0 {
		return nil
	}
	var names []text.Text
	for _, n := range p.beyond[:min(len(p.beyond), 5)] {
		names = append(names, text.F("%.60q", "%.60q", n))
	}
	if more := len(p.beyond) - len(names); more > 0 {
		names = append(names, text.F("%d more", "%d weitere", more))
	}
	return []dataset.Warning{{Code: dataset.EndlessRule, From: &p.last, Detail: text.F(
		"Rules go on without an end or after %[1]s, and are followed up to then: load the calendar again before (%[2]s).",
		"Regeln enden nicht oder erst nach %[1]s und werden bis dahin befolgt: Den Kalender vorher erneut laden (%[2]s).",
		calendar.InWords(p.last), text.Join(names, ", "))}}
}

// doubt notes an event that is perhaps no maintenance: a shared calendar has
// vacations and reminders, too.
func (p *planner) doubt(e *vevent, windows []uptime.Window) {
	if !slices.ContainsFunc(windows, func(w uptime.Window) bool { return !w.Cancelled }) {
		return
	}
	if e.free {
		p.free = append(p.free, e.called())
	}
	if !e.start.timed {
		p.days = append(p.days, e.called())
	}
}

// doubtful warns of them.
func (p *planner) doubtful() (list []dataset.Warning) {
	if n := len(p.free); n > 0 {
		list = append(list, dataset.Warning{Code: dataset.FreeTime, Detail: text.N(n,
			text.F("One event (%.60[1]q) is marked as free time (TRANSP:TRANSPARENT), and counts as maintenance like the others: if it is none, leave it out of the file.",
				"Ein Ereignis (%.60[1]q) ist als frei gekennzeichnet (TRANSP:TRANSPARENT) und gilt wie die anderen als Wartung: Ist es keine, es aus der Datei entfernen.", p.free[0]),
			text.F("%[2]s events, the first of them %.60[1]q, are marked as free time (TRANSP:TRANSPARENT), and count as maintenance like the others: those that are none, leave out of the file.",
				"%[2]s Ereignisse, als erstes %.60[1]q, sind als frei gekennzeichnet (TRANSP:TRANSPARENT) und gelten wie die anderen als Wartung: Solche, die keine sind, aus der Datei entfernen.", p.free[0], text.Number(int64(n))))})
	}
	if n := len(p.days); n > 0 {
		list = append(list, dataset.Warning{Code: dataset.WholeDays, Detail: text.N(n,
			text.F("One event (%.60[1]q) is of whole days, without a time, and counts as maintenance from midnight to midnight: if it is none, leave it out of the file.",
				"Ein Ereignis (%.60[1]q) ist ganztägig, ohne Uhrzeit, und gilt als Wartung von Mitternacht bis Mitternacht: Ist es keine, es aus der Datei entfernen.", p.days[0]),
			text.F("%[2]s events, the first of them %.60[1]q, are of whole days, without a time, and count as maintenance from midnight to midnight: those that are none, leave out of the file.",
				"%[2]s Ereignisse, als erstes %.60[1]q, sind ganztägig, ohne Uhrzeit, und gelten als Wartung von Mitternacht bis Mitternacht: Solche, die keine sind, aus der Datei entfernen.", p.days[0], text.Number(int64(n))))})
	}
	return list
}
