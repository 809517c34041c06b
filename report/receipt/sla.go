package receipt

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/report/figures"
)

// SLAReport is the process whose receipts these are.
const SLAReport = "sla-report"

const (
	slaList   = "tickets"
	maxEvents = 3 * ticket.MaxChanges // with stops and reactions that have no row of their own
)

// SLA writes the receipts of an SLA report, from the set that its round froze
// and the tickets of that set, sorted by number. What isn't as the report says
// (content hash, a ticket's hash, count and hash of the set, a figure) is an
// error, and the file then lacks its end.
func SLA(w io.Writer, r report.Report, f sla.Frozen, tickets iter.Seq2[ticket.Version, error]) error {
	h := Head{Figures: r.Figures, Process: r.Process, Round: r.DraftRound, Run: r.Run,
		Report: Report{Hash: r.Hash, Version: r.Version}}
	hash, document, err := report.Hash(r.Document)
	if err != nil {
		return err
	}
	if hash != r.Hash {
		return differs(r.Run, fmt.Errorf("the report's content has the hash %s, and %s is on record", hash, r.Hash))
	}
	h.Report.Document = document
	if h.Frozen, err = canonical.JSON(f); err != nil {
		return err
	}
	x, err := NewWriter(w, h, slaList)
	if err != nil {
		return err
	}
	set := ticket.NewSet()
	totals, err := sla.Explain(f, asHashed(r.Run, tickets), func(t sla.TicketReceipt) error {
		ticket.AddTo(set, t.Number, t.Hash)
		if err := x.Add(t); err != nil {
			return fmt.Errorf("ticket %s: %w", t.Number, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var found findings
	found.set(f, set)
	derived, err := canonical.JSON(figures.SLA(totals.Result))
	if err != nil {
		return err
	}
	said, err := canonical.JSON(r.Figures)
	if err != nil {
		return err
	}
	found.compare("figures", said, derived)
	for _, d := range found.list {
		err = errors.Join(err, fmt.Errorf("%s: the report says %s, derived anew it is %s", d.Place, d.File, d.Recomputed))
	}
	if err != nil {
		return differs(r.Run, err)
	}
	return x.Close(totals)
}

// differs says that a report isn't what its inputs give now.
func differs(run string, cause error) error {
	return fault.New(fault.Conflict, text.F("The receipts of %s, derived anew, aren't as its report says: no complete file was written, and the log says where they differ.",
		"Die Belege von %s, neu hergeleitet, stimmen nicht mit dem Bericht überein: Es entstand keine vollständige Datei, und das Protokoll sagt, wo sie abweichen.", run)).Because(cause)
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
					err = differs(run, fmt.Errorf("ticket %s, import %d: %w", v.Number, v.Import, bad))
				case told.Hash != v.Hash || told.Opened.Unix() != v.Opened.Unix():
					err = differs(run, fmt.Errorf("ticket %s, import %d: its content isn't what its hash is over", v.Number, v.Import))
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

// set compares the tickets with those that were frozen.
func (f *findings) set(frozen sla.Frozen, s *ticket.Set) {
	f.numbers("frozen.count", frozen.Count, s.Count)
	f.equal("frozen.hash", frozen.Hash, s.Hash())
}

// verifySLA computes an SLA report anew from the tickets in the file.
func verifySLA(x *Reader, v *Verdict, found *findings) error {
	if x.List != slaList {
		return x.strange(x.List, slaList)
	}
	var f sla.Frozen
	if err := strict(x.Head.Frozen, &f); err != nil {
		return unreadable("frozen", err)
	}
	v.TZData = f.TZData
	if err := x.document(found); err != nil {
		return err
	}
	if err := x.rules(f, found); err != nil {
		return err
	}
	var err error
	if v.Unproven, err = versions(f, found); err != nil {
		return err
	}
	set := ticket.NewSet()
	var raw, again []byte
	last := ""
	tickets := func(yield func(ticket.Version, error) bool) {
		for {
			var v ticket.Version
			var err error
			if raw, err = x.Next(); errors.Is(err, io.EOF) {
				return
			} else if err == nil {
				v, err = ticketIn(raw, set.Count)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
	totals, err := sla.Explain(f, tickets, func(t sla.TicketReceipt) error {
		place := "tickets[" + shortened(t.Number) + "]"
		if set.Count > 0 && t.Number <= last {
			found.add(place, "after "+last, "tickets in the order of their numbers, each once")
		}
		last = t.Number
		ticket.AddTo(set, t.Number, t.Hash)
		if again, err = canonical.Append(again[:0], t); err != nil {
			return err
		}
		found.compare(place, raw, again)
		return nil
	})
	v.Cases = set.Count
	if err != nil {
		return err
	}
	found.set(f, set)
	derived, err := canonical.JSON(figures.SLA(totals.Result))
	if err != nil {
		return err
	}
	found.compare("figures", x.raw["figures"], derived)
	if again, err = canonical.JSON(totals); err != nil {
		return err
	}
	found.compare("totals", x.raw["totals"], again)
	return nil
}

// rules checks what the frozen set says besides its tickets.
func (x *Reader) rules(f sla.Frozen, found *findings) error {
	again, err := canonical.JSON(f)
	if err != nil {
		return unreadable("frozen", err)
	}
	found.compare("frozen", x.Head.Frozen, again)
	key, _, err := run.ParseID(x.Head.Run)
	if err != nil {
		return unreadable("run", err)
	}
	found.equal("frozen.run", f.Run, x.Head.Run)
	found.numbers("frozen.round", int64(f.Round), int64(x.Head.Round))
	found.equal("frozen.service", f.Service, key.Scope)
	found.equal("frozen.period", f.Period, key.Period)
	period, err := calendar.ParsePeriod(f.Period)
	if err != nil {
		return unreadable("frozen", err)
	}
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		return unreadable("frozen", err)
	}
	from, to := period.Bounds(zone)
	instants := func(place string, file, again time.Time) {
		if !file.Equal(again) {
			found.equal(place, file.UTC().Format(time.RFC3339Nano), again.UTC().Format(time.RFC3339Nano))
		}
	}
	instants("frozen.from", f.From, from)
	instants("frozen.to", f.To, to)
	return nil
}

// ticketIn decodes a ticket of the file, counted from 0, and makes it anew from
// its content.
func ticketIn(raw []byte, n int64) (ticket.Version, error) {
	var t sla.TicketReceipt
	err := strict(raw, &t)
	place := fmt.Sprintf("tickets[%d]", n)
	if t.Number != "" {
		place = "tickets[" + shortened(t.Number) + "]"
	}
	if err != nil {
		return ticket.Version{}, unreadable(place, err)
	}
	if len(t.Events) > maxEvents {
		return ticket.Version{}, malformed("%d events are more than the %d that a ticket may have",
			"%d Ereignisse sind mehr als die %d, die ein Ticket haben darf.", len(t.Events), maxEvents).At(place)
	}
	v, err := t.Version()
	if err != nil {
		return v, unreadable(place, err)
	}
	return v, nil
}
