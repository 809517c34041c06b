package web

import (
	"html/template"
	"net/http"
	"strings"

	"turnus/client"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/render"
)

func reportPages() []page {
	const at = "/reports/:process/:scope/:period"
	return []page{
		{method: "GET", path: at, name: "report", handle: showReport},
		{method: "GET", path: at + "/print.css", name: "report-print", handle: printStyle},
		{method: "GET", path: at + "/files/:file", name: "report-file", lasts: fileTime, handle: sendReport},
	}
}

// reported is a report's page.
type reported struct {
	Report   report.Report
	Body     template.HTML
	Versions []listed     // all attempts, newest first
	Files    []reportFile // to be taken away
}

// InForce is the attempt whose report counts; nil before the first publication.
func (r reported) InForce() *listed {
	var at *listed
	for i := range r.Versions {
		if v := &r.Versions[i]; v.Version > 0 && (at == nil || v.Version > at.Version) {
			at = v
		}
	}
	return at
}

// runOf is the run that an address names.
func (v *visit) runOf() string {
	return v.param("process") + "/" + v.param("scope") + "/" + v.param("period")
}

func showReport(v *visit) error {
	key, _, err := run.ParseID(v.runOf())
	if err != nil {
		return fault.New(fault.NotFound, fault.As(err).Message)
	}
	r, err := v.api.ReportOf(v.r.Context(), v.runOf())
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := render.Fragment(&b, r, v.lang); err != nil {
		return err
	}
	shown := reported{Report: r, Body: template.HTML(b.String()), Files: filesOf(r, v.session.Actor)}
	all, err := v.api.Attempts(v.r.Context(), key)
	if err != nil {
		return err
	}
	for _, a := range all {
		shown.Versions = append(shown.Versions, listed{a})
	}
	title := text.F("%s: %s, %s", "%s: %s, %s", r.Title, r.Subject, report.Period(r.Period))
	return v.show(http.StatusOK, "report", title, shown)
}

// printStyle is what stands in the margins of a report's printed pages.
func printStyle(v *visit) error {
	return v.send(v.runOf(), client.ReportFile{What: "report", Format: "css", Lang: string(v.lang)}, "")
}

// reportFile is something to take away of a report.
type reportFile struct {
	Name  string // in its address
	Title text.Text
	Of    client.ReportFile
}

// reportFiles are those that there may be.
func reportFiles() []reportFile {
	return []reportFile{
		{"report.html", text.New("Document (HTML), to be kept or printed", "Dokument (HTML) zum Aufbewahren oder Drucken"), client.ReportFile{What: "report", Format: "html"}},
		{"report.json", text.New("Report as data (JSON)", "Bericht als Daten (JSON)"), client.ReportFile{What: "report", Format: "json"}},
		{"receipts.json", text.New("Receipts of all figures (JSON)", "Belege aller Zahlen (JSON)"), client.ReportFile{What: "receipts", Format: "json"}},
		{"tickets.csv", text.New("Breached and excluded tickets (CSV)", "Verletzte und ausgeschlossene Tickets (CSV)"), client.ReportFile{What: "tickets", Format: "csv"}},
		{"tickets.json", text.New("Breached and excluded tickets (JSON)", "Verletzte und ausgeschlossene Tickets (JSON)"), client.ReportFile{What: "tickets", Format: "json"}},
	}
}

// filesOf are the files of a report that somebody is offered: the API has the
// last word on who gets them.
func filesOf(r report.Report, who person.Actor) (all []reportFile) {
	inside := who.Has(person.ProcessOwner, person.Approver, person.Auditor)
	for _, f := range reportFiles() {
		there := map[string]bool{"report": true, "receipts": inside && r.Receipts != "", "tickets": inside && r.Tickets != ""}
		if there[f.Of.What] {
			all = append(all, f)
		}
	}
	return all
}
