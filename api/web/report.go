package web

import (
	"html/template"
	"net/http"
	"strings"

	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/render"
)

func reportPages() []page {
	const at = "/reports/:process/:scope/:period"
	return []page{
		{method: "GET", path: at, name: "report", handle: showReport},
		{method: "GET", path: at + "/print.css", name: "report-print", handle: printStyle},
	}
}

// reported is a report's page.
type reported struct {
	Report report.Report
	Body   template.HTML
	Run    string // the address of its run
}

// runOf is the run that an address names.
func (v *visit) runOf() string {
	return v.param("process") + "/" + v.param("scope") + "/" + v.param("period")
}

func showReport(v *visit) error {
	r, err := v.api.ReportOf(v.r.Context(), v.runOf())
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := render.Fragment(&b, r, v.lang); err != nil {
		return err
	}
	title := text.F("%s: %s, %s", "%s: %s, %s", r.Title, r.Subject, report.Period(r.Period))
	return v.show(http.StatusOK, "report", title, reported{Report: r, Body: template.HTML(b.String()), Run: "/runs/" + v.runOf()})
}

// printStyle is what stands in the margins of a report's printed pages.
func printStyle(v *visit) error {
	r, err := v.api.ReportOf(v.r.Context(), v.runOf())
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/css; charset=utf-8")
	return render.Margins(v.w, r, v.lang)
}
