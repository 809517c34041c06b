package uptime

import "turnus/itsm/dataset"

// Named counts the samples of each probe that a file names.
type Named struct {
	list []dataset.ProbeUse
	last dataset.ProbeUse // those of a probe follow each other
	more int64
}

// maxNamed is how many probes are told.
const maxNamed = 10

// Day counts the samples of a day, in the order of keys.
func (n *Named) Day(d Day) {
	if n.last.Samples > 0 && (d.Component != n.last.Component || d.Probe != n.last.Probe) {
		n.end()
	}
	n.last.Component, n.last.Probe = d.Component, d.Probe
	for _, r := range d.Runs {
		n.last.Samples += r.N
	}
}

func (n *Named) end() {
	if len(n.list) < maxNamed {
		n.list = append(n.list, n.last)
	} else {
		n.more++
	}
	n.last = dataset.ProbeUse{}
}

// First gives the first ones, and how many more there are.
func (n *Named) First() (list []dataset.ProbeUse, more int64) {
	if n.last.Samples > 0 {
		n.end()
	}
	return n.list, n.more
}
