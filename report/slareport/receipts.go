package slareport

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/report/parts"
	"turnus/report/receipt"
)

// Receipts are what this process brings to a file of receipts: its cases are
// the tickets of the frozen set.
func Receipts() receipt.Process {
	return receipt.Process{List: "tickets", Write: writeReceipts, Verify: verifyReceipts, WriteTickets: writeTickets}
}

const maxEvents = 3 * ticket.MaxChanges // of a ticket, with stops and reactions that have no row of their own

func writeReceipts(w io.Writer, r report.Report, raw json.RawMessage, from receipt.Source) error {
	var f sla.Frozen
	if err := json.Unmarshal(raw, &f); err != nil {
		return err
	}
	frozen, err := canonical.JSON(f)
	if err != nil {
		return err
	}
	x, err := receipt.NewWriter(w, r, frozen, Receipts().List)
	if err != nil {
		return err
	}
	set := ticket.NewSet()
	totals, err := sla.Explain(f, ticketsOf(r, f, from), func(t sla.TicketReceipt) error {
		ticket.AddTo(set, t.Number, t.Hash)
		if err := x.Add(t); err != nil {
			return fmt.Errorf("ticket %s: %w", t.Number, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := compareReport(r, f, set, totals.Result); err != nil {
		return err
	}
	return x.Close(totals)
}

// ticketsOf gives the tickets of a frozen set, as they are on record.
func ticketsOf(r report.Report, f sla.Frozen, from receipt.Source) iter.Seq2[ticket.Version, error] {
	since, to := f.Reads()
	return asHashed(r.Run, from.Tickets(f.Service, f.Import, since, to))
}

// compareReport says whether what was derived is what the report says.
func compareReport(r report.Report, f sla.Frozen, set *ticket.Set, again sla.Result) error {
	var c receipt.Comparison
	compareSet(&c, f, set)
	if err := c.Figures(r.Figures, Figures(again)); err != nil {
		return err
	}
	if err := c.Values("ticket_list", r.TicketList, listOf(again)); err != nil {
		return err
	}
	return c.Err(r.Run)
}

// asHashed makes tickets anew from their content, and stops at one that
// doesn't have the hash on record.
func asHashed(run string, tickets iter.Seq2[ticket.Version, error]) iter.Seq2[ticket.Version, error] {
	return func(yield func(ticket.Version, error) bool) {
		for v, err := range tickets {
			if err == nil {
				told, bad := ticket.Told(v.Number, v.Events)
				switch {
				case bad != nil:
					err = receipt.Differs(run, fmt.Errorf("ticket %s, import %d: %w", v.Number, v.Import, bad))
				case told.Hash != v.Hash || told.Opened.Unix() != v.Opened.Unix():
					err = receipt.Differs(run, fmt.Errorf("ticket %s, import %d: its content isn't what its hash is over", v.Number, v.Import))
				}
				told.Import, told.Flagged = v.Import, v.Flagged
				v = told
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

// compareSet compares the tickets with those that were frozen.
func compareSet(c *receipt.Comparison, f sla.Frozen, s *ticket.Set) {
	c.Numbers("frozen.count", f.Count, s.Count)
	c.Texts("frozen.hash", f.Hash, s.Hash())
}

// verifyReceipts computes a report anew from the tickets in the file.
func verifyReceipts(x *receipt.Reader, said report.Document, v *receipt.Result, c *receipt.Comparison) (d report.Document, _ *run.InForce, err error) {
	var f sla.Frozen
	if err := receipt.Decode(x.Head.Frozen, &f); err != nil {
		return d, nil, receipt.Unreadable("frozen", err)
	}
	v.TZData = f.TZData
	if err := parts.CompareFrozen(x, f, parts.About{Run: f.Run, Round: f.Round, Service: f.Service, Period: f.Period, Zone: f.Zone, From: f.From, To: f.To}, c); err != nil {
		return d, nil, err
	}
	if v.Unproven, err = parts.CompareVersions(f.Agreements, f.Calendars, c); err != nil {
		return d, nil, err
	}
	set := ticket.NewSet()
	var raw, again []byte
	last := ""
	in := x
	tickets := func(yield func(ticket.Version, error) bool) {
		if in == nil { // a second time
			if in, err = x.Again(); err != nil {
				yield(ticket.Version{}, err)
				return
			}
		}
		defer func() { in = nil }()
		for n := int64(0); ; n++ {
			var v ticket.Version
			var err error
			if raw, err = in.Next(); errors.Is(err, io.EOF) {
				return
			} else if err == nil {
				v, err = readTicket(raw, n)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
	totals, err := sla.Explain(f, tickets, func(t sla.TicketReceipt) error {
		place := receipt.Place(x.List, t.Number)
		if set.Count > 0 && t.Number <= last {
			c.Add(place, "after "+last, "tickets in the order of their numbers, each once")
		}
		last = t.Number
		ticket.AddTo(set, t.Number, t.Hash)
		if again, err = canonical.Append(again[:0], t); err != nil {
			return err
		}
		c.JSON(place, raw, again)
		return nil
	})
	v.Cases = set.Count
	if err != nil {
		return d, nil, err
	}
	compareSet(c, f, set)
	if again, err = canonical.JSON(totals); err != nil {
		return d, nil, err
	}
	c.JSON("totals", x.Totals(), again)
	if d, err = Draft(f, totals.Result, said.Answers); err != nil {
		return d, nil, receipt.Unreadable("frozen", err)
	}
	return d, f.InForce, nil
}

// readTicket decodes a ticket of the file, counted from 0, and makes it anew
// from its content.
func readTicket(raw []byte, n int64) (ticket.Version, error) {
	var t sla.TicketReceipt
	err := receipt.Decode(raw, &t)
	place := fmt.Sprintf("tickets[%d]", n)
	if t.Number != "" {
		place = receipt.Place("tickets", t.Number)
	}
	if err != nil {
		return ticket.Version{}, receipt.Unreadable(place, err)
	}
	if len(t.Events) > maxEvents {
		return ticket.Version{}, fault.New(fault.Malformed, text.F("%d events are more than the %d that a ticket may have",
			"%d Ereignisse sind mehr als die %d, die ein Ticket haben darf", len(t.Events), maxEvents)).At(place)
	}
	v, err := t.Version()
	if err != nil {
		return v, receipt.Unreadable(place, err)
	}
	return v, nil
}
