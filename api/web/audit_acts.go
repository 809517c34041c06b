package web

import (
	"encoding/json"
	"net/http"
	"time"

	"turnus/client"
	"turnus/itsm/agreement"
	"turnus/itsm/dataset"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report/rules"
)

// actsRead is how many entries of the trail are looked through for a page.
const actsRead = 2000

// actsAfter are the actions of the trail among which acts after the fact are.
var actsAfter = []string{"exclusion.proposed", "exclusion.withdrawn", "slot.waived", "slot.missed", "slot.reopened", "run.published", "import.withdrawn",
	"decision.recorded", "resource.created", "resource.changed", "records.altered", "restore.revoked"}

// acts are what was done after the fact in a span.
type acts struct {
	span
	Lines []act
	Read  int
	Next  string
}

// act is an entry of the trail with what is remarkable about it.
type act struct {
	line
	What text.Text
}

func showActs(v *visit) error {
	s, err := v.span()
	if err != nil {
		return err
	}
	a := acts{span: s}
	trail := client.Trail{Since: s.since(), Until: s.until(), Actions: actsAfter}
	for next := v.query("after"); a.Read < actsRead; {
		entries, more, err := v.api.AuditPart(v.r.Context(), trail, next, 500)
		if err != nil {
			return err
		}
		a.Read += len(entries)
		for _, e := range entries {
			if what, ok := afterTheFact(e); ok {
				a.Lines = append(a.Lines, act{line{e}, what})
			}
		}
		if next = more; next == "" {
			break
		}
		a.Next = "/audit/acts?" + s.query("after", next)
	}
	if a.Read < actsRead {
		a.Next = ""
	}
	return v.show(http.StatusOK, "audit-acts", text.New("Acts after the fact", "Nachträgliche Handlungen"), a)
}

// afterTheFact says what an entry changes of what had been already; false, where it
// does nothing of that kind.
func afterTheFact(e client.Entry) (what text.Text, ok bool) {
	switch e.Action {
	case "exclusion.proposed":
		return withAfter(e, func(x agreement.Exclusion) (text.Text, bool) {
			return text.F("%s left out of the figures: %s", "%s von der Wertung ausgeschlossen: %s",
				text.N(len(x.Tickets), text.New("One ticket", "Ein Ticket"), text.F("%d tickets", "%d Tickets", len(x.Tickets))), rules.Excluded(x.Reason)), true
		})
	case "exclusion.withdrawn":
		return text.New("An exclusion was withdrawn", "Ein Ausschluss wurde zurückgezogen"), true
	case "slot.waived":
		return withAfter(e, func(x struct{ Reason string }) (text.Text, bool) {
			return text.F("A slot was waived: %s", "Ein Termin wurde ausgesetzt: %s", x.Reason), true
		})
	case "slot.missed":
		return withAfter(e, func(x struct{ Due time.Time }) (text.Text, bool) {
			return text.F("Declared missed; it was due %s", "Für versäumt erklärt; fällig war er am %s", at(x.Due)), e.Actor != person.System
		})
	case "slot.reopened":
		return text.New("A missed slot was opened again", "Ein versäumter Termin wurde wieder eröffnet"), true
	case "run.published":
		return withAfter(e, func(x run.End) (text.Text, bool) {
			_, attempt, err := run.ParseID(x.Run)
			return text.F("Published by attempt %d: an earlier attempt had ended, or its report was restated",
				"Veröffentlicht durch Versuch %d: Ein früherer Versuch war beendet oder sein Bericht wurde berichtigt", attempt), err == nil && attempt > 1
		})
	case "import.withdrawn":
		return withAfter(e, func(x dataset.Import) (text.Text, bool) {
			return text.F("Import %d was withdrawn: %s", "Import %d wurde zurückgenommen: %s", x.Withdraws, x.Reason), true
		})
	case "decision.recorded":
		return withAfter(e, func(x task.Decision) (text.Text, bool) {
			return text.New("Approved although what the draft stands on had changed", "Freigegeben, obwohl sich Grundlagen des Entwurfs geändert hatten"), len(x.Stale) > 0
		})
	case "resource.created", "resource.changed":
		return withAfter(e, backdated)
	case "records.altered":
		return text.New("Records aren't what they were: something altered them", "Aufzeichnungen sind nicht mehr, wie sie waren: Sie wurden verändert"), true
	case "restore.revoked":
		return text.New("A backup was restored", "Eine Sicherung wurde zurückgespielt"), true
	}
	return text.Text{}, false
}

// declared is a version that was declared; of one that was approved, an entry
// says it beside its run.
type declared resource.Version

// UnmarshalJSON implements json.Unmarshaler.
func (d *declared) UnmarshalJSON(b []byte) error {
	var of struct {
		Version json.RawMessage `json:"version"`
	}
	if err := json.Unmarshal(b, &of); err != nil {
		return err
	}
	if len(of.Version) > 0 && of.Version[0] == '{' {
		b = of.Version
	}
	return json.Unmarshal(b, (*resource.Version)(d))
}

// backdated says of a declared version that it counts from before it was
// declared. A first version without a beginning has always counted.
func backdated(v declared) (text.Text, bool) {
	return text.F("Counts from %s, and was declared %s", "Gilt ab %s, angelegt am %s", at(v.ValidFrom), at(v.At)), !v.ValidFrom.IsZero() && v.ValidFrom.Before(v.At)
}

// withAfter reads what an entry says there is after it.
func withAfter[T any](e client.Entry, say func(T) (text.Text, bool)) (text.Text, bool) {
	var x T
	if json.Unmarshal(e.After, &x) != nil {
		return text.New("This entry can't be read: look at it itself", "Dieser Eintrag ist nicht lesbar: Ihn selbst ansehen"), true
	}
	return say(x)
}
