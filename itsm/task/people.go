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
	Specs     map[string]person.Spec // of those who haven't left
	StartedBy string                 // of the run; empty for a slot
	Owners    []string               // of the service, at the start and now
	Proposers []string               // of the exclusions that the round uses
}

// May says whether a person may decide, with the reason if not. Four eyes:
// whoever started the run, owns the service, or proposed an exclusion that the
// figures use doesn't.
func (p People) May(name string) error {
	switch {
	case !slices.Contains(p.Approvers, name):
		return refuse("%s isn't an approver of this service.", "%s gehört nicht zu den Freigebenden dieses Service.", name)
	case !p.Specs[name].Has(person.Approver):
		return refuse("%s doesn't have the role approver.", "%s hat die Rolle approver nicht.", name)
	case p.involved(name):
		return refuse("%s started this run or owns the service: somebody else has to decide (four eyes).",
			"%s hat diesen Lauf gestartet oder verantwortet den Service: jemand anderes muss entscheiden (Vier-Augen-Prinzip).", name)
	case slices.Contains(p.Proposers, name):
		return refuse("%s proposed an exclusion that these figures use: somebody else has to decide (four eyes).",
			"%s hat einen Ausschluss vorgeschlagen, den diese Zahlen verwenden: jemand anderes muss entscheiden (Vier-Augen-Prinzip).", name)
	}
	return nil
}

// MayWith is May, and looks at who issued the token that the person uses: a
// token from somebody who may not decide could be a borrowed hand.
func (p People) MayWith(name, issuer string) error {
	if err := p.May(name); err != nil {
		return err
	}
	if issuer != "" && p.involved(issuer) {
		return refuse("This token was issued by %s, who started this run or owns the service: use one that somebody else issued (four eyes).",
			"Dieses Token hat %s ausgestellt, der oder die diesen Lauf gestartet hat oder den Service verantwortet: bitte eines verwenden, das jemand anderes ausgestellt hat (Vier-Augen-Prinzip).", issuer)
	}
	if issuer != "" && slices.Contains(p.Proposers, issuer) {
		return refuse("This token was issued by %s, who proposed an exclusion that these figures use: use one that somebody else issued (four eyes).",
			"%s hat dieses Token ausgestellt und einen Ausschluss vorgeschlagen, den diese Zahlen verwenden: bitte eines verwenden, das jemand anderes ausgestellt hat (Vier-Augen-Prinzip).", issuer)
	}
	return nil
}

// Eligible lists who may decide, in the order in which the service names them.
func (p People) Eligible() []string {
	able := []string{}
	for _, a := range p.Approvers {
		if p.May(a) == nil {
			able = append(able, a)
		}
	}
	return able
}

// Decidable refuses what nobody could decide on, and says of each approver why
// not.
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
		"Nobody could decide on this run:"+en.String()+" Name another approver in the service.",
		"Niemand könnte über diesen Lauf entscheiden:"+de.String()+" Im Service eine weitere freigebende Person nennen.")).At("service")
}

func (p People) involved(name string) bool {
	return name == p.StartedBy && name != "" || slices.Contains(p.Owners, name)
}

func refuse(en, de string, args ...any) error {
	return fault.New(fault.Forbidden, text.F(en, de, args...))
}
