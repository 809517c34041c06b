// Package render writes a report in the formats that people read: JSON and a
// self-contained HTML page that prints well. It knows documents, not
// processes. It may import report, itsm and, for formats to come, excelize and
// maroto.
package render

import (
	"encoding/json"
	"io"

	"turnus/itsm/task"
	"turnus/report"
)

// JSON writes a report with its record in one object; lists that are empty are
// empty lists, and the version of what isn't published is 0.
func JSON(w io.Writer, r report.Report) error {
	if r.Decisions == nil {
		r.Decisions = []task.Decision{}
	}
	if r.Summary == nil {
		r.Summary = []report.Tile{}
	}
	if r.Sections == nil {
		r.Sections = []report.Section{}
	}
	if r.Figures == nil {
		r.Figures = []report.Figure{}
	}
	if r.Sources == nil {
		r.Sources = []report.Source{}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
