package continuity

import (
	"slices"
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/text"
)

// Doubt is something in a plan that is true, and puts its objectives in doubt: it
// is declared all the same, and must be seen.
type Doubt struct {
	Key     string    `json:"key"` // the same in each version that it is true of
	Text    text.Text `json:"text"`
	Unknown bool      `json:"unknown,omitempty"` // whether the objectives fit can't be told
}

// Assess says what is true of a plan that was checked and must be seen (domain
// guide, 5.1).
func (p Plan) Assess() (all []Doubt) {
	all = append(all, p.dependenciesFit()...)
	all = append(all, p.restartFits()...)
	all = append(all, p.backupFits()...)
	return append(all, p.impactBorne()...)
}

// dependenciesFit holds the largest RTO of the dependencies and the own restart
// against the RTO. An RTO contains what the dependency itself waits for, so only
// the own restart is added; and only what counts from the same event.
func (p Plan) dependenciesFit() (all []Doubt) {
	rto, from := p.Objectives.RTO, p.Objectives.From
	if rto == nil {
		return nil
	}
	var longest *Dependency
	for i, d := range p.Dependencies {
		switch {
		case d.RTO == nil:
			all = append(all, Doubt{Key: "dependency-unknown/" + d.Service, Unknown: true, Text: text.F(
				"No RTO is known of the service %[1]s, which has to be there first: whether it leaves enough of the RTO of %[2]s can't be told.",
				"Vom Service %[1]s, der zuerst verfügbar sein muss, ist kein RTO bekannt: Ob das RTO von %[2]s damit zu halten ist, lässt sich nicht sagen.", d.Service, rto.InWords())})
		case d.From != from:
			all = append(all, Doubt{Key: "dependency-base/" + d.Service, Unknown: true, Text: text.F(
				"The RTO of the service %[1]s, %[2]s, counts from another event (%[3]q) than that of this plan (%[4]q): the two can't be compared.",
				"Das RTO des Service %[1]s, %[2]s, zählt ab einem anderen Ereignis (%[3]q) als das dieses Plans (%[4]q): Beide lassen sich nicht vergleichen.",
				d.Service, d.RTO.InWords(), Event(d.From), Event(from))})
		case longest == nil || *d.RTO > *longest.RTO:
			longest = &p.Dependencies[i]
		}
	}
	if longest == nil {
		return all
	}
	restart, _ := p.Restart()
	if sum := *longest.RTO + restart; sum > *rto {
		all = append(all, Doubt{Key: "dependencies", Text: text.F(
			"The service %[1]s, which has to be there first, may take %[2]s, and the own restart takes %[3]s after that: %[4]s together are more than the RTO of %[5]s.",
			"Der Service %[1]s, der zuerst verfügbar sein muss, darf %[2]s brauchen, und der eigene Wiederanlauf dauert danach %[3]s: Zusammen sind das %[4]s und damit mehr als das RTO von %[5]s.",
			longest.Service, longest.RTO.InWords(), restart.InWords(), sum.InWords(), rto.InWords())})
	}
	return all
}

// restartFits holds the plan's own steps against the RTO.
func (p Plan) restartFits() []Doubt {
	restart, path := p.Restart()
	if rto := p.Objectives.RTO; rto != nil && restart > *rto {
		return []Doubt{{Key: "restart", Text: text.F(
			"The steps up to the minimum level are expected to take %[1]s, longer than the RTO of %[2]s: %[3]s.",
			"Die Schritte bis zum Wiederanlauf dauern voraussichtlich %[1]s und damit länger als das RTO von %[2]s: %[3]s.", restart.InWords(), rto.InWords(), strings.Join(path, " → "))}}
	}
	return nil
}

