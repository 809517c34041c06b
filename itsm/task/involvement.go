package task

import (
	"strings"

	"turnus/itsm/text"
)

// How somebody is involved in what a round decides on.
type How string

// The ways to be involved.
const (
	Started  How = "started"  // the run
	Owned    How = "owned"    // the service: at the start, now, or in between
	Proposed How = "proposed" // the change that is decided, or an exclusion that the figures use
	Imported How = "imported" // data that the figures use
	Conducts How = "conducts" // what the content plans or reports
	Declared How = "declared" // a resource, in the version that the round stands on
	Answered How = "answered" // the step that a task checks
	Asked    How = "asked"    // that step names them, whoever answered it

	Any How = "any" // of a task: four eyes hold against whoever is involved, whichever way
)

// Involvement says how one person is involved in a round.
type Involvement struct {
	Person string `db:"person"`
	How    How    `db:"how"`
	Issued bool   `db:"issued"` // they didn't do it: they issued the token with which it was done
	About  string `db:"about"`  // what was proposed, imported or declared, as in import/7 or Calendar/office; else empty
}

// Grade says how far an involvement keeps somebody from deciding.
type Grade int

// The grades, each graver than the one before.
const (
	Free      Grade = iota // decides
	Concerned              // doesn't decide as themselves; a token that they issued to somebody else does
	Barred                 // neither they nor a token that they issued decides
)

// Grade is what one involvement comes to. A way that isn't known here bars.
func (i Involvement) Grade() Grade {
	if i.Issued || i.How == Imported || i.How == Declared {
		return Concerned
	}
	return Barred
}

// gravest is the gravest of a person's involvements; Free where there is none.
func (p People) gravest(name string) (g Grade, how Involvement) {
	if name == "" {
		return Free, how // nobody: a slot, or a token of the first start
	}
	for _, i := range p.Involved {
		if i.Person == name && p.counts(i) && i.Grade() > g {
			g, how = i.Grade(), i
		}
	}
	return g, how
}

// title says how somebody is involved, as it follows their name.
func (i Involvement) title() text.Text {
	kind, id, _ := strings.Cut(i.About, "/")
	switch {
	case i.How == Started && i.Issued:
		return text.New("issued the token with which this run was started", "hat das Token ausgestellt, mit dem dieser Lauf gestartet wurde")
	case i.How == Started:
		return text.New("started this run", "hat diesen Lauf gestartet")
	case i.How == Owned:
		return text.New("owns what this run is about, or has owned it since it was started",
			"ist hierfür verantwortlich oder war es seit dem Start dieses Laufs")
	case i.How == Proposed && kind == "exclusion" && i.Issued:
		return text.New("issued the token with which an exclusion was proposed that these figures use",
			"hat das Token ausgestellt, mit dem ein Ausschluss vorgeschlagen wurde, den diese Zahlen verwenden")
	case i.How == Proposed && kind == "exclusion":
		return text.New("proposed an exclusion that these figures use", "hat einen Ausschluss vorgeschlagen, den diese Zahlen verwenden")
	case i.How == Proposed && i.Issued:
		return text.F("issued the token with which %s was proposed", "hat das Token ausgestellt, mit dem %s vorgeschlagen wurde", i.About)
	case i.How == Proposed:
		return text.F("proposed %s", "hat %s vorgeschlagen", i.About)
	case i.How == Imported && i.Issued:
		return text.F("issued the token with which data was brought that these figures use (import %s)",
			"hat das Token ausgestellt, mit dem Daten importiert wurden, die diese Zahlen verwenden (Import %s)", id)
	case i.How == Imported:
		return text.F("brought data that these figures use (import %s)", "hat Daten importiert, die diese Zahlen verwenden (Import %s)", id)
	case i.How == Answered && i.Issued:
		return text.New("issued the token with which the step was answered that is checked here",
			"hat das Token ausgestellt, mit dem der Schritt beantwortet wurde, der hier geprüft wird")
	case i.How == Answered:
		return text.New("answered the step that is checked here", "hat den Schritt beantwortet, der hier geprüft wird")
	case i.How == Asked:
		return text.New("was responsible for the step that is checked here", "war für den Schritt zuständig, der hier geprüft wird")
	case i.How == Conducts:
		return text.New("conducts what this content is about", "leitet, wovon dieser Inhalt handelt")
	case i.How == Declared && i.Issued:
		return text.F("issued the token with which %s was declared, on which this content stands",
			"hat das Token ausgestellt, mit dem %s angelegt oder geändert wurde; darauf beruht dieser Inhalt", i.About)
	case i.How == Declared:
		return text.F("declared %s, on which this content stands", "hat %s angelegt oder geändert; darauf beruht dieser Inhalt", i.About)
	}
	return text.New("is involved in it", "ist daran beteiligt")
}
