package task

import (
	"slices"

	"turnus/itsm/person"
	"turnus/itsm/text"
)

// Who says which people a task is for.
type Who string

// Those whom a task may be for, as they are when somebody answers.
const (
	Approvers Who = "approvers" // of what the run is about
	Owner     Who = "owner"     // of what the run is about
	Persons   Who = "persons"   // those that the task names; the owner, once all of them have left
	Holders   Who = "role"      // whoever holds the role that the task names
)

// Title of them, for people.
func (w Who) Title() text.Text {
	switch w {
	case Approvers:
		return text.New("the approvers", "die Freigabeberechtigten")
	case Owner:
		return text.New("the owner", "die verantwortliche Person")
	case Persons:
		return text.New("the persons named", "die genannten Personen")
	case Holders:
		return text.New("the holders of a role", "die Personen mit einer Rolle")
	}
	return text.Same(string(w))
}

// For says who may answer a task.
type For struct {
	Who     Who         `json:"who"`
	Role    person.Role `json:"role,omitempty"`    // that they hold
	Persons []string    `json:"persons,omitempty"` // that are named
}

// suits says whether a task is for a person at all, with the reason if not;
// four eyes are another matter.
func (p People) suits(name string) error {
	who, stays := p.Specs[name]
	switch f := p.askedOf(); {
	case f.Who == Approvers && !slices.Contains(p.Approvers, name):
		return refuse("%s isn't one of the approvers.", "%s gehört nicht zu den Freigabeberechtigten.", name)
	case f.Who == Approvers && !who.Has(person.Approver):
		return refuse("%s doesn't have the role approver.", "%s hat die Rolle approver nicht.", name)
	case p.For.Who == Persons && slices.Contains(p.For.Persons, name) && !stays:
		return hasLeft(name)
	case f.Who == Owner && name != p.Owner && p.For.Who == Persons:
		return refuse("This task is for the owner, %[2]s, and not for %[1]s: nobody whom it names (%[3]s) is there any more.",
			"Diese Aufgabe richtet sich an die verantwortliche Person, %[2]s, nicht an %[1]s: Von den genannten Personen (%[3]s) ist niemand mehr angelegt.", name, p.Owner, text.List(p.For.Persons))
	case f.Who == Owner && name != p.Owner:
		return refuse("This task is for the owner, %[2]s, and not for %[1]s.", "Diese Aufgabe richtet sich an die verantwortliche Person, %[2]s, nicht an %[1]s.", name, p.Owner)
	case f.Who == Owner && !who.Has(person.ProcessOwner):
		return refuse("%s doesn't have the role process-owner.", "%s hat die Rolle process-owner nicht.", name)
	case f.Who == Persons && !slices.Contains(f.Persons, name):
		return refuse("This task is for %[2]s, and not for %[1]s.", "Diese Aufgabe richtet sich an %[2]s, nicht an %[1]s.", name, text.List(f.Persons))
	case f.Who == Holders && !who.Has(f.Role):
		return refuse("This task is for those who hold the role %[2]s, and %[1]s doesn't.", "Diese Aufgabe richtet sich an Personen mit der Rolle %[2]s. %[1]s hat sie nicht.", name, string(f.Role))
	case !stays:
		return hasLeft(name)
	}
	return nil
}

func hasLeft(name string) error { return refuse("%s has left.", "%s ist nicht mehr angelegt.", name) }

// askedOf is whom the task is for: approvers, where nothing else is said; the
// owner, where everybody whom it names has left, so that it doesn't wait for
// nobody. Whom four eyes exclude hasn't left.
func (p People) askedOf() For {
	switch {
	case p.For.Who == "":
		return For{Who: Approvers}
	case p.For.Who == Persons && !slices.ContainsFunc(p.For.Persons, p.isThere):
		return For{Who: Owner}
	}
	return p.For
}

func (p People) isThere(name string) bool {
	_, there := p.Specs[name]
	return there
}

// Escalates are those to whom the task escalates: of what has come to the owner
// the approvers, as of each task of the owner's own.
func (p People) Escalates(to Who) []string {
	if to == Approvers || p.For.Who == Persons && p.askedOf().Who == Owner {
		return p.Approvers
	}
	return []string{p.Owner}
}

// candidates are those whom it may be for, in the order in which they are
// named.
func (p People) candidates() []string {
	switch f := p.askedOf(); f.Who {
	case Approvers:
		return p.Approvers
	case Owner:
		return []string{p.Owner}
	case Persons:
		return f.Persons
	}
	var all []string
	for name := range p.Specs {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// counts says whether four eyes hold against an involvement.
func (p People) counts(i Involvement) bool {
	if i.How == Answered || i.How == Asked { // are only there where the task asks for it
		return true
	}
	if p.For.Who == "" {
		return true
	}
	return slices.Contains(p.Against, Any) || slices.Contains(p.Against, i.How)
}
