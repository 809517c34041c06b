package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"turnus/client"
	"turnus/itsm/task"
)

// notTaken says why an answer wasn't taken, and keeps what was typed.
func (v *visit) notTaken(a asked, err error) error {
	var p *client.Problem
	if !errors.As(err, &p) {
		return err
	}
	switch d := a.Decision; {
	case d != nil && d.Person == v.session.Person && d.Outcome == a.Typed.Outcome:
		return v.to(doneAt(a.ID)) // the answer got lost, not the decision
	case a.State == task.Closed && a.successor() != "":
		return v.askAnew(a)
	case a.State != task.Open || p.Status == http.StatusForbidden:
		a.Unsent = true
		return a.show(v, p.Status)
	case p.Status == http.StatusServiceUnavailable || p.InFlight():
		a.Wrong, a.Once = []wrong{{"", p.Detail}}, v.form("once")
		a.Kept = task.Decision{Outcome: a.Typed.Outcome, Comment: a.Typed.Comment}
		return a.check(v, http.StatusServiceUnavailable)
	case p.Status >= http.StatusInternalServerError || p.Status == http.StatusUnauthorized:
		return err
	}
	a.Wrong = a.wrongIn(p)
	if a.Typed.Hash != "" && a.Typed.Hash != a.Hash {
		return v.seenOtherwise(a)
	}
	return a.show(v, p.Status)
}

// askAnew asks in the round that has begun meanwhile what a closed task asked,
// with what is different in it.
func (v *visit) askAnew(before asked) error {
	a, err := v.askedAt(before.successor())
	if err != nil {
		return err
	}
	a.Typed, a.Anew = before.Typed, true
	a.Typed.Hash = a.Hash
	if a.Report != nil {
		if a.Changed, err = v.changedSince(*a.Report, before.Round); err != nil {
			return err
		}
	}
	return a.show(v, http.StatusConflict)
}

// seenOtherwise asks once more, where somebody answered to another content.
func (v *visit) seenOtherwise(a asked) error {
	a.Anew, a.Wrong = true, nil
	a.Typed.Hash = a.Hash
	return a.show(v, http.StatusConflict)
}

// wrongIn is what a refusal says, with the places of the form.
func (a asked) wrongIn(p *client.Problem) (all []wrong) {
	for _, e := range p.Errors {
		at := strings.TrimPrefix(e.Location, "body.")
		if name, ok := strings.CutPrefix(at, "fields."); ok {
			at = ""
			if i := slices.IndexFunc(a.Fields, func(f task.Field) bool { return f.Name == name }); i >= 0 {
				at = idOf(i)
			}
		}
		if at != "" && at != "comment" && at != "outcome" && !strings.HasPrefix(at, "field-") {
			at = ""
		}
		all = append(all, wrong{at, e.Message})
	}
	if len(all) == 0 {
		all = []wrong{{"", p.Detail}}
	}
	return all
}
