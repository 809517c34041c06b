package drill

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

// planTitle is the title of a plan, or its name where it has none.
func planTitle(p drill.PlanVersion) text.Text { return report.Named(p.Title, p.Name) }

// instant is date and time in the zone of the document.
func (d draft) instant(t time.Time) text.Text { return calendar.InWords(t.In(d.zone)) }

// given is what somebody wrote, or a dash.
func given(s string) report.Cell {
	if s == "" {
		s = "–"
	}
	return report.Name(s)
}

// at is an instant, or a dash where it isn't known.
func at(t *time.Time) report.Cell {
	if t == nil || t.IsZero() {
		return given("")
	}
	return report.At(*t)
}

// lasting is a duration in words.
func lasting(d agreement.Duration) text.Text { return report.Lasting(d.Seconds()) }

// percent is an exact decimal in per cent.
func percent(exact agreement.Decimal) text.Text {
	return text.F("%s\u202f%%", "%s\u202f%%", report.Decimal(string(exact)))
}

// record begins a table of items and what is on record of them.
func record(s *report.SectionWriter, en, de string, args ...any) *report.TableWriter {
	return s.Table(en, de, args...).Left("Item", "Angabe").Left("Value", "Wert")
}

// signed adds who wrote something, and when.
func signed(t *report.TableWriter, by string, at time.Time) {
	t.Item("By", "Angegeben von", given(by))
	t.Item("At", "Angegeben am", report.At(at))
}

// judged is a verdict with its tone.
func judged(v continuity.Verdict) report.Cell {
	switch v {
	case continuity.Pass:
		return report.Judged(v.Title(), report.Good)
	case continuity.Fail:
		return report.Judged(v.Title(), report.Bad)
	case continuity.Incomplete:
		return report.Judged(text.New("not passed: incomplete", "nicht bestanden: unvollständig"), report.Bad)
	case continuity.Estimated:
		return report.Judged(text.New("estimated, proves nothing", "geschätzt, beweist nichts"), report.Neutral)
	}
	return report.Judged(text.New("not judged", "nicht beurteilt"), report.Neutral)
}

// counts is the event that an RTO counts from.
func counts(from continuity.Base) text.Text {
	if from == continuity.FromInvoked {
		return text.New("the invocation of the plan", "dem Auslösen des Plans")
	}
	return text.New("the disruption", "der Störung")
}

// step is a step of the plan by its name: its title where it has one.
func (d draft) step(name string) (continuity.Step, text.Text) {
	for _, steps := range [][]continuity.Step{d.Plan.Spec.Steps, d.Plan.Spec.Return} {
		for _, s := range steps {
			if s.Name == name {
				return s, stepTitle(s)
			}
		}
	}
	return continuity.Step{}, text.Same(name)
}

func stepTitle(s continuity.Step) text.Text {
	if s.Title == "" {
		return text.Same(s.Name)
	}
	return text.Same(s.Title)
}
