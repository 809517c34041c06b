package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"turnus/client"
	"turnus/itsm/calendar"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// previewed is the page that shows which slots an interval would have which
// isn't declared.
type previewed struct {
	Process, Scope, Kind, Day, Of, At, Cron, Adjust, Tolerance, From string

	Asked bool
	Slots []slotView
	Spec  planning.Spec
	Wrong *client.Problem
}

// Processes, and the like, are what can be chosen.
func (previewed) Processes() []process.Process { return slotFilter{}.Processes() }

// Adjusts are the adjustments.
func (previewed) Adjusts() []planning.Adjust { return planning.Adjustments() }

// Grains are the spans whose days are counted.
func (previewed) Grains() []calendar.Grain {
	return []calendar.Grain{calendar.Month, calendar.Quarter, calendar.Year}
}

func previewTitle() text.Text {
	return text.New("Preview of an interval", "Vorschau auf ein Intervall")
}

func showPreview(v *visit) error {
	p := previewed{Kind: "working_day", Day: "3", Of: string(calendar.Month), At: "06:00", Adjust: string(planning.ModifiedFollowing), Tolerance: "5",
		Process: v.query("process"), Scope: v.query("service"), From: calendar.DateOf(v.Now().UTC()).String()}
	return v.show(http.StatusOK, "plan-preview", previewTitle(), p)
}

// read reads the form into the spec of an interval.
func (p *previewed) read(lang text.Lang) (client.Problem, bool) {
	wrong := client.Problem{Status: http.StatusUnprocessableEntity}
	number := func(field, s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			m := missing(field, text.F("%.40q isn't a whole number.", "%.40q ist keine ganze Zahl.", s).In(lang))
			wrong.Detail, wrong.Errors = m.Detail, append(wrong.Errors, m.Errors...)
		}
		return n
	}
	p.Spec = planning.Spec{Process: p.Process, Scope: p.Scope, Adjust: planning.Adjust(p.Adjust), Reason: "preview"}
	if p.Tolerance != "" {
		p.Spec.Tolerance = number("tolerance", p.Tolerance)
	}
	switch p.Kind {
	case "cron":
		p.Spec.Rule.Cron = p.Cron
	case "day":
		p.Spec.Rule = planning.Rule{Day: number("day", p.Day), Of: calendar.Grain(p.Of), At: p.At}
	default:
		p.Spec.Rule = planning.Rule{WorkingDay: number("day", p.Day), Of: calendar.Grain(p.Of), At: p.At}
	}
	d, err := calendar.ParseDate(p.From)
	if err != nil {
		m := missing("from", text.F("%.40q isn't a date: use YYYY-MM-DD.", "%.40q ist kein Datum: JJJJ-MM-TT.", p.From).In(lang))
		wrong.Detail, wrong.Errors = m.Detail, append(wrong.Errors, m.Errors...)
	}
	p.Spec.Valid.From = d
	return wrong, len(wrong.Errors) == 0
}

func preview(v *visit) error {
	p := previewed{Process: v.form("process"), Scope: v.form("scope"), Kind: v.form("kind"), Day: v.form("day"), Of: v.form("of"), At: v.form("at"),
		Cron: v.form("cron"), Adjust: v.form("adjust"), Tolerance: v.form("tolerance"), From: v.form("from"), Asked: true}
	if wrong, ok := p.read(v.lang); !ok {
		p.Wrong = &wrong
		return v.show(wrong.Status, "plan-preview", previewTitle(), p)
	}
	doc, err := json.Marshal(resource.Resource[planning.Spec]{APIVersion: resource.APIVersion, Kind: resource.Interval,
		Metadata: resource.Metadata{Name: "preview"}, Spec: p.Spec})
	if err != nil {
		return err
	}
	// From its beginning on, or from now on where that has passed.
	from := p.From
	if today := calendar.DateOf(v.Now().UTC()); p.Spec.Valid.From.Before(today) {
		from = ""
	}
	slots, err := v.api.PreviewPlan(v.once(), doc, from, "")
	switch {
	case errors.As(err, &p.Wrong) && p.Wrong.Status < http.StatusInternalServerError:
		return v.show(p.Wrong.Status, "plan-preview", previewTitle(), p)
	case err != nil:
		return err
	}
	for _, s := range slots {
		p.Slots = append(p.Slots, viewOf(s))
	}
	slices.SortStableFunc(p.Slots, func(a, b slotView) int { return a.Due.Compare(b.Due) })
	return v.show(http.StatusOK, "plan-preview", previewTitle(), p)
}
