package availabilityreview

import (
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/interval"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/itsm/versions"
)

// Codes of what may have changed that a draft stands on, beside those of versions.
// What a dataset knows has the dataset's name as its code.
const (
	ChangedObjective  = "objective"    // another version of an SLO or SLI counts
	ChangedSpan       = "data-span"    // a dataset tells of another part of the period
	ChangedDrills     = "drills"       // other drills are known to have touched production
	ChangedImpossible = "not-possible" // it couldn't be drafted now
)

// Moved counts the cases of a dataset in which two sets differ.
type Moved = dataset.Moved

// Changed says what a set that is frozen now would stand on otherwise than one
// that was frozen before, of the same period; nothing where its draft would say
// the same. The instant, the numbers of imports, and how findings stand, don't
// count. moved is looked at where a dataset differs.
func Changed(old, now Frozen, moved map[string]Moved) []task.StalePart {
	before, after := old.frame(), now.frame()
	all := before.Moved(after)
	add := func(code string, detail text.Text) { all = append(all, task.StalePart{Code: code, Detail: detail}) }
	for _, name := range Datasets() {
		d, err := dataset.Find(name)
		if err != nil {
			continue // each of them is in the table
		}
		was, is := old.Dataset(name), now.Dataset(name)
		if was.Count != is.Count || was.Hash != is.Hash {
			add(name, moved[name].InWords(d))
		}
		if a, b := old.tells(was), now.tells(is); a != b {
			add(ChangedSpan, text.F("%s are known of another span of time: %s → %s", "%s sind über einen anderen Zeitraum bekannt: %s → %s", d.Title, old.words(a), now.words(b)))
		}
	}
	all = append(all, before.Uncovered(after)...)
	all = append(all, versions.Changed(old.Agreements, now.Agreements, old.Calendars, now.Calendars)...)
	slos, slis := old.named()
	slosNow, slisNow := now.named()
	all = append(all, versions.ChangedNamed(ChangedObjective, text.Same("SLO"), slos, slosNow)...)
	all = append(all, versions.ChangedNamed(ChangedObjective, text.Same("SLI"), slis, slisNow)...)
	all = append(all, drillsMoved(old.Drills, now.Drills)...)
	return append(all, before.Published(after)...)
}

// tells is the part of the time up to the period's end that a dataset tells of.
func (f Frozen) tells(d Data) interval.Span {
	if d.Import == 0 {
		return interval.Span{}
	}
	s := interval.Between(d.Since, d.AsOf).Clip(interval.Between(f.Reads.From, f.To))
	if s.Empty() {
		return interval.Span{}
	}
	return s
}

func (f Frozen) words(s interval.Span) text.Text {
	if s.Empty() {
		return text.New("none", "keiner")
	}
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		zone = time.UTC
	}
	in := func(at int64) text.Text { return calendar.InWords(time.Unix(at, 0).In(zone)) }
	return text.F("%s to %s", "%s bis %s", in(s.From), in(s.To))
}

// frame is what the set says of its period and of reports.
func (f Frozen) frame() versions.Frame {
	x := versions.Frame{From: f.From, To: f.To, Zone: f.Zone, Provisional: f.Provisional, AsOf: f.AsOf, InForce: f.InForce}
	for _, p := range f.History {
		x.Earlier = append(x.Earlier, versions.Report{Period: p.Period, Version: p.Version, Hash: p.Hash})
	}
	return x
}

// named are the versions of SLOs and SLIs that count.
func (f Frozen) named() (slos, slis []versions.Named) {
	for _, o := range f.Objectives {
		slos = append(slos, versions.Named{Name: o.Name, Version: o.Version, Hash: o.Hash})
		if o.Indicator != nil {
			slis = append(slis, versions.Named{Name: o.Indicator.Name, Version: o.Indicator.Version, Hash: o.Indicator.Hash})
		}
	}
	return slos, slis
}
