package web

import (
	"errors"
	"net/http"

	"turnus/client"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
)

// reporting is the form in which somebody puts on record what they found.
type reporting struct {
	client.Found
	Wrong *client.Problem
}

// Types, and the like, are what can be chosen.
func (reporting) Types() []improvement.Type { return improvement.Types() }

// Severities are those of findings.
func (reporting) Severities() []improvement.Severity { return improvement.Severities() }

// Kinds are where a person finds something.
func (reporting) Kinds() []improvement.SourceKind { return improvement.ReportedFrom() }

// About is what it concerns, in words.
func (r reporting) About() text.Text {
	if r.Service == "" {
		return text.New("the organisation", "die Organisation")
	}
	return text.Same(r.Service)
}

func findingTitle() text.Text { return text.New("Record a finding", "Befund erfassen") }

// found is what was typed.
func (v *visit) found() reporting {
	return reporting{Found: client.Found{Type: improvement.Type(v.form("type")), Service: v.form("service"), Severity: improvement.Severity(v.form("severity")),
		Title: v.form("title"), Detail: v.form("detail"), Key: v.form("key"),
		Source: improvement.Source{Kind: improvement.SourceKind(v.form("kind")), Name: v.form("name")}}}
}

func askFinding(v *visit) error {
	return v.show(http.StatusOK, "finding-new", findingTitle(), reporting{Found: client.Found{Service: v.query("service")}})
}

// editFinding shows the form again with what was typed.
func editFinding(v *visit) error {
	return v.show(http.StatusOK, "finding-new", findingTitle(), v.found())
}

// checkFinding repeats what was typed before it counts: afterwards it stays.
func checkFinding(v *visit) error {
	r := v.found()
	said := improvement.Report{Type: r.Type, Service: r.Service, Severity: r.Severity, Title: r.Title, Detail: r.Detail, Source: r.Source, Key: r.Key}
	if err := said.Check(); err != nil {
		return v.notOpened(v.faulty(err))
	}
	return v.show(http.StatusOK, "finding-check", text.New("Check the finding", "Befund prüfen"), r)
}

func openFinding(v *visit) error {
	f, err := v.api.OpenFinding(v.once(), v.found().Found)
	if err != nil {
		return v.notOpened(err)
	}
	return v.to(findingPath(f.ID))
}

// notOpened shows the form again, with why and with what was typed.
func (v *visit) notOpened(err error) error {
	r := v.found()
	if !errors.As(err, &r.Wrong) || r.Wrong.Status >= http.StatusInternalServerError {
		return err
	}
	return v.show(r.Wrong.Status, "finding-new", findingTitle(), r)
}
