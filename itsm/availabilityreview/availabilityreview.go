// Package availabilityreview holds a service's availability against what was
// agreed (ISO/IEC 20000-1, 8.7.1; domain guide, sections 2 and 3): what a round
// of the review stands on, and the figures that follow from it. The formulas are
// those of itsm/availability, itsm/slo and itsm/stats.
//
// It may import the standard library and itsm packages but itsm/sla.
package availabilityreview

import (
	"iter"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/improvement"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/slo"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
	"turnus/itsm/versions"
)

// Frozen is what a round of a run stands on: everything it takes to read the
// inputs again as they were known. Outages, windows and samples stay in the store.
type Frozen struct {
	Run         string    `json:"run"`
	Round       int       `json:"round"`
	Service     string    `json:"service"`
	Title       text.Text `json:"title"` // of the service
	Period      string    `json:"period"`
	From        time.Time `json:"from"`
	To          time.Time `json:"to"` // exclusive
	Zone        string    `json:"zone"`
	TZData      string    `json:"tzdata"`
	Provisional bool      `json:"provisional"`
	Reason      text.Text `json:"reason,omitzero"` // why it is provisional
	At          time.Time `json:"at"`              // of freezing; the figures' computed_at

	Import     int64                `json:"import"` // newest of the service's; 0: none
	AsOf       time.Time            `json:"as_of"`  // up to when all data is known that the targets need
	Data       []Data               `json:"data"`   // one a dataset, by name
	Reads      Span                 `json:"reads"`  // what of it: the period, and what it takes to know its borders
	Agreements []versions.Agreement `json:"agreements"`
	Calendars  []versions.Calendar  `json:"calendars"`            // those that service and targets name, without 24x7
	Objectives []Objective          `json:"objectives,omitempty"` // SLOs of the service, by name

	Plans  []Plan  `json:"plans,omitempty"`  // continuity plans that outages may prove or disprove, by name and version
	Drills []Drill `json:"drills,omitempty"` // that touched production in the period, by beginning

	History   []Past               `json:"history,omitempty"` // reports of earlier periods, the oldest first
	InForce   *run.InForce         `json:"in_force,omitempty"`
	Review    bool                 `json:"review,omitempty"`   // the owner is asked about findings before the draft
	Register  *improvement.Extract `json:"register,omitempty"` // of findings that earlier reports led to
	Warnings  []dataset.Warning    `json:"warnings,omitempty"`
	TicketURL string               `json:"ticket_url,omitempty"` // of the service: where an outage's reference is read
}

// Span is [From, To).
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Data is one dataset as it was known.
type Data struct {
	Dataset  string                   `json:"dataset"`
	Since    time.Time                `json:"since,omitzero"` // from when on it is known; zero: no import
	AsOf     time.Time                `json:"as_of,omitzero"` // up to when
	Import   int64                    `json:"import"`         // newest of the dataset's; 0: none
	Count    int64                    `json:"count"`          // keys
	Hash     string                   `json:"hash"`           // over the sorted (key, hash of what is known)
	Imports  []dataset.Import         `json:"imports,omitempty"`
	RowsRead int64                    `json:"rows_read"`
	Rejects  []dataset.RejectsByCause `json:"rejects,omitempty"`
}

// Objective is an SLO of the service, as it was declared.
type Objective struct {
	Name      string        `json:"name"`
	Title     text.Text     `json:"title"`
	Version   int           `json:"version"`
	Hash      string        `json:"hash"`
	Declared  *resource.Raw `json:"declared"`
	Spec      slo.Spec      `json:"spec"`
	Indicator *Indicator    `json:"indicator,omitempty"` // the SLI that it names
}

// Indicator is an SLI, as it was declared.
type Indicator struct {
	Name     string            `json:"name"`
	Version  int               `json:"version"`
	Hash     string            `json:"hash"`
	Declared *resource.Raw     `json:"declared"`
	Spec     slo.IndicatorSpec `json:"spec"`
}

// Source gives what is known of the datasets, each in the order of its keys' bytes.
type Source struct {
	Outages iter.Seq2[dataset.Keyed[[]uptime.Outage], error]
	Windows iter.Seq2[dataset.Keyed[[]uptime.Planned], error]
	Days    iter.Seq2[dataset.Keyed[uptime.Day], error]
}

// Dataset gives what is known of one; the zero Data where there is none.
func (f Frozen) Dataset(name string) Data {
	for _, d := range f.Data {
		if d.Dataset == name {
			return d
		}
	}
	return Data{Dataset: name}
}
