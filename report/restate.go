package report

import (
	"strconv"
	"time"

	"turnus/itsm/text"
)

// Restated names the published version that a document restates.
type Restated struct {
	Version   int       `json:"version"`
	Run       string    `json:"run"`
	Hash      string    `json:"hash"`
	Published time.Time `json:"published"`
}

// Restate makes d the restatement of a published report: it names that
// version, and sets figures that changed side by side, before everything else.
func (d *Document) Restate(old Report) {
	d.Restates = &Restated{Version: old.Version, Run: old.Run, Hash: old.Hash, Published: old.Published.UTC()}
	s := Section{Title: text.New("Restatement", "Berichtigung")}
	group := OfAgreement
	if len(d.Figures) > 0 {
		group = d.Figures[0].Group.Kind
	}
	changed := Table{
		Caption: text.New("Figures that changed", "Geänderte Zahlen"),
		Columns: []Column{
			{Title: group.Title()}, {Title: text.New("Figure", "Zahl")},
			{Title: text.F("Version %d", "Version %d", old.Version), Right: true}, {Title: text.New("Now", "Jetzt"), Right: true},
		},
	}
	type key struct {
		group Group
		name  string
	}
	before := map[key]Figure{}
	for _, f := range old.Figures {
		before[key{f.Group, f.Name}] = f
	}
	for _, f := range d.Figures {
		was, known := before[key{f.Group, f.Name}]
		delete(before, key{f.Group, f.Name})
		if !known {
			changed.Rows = append(changed.Rows, []Cell{Words(text.Same(f.Group.Name)), Words(f.Label), absent(), f.cell()})
			continue
		}
		if !f.sameAs(was) {
			changed.Rows = append(changed.Rows, []Cell{Words(text.Same(f.Group.Name)), Words(f.Label), was.cell(), f.cell()})
		}
		if f.Target != was.Target {
			label := text.New(f.Label.En+", agreed", f.Label.De+", vereinbart")
			changed.Rows = append(changed.Rows, []Cell{Words(text.Same(f.Group.Name)), Words(label), was.agreed(), f.agreed()})
		}
	}
	for _, f := range old.Figures { // in their order
		if _, gone := before[key{f.Group, f.Name}]; gone {
			changed.Rows = append(changed.Rows, []Cell{Words(text.Same(f.Group.Name)), Words(f.Label), f.cell(), absent()})
		}
	}
	s.Paragraphs = []text.Text{text.F("This report restates version %d, run %s, with the content hash %s. That version stays as it was published.",
		"Dieser Bericht berichtigt Version %d, Lauf %s, mit dem Hashwert des Inhalts %s. Jene Version bleibt, wie sie veröffentlicht wurde.",
		old.Version, old.Run, old.Hash)}
	if len(changed.Rows) == 0 {
		s.Paragraphs = append(s.Paragraphs, text.New("No figure differs.", "Keine Zahl weicht ab."))
	} else {
		s.Tables = []Table{changed}
	}
	d.Sections = append([]Section{s}, d.Sections...)
}

func absent() Cell { return Words(text.New("not there", "nicht vorhanden")) }

// sameAs compares what a figure says, not how it is worded.
func (f Figure) sameAs(o Figure) bool {
	equal := func(a, b *int64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }
	return (f.Value == nil) == (o.Value == nil) && (f.Value == nil || *f.Value == *o.Value) &&
		equal(f.Numerator, o.Numerator) && equal(f.Denominator, o.Denominator)
}

// agreed shows what was agreed on a figure.
func (f Figure) agreed() Cell {
	switch {
	case f.Target == "":
		return absent()
	case f.Unit == InPercent:
		return Percent(f.Target)
	}
	return Words(text.Same(f.Target))
}

// cell shows a figure: a share with what it stands on, or a count.
func (f Figure) cell() Cell {
	switch {
	case f.Value == nil:
		return Words(NotApplicable())
	case f.Unit == InPercent && f.Numerator != nil && f.Denominator != nil:
		return Share(*f.Numerator, *f.Denominator)
	case f.Unit == InPercent:
		return Percent(*f.Value)
	case f.Unit == InSeconds:
		if n, err := strconv.ParseInt(*f.Value, 10, 64); err == nil {
			return Seconds(n)
		}
	case f.Numerator != nil:
		return Count(*f.Numerator)
	case f.Unit != InTickets && f.Unit != InTimes:
		v := Decimal(*f.Value)
		return Words(text.F("%[1]s\u00a0%[3]s", "%[2]s\u00a0%[3]s", v.En, v.De, f.Unit))
	}
	return Words(text.Same(*f.Value))
}
