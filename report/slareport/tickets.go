package slareport

import (
	"encoding/json"
	"io"
	"iter"

	"turnus/itsm/sla"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/report/receipt"
)

// ticketList says how many tickets are listed by name, and where.
func ticketList(w *report.Writer, f sla.Frozen, r sla.Result) {
	if r.List == nil {
		return
	}
	s := w.Section("All breached and excluded tickets", "Alle verletzten und ausgeschlossenen Tickets")
	if r.List.Rows == 0 {
		s.Say("No ticket breached a target, and none is excluded.", "Kein Ticket hat ein Ziel verletzt, und keines ist ausgeschlossen.")
		return
	}
	s.Say("Breached tickets: %[1]s. Excluded tickets: %[2]s. The command “turnus report %[3]s --tickets -o FILE” lists all of them, for those who may see the tickets: each with its target, its times, why it is excluded and who proposed that; with --format csv as a table.",
		"Tickets mit SLA-Verletzung: %[1]s. Ausgeschlossene Tickets: %[2]s. Der Befehl „turnus report %[3]s --tickets -o DATEI“ listet sie vollständig auf und setzt Leserechte für die Tickets voraus: jedes mit Ziel, Zeiten, Ausschlussgrund und vorschlagender Person; mit --format csv als Tabelle.",
		report.Number(r.List.Breached), report.Number(r.List.Excluded), f.Run)
	s.Say("The list in JSON has %[1]s rows, one for each ticket and target, and the SHA-256 %[2]s.",
		"Die Liste im Format JSON hat %[1]s Zeilen, eine je Ticket und Ziel, und den SHA-256-Hashwert %[2]s.", report.Number(r.List.Rows), r.List.SHA256)
}

// listOf is what the document holds of the list.
func listOf(r sla.Result) *report.TicketList {
	if r.List == nil {
		return nil
	}
	return &report.TicketList{Rows: r.List.Rows, SHA256: r.List.SHA256}
}

// writeTickets writes the list of breached and excluded tickets once more from
// the tickets on record, and holds it against the report.
func writeTickets(w io.Writer, r report.Report, raw json.RawMessage, from receipt.Source, form receipt.Form) error {
	var f sla.Frozen
	if err := json.Unmarshal(raw, &f); err != nil {
		return err
	}
	set := ticket.NewSet()
	tickets := gathered(set, ticketsOf(r, f, from))
	var again sla.Result
	var err error
	if form.CSV {
		again, err = writeTable(w, f, tickets, form.Lang)
	} else {
		again, err = sla.WriteTickets(w, f, tickets)
	}
	if err != nil {
		return err
	}
	if !f.Lists {
		again.List = nil // its document says nothing of a list
	}
	return compareReport(r, f, set, again)
}

// gathered adds tickets to a set as they go by, however often they are read.
func gathered(set *ticket.Set, tickets iter.Seq2[ticket.Version, error]) iter.Seq2[ticket.Version, error] {
	return func(yield func(ticket.Version, error) bool) {
		*set = *ticket.NewSet()
		for v, err := range tickets {
			if err == nil {
				ticket.AddTo(set, v.Number, v.Hash)
			}
			if !yield(v, err) {
				return
			}
		}
	}
}
