package uptime

import (
	"cmp"
	"slices"

	"turnus/itsm/dataset"
	"turnus/itsm/text"
)

// Density counts whether the samples of a file come as often as was agreed.
type Density struct {
	agreed map[string]int64 // seconds from one sample to the next, by component; "": of the whole service
	gaps   map[string]int64
	probes map[[2]string]*dense
}

// dense counts the distances between the samples of one probe.
type dense struct {
	close, sum int64 // those that are no gap, and their seconds
	gaps       int64
	last       int64 // second of the last sample
}

// Bounds of what is counted and told.
const (
	maxProbes   = 10_000
	maxDensity  = 10
	tellingGaps = 20 // so many distances tell something
)

// NewDensity is one for the versions of a service's agreements.
func NewDensity(agreed []dataset.Agreed) *Density {
	d := &Density{map[string]int64{}, map[string]int64{}, map[[2]string]*dense{}}
	for _, a := range agreed {
		for _, t := range a.Spec.OfAvailability() {
			if t.Availability == nil || t.Availability.Probes == nil {
				continue
			}
			c, p := t.Availability.Component, t.Availability.Probes
			if every, known := d.agreed[c]; !known || p.Every.Seconds() < every {
				d.agreed[c], d.gaps[c] = p.Every.Seconds(), p.Gap.Seconds()
			}
		}
	}
	return d
}

// of gives what was agreed for a component; 0: nothing was.
func (d *Density) of(component string) (every, gap int64) {
	if every, known := d.agreed[component]; known {
		return every, d.gaps[component]
	}
	return d.agreed[""], d.gaps[""]
}

// Day counts the samples of a day, in the order of days.
func (d *Density) Day(day Day) {
	every, gap := d.of(day.Component)
	if every == 0 {
		return
	}
	key := [2]string{day.Component, day.Probe}
	n := d.probes[key]
	if n == nil {
		if len(d.probes) == maxProbes {
			return
		}
		n = &dense{}
		d.probes[key] = n
	}
	add := func(distance, times int64) {
		if distance > gap {
			n.gaps += times
		} else {
			n.close, n.sum = n.close+times, n.sum+distance*times
		}
	}
	for i, r := range day.Runs {
		at := r.At.Unix()
		if i > 0 || n.last != 0 {
			add(at-n.last, 1)
		}
		add(r.Every, r.N-1)
		n.last = at + (r.N-1)*r.Every
	}
}

// Warnings says of which probes samples come more than one and a half times as
// often as was agreed, as they do from two monitors of one name, or mostly so
// seldom that each leaves a gap.
func (d *Density) Warnings() (list []dataset.Warning) {
	keys := make([][2]string, 0, len(d.probes))
	for k := range d.probes {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	for _, k := range keys {
		n := d.probes[k]
		every, gap := d.of(k[0])
		if n.close+n.gaps < tellingGaps {
			continue
		}
		var detail text.Text
		switch name := KeyInWords(key(k[0], k[1])); {
		case n.sum*3 < n.close*every*2 && n.close > n.gaps:
			detail = text.F("Samples of %.80[1]q come every %[2]s s on average, and every %[3]s s was agreed: perhaps two monitors with different clocks have one name.",
				"Messwerte von %.80[1]q kommen im Mittel alle %[2]s\u202fs, vereinbart sind alle %[3]s\u202fs: Vielleicht haben zwei Monitore mit verschiedenen Uhren denselben Namen.",
				name, text.Number((n.sum+n.close/2)/n.close), text.Number(every))
		case n.gaps > n.close:
			detail = text.F("Most samples of %.80[1]q come more than %[2]s s after the one before, and every %[3]s s was agreed: the time in between counts as unknown.",
				"Die meisten Messwerte von %.80[1]q kommen mehr als %[2]s\u202fs nach dem vorigen, vereinbart sind alle %[3]s\u202fs: Die Zeit dazwischen gilt als Zeit ohne Daten.",
				name, text.Number(gap), text.Number(every))
		default:
			continue
		}
		if list = append(list, dataset.Warning{Code: dataset.OtherDensity, Detail: detail}); len(list) == maxDensity {
			break
		}
	}
	return list
}
