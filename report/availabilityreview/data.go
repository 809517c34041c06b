package availabilityreview

import (
	"cmp"
	"slices"
	"strings"

	"turnus/itsm/agreement"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
	"turnus/report/rules"
)

// dataSections say what the figures were made of, what of it counts and why, and
// where it came from.
func dataSections(w *report.Writer, f avail.Frozen, r avail.Result) {
	s := w.Section("Data: what counts, and how far it can be trusted", "Daten: was zählt und wie belastbar es ist")
	whatCounts(s, r)
	disagree(s, r)
	sampling(s, r)
	known(s, f)
	rejected(s, f)
	imports := w.Section("Imports", "Importe")
	for _, d := range f.Data {
		if len(d.Imports) > 0 {
			parts.ImportTable(imports, d.Imports, f.Zone, title(d.Dataset))
		}
	}
	if !imports.Empty() {
		imports.Say("The data comes from these imports. What was withdrawn isn’t among them.", "Die Daten stammen aus diesen Importen. Zurückgenommene sind nicht darunter.")
	}
}

// title names a dataset as a heading.
func title(name string) text.Text {
	d, err := dataset.Find(name)
	if err != nil {
		return text.Same(name)
	}
	return d.Title
}

// whatCounts says of each target which data says that the service was down, and
// what each source gives by itself.
func whatCounts(s *report.SectionWriter, r avail.Result) {
	alone, both := false, false
	eachTarget(r, func(_ avail.AgreementResult, t avail.TargetResult) {
		alone = alone || t.Alone != nil
		both = both || t.Target.Availability != nil && t.Target.Availability.Counts != agreement.CountOutages
	})
	t := s.Table("What counts, and what each source says by itself", "Was zählt, und was jede Quelle für sich ergibt").Left("Target", "Ziel").Left("Counts as down", "Als Ausfall zählt").
		Right("Counted downtime", "Gewertete Ausfallzeit").
		Right("By the outage record alone", "Nur nach Ausfallaufzeichnung").When(alone).Right("By probes alone", "Nur nach Messpunkten").When(alone).
		Right("Availability by the record", "Verfügbarkeit nach Aufzeichnung").When(alone).Right("by probes", "nach Messpunkten").When(alone)
	eachTarget(r, func(a avail.AgreementResult, g avail.TargetResult) {
		records, probes := [2]report.Cell{report.Words(noData()), report.Words(noData())}, [2]report.Cell{report.Words(noData()), report.Words(noData())}
		if x := g.Alone; x != nil {
			attain := g.Target.Attain.String()
			if x.Outages != nil {
				records = [2]report.Cell{report.Seconds(x.Outages.Down), share(x.Outages.Availability, attain)}
			}
			if x.Probes != nil {
				probes = [2]report.Cell{report.Seconds(x.Probes.Down), share(x.Probes.Availability, attain)}
			}
		}
		counts := report.Name("–")
		if x := g.Target.Availability; x != nil {
			counts = report.Words(rules.Counted(*x))
		}
		t.Row(report.Words(targetName(r, a, g)), counts, report.Seconds(g.Sum.Down), records[0], probes[0], records[1], probes[1])
	})
	if both {
		s.Say("Where probes count, a service is down when its samples say so; recorded outages count where the samples know nothing, and lend an observed outage their cause, reference and severity. Both stand here, whatever counts.",
			"Wo Messpunkte zählen, gilt ein Service als ausgefallen, wenn seine Messwerte es sagen; aufgezeichnete Ausfälle zählen dort, wo die Messwerte nichts wissen, und geben einem gemessenen Ausfall Ursache, Referenz und Schweregrad. Beides steht hier, unabhängig davon, was zählt.")
	}
}

// disagree lists where one source says down and the other doesn't, the longest
// where there are too many.
func disagree(s *report.SectionWriter, r avail.Result) {
	type row struct {
		avail.Disagree
		of text.Text
	}
	var all []row
	eachTarget(r, func(a avail.AgreementResult, t avail.TargetResult) {
		for _, d := range t.Disagree {
			all = append(all, row{d, targetName(r, a, t)})
		}
	})
	caption := text.New("Where outage record and probes disagree", "Abweichungen zwischen Ausfallaufzeichnung und Messpunkten")
	if more := len(all) - maxRows; more > 0 {
		slices.SortStableFunc(all, func(a, b row) int { return cmp.Compare(b.Agreed, a.Agreed) })
		all = all[:maxRows]
		slices.SortStableFunc(all, func(a, b row) int { return a.From.Compare(b.From) })
		caption = text.F("%s: the %d longest; %d more stand in the receipts", "%s: die %d längsten; %d weitere stehen in den Belegen", caption, maxRows, more)
	}
	t := s.Table("%s", "%s", caption).Left("From", "Von").Right("Length", "Dauer").Left("Target", "Ziel").Left("Which says what", "Wer was meldet").
		Left("Counted", "Gewertet").Right("Of agreed time", "Davon vereinbarte Zeit").Left("Why", "Grund")
	for _, d := range all {
		counted := report.Say("not as down", "nicht als Ausfall")
		if d.Counts {
			counted = report.Say("as down", "als Ausfall")
		}
		t.Row(report.At(d.From), report.Seconds(d.To.Unix()-d.From.Unix()), report.Words(d.of), report.Words(saysWhat(d.Disagree)), counted, report.Seconds(d.Agreed), report.Words(report.Named(d.Because, "–")))
	}
}

