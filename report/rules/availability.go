package rules

import (
	"turnus/itsm/agreement"
	"turnus/itsm/text"
	"turnus/report"
)

// Component names the part of a service that a target is about.
func Component(name string) text.Text {
	if name == "" {
		return text.New("whole service", "gesamter Service")
	}
	return text.Same(name)
}

// Counted words which data says that the service was down, and how much of an
// outage counts.
func Counted(a agreement.Availability) text.Text {
	counts := text.New("what was recorded", "was aufgezeichnet ist")
	switch a.Counts {
	case agreement.CountProbes:
		counts = text.New("what the probes saw", "was die Messpunkte gemessen haben")
	case agreement.CountEither:
		counts = text.New("what either of them says", "was eines von beiden sagt")
	}
	if a.Degraded {
		return text.F("%s, with the share that was gone", "%s, mit dem ausgefallenen Anteil", counts)
	}
	return counts
}

// Users words how many use the service; 0 is not asked about.
func Users(n int64) text.Text {
	if n == 0 {
		return text.New("not asked about", "nicht erfasst")
	}
	return report.Number(n)
}

// Maintenance words what was agreed about maintenance, and how early it has to be
// announced.
func Maintenance(a agreement.Availability) text.Text {
	how := text.New("excluded from agreed time", "aus der vereinbarten Zeit ausgenommen")
	if a.Maintenance == agreement.MaintenanceExcused {
		how = text.New("part of agreed time; outages in it are excused", "Teil der vereinbarten Zeit; Ausfälle darin sind entschuldigt")
	}
	if a.Notice == 0 {
		return text.F("%s, if announced before it begins", "%s, wenn vor Beginn angekündigt", how)
	}
	return text.F("%s, if announced %s before it begins", "%s, wenn mindestens %s vor Beginn angekündigt", how, report.Lasting(a.Notice.Seconds()))
}

// Probing words how samples of probes are read.
func Probing(p *agreement.Probing) text.Text {
	if p == nil {
		return text.New("none", "keine")
	}
	every := text.F("a sample every %s, a gap from %s on", "ein Messwert alle %s, Lücke ab %s", report.Lasting(p.Every.Seconds()), report.Lasting(p.Gap.Seconds()))
	if p.Failures > 1 {
		every = text.F("%s; down after %d failures in a row, from the first on", "%s; Ausfall nach %d Fehlschlägen in Folge, ab dem ersten", every, p.Failures)
	}
	if p.Quorum > 1 {
		return text.F("%s; the majority counts, of %d that know at least", "%s; es zählt die Mehrheit, mindestens %d müssen etwas wissen", every, p.Quorum)
	}
	return text.F("%s; the majority counts", "%s; es zählt die Mehrheit", every)
}
