package sla

import "turnus/itsm/ticket"

// Uncounted says how many tickets no figure of a period counts, of all that
// were open at some time in it.
type Uncounted struct {
	Open        int64 `json:"open"`         // tickets that were open at some time in the period
	NoAgreement int64 `json:"no_agreement"` // of these: opened when no version of an agreement was in force
	NotSelected int64 `json:"not_selected"` // and those whose fields select no target at the end of any month of the period
	Left        int64 `json:"left"`         // of both: still open at the period's end
}

// Any is how many there are.
func (u Uncounted) Any() int64 { return u.NoAgreement + u.NotSelected }

// look counts the ticket at hand, which is known to be selected by a target or
// not.
func (u *Uncounted) look(d *derivation, v *ticket.Version, selected bool) {
	inside, open := d.wasOpen(v)
	if !inside {
		return
	}
	u.Open++
	switch {
	case selected:
		return
	case len(d.terms) == 0:
		u.NoAgreement++
	default:
		u.NotSelected++
	}
	u.Left += one(open)
}

// wasOpen says whether a ticket was open at some time in the period, and at its
// end.
func (d *derivation) wasOpen(v *ticket.Version) (inside, left bool) {
	inside, left = v.Opened.Unix() >= d.from, true
	for i := range v.Events {
		switch at := v.Events[i].At.Unix(); {
		case at >= d.to:
			return inside || left, left
		case at >= d.from:
			inside = true
		}
		left = !v.Events[i].Stopped
	}
	return inside || left, left
}
