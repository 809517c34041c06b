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
	if sum.met+sum.missed == 0 {
		w.Tile("Targets met", "Ziele erreicht", report.Nothing()).Say("nothing was decided", "kein Ticket gewertet")
	} else {
		kept := w.Tile("Targets met", "Ziele erreicht", report.Say("%d of %d", "%d von %d", sum.met, sum.met+sum.missed)).
			Say("%d missed", "%d verfehlt", sum.missed).Judge(sum.missed == 0)
		if sum.silent > 0 {
			kept.Say("%s; %d without cases", "%s; %d ohne Fälle", kept.Note, sum.silent)
		}
	}
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

// tickets is the word that stands behind so many.
func tickets(n int64) text.Text { return report.InTickets.After(decimal(n)) }
