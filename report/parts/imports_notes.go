package parts

import (
	"slices"
	"strings"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/report"
)

// ImportNotes are the warnings of imports, each once, with all that have it.
type ImportNotes []importNote

type importNote struct {
	dataset.Warning
	from []dataset.Import
}

// ImportNotesOf collects them, of a span: without those of another time, and
// without what the report says itself with the agreements that count.
func ImportNotesOf(imports []dataset.Import, from, to time.Time) (all ImportNotes) {
	own := []string{dataset.NoAgreement, dataset.NoTarget, dataset.UnknownValue, dataset.NoHistory}
	for _, i := range slices.Backward(imports) {
		for _, x := range i.Warnings {
			elsewhere := x.From != nil && x.To != nil && (!x.From.Before(to) || !x.To.After(from))
			if elsewhere || slices.Contains(own, x.Code) {
				continue
			}
			at := slices.IndexFunc(all, func(n importNote) bool {
				return n.Code == x.Code && n.Detail == x.Detail && n.from[0].Accepted == i.Accepted && n.from[0].By == i.By
			})
			if at < 0 {
				all, at = append(all, importNote{Warning: x}), len(all)
			}
			all[at].from = append(all[at].from, i)
		}
	}
	return all
}

// Accepted says those for which an import would have been refused.
func (all ImportNotes) Accepted(w *report.Writer) {
	all.say(func(n importNote) {
		w.Warn("%s, accepted although not plausible: %s Reason given by %s: “%s”", "%s, trotz fehlender Plausibilität angenommen: %s Begründung von %s: „%s“",
			n.imports(), n.detail(), n.from[0].By, n.from[0].Accepted)
	}, w.Warn, true)
}

// Warned says the others.
func (all ImportNotes) Warned(w *report.Writer) {
	all.say(func(n importNote) {
		note := w.Note
		if n.grave() {
			note = w.Warn
		}
		note("%s: %s", "%s: %s", n.imports(), n.detail())
	}, w.Note, false)
}

// grave says whether figures hardly stand on such an import: its instants are
// probably wrong, or more than 5 % of its rows lost against earlier ones.
func (n importNote) grave() bool {
	last := n.from[0]
	return n.Code == dataset.EarlyDays || n.Code == dataset.OtherZone || n.Code == dataset.OlderRows && last.Older*20 > last.Read
}

func (all ImportNotes) say(say func(importNote), more func(en, de string, args ...any), refused bool) {
	n := 0
	for _, x := range all {
		if x.Refuse != refused {
			continue
		}
		if n++; n <= MaxNamed {
			say(x)
		}
	}
	if n > MaxNamed {
		more("Imports have %d more such warnings: the command “turnus imports” shows them.",
			"Importe haben %d weitere solche Hinweise: Der Befehl „turnus imports“ zeigt sie.", n-MaxNamed)
	}
}

// imports names those that have the warning, the newest first, three at most.
func (n importNote) imports() text.Text {
	var names []string
	for _, i := range n.from[:min(len(n.from), 3)] {
		names = append(names, decimal(i.ID))
	}
	switch more := len(n.from) - len(names); {
	case more > 0:
		return text.F("Imports %s and %d more", "Importe %s und %d weitere", strings.Join(names, ", "), more)
	case len(names) > 1:
		return text.F("Imports %s", "Importe %s", text.List(names))
	}
	return text.F("Import %s", "Import %s", names[0])
}

func (n importNote) detail() text.Text { return Sentences(n.Detail) }
