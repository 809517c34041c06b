package report

import (
	"strconv"

	"turnus/itsm/text"
)

// FigureWriter lists figures under the names that scripts rely on, each with
// its formula in its version.
//
//	f := report.WriteFigures()
//	p1 := f.Of(report.Under("desk-2026")).Below("p1-resolution")
//	p1.Share("attainment", "sla.attainment/1", 18, 85, "attainment", "Erfüllungsgrad").Against("95", report.Missed)
//	p1.Count("open", "sla.open/1", report.InTickets, 12, "open", "offen")
//	d.Figures = f.Figures()
type FigureWriter struct {
	all   *[]*Figure
	group Group
	above string
}

// WriteFigures begins a list.
func WriteFigures() FigureWriter { return FigureWriter{all: new([]*Figure)} }

// Of writes the figures of a group.
func (w FigureWriter) Of(group Group) FigureWriter {
	w.group = group
	return w
}

// Below writes figures whose names and labels begin with one that they have in
// common.
func (w FigureWriter) Below(name string) FigureWriter {
	w.above = name
	return w
}

// Share adds a share of cases in per cent, with what it was counted from; over
// no cases it has no value.
func (w FigureWriter) Share(name, formula string, num, den int64, en, de string, args ...any) *Figure {
	f := w.add(name, formula, InPercent, text.F(en, de, args...))
	f.Value, f.Numerator, f.Denominator, f.N = Ratio{num, den}.Exact(6), &num, &den, den
	return f
}

// Count adds a number of things.
func (w FigureWriter) Count(name, formula string, unit Unit, n int64, en, de string, args ...any) *Figure {
	f := w.add(name, formula, unit, text.F(en, de, args...))
	value := strconv.FormatInt(n, 10)
	f.Value, f.Numerator, f.N = &value, &n, n
	return f
}

// Value adds an exact decimal that stands on n cases; nil is not applicable.
func (w FigureWriter) Value(name, formula string, unit Unit, exact *string, n int64, en, de string, args ...any) *Figure {
	f := w.add(name, formula, unit, text.F(en, de, args...))
	f.Value, f.N = exact, n
	return f
}

func (w FigureWriter) add(name, formula string, unit Unit, label text.Text) *Figure {
	if w.above != "" {
		name, label = w.above+"."+name, text.F("%s: %s", "%s: %s", w.above, label)
	}
	f := &Figure{Group: w.group, Name: name, Label: label, Unit: unit, Formula: formula}
	*w.all = append(*w.all, f)
	return f
}

// Figures is the list as it was written; never nil.
func (w FigureWriter) Figures() []Figure {
	all := make([]Figure, 0, len(*w.all))
	for _, f := range *w.all {
		all = append(all, *f)
	}
	return all
}

// From says which cases a count was taken from, and so what it stands on.
func (f *Figure) From(cases int64) *Figure {
	f.Denominator, f.N = &cases, cases
	return f
}

// Against sets a figure beside what was agreed, with the verdict.
func (f *Figure) Against(agreed string, verdict Assessment) *Figure {
	f.Target, f.Verdict = agreed, verdict
	return f
}
