package drill

import "turnus/itsm/text"

// Left is what a drill leaves behind whose run ends before its return to normal
// was verified.
type Left struct {
	Begun    []text.Text // steps that were begun, each with its state
	Back     []text.Text // steps back that weren't done
	Verifies string      // who is to verify the return, for the business
}

// LeftBehind says what a run would leave behind that ended now; nil: nothing is to
// be taken back, since it wasn't begun, recovers nothing, or is back to normal.
func (r Record) LeftBehind() *Left {
	s := Follow(r)
	if !r.Setup.Type.Measures() || s.Begun == nil || s.Normal != nil {
		return nil
	}
	var l Left
	l.Verifies, _ = r.business()
	for _, p := range s.steps {
		if p.Opened != nil && p.State != Skipped && p.State != NotTested {
			l.Begun = append(l.Begun, text.F("%s (%s)", "%s (%s)", p.step.Title, p.State))
		}
	}
	for i, step := range r.Plan.Spec.Return {
		if i >= len(s.Return) || s.Return[i].State != Done {
			l.Back = append(l.Back, text.Same(step.Title))
		}
	}
	return &l
}