// backupFits holds the age of the data that would come back against the RPO.
func (p Plan) backupFits() []Doubt {
	rpo, b := p.Objectives.RPO, p.Backup
	switch {
	case rpo == nil:
		return nil
	case b == nil:
		return []Doubt{{Key: "backup-unknown", Unknown: true, Text: text.F(
			"An RPO of %[1]s is agreed, and the plan doesn't say how often the data is backed up: whether the RPO can be kept can't be told.",
			"Es ist ein RPO von %[1]s vereinbart, und der Plan sagt nicht, wie oft die Daten gesichert werden: Ob es zu halten ist, lässt sich nicht sagen.", rpo.InWords())}}
	case b.Every+b.Takes > *rpo:
		return []Doubt{{Key: "backup", Text: text.F(
			"A backup begins every %[1]s and takes %[2]s: at worst the data that comes back is %[3]s old, more than the RPO of %[4]s.",
			"Alle %[1]s beginnt eine Sicherung, und sie dauert %[2]s: Die Daten sind im ungünstigsten Fall %[3]s alt und damit älter, als das RPO von %[4]s zulässt.",
			b.Every.InWords(), b.Takes.InWords(), (b.Every + b.Takes).InWords(), rpo.InWords())}}
	}
	return nil
}

// impactBorne holds what the plan agrees against what its impact analysis gives.
func (p Plan) impactBorne() (all []Doubt) {
	o := p.Objectives
	most := o.MTPD
	if p.Impact != nil {
		first, sure := p.Impact.MTPD()
		if most != nil && first != nil && *most > *first {
			all = append(all, Doubt{Key: "impact", Text: text.F(
				"The MTPD of %[1]s is later than %[2]s, from which the impact analysis has the impact unacceptable.",
				"Die MTPD von %[1]s liegt nach %[2]s, ab denen die Folgen laut Business-Impact-Analyse nicht mehr tragbar sind.", most.InWords(), first.InWords())})
		}
		if !sure {
			all = append(all, p.Impact.notSure(first))
		}
		if most == nil || first != nil && *first < *most {
			most = first
		}
	}
	if o.RTO != nil && o.WRT != nil && most != nil && *o.RTO+*o.WRT > *most {
		all = append(all, Doubt{Key: "catch-up", Text: text.F(
			"The RTO of %[1]s and %[2]s to catch up come to %[3]s, later than the impact can be borne, %[4]s.",
			"Das RTO von %[1]s und %[2]s zum Nacharbeiten ergeben %[3]s: Tragbar sind die Folgen nur %[4]s lang.",
			o.RTO.InWords(), o.WRT.InWords(), (*o.RTO + *o.WRT).InWords(), most.InWords())})
	}
	return all
}

// notSure says which cells are left out before the first step that is
// unacceptable, or at all where there is none.
func (i Impact) notSure(first *agreement.Duration) Doubt {
	steps := i.Steps
	if first != nil {
		steps = steps[:slices.Index(steps, *first)]
	}
	left := i.unknown(steps)
	n, category, at := int64(len(left)), left[0].category, left[0].step.InWords()
	missing := text.N(n, text.F("one cell is left out, %s at %s", "Eine Angabe fehlt, %s nach %s", category, at),
		text.F("%[3]s cells are left out, the first of them %[1]s at %[2]s", "%[3]s Angaben fehlen, die erste davon %[1]s nach %[2]s", category, at, text.Number(n)))
	d := Doubt{Key: "impact-unknown", Unknown: true, Text: text.F(
		"Impact analysis: %s, and none that is known is unacceptable. From when on the impact can't be borne any more isn't known.",
		"Business-Impact-Analyse: %s, und keine bekannte ist untragbar. Ab wann die Folgen nicht mehr tragbar sind, ist damit offen.", missing)}
	if first != nil {
		d.Text = text.F("Impact analysis: %s, before it is unacceptable from %s on. What isn't known isn't 0: the MTPD may be earlier.",
			"Business-Impact-Analyse: %s, und ab %s sind die Folgen nicht mehr tragbar. Was nicht bekannt ist, ist nicht 0: Die MTPD kann früher liegen.", missing, first.InWords())
	}
	return d
}
