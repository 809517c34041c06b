package imports

import (
	"io"
	"iter"
	"strings"

	"turnus/itsm/availability"
	"turnus/itsm/dataset"
	"turnus/itsm/uptime"
)

// usualAnswers are what a probe's answers are called where a mapping doesn't say
// it.
var usualAnswers = map[string][]string{
	string(availability.AnswerUp):      {"up", "1", "true", "ok"},
	string(availability.AnswerDown):    {"down", "0", "false", "fail"},
	string(availability.AnswerUnknown): {"unknown"},
}

// CheckSamples refuses options that no file can be read with.
func CheckSamples(o Options) error { return checkOptions(dataset.Probes, o) }

// Samples reads what probes saw, from a file that may be packed as .gz or .zip: a
// table with a mapping, the answer to a range query of Prometheus, or the
// observations of an Upptime monitor. A sample that makes no sense comes as
// *dataset.Reject and reading goes on; any other error is the last thing that
// comes. Samples may stand in any order, and more than once. Instants are cut
// off to whole seconds. Memory doesn't depend on the file's size.
func Samples(r io.Reader, o Options) iter.Seq2[uptime.Sample, error] {
	if err := CheckSamples(o); err != nil {
		return failed[uptime.Sample](err)
	}
	switch o.Format {
	case Prometheus:
		return matrix(r, o)
	case Upptime:
		return rows(r, o, dataset.Table{Separator: "\t"}, observations)
	}
	return rows(r, o, o.Mapping.Table, func(t *table) (parser[uptime.Sample], error) {
		at, err := t.named(o.Mapping, "at", "is", "component", "probe")
		if err != nil {
			return nil, err
		}
		p := samples{at: at["at"], is: at["is"], component: at["component"], probe: at["probe"], means: meanings(o.Mapping, "is", usualAnswers)}
		t.number = p.component
		return p.row, nil
	})
}

// observations reads what an Upptime monitor has seen, as its repository's
// history tells it: a table with tabs and no quotation marks, of which author_date,
// state and site count. A site is a component. One that is degraded answers
// slowly, and is up. For quotation marks in a site's name Upptime wrote two
// apostrophes once; those are the same site.
func observations(t *table) (parser[uptime.Sample], error) {
	at, err := t.columns("", []wanted{{"at", "author_date"}, {"is", "state"}, {"component", "site"}})
	if err != nil {
		return nil, err
	}
	states := map[string]string{"up": "up", "degraded": "up", "down": "down"}
	p := samples{at: at[0], is: at[1], component: at[2], probe: -1, site: true, means: func(cell string) (string, bool) {
		is, ok := states[cell]
		return is, ok
	}}
	t.number = p.component
	return p.row, nil
}

// samples are the columns of a table of samples, -1 for those that it doesn't
// have.
type samples struct {
	at, is, component, probe int
	site                     bool // the component is one of Upptime's
	means                    func(cell string) (string, bool)
}

func (p samples) row(t *table, c []string) (s uptime.Sample, err error) {
	s.Row = t.row
	if s.Component, err = t.key(c, "", p.component); err != nil {
		return s, err
	}
	if p.site {
		if s.Component == "" {
			return s, t.reject("", t.heading[p.component], "", "what was observed is missing", "was beobachtet wurde, fehlt")
		}
		s.Component = strings.ReplaceAll(s.Component, "''", `"`)
	}
	if s.Probe, err = t.key(c, s.Component, p.probe); err != nil {
		return s, err
	}
	at, err := t.instant(c, s.Component, p.at, true)
	if err != nil {
		return s, err
	}
	if at.Before(earliest) {
		return s, t.reject(s.Component, t.heading[p.at], strings.TrimSpace(c[p.at]), tooEarly, tooEarlyDe)
	}
	s.At = at.UTC()
	cell := strings.TrimSpace(c[p.is])
	is, ok := p.means(cell)
	if !ok {
		return s, t.reject(s.Component, t.heading[p.is], cell, "this isn't an answer of a probe: name in the mapping's values.is what means up, down or unknown",
			"das ist keine Antwort eines Messpunkts: in der Zuordnung unter values.is angeben, was up, down oder unknown bedeutet")
	}
	s.Is = availability.Answer(is)
	return s, nil
}
