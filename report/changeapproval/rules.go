package changeapproval

import (
	"encoding/json"
	"fmt"

	"turnus/itsm/agreement"
	"turnus/itsm/resource"
	"turnus/itsm/rulechange"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/rules"
)

// DraftRules words a change to what published reports stand on for whoever
// approves it: what differs from what holds, and what it would have made of the
// last published months. It is pure, as Draft is.
func DraftRules(c rulechange.Change) (report.Document, error) {
	head, _, err := heading(proposed{run: c.Run, zone: c.Zone, title: c.Title, about: c.About.Name, at: c.At})
	if err != nil {
		return head, err
	}
	name := c.Document.Metadata.Name
	version := c.Base + 1
	if c.Declared {
		version = c.Base
	}
	head.Sources = []report.Source{{Kind: report.SourceKind(c.Document.Kind), Name: name, Version: fmt.Sprint(version), Hash: c.Hash}}
	for _, s := range c.Services {
		for _, m := range s.Months {
			head.Sources = append(head.Sources, report.Source{Kind: report.FromReport, Name: m.Run, Version: fmt.Sprint(m.Version)})
		}
	}
	head.Title = titleOf(c.Document.Kind)
	differ, err := differences(c)
	if err != nil {
		return head, err
	}
	w := report.Write(head)
	w.Tile("Points that change", "Geänderte Angaben", report.Count(int64(len(differ))))
	monthTile(w, c)
	s := w.Section("What is proposed", "Vorschlag")
	s.Say("Proposed by %s: %s.", "Vorgeschlagen von %s: %s.", c.By, report.Named(c.Document.Metadata.DisplayName, name))
	switch {
	case c.Declared:
		s.Say("Version %d is in force as it is proposed. Nobody has decided on it so far; with the approval it is decided.",
			"Version %d gilt bereits so, wie sie vorgeschlagen ist. Bisher hat niemand darüber entschieden; mit der Freigabe ist sie beschlossen.", version)
	case c.Before == nil:
		s.Say("With the approval it holds as version %d.", "Mit der Freigabe gilt dies als Version %d.", version)
	default:
		s.Say("With the approval it holds as version %d. Only what differs from version %d is listed.",
			"Mit der Freigabe gilt dies als Version %d. Aufgeführt ist nur, was von Version %d abweicht.", version, c.Base)
	}
	if consent := consentOf(c.Document); consent != "" {
		s.Say("Customer's consent: %s.", "Zustimmung des Kunden: %s.", consent)
	}
	t := s.Table("", "").Left("Item", "Angabe").Left("Proposed", "Vorschlag").Left("So far", "Bisher").When(c.Before != nil)
	for _, d := range differ {
		t.Row(report.Words(d.Item), d.Now, d.Before)
	}
	for _, service := range c.Services {
		months(w, service)
	}
	return w.Document(), nil
}

// titleOf is what a document about a change of a kind is called.
func titleOf(k resource.Kind) text.Text {
	switch k {
	case resource.Agreement:
		return text.New("Change of an agreement", "Änderung einer Vereinbarung")
	case resource.Calendar:
		return text.New("Change of a calendar", "Änderung eines Kalenders")
	}
	return text.New("Change of a service", "Änderung eines Service")
}

func consentOf(d resource.Raw) string {
	var spec agreement.Spec
	if d.Kind != resource.Agreement || json.Unmarshal(d.Spec, &spec) != nil {
		return ""
	}
	return spec.Consent
}

// differences are what a change says otherwise than what holds.
func differences(c rulechange.Change) ([]rules.Difference, error) {
	var more []rules.Difference
	var err error
	switch c.Document.Kind {
	case resource.Agreement:
		more, err = compared(c, rules.OfAgreement)
	case resource.Calendar:
		more, err = compared(c, rules.OfCalendar)
	default:
		more, err = compared(c, rules.OfService)
	}
	return append(renamed(c.Document, c.Before), more...), err
}

func compared[T any](c rulechange.Change, differ func(before, now *T) []rules.Difference) ([]rules.Difference, error) {
	before, now, err := specs[T](c.Document, c.Before)
	if err != nil {
		return nil, err
	}
	return differ(before, now), nil
}

// renamed is the display name, where it is another one.
func renamed(now resource.Raw, before *resource.Raw) []rules.Difference {
	if before == nil || before.Metadata.DisplayName == now.Metadata.DisplayName {
		return nil
	}
	name := func(r resource.Raw) report.Cell {
		return report.Words(report.Named(r.Metadata.DisplayName, r.Metadata.Name))
	}
	return []rules.Difference{{Item: text.New("Display name", "Anzeigename"), Before: name(*before), Now: name(now)}}
}

// specs are what a document declares, and what the version before did; nil where
// there was none.
func specs[T any](document resource.Raw, former *resource.Raw) (before, now *T, err error) {
	if former != nil {
		before = new(T)
		if err := json.Unmarshal(former.Spec, before); err != nil {
			return nil, nil, err
		}
	}
	now = new(T)
	return before, now, json.Unmarshal(document.Spec, now)
}
