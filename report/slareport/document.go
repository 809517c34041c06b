package slareport

import (
	"strconv"
	"strings"

	"turnus/itsm/canonical"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// Process is the process whose reports these are, as the catalogue has it.
const Process = "sla-report"

// Wording counts up with each release that words its documents differently, so
// that verifying receipts knows which words it can draft anew; 0 was 0.1.0's.
const Wording = 1

// Draft words the figures of a period: for a service manager, who wants to know
// what was kept, and for an auditor, who wants to know how we know. It is pure:
// the same inputs give the same document, and so the same hash.
func Draft(f sla.Frozen, r sla.Result) (report.Document, error) {
	study, err := sla.StudyOf(f, r)
	if err != nil {
		return report.Document{}, err
	}
	d := report.Document{
		Run: f.Run, Process: Process, Scope: f.Service, Period: f.Period,
		From: f.From.UTC(), To: f.To.UTC(), Zone: f.Zone,
		Title:       text.New("SLA report", "SLA-Bericht"),
		Subject:     report.Named(f.Title, f.Service),
		Provisional: f.Provisional,
		Notice:      notice(f),
		Summary:     summary(r),
		Figures:     Figures(r),
		Sources:     sources(f),
		ComputedAt:  f.At.UTC(),
		Wording:     Wording,
	}
	for _, a := range r.Agreements {
		d.Sections = append(d.Sections, agreementResults(a, study))
	}
	if len(r.Agreements) == 0 {
		d.Sections = append(d.Sections, report.Section{
			Title: text.New("Results against targets", "Ergebnisse gegenüber den Zielen"),
			Paragraphs: []text.Text{text.New(
				"No agreement for this service was in force in the period. There is nothing to measure against.",
				"Für diesen Service galt in der Periode keine Vereinbarung. Es gibt nichts, woran zu messen wäre.")},
		})
	}
	d.Sections = append(d.Sections, exclusions(f, r)...)
	d.Sections = append(d.Sections, credits(r)...)
	d.Sections = append(d.Sections, workload(r, study), trend(f, r, study))
	d.Sections = append(d.Sections, lastReport(f, r)...)
	d.Sections = append(d.Sections, claims(r), dataQuality(f, r), definitions(f, r))
	return d, nil
}

func notice(f sla.Frozen) text.Text {
	if !f.Provisional {
		return text.Text{}
	}
	why := f.Reason
	if why.IsZero() {
		why = text.New("the period isn't over, or the imported data doesn't cover it",
			"die Periode ist nicht zu Ende, oder die importierten Daten decken sie nicht ab")
	}
	return text.F("Provisional: %[1]s. The figures may still change; nobody was asked to approve them.",
		"Vorläufig: %[2]s. Die Zahlen können sich noch ändern; eine Freigabe wurde nicht eingeholt.",
		strings.TrimRight(why.In(text.En), ". "), strings.TrimRight(why.In(text.De), ". "))
}

// verdictCell is a verdict in words. A target is missed, a ticket breaches.
func verdictCell(v sla.Verdict) report.Cell {
	switch v {
	case sla.Met:
		return report.Judged(text.New("met", "eingehalten"), report.Good)
	case sla.Missed, sla.Breached:
		return report.Judged(text.New("missed", "verfehlt"), report.Bad)
	}
	return report.Judged(report.NotApplicable(), report.Neutral)
}

// limitCell is the verdict on a volume of work.
func limitCell(v sla.Verdict) report.Cell {
	switch v {
	case sla.Met:
		return report.Judged(text.New("within", "eingehalten"), report.Good)
	case sla.NoData:
		return report.Judged(report.NotApplicable(), report.Neutral)
	}
	return report.Judged(text.New("exceeded", "überschritten"), report.Bad)
}

// summary gives the headlines. Counts may be added up over targets,
// percentages never.
func summary(r sla.Result) []report.Tile {
	var sum sla.TargetResult
	var met, missed, silent, within, over, limits int64
	var limit, actual int64
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			sum.Decided += t.Decided
			sum.Met += t.Met
			sum.Breached += t.Breached
			sum.Open += t.Open
			sum.OpenBreached += t.OpenBreached
			sum.Undecided += t.Undecided
			sum.Claims += t.Claims
			sum.Differ += t.Differ
			switch t.Verdict {
			case sla.Met:
				met++
			case sla.Missed, sla.Breached:
				missed++
			default:
				silent++
			}
		}
		for _, w := range a.Workload {
			if w.Limit.Limit == 0 {
				continue
			}
			limits++
			limit, actual = w.Limit.Limit, w.Actual
			if w.Verdict == sla.Met {
				within++
			} else {
				over++
			}
		}
	}
	kept := report.Tile{Label: text.New("Targets met", "Ziele eingehalten"), Tone: report.Neutral,
		Value: report.Words(text.F("%d of %d", "%d von %d", met, met+missed)),
		Note:  text.F("%d missed", "%d verfehlt", missed)}
	if met+missed == 0 {
		kept.Value = report.Words(report.NotApplicable())
		kept.Note = text.New("nothing was decided", "nichts wurde entschieden")
	} else {
		kept.Tone = toned(missed == 0)
		if silent > 0 {
			kept.Note = text.F("%[1]s; %[3]d without cases", "%[2]s; %[3]d ohne Fälle", kept.Note.En, kept.Note.De, silent)
		}
	}
	opened := report.Tile{Label: text.New("Tickets opened", "Tickets eröffnet"), Value: report.Count(r.Opened), Tone: report.Neutral}
	switch {
	case limits == 0:
		opened.Note = text.New("no workload limit agreed", "keine Mengengrenze vereinbart")
	case limits == 1 && actual == r.Opened: // the tile's own number is what is limited
		n := report.Number(limit)
		opened.Tone = toned(over == 0)
		opened.Note = text.F("within the limit of %[1]s", "innerhalb der Mengengrenze von %[2]s", n.En, n.De)
		if over > 0 {
			opened.Note = text.F("over the limit of %[1]s", "über der Mengengrenze von %[2]s", n.En, n.De)
		}
	default:
		opened.Tone = toned(over == 0)
		opened.Note = text.F("workload limits kept: %d of %d", "Mengengrenzen eingehalten: %d von %d", within, limits)
	}
	differ := report.Tile{Label: text.New("Source and clock differ", "Quelle und Uhr weichen ab"), Tone: report.Neutral,
		Value: report.Count(sum.Differ), Note: ofAll(sum.Claims, "tickets compared", "verglichenen Tickets")}
	if sum.Claims == 0 {
		differ.Value = report.Words(report.NotApplicable())
		differ.Note = text.New("the source claims nothing", "die Quelle sagt nichts dazu")
	}
	return []report.Tile{
		kept,
		{Label: text.New("Tickets decided", "Tickets entschieden"), Value: report.Count(sum.Decided), Tone: report.Neutral,
			Note: text.New("counted once per target", "je Ziel einmal gezählt")},
		{Label: text.New("Breached", "Verletzt"), Value: report.Count(sum.Breached), Tone: report.Neutral,
			Note: ofAll(sum.Decided, "decided", "entschiedenen")},
		{Label: text.New("Open at the end", "Am Ende offen"), Value: report.Count(sum.Open), Tone: report.Neutral,
			Note: alreadyBreached(sum.OpenBreached)},
		opened,
		differ,
	}
}

