package drill

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/task"
)

// At is when an event happened, as it was entered last; zero: it didn't, as far
// as anybody said.
func (h Happened) At(e continuity.Event) time.Time {
	for _, x := range h.Timeline {
		if x.Event == e && !x.Corrected {
			return x.When
		}
	}
	return time.Time{}
}

// Undone are the steps that ended otherwise than done; those that a component test
// leaves out aren't its steps.
func (h Happened) Undone() (names []string) {
	for _, s := range h.Steps {
		if s.State.Ended() && s.State != Done && s.State != LeftOut {
			names = append(names, s.Name)
		}
	}
	return names
}

// Whole says that a drill was carried through: it wasn't aborted, and each of its
// steps was done. Else what it achieved it achieved without what is missing, and
// closes nothing.
func (h Happened) Whole() bool { return h.Abort == nil && len(h.Undone()) == 0 }

// judge says what a drill achieved, and what that proves.
func (r Record) judge(h Happened) (Result, error) {
	d := continuity.Drill{Type: r.Setup.Type.AsDrill(), Objectives: r.Plan.Spec.Objectives.Judged(), Events: continuity.Events{
		Disruption: h.At(continuity.Disruption), Detected: h.At(continuity.Detected), Invoked: h.At(continuity.Invoked), Decided: h.At(continuity.Decided),
		Technical: h.At(continuity.Technical), Confirmed: h.At(continuity.Confirmed), Full: h.At(continuity.Full), Ended: h.At(continuity.Ended)}}
	if len(r.Plan.Spec.Contacts) > 0 && !r.Setup.Type.Discussed() {
		d.Contacts = &continuity.Contacts{Called: int64(len(h.Calls))}
		for _, c := range h.Calls {
			if c.Reached {
				d.Contacts.Reached++
			}
		}
	}
	switch {
	case r.Setup.Type.Discussed():
		estimate(&d, h)
	case !r.Setup.Type.Measures(): // has objectives of its own
		d.Objectives = continuity.Objectives{Contacts: d.Objectives.Contacts, Decide: d.Objectives.Decide}
	}
	d.Skipped = h.Undone()
	if e := h.Evaluation; e != nil {
		d.Capacity = e.Capacity
		if e.Snapshot != nil {
			d.Events.Snapshot = *e.Snapshot
		}
		if e.Backup != nil {
			d.Events.Backup = *e.Backup
		}
	}
	judged, err := continuity.Judge(d)
	if err != nil {
		return Result{}, err
	}
	result := Result{Result: judged, Overall: judged.Verdict}
	if !r.Setup.Type.Discussed() {
		result.rest(h, r.Setup.Type)
	}
	result.Retest = result.Overall == continuity.Fail || result.Overall == continuity.Incomplete
	return result, nil
}

// estimate fills in what a discussion expects, as if it had happened.
func estimate(d *continuity.Drill, h Happened) {
	e, start := h.Estimate, h.Begun.Disruption
	d.Events = continuity.Events{Disruption: start, Invoked: start}
	if e.RTA != nil {
		d.Events.Confirmed = start.Add(time.Duration(e.RTA.Seconds()) * time.Second)
	}
	if e.RPA != nil {
		d.Events.Snapshot = start.Add(-time.Duration(e.RPA.Seconds()) * time.Second)
	}
	d.Capacity = e.Capacity
	d.Objectives.Contacts, d.Objectives.Decide = nil, nil
}

// rest judges what isn't an objective of its own but has to be right as well
// (domain guide, 5.3): the data, the plan without Turnus, the return.
func (r *Result) rest(h Happened, t continuity.Type) {
	shown := func(yes bool) continuity.Verdict {
		if yes {
			return continuity.Pass
		}
		return continuity.Incomplete
	}
	r.Offsite = shown(h.Begun != nil && h.Begun.Offsite)
	if t.Measures() {
		r.Back = shown(h.Normal != nil)
		if e := h.Evaluation; e != nil {
			r.Integrity = map[Integrity]continuity.Verdict{Whole: continuity.Pass, Damaged: continuity.Fail, NotChecked: continuity.Incomplete}[e.Integrity]
			// Data that is damaged, or that nobody looked at, shows no recovery point.
			if r.Verdicts.RPO == continuity.Pass && r.Integrity != "" {
				r.Verdicts.RPO = r.Integrity
			}
		}
	}
	if h.Abort != nil && r.Overall == continuity.Pass {
		r.Overall = continuity.Incomplete
	}
	for _, v := range []continuity.Verdict{r.Integrity, r.Offsite, r.Back} {
		if v == continuity.Fail || v == continuity.Incomplete && r.Overall == continuity.Pass {
			r.Overall = v
		}
	}
}

func readReview(d task.Decision) *Reviewed {
	r := Reviewed{Words: d.Fields.Text("review"), By: d.Person, At: d.At.UTC()}
	if on, err := calendar.ParseDate(d.Fields.Text("retest")); err == nil {
		r.Retest = &on
	}
	return &r
}

func duration(v task.Values, field string) *agreement.Duration {
	d, err := agreement.ParseDuration(v.Text(field))
	if err != nil { // it was read before: it is empty
		return nil
	}
	return &d
}

// decimal is a share in per cent; nil where none is given, or one that is finer
// than what was agreed can be.
func decimal(v task.Values, field string) *agreement.Decimal {
	d, err := agreement.ParseDecimal(v.Text(field))
	if err != nil {
		return nil
	}
	return &d
}
