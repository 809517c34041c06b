package dataset

import (
	"fmt"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Facts are what an import is judged by.
type Facts struct {
	Read     int64 // rows
	Rejected int64
	Keys     int64 // tickets in the file of which a row makes sense
	Zero     int64 // those of them that stop when they open
	Stopped  int64 // those that have stopped
	Twice    int64 // rows that stand in the file already
	Differ   int64 // samples that say otherwise than a later one of the same probe and instant

	Rare    bool // few rows tell nothing
	End     End
	Derived bool // as-of is the newest change
	Watch   *Watch
	Zone    *time.Location
	Usual   *time.Location // of the import before, else of the service; nil: not known
	Last    *Seen          // of the newest full delivery before, where this is one; else nil
	LastID  int64          // of that import
}

// Refusals are the reasons for which an import is refused unless a person
// accepts it.
func (f Facts) Refusals() (list []Warning) {
	refuse := func(code, en, de string, args ...any) {
		list = append(list, Warning{Code: code, Detail: text.F(en, de, args...), Refuse: true})
	}
	if f.Rejected*20 > f.Read {
		refuse(ManyRejected, "%s of %s rows were rejected, %s: that is more than 5 %%.", "%s von %s Zeilen wurden abgewiesen, %s: Das sind mehr als 5\u202f%%.",
			text.Number(f.Rejected), text.Number(f.Read), share(f.Rejected, f.Read))
	}
	if f.End.Unfinished {
		refuse(Unfinished, "The file ends in the midst of a row or a quote (row %s): it is probably not whole.",
			"Die Datei endet mitten in einer Zeile oder in Anführungszeichen (Zeile %s): Sie ist wahrscheinlich unvollständig.", text.Number(f.End.Row))
	}
	if f.Derived && !f.Rare {
		if n, from, to := f.Watch.Beyond(); n > 0 {
			refuse(FarAsOf, "Only %[2]s of %[3]s rows come after %[1]s, and none for %[4]s from then on: if day and month are swapped in them, say how the file writes instants; if they are right, give --as-of.",
				"Nur %[2]s von %[3]s Zeilen liegen nach %[1]s, und ab dann %[4]s lang keine: Sind darin Tag und Monat vertauscht, angeben, wie die Datei Zeitpunkte schreibt; stimmen sie, --as-of angeben.",
				instant(from, f.Zone), text.Number(n), text.Number(f.Watch.rows), days(to.Sub(from)))
		}
	}
	if f.Last != nil {
		if now, before := f.sameSpan(); now*5 < before*4 {
			refuse(FewerRows, "In the span of import %[1]d, the full delivery before, this one has %[2]s rows, and that one had %[3]s: fewer than 80 %%.",
				"Im Zeitraum von Import %[1]d, der Volllieferung davor, hat diese Datei %[2]s Zeilen, jene hatte %[3]s: weniger als 80\u202f%%.",
				f.LastID, text.Number(now), text.Number(before))
		}
	}
	if f.Keys > 0 && f.Zero == f.Keys {
		refuse(NoDuration, "All of the %[1]s tickets stop at the instant at which they open: look at the columns that the mapping names.",
			"Alle %[1]s Tickets enden im Augenblick ihrer Eröffnung: Die Spalten prüfen, die die Zuordnung nennt.", text.Number(f.Keys))
	}
	return list
}

// sameSpan counts the rows of this file and of the last one whose opening lies
// within the dates of the last one.
func (f Facts) sameSpan() (now, before int64) {
	first, last := "", ""
	for d, n := range f.Last.Days {
		before += n
		if first == "" || d < first {
			first = d
		}
		last = max(last, d)
	}
	for d, n := range f.Watch.days {
		if s := d.String(); s >= first && s <= last {
			now += n
		}
	}
	return now, before
}

// Refused makes a fault of the reasons for which an import isn't taken; nil
// where there are none.
func Refused(reasons []Warning) error {
	var list fault.List
	for _, w := range reasons {
		if w.Refuse {
			f := fault.New(fault.Implausible, w.Detail)
			f.Reason = w.Code
			list.Add(f)
		}
	}
	return list.Err()
}

func instant(t time.Time, zone *time.Location) text.Text { return calendar.InWords(t.In(zone)) }

func days(d time.Duration) text.Text {
	n := int64(d / (24 * time.Hour))
	return text.F("%d %s", "%d %s", n, text.N(n, text.New("day", "Tag"), text.New("days", "Tage")))
}

// share is a part in per cent with one decimal place, for people.
func share(part, of int64) text.Text {
	tenths := (part*1000 + of/2) / of
	if tenths == 0 {
		return text.New("less than 0.1\u00a0%", "weniger als 0,1\u202f%")
	}
	t := text.Decimal(fmt.Sprintf("%d.%d", tenths/10, tenths%10))
	return text.New(t.En+"\u00a0%", t.De+"\u202f%")
}
