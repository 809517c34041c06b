package agreement

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"turnus/itsm/resource"
)

// Available is the measure of a target about the share of agreed service time in
// which the service was there (domain guide, section 2).
const Available Measure = "availability"

// Availability says how a target of that measure is measured. Its service hours
// are the target's calendar, and the percentage is what the target attains.
type Availability struct {
	Component   string            `json:"component,omitempty"`   // the part of the service that it is about, as the data calls it; left out: the whole
	Counts      Counts            `json:"counts,omitempty"`      // which data says that it was down; default probes where they are agreed, else outages
	Maintenance MaintenancePolicy `json:"maintenance,omitempty"` // default excluded
	Notice      Duration          `json:"notice,omitempty"`      // how long before its start maintenance is announced at the latest; left out: before it begins
	Probes      *Probing          `json:"probes,omitempty"`
	Coverage    json.Number       `json:"coverage,omitempty"`   // per cent of the agreed time that has to be known; default 95
	Population  int64             `json:"population,omitempty"` // users; 0: users aren't asked about
	Degraded    bool              `json:"degraded,omitempty"`   // an outage counts with the share that was gone; else in full
}

// Counts says which data tells that a service was down.
type Counts string

// What counts: the records of outages; the samples of probes, and records where
// there are none; either of them.
const (
	CountOutages Counts = "outages"
	CountProbes  Counts = "probes"
	CountEither  Counts = "either"
)

// MaintenancePolicy is what was agreed about maintenance.
type MaintenancePolicy string

// The policies: it isn't agreed service time; or it is, and an outage in it
// doesn't count.
const (
	MaintenanceExcluded MaintenancePolicy = "excluded"
	MaintenanceExcused  MaintenancePolicy = "excused"
)

// Probing says how samples of probes are read.
type Probing struct {
	Every    Duration `json:"every"`              // from one sample of a probe to the next
	Gap      Duration `json:"gap,omitempty"`      // samples further apart leave a gap; default one and a half times every
	Failures int      `json:"failures,omitempty"` // consecutive ones that make it down; default 1
	Quorum   int      `json:"quorum,omitempty"`   // probes that have to know; default 1
}

// Bounds of a probing.
const (
	maxEvery     = Duration(366 * 86_400)
	maxFailures  = 1000
	maxUsers     = 1_000_000_000
	maxComponent = 200 // characters
)

// withDefaults fills in what it leaves out.
func (a Availability) withDefaults() *Availability {
	if a.Counts == "" {
		if a.Counts = CountOutages; a.Probes != nil {
			a.Counts = CountProbes
		}
	}
	if a.Maintenance == "" {
		a.Maintenance = MaintenanceExcluded
	}
	if a.Coverage == "" {
		a.Coverage = "95"
	}
	if a.Probes != nil {
		p := *a.Probes
		if p.Gap == 0 {
			p.Gap = p.Every + p.Every/2
		}
		p.Failures, p.Quorum = max(p.Failures, 1), max(p.Quorum, 1)
		a.Probes = &p
	}
	return &a
}

// OfTickets are the targets about tickets.
func (s Spec) OfTickets() []Target { return s.targets(false) }

// OfAvailability are the targets about availability.
func (s Spec) OfAvailability() []Target { return s.targets(true) }

// AboutTickets says that figures of tickets follow from it: targets, a workload, or
// that it says nothing else.
func (s Spec) AboutTickets() bool {
	return len(s.OfTickets()) > 0 || len(s.Workload) > 0 || !s.AboutAvailability()
}

// AboutAvailability says that figures of availability follow from it.
func (s Spec) AboutAvailability() bool { return len(s.OfAvailability()) > 0 }

func (s Spec) targets(available bool) (list []Target) {
	for _, t := range s.Targets {
		if (t.Measure == Available) == available {
			list = append(list, t)
		}
	}
	return list
}

// available checks a target about availability.
func (c *checks) available(at string, t Target) {
	no := func(field string, given bool) {
		if given {
			c.Say(at+"."+field, "A target about availability has no %s: it is about time, not about tickets.",
				"Ein Verfügbarkeitsziel hat kein %s: Es betrifft Zeit, keine Tickets.", field)
		}
	}
	no("within", t.Within != 0)
	no("where", len(t.Where) > 0)
	no("pause", len(t.Pause) > 0)
	no("reopen", t.Reopen != "")
	no("on_change", t.OnChange != "")
	no("weight", t.Weight != "")
	a := t.Availability
	if a == nil {
		return
	}
	at += ".availability"
	oneOf(c, at+".counts", a.Counts, CountOutages, CountProbes, CountEither)
	oneOf(c, at+".maintenance", a.Maintenance, MaintenanceExcluded, MaintenanceExcused)
	if utf8.RuneCountInString(a.Component) > maxComponent || a.Component != strings.TrimSpace(a.Component) {
		c.Say(at+".component", "A component has %d characters at most, and no blanks around it.", "Eine Komponente hat höchstens %d Zeichen und keine Leerzeichen am Rand.", maxComponent)
	}
	c.Add(resource.CheckText(at+".component", a.Component))
	if a.Notice < 0 || a.Notice > maxEvery {
		c.Say(at+".notice", "A notice is from PT0S to P366D.", "Eine Ankündigungsfrist reicht von PT0S bis P366D.")
	}
	if s := string(a.Coverage); !decimal.MatchString(s) || moreThanHundred(s) {
		c.Say(at+".coverage", "%.40s isn't a percentage: use a decimal from 0 to 100, with 6 decimals at most, as in 95.",
			"%.40s ist kein Prozentsatz: Eine Dezimalzahl von 0 bis 100 mit höchstens 6 Nachkommastellen angeben, etwa 95.", s)
	}
	if a.Population < 0 || a.Population > maxUsers {
		c.Say(at+".population", "A number of users from 0 to %d is needed.", "Eine Anzahl von Benutzern von 0 bis %d angeben.", int64(maxUsers))
	}
	p := a.Probes
	switch {
	case p == nil && a.Counts != CountOutages:
		c.Say(at+".probes", "Say how samples are read, as in {every: PT1M, failures: 3}.", "Angeben, wie Messwerte gelesen werden, etwa {every: PT1M, failures: 3}.")
	case p == nil:
	case p.Every <= 0 || p.Every > maxEvery:
		c.Say(at+".probes.every", "Samples come every PT1S to P366D.", "Messwerte kommen alle PT1S bis P366D.")
	case p.Gap < p.Every || p.Gap > 2*maxEvery:
		c.Say(at+".probes.gap", "A gap is not shorter than every.", "Eine Lücke ist nicht kürzer als every.")
	case p.Failures < 1 || p.Failures > maxFailures || p.Quorum < 1 || p.Quorum > maxFailures:
		c.Say(at+".probes", "failures and quorum are from 1 to %d.", "failures und quorum liegen zwischen 1 und %d.", maxFailures)
	}
}
