package improvement

import (
	"regexp"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
)

// FigureRef names a figure of a process's published reports, whatever their
// period.
type FigureRef struct {
	Process string // as in sla-report
	Group   string // what the figure is listed under: an agreement; empty: the whole report
	Figure  string // as in p1-resolution.attainment
}

var figureName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)

// ParseFigureRef reads PROCESS/GROUP/FIGURE, or PROCESS/FIGURE of a figure that
// concerns the whole report.
func ParseFigureRef(s string) (FigureRef, error) {
	named := func(s string) bool { return resource.CheckName("", s) == nil }
	p := strings.Split(s, "/")
	last := len(p) - 1
	if last != 1 && last != 2 || !named(p[0]) || last == 2 && !named(p[1]) || len(p[last]) > 200 || !figureName.MatchString(p[last]) {
		return FigureRef{}, fault.Invalidf("", "%.120q isn't a figure: write PROCESS/GROUP/FIGURE, as in sla-report/desk/p1-resolution.attainment.",
			"%.120q ist keine Kennzahl: PROZESS/GRUPPE/KENNZAHL angeben, etwa sla-report/desk/p1-resolution.attainment.", s)
	}
	r := FigureRef{Process: p[0], Figure: p[last]}
	if last == 2 {
		r.Group = p[1]
	}
	return r, nil
}

// String is the inverse of ParseFigureRef.
func (r FigureRef) String() string {
	if r.Group == "" {
		return r.Process + "/" + r.Figure
	}
	return r.Process + "/" + r.Group + "/" + r.Figure
}