// saysWhat words what the two sources say.
func saysWhat(d avail.Disagree) text.Text {
	other := dataset.Probes
	if d.Says == dataset.Probes {
		other = dataset.Outages
	}
	if d.Unknown {
		return text.F("%s: down; %s: no data", "%s: Ausfall; %s: keine Daten", from(d.Says), from(other))
	}
	return text.F("%s: down; %s: up", "%s: Ausfall; %s: verfügbar", from(d.Says), from(other))
}

// sampling says how exactly probes know.
func sampling(s *report.SectionWriter, r avail.Result) {
	t := s.Table("Sampling: an outage’s ends are known to the interval of the samples", "Messung: Beginn und Ende eines Ausfalls sind auf den Messabstand genau bekannt").
		Left("Target", "Ziel").Left("Probes", "Messpunkte").Right("Samples", "Messwerte").Right("Down", "Ausfall").Right("Without an answer", "Ohne Aussage").
		Right("Ends known to ±", "Genauigkeit der Enden ±").Right("Downtime known to ±", "Genauigkeit der Ausfallzeit ±").Right("Availability, from", "Verfügbarkeit, von").Right("to", "bis")
	eachTarget(r, func(a avail.AgreementResult, g avail.TargetResult) {
		x := g.Sampling
		if x == nil {
			return
		}
		attain := g.Target.Attain.String()
		t.Row(report.Words(targetName(r, a, g)), named(someNames(x.Probes)), report.Count(x.Samples), report.Count(x.Down), report.Count(x.Unknown),
			report.Seconds(x.Precision), report.Seconds(x.Error), share(x.Low, attain), share(x.High, attain))
	})
}

// someNames joins the first names, and counts the others.
func someNames(names []string) string {
	const most = 5
	kept := slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == "" })
	if more := len(kept) - most; more > 0 {
		return strings.Join(kept[:most], ", ") + ", +" + decimal(int64(more))
	}
	return strings.Join(kept, ", ")
}

// known says of each dataset from when to when it is known.
func known(s *report.SectionWriter, f avail.Frozen) {
	t := s.Table("Datasets", "Datenarten").Left("Dataset", "Datenart").Left("Known from", "Bekannt ab").Left("Known up to", "Bekannt bis").
		Right("Known", "Bekannt").Right("Rows read", "Gelesene Zeilen").Right("of these rejected", "davon zurückgewiesen")
	for _, d := range f.Data {
		if d.Import == 0 {
			t.Row(report.Words(title(d.Dataset)), report.Say("never imported", "nie importiert"), report.Name("–"), report.Nothing(), report.Nothing(), report.Nothing())
			continue
		}
		var rejected int64
		for _, c := range d.Rejects {
			rejected += c.Rows
		}
		t.Row(report.Words(title(d.Dataset)), atCell(d.Since, true), atCell(d.AsOf, true), cases(d), report.Count(d.RowsRead), report.Count(rejected))
	}
}

// cases counts what is known of a dataset.
func cases(d avail.Data) report.Cell {
	of, err := dataset.Find(d.Dataset)
	if err != nil {
		return report.Count(d.Count)
	}
	return report.Say("%s %s", "%s %s", report.Number(d.Count), text.N(d.Count, of.Case, of.Cases))
}

// rejected lists why rows of the source were kept out.
func rejected(s *report.SectionWriter, f avail.Frozen) {
	t := s.Table("Rejected rows by cause; they count in no figure", "Zurückgewiesene Zeilen nach Ursache; sie gehen in keine Zahl ein").
		Left("Dataset", "Datenart").Left("Column", "Spalte").Left("Cause", "Ursache").Right("Rows", "Zeilen")
	for _, d := range f.Data {
		for _, c := range d.Rejects[:min(len(d.Rejects), maxRows)] {
			t.Row(report.Words(title(d.Dataset)), named(c.Column), report.Words(c.Reason), report.Count(c.Rows))
		}
	}
}
