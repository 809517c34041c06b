package imports

import (
	"io"
	"iter"
	"strings"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/uptime"
)

// usualStatus is what a cancelled window is called where a mapping doesn't say
// it.
var usualStatus = map[string][]string{"cancelled": {"cancelled", "canceled"}}

// CheckWindows refuses options that no file can be read with.
func CheckWindows(o Options) error { return checkOptions(dataset.Maintenance, o) }

// Windows reads announced windows of maintenance, from a file that may be packed
// as .gz or .zip: an iCalendar file or a table with a mapping. What makes no
// sense comes as *dataset.Reject and reading goes on; any other error is the last
// thing that comes.
//
// A row of a table is known again by its reference or, without one, by its
// component and its start.
func Windows(r io.Reader, o Options) iter.Seq2[uptime.Window, error] {
	if err := CheckWindows(o); err != nil {
		return failed[uptime.Window](err)
	}
	if o.Format == ICalendar {
		return announced(r, o)
	}
	return rows(r, o, o.Mapping.Table, func(t *table) (parser[uptime.Window], error) {
		at, err := t.named(o.Mapping, "reference", "component", "start", "end", "announced", "summary", "status")
		if err != nil {
			return nil, err
		}
		p := windows{at["reference"], at["component"], at["start"], at["end"], at["announced"], at["summary"], at["status"], meanings(o.Mapping, "status", usualStatus)}
		t.number = p.reference
		return p.row, nil
	})
}

// windows are the columns of a table of windows, -1 for those that it doesn't
// have.
type windows struct {
	reference, component, start, end, announced, summary, status int
	means                                                        func(cell string) (string, bool)
}

func (p windows) row(t *table, c []string) (w uptime.Window, err error) {
	w.Row = t.row
	if w.UID, err = t.key(c, "", p.reference); err != nil {
		return w, err
	}
	if w.From, w.To, err = t.span(c, w.UID, p.start, p.end); err != nil {
		return w, err
	}
	if w.To.IsZero() {
		return w, t.reject(w.UID, t.heading[p.end], strings.TrimSpace(c[p.end]), "a window ends: an instant is missing here", "ein Wartungsfenster endet: hier fehlt ein Zeitpunkt")
	}
	if w.Component, err = t.key(c, w.UID, p.component); err != nil {
		return w, err
	}
	if w.UID == "" {
		w.UID = w.Unreferenced()
	}
	told, err := t.instant(c, w.UID, p.announced, false)
	if err != nil {
		return w, err
	}
	if told != nil {
		w.Announced = told.UTC()
	}
	if w.Summary, err = t.text(c, w.UID, p.summary, maxText); err != nil {
		return w, err
	}
	if p.status >= 0 {
		_, w.Cancelled = p.means(known(c[p.status]))
	}
	if !t.offset {
		w.Adjusted = t.adjusted(c[p.start], w.From) || t.adjusted(c[p.end], w.To)
	}
	return w, nil
}

// adjusted says that a local time doesn't exist, and was read with the offset
// before the clock change.
func (t *table) adjusted(cell string, at time.Time) bool {
	asked, ok := instant(t.layout, false, strings.TrimSpace(cell), time.UTC)
	return ok && !sameReading(asked, at.In(t.zone))
}

// sameReading says whether the wall clock reads what was asked for.
func sameReading(asked, is time.Time) bool {
	return asked.Hour() == is.Hour() && asked.Minute() == is.Minute() && asked.YearDay() == is.YearDay()
}
