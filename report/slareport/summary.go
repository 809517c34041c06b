package slareport

import (
	"turnus/itsm/sla"
	"turnus/itsm/text"

	"turnus/report"
)

// totals are counts over all targets and limits: counts may be added up over
// targets, percentages never.
type totals struct {
	sla.Counts
	met, missed, silent   int64 // targets
	limits, within, above int64 // workload limits
	limit, volume         int64 // of the last limit
}

func totalsOf(r sla.Result) (sum totals) {
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			sum.Counts = sum.Plus(t.Counts)
			switch t.Verdict {
			case sla.Met:
				sum.met++
			case sla.Missed, sla.Breached:
				sum.missed++
			default:
				sum.silent++
			}
		}
		for _, w := range a.Workload {
			if w.Limit.Limit == 0 {
				continue
			}
			sum.limits++
			sum.limit, sum.volume = w.Limit.Limit, w.Actual
			if w.Verdict == sla.Met {
				sum.within++
			} else {
				sum.above++
			}
		}
	}
	return sum
}

// summary gives the headlines.
func summary(w *report.Writer, r sla.Result) {
	sum := totalsOf(r)
	targetTile(w, sum)
	w.Tile("Tickets decided", "Gewertete Tickets", report.Count(sum.Decided)).Say("counted once per target", "je Ziel einmal gezählt")
	w.Tile("Breached", "SLA-Verletzungen", report.Count(sum.Breached)).
		Say("of %[1]s decided", "von %[1]s gewerteten %[2]s", report.Number(sum.Decided), tickets(sum.Decided))
	w.Tile("Open at the end", "Am Periodenende offen", report.Count(sum.Open)).Say("%s of these already breached", "davon %s bereits verletzt", report.Number(sum.OpenBreached))
	opened := w.Tile("Tickets opened", "Eröffnete Tickets", report.Count(r.Opened))
	switch {
	case sum.limits == 0:
		opened.Say("no workload limit agreed", "keine Mengengrenze vereinbart")
	case sum.limits > 1 || sum.volume != r.Opened:
		opened.Say("workload limits kept: %d of %d", "Mengengrenzen eingehalten: %d von %d", sum.within, sum.limits).Judge(sum.above == 0)
	case sum.above > 0: // the tile's own number is what is limited
		opened.Say("over the limit of %s", "über der Mengengrenze von %s", report.Number(sum.limit)).Judge(false)
	default:
		opened.Say("within the limit of %s", "innerhalb der Mengengrenze von %s", report.Number(sum.limit)).Judge(true)
	}
	if sum.Claims == 0 {
		w.Tile("Source and clock differ", "Abweichungen vom Quellsystem", report.Nothing()).Say("the source claims nothing", "keine Angabe im Quellsystem")
	} else {
		w.Tile("Source and clock differ", "Abweichungen vom Quellsystem", report.Count(sum.Differ)).
			Say("of %s %s compared", "von %s verglichenen %s", report.Number(sum.Claims), tickets(sum.Claims))
	}
}

// targetTile says how many of all targets were met. It isn't good news where
// tickets of which nothing was decided are open and beyond their time.
func targetTile(w *report.Writer, sum totals) {
	all := sum.met + sum.missed + sum.silent
	if sum.met+sum.missed == 0 {
		note := w.Tile("Targets met", "Ziele erreicht", report.Nothing()).Say("no ticket was decided", "kein Ticket gewertet")
		if sum.OpenBreached > 0 {
			note.Say("no ticket was decided; open and beyond the agreed time: %s", "kein Ticket gewertet; offen und über der Zielzeit: %s", report.Number(sum.OpenBreached)).Judge(false)
		}
		return
	}
	tile := w.Tile("Targets met", "Ziele erreicht", report.Say("%d of %d", "%d von %d", sum.met, all)).Say("%d missed", "%d verfehlt", sum.missed)
	if sum.silent > 0 {
		tile.Say("%s; %d without a decided ticket", "%s; %d ohne gewertetes Ticket", tile.Note, sum.silent)
	}
	if sum.OpenBreached > 0 {
		tile.Say("%s; tickets open and beyond the agreed time: %s", "%s; offene Tickets über der Zielzeit: %s", tile.Note, report.Number(sum.OpenBreached))
	}
	if sum.missed > 0 || sum.silent == 0 && sum.OpenBreached == 0 {
		tile.Judge(sum.missed == 0)
	}
}

// tickets is the word that stands behind so many.
func tickets(n int64) text.Text { return report.InTickets.After(decimal(n)) }
