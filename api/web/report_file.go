package web

import (
	"strings"
	"time"

	"turnus/client"
	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// fileTime is how long a file may take to be derived and fetched, as the API has
// it.
const fileTime = 2 * time.Hour

// sendReport sends a file of a report under a name by which it is kept.
func sendReport(v *visit) error {
	if _, _, err := run.ParseID(v.runOf()); err != nil {
		return fault.New(fault.NotFound, fault.As(err).Message)
	}
	for _, f := range reportFiles() {
		if f.Name != v.param("file") {
			continue
		}
		of := f.Of
		if of.Format != "json" {
			of.Lang = string(v.lang)
		}
		name := strings.ReplaceAll(v.runOf(), "/", ".") + strings.TrimPrefix("."+f.Name, ".report")
		return v.send(v.runOf(), of, name)
	}
	return fault.New(fault.NotFound, text.F("There is no file %.80q of a report.", "Eine Datei %.80q gibt es zu einem Bericht nicht.", v.param("file")))
}

// send passes on a document of a report; to be kept where it has a name.
func (v *visit) send(id string, of client.ReportFile, name string) error {
	res, err := v.api.OpenReport(v.r.Context(), id, of)
	if err != nil {
		return err
	}
	return v.handOn(res, name)
}
