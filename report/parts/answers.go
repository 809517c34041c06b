package parts

import (
	"slices"

	"turnus/itsm/text"
	"turnus/report"
)

// NameAnswers gives each answer the title of the finding that it is about, so that
// a document which is drafted anew believes nobody's; one about no finding of
// this result has its key.
func NameAnswers(answers []report.Answer, findings []report.Finding) []report.Answer {
	answers = slices.Clone(answers)
	for i := range answers {
		a := &answers[i]
		a.Title = text.Same(a.Key)
		for _, f := range findings {
			if f.Key == a.Key {
				a.Title = f.Title
			}
		}
	}
	return answers
}