func toned(good bool) report.Tone {
	if good {
		return report.Good
	}
	return report.Bad
}

func ofAll(n int64, en, de string) text.Text {
	t := report.Number(n)
	return text.New("of "+t.En+" "+en, "von "+t.De+" "+de)
}

func alreadyBreached(n int64) text.Text {
	t := report.Number(n)
	return text.New(t.En+" of these already breached", "davon "+t.De+" bereits verletzt")
}

// sources lists what the figures stand on, each in its version.
func sources(f sla.Frozen) []report.Source {
	var s []report.Source
	if f.Import > 0 {
		s = append(s, report.Source{Kind: "import", Name: f.Service, Version: decimal(f.Import), Hash: f.Hash})
	}
	for _, a := range f.Agreements {
		s = append(s, report.Source{Kind: "agreement", Name: a.Name, Version: decimal(int64(a.Version)), Hash: a.Hash})
	}
	for _, c := range f.Calendars {
		s = append(s, report.Source{Kind: "calendar", Name: c.Name, Version: decimal(int64(c.Version)), Hash: c.Hash})
	}
	for _, x := range f.Exclusions {
		hash, _ := canonical.Hash(x) // it was JSON before
		s = append(s, report.Source{Kind: "exclusion", Name: f.Service, Version: decimal(x.ID), Hash: hash})
	}
	for _, p := range f.History {
		s = append(s, report.Source{Kind: "report", Name: p.Run, Version: decimal(int64(p.Version)), Hash: p.Hash})
	}
	hash, _ := canonical.Hash(f) // it was JSON before
	return append(s, report.Source{Kind: "tzdata", Name: f.Zone, Version: f.TZData},
		report.Source{Kind: report.FrozenSet, Name: f.Run, Version: decimal(int64(f.Round)), Hash: hash})
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
