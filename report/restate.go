package report

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"turnus/itsm/canonical"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// Restated names the published version that a document restates.
type Restated struct {
	Version   int       `json:"version"`
	Run       string    `json:"run"`
	Hash      string    `json:"hash"`
	Published time.Time `json:"published"`
}

// InForce is what is frozen of a published report, for the document that takes
// its place.
func (r Report) InForce() (run.InForce, error) {
	figures, err := canonical.JSON(r.Figures)
	if err != nil {
		return run.InForce{}, err
	}
	sources, err := canonical.JSON(r.Sources)
	if err != nil {
		return run.InForce{}, err
	}
	old := run.InForce{Version: r.Version, Run: r.Run, Hash: r.Hash, Published: r.Published.UTC(), Figures: figures, Sources: sources}
	for _, s := range r.Sources {
		if n, err := strconv.ParseInt(s.Version, 10, 64); err == nil && s.Kind == FromImport {
			old.Import = max(old.Import, n)
		}
	}
	return old, nil
}

// Restate makes d the restatement of the report that was in force: it names
// that version, and sets figures that changed side by side, before everything
// else. Where none was in force it changes nothing.
func (d *Document) Restate(old run.InForce) error {
	if old.Version == 0 {
		return nil
	}
	var figures []Figure
	if err := json.Unmarshal(old.Figures, &figures); err != nil {
		return fmt.Errorf("the figures of the report that is restated: %w", err)
	}
	d.Restates = &Restated{Version: old.Version, Run: old.Run, Hash: old.Hash, Published: old.Published.UTC()}
	var s SectionWriter
	s.section.Title = text.New("Restatement", "Berichtigung")
	s.Say("This report restates version %d, run %s, with the content hash %s. That version stays as it was published.",
		"Dieser Bericht berichtigt Version %d, Lauf %s, mit dem Hashwert des Inhalts %s. Jene Version bleibt unverändert veröffentlicht.",
		old.Version, old.Run, old.Hash)
	t := s.Table("Figures that changed", "Geänderte Zahlen").Left("Agreement", "Vereinbarung").Left("Figure", "Zahl").
		Right("Version %d", "Version %d", old.Version).Right("Now", "Jetzt")
	type key struct {
		group Group
		name  string
	}
	before := map[key]Figure{}
	for _, f := range figures {
		before[key{f.Group, f.Name}] = f
	}
	for _, f := range d.Figures {
		was, known := before[key{f.Group, f.Name}]
		delete(before, key{f.Group, f.Name})
		if !known {
			t.Row(Name(f.Group.Name), Words(f.Label), absent(), f.cell())
			continue
		}
		if !f.sameAs(was) {
			t.Row(Name(f.Group.Name), Words(f.Label), was.cell(), f.cell())
		}
		if f.Target != was.Target {
			t.Row(Name(f.Group.Name), Say("%s, agreed", "%s, vereinbart", f.Label), was.agreed(), f.agreed())
		}
	}
	for _, f := range figures { // in their order
		if _, gone := before[key{f.Group, f.Name}]; gone {
			t.Row(Name(f.Group.Name), Words(f.Label), f.cell(), absent())
		}
	}
	if len(s.written().Tables) == 0 {
		s.Say("No figure differs.", "Keine Zahl weicht ab.")
	}
	d.Sections = append([]Section{s.written()}, d.Sections...)
	return nil
}

func absent() Cell { return Words(text.New("not there", "nicht vorhanden")) }

// sameAs compares what a figure says, not how it is worded. What it was counted
// from says something where it is shown: 0 of 10 isn't 0 of 12, though both are
// 0 %, and a count stays one from however many cases it was taken. Where
// numerator and denominator have both changed the share is another one, also of
// the same value.
func (f Figure) sameAs(o Figure) bool {
	return equal(f.Value, o.Value) && equal(f.Numerator, o.Numerator) && reflect.DeepEqual(f.cell(), o.cell())
}

func equal[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
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
	case f.Unit == InPercent && f.Numerator != nil && f.Denominator != nil && f.Of == "":
		return Share(*f.Numerator, *f.Denominator)
	case f.Unit == InPercent:
		return Percent(*f.Value)
	case f.Unit == InSeconds:
		if n, err := strconv.ParseInt(*f.Value, 10, 64); err == nil {
			return Seconds(n)
		}
	case f.Numerator != nil:
		return Count(*f.Numerator)
	case f.Unit != InTickets && f.Unit != InTimes && f.Unit != InActions:
		v := Decimal(*f.Value)
		return Words(text.F("%[1]s\u00a0%[3]s", "%[2]s\u00a0%[3]s", v.En, v.De, f.Unit))
	}
	return Words(text.Same(*f.Value))
}
