package parts

import (
	"slices"

	"turnus/itsm/text"
	"turnus/report"
)

// NameAnswers gives each answer the words of the finding that it is about, so that
// a document which is drafted anew believes nobody's; one about no finding of
// this result has its key.
func NameAnswers(answers []report.Answer, findings []report.Finding) []report.Answer {
	answers = slices.Clone(answers)
	for i := range answers {
		a := &answers[i]
		a.Title = text.Same(a.Key)
		for _, f := range findings {
			if f.Key == a.Key {
				a.Title, a.Plans = f.Title, decided(a.Plans, f.Plans)
			}
		}
	}
	return answers
}

// decided is what was decided of the plans about which a finding says something:
// what its length says, or that it says nothing.
func decided(answers, offered []report.Evidence) (all []report.Evidence) {
	for _, p := range offered {
		i := slices.IndexFunc(answers, func(a report.Evidence) bool {
			return a.Plan == p.Plan && (a.Says == p.Says || a.Says == report.SaysNothing)
		})
		if i >= 0 {
			p.Says = answers[i].Says
			all = append(all, p)
		}
	}
	return all
}
