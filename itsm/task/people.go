package task

import (
	"slices"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/text"
)

// People are those around a task, as they are at one moment.
type People struct {
	Approvers []string               // as the service names them
	Specs     map[string]person.Spec // of those who haven't left, and whom the task may be for: of persons whom it names also the owner's
	Owner     string                 // of the service: now, or at the start where the service has gone
	Involved  []Involvement
	For       For   // whom the task is for; the zero value: an approval, and four eyes against whoever is involved
	Against   []How // against whom four eyes hold otherwise
}

// May says whether a person may answer, with the reason if not. Four eyes:
// whoever is involved in a way that counts doesn't.
func (p People) May(name string) error {
	if no := p.suits(name); no != nil {
		return no
	}
	if g, how := p.gravest(name); g > Free {
		why := how.title()
		return fault.New(fault.Forbidden, text.New(
			name+" "+why.En+": somebody else has to decide (four eyes).",
			name+" "+why.De+": Jemand anderes muss entscheiden (Vier-Augen-Prinzip)."))
	}
	return nil
}

// MayWith is May, and looks at who issued the token that the person uses:
// through a token from somebody who is barred that person could decide.
func (p People) MayWith(name, issuer string) error {
	if err := p.May(name); err != nil {
		return err
	}
	if g, how := p.gravest(issuer); g == Barred {
		why := how.title()
		return fault.New(fault.Forbidden, text.New(
			"This token was issued by "+issuer+", who "+why.En+": use one that somebody else issued (four eyes).",
			"Dieses Token stammt von "+issuer+". Diese Person "+why.De+": Token einer anderen Person verwenden (Vier-Augen-Prinzip)."))
	}
	return nil
}

// Eligible lists who may answer, in the order in which they are named.
func (p People) Eligible() []string {
	able := []string{}
	for _, a := range p.candidates() {
		if p.May(a) == nil {
			able = append(able, a)
		}
	}
	return able
}

// Decidable refuses what nobody could decide on, and says of each approver why
// not. The fault is of the field scope, whatever that is.
func (p People) Decidable() error {
	if len(p.Eligible()) > 0 {
		return nil
	}
	var en, de strings.Builder
	for _, a := range p.Approvers {
		why := fault.As(p.May(a)).Message
		en.WriteString(" " + why.En)
		de.WriteString(" " + why.De)
	}
	return fault.New(fault.Invalid, text.New(
		"Nobody could decide on this run:"+en.String()+" Name another approver.",
		"Niemand könnte über diesen Lauf entscheiden:"+de.String()+" Weitere Freigabeberechtigte nennen.")).At("scope")
}

// StartedBy are the people around a run that somebody is about to start.
func (p People) StartedBy(who person.Actor) People {
	return p.With(By(who.Person, who.Issuer, Started, "")...).With(By(p.Owner, "", Owned, "")...)
}

// With adds to those involved.
func (p People) With(more ...Involvement) People {
	p.Involved = slices.Concat(p.Involved, more)
	return p
}

// By is what one person did with a token that somebody issued: two
// involvements, or fewer where there was nobody.
func By(name, issuer string, how How, about string) []Involvement {
	var list []Involvement
	if name != "" {
		list = append(list, Involvement{Person: name, How: how, About: about})
	}
	if issuer != "" {
		list = append(list, Involvement{Person: issuer, How: how, Issued: true, About: about})
	}
	return list
}

func refuse(en, de string, args ...any) error {
	return fault.New(fault.Forbidden, text.F(en, de, args...))
}
