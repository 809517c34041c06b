// Package versions holds what the rounds of several processes stand on besides
// their data: the versions of agreements and calendars that count, and in what
// two sets of them differ.
//
// It may import itsm/agreement, itsm/calendar, itsm/dataset, itsm/resource,
// itsm/run, itsm/task and itsm/text.
package versions

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Agreement is one version of an agreement.
type Agreement struct {
	Name      string         `json:"name"`
	Title     text.Text      `json:"title"`
	Version   int            `json:"version"`
	Hash      string         `json:"hash"`
	ValidFrom time.Time      `json:"valid_from"`
	ValidTo   *time.Time     `json:"valid_to,omitempty"` // exclusive
	Spec      agreement.Spec `json:"spec"`

	Declared *resource.Raw `json:"declared,omitempty"` // what Hash is over, as it was declared; sets that 0.1.0 froze lack it
	Decided  *Decided      `json:"decided,omitempty"`  // nil: an administrator declared it, and nobody decided
}

// Decided says who put a version in force that was proposed.
type Decided struct {
	Run string    `json:"run"`
	By  []string  `json:"by"` // who approved
	At  time.Time `json:"at"`
}

// Calendar is the version of a calendar that is valid at the period's
// start; of a quarter or a year, which is the sum of its months, at a month's.
type Calendar struct {
	Name    string        `json:"name"`
	Version int           `json:"version"`
	Hash    string        `json:"hash"`
	Spec    calendar.Spec `json:"spec"`

	Declared *resource.Raw `json:"declared,omitempty"` // as in Agreement
	Since    string        `json:"since,omitempty"`    // the month from which on this version counts, where an earlier month of the period has another one; empty: from the first on
}

// Agreed are versions of agreements as imports are held against them.
func Agreed(versions []Agreement) []dataset.Agreed {
	var list []dataset.Agreed
	for _, a := range versions {
		of := dataset.Agreed{Name: a.Name, From: a.ValidFrom, Spec: a.Spec}
		if a.ValidTo != nil {
			of.To = *a.ValidTo
		}
		list = append(list, of)
	}
	return dataset.InForce(list)
}
