package web

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"turnus/client"
	"turnus/itsm/fault"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// sendEvidence hands a file on to the API while it arrives.
func sendEvidence(v *visit) error {
	f, err := v.finding()
	if err != nil {
		return err
	}
	// The API reads somewhat more than it takes, to say that it is too large.
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, 2*task.MaxFile+maxForm)
	file, err := v.upload()
	if err == nil {
		_, err = v.api.SendEvidence(v.r.Context(), f.ID, file.Name, file)
	}
	if err == nil {
		return v.to(findingPath(f.ID) + "#files")
	}
	v.takeRest()
	var no *client.Problem
	if said := fault.As(err); said != nil {
		no = missing("file", said.Message.In(v.lang))
	} else if !errors.As(err, &no) || no.Status >= http.StatusInternalServerError {
		return err
	}
	p, err := v.seenFinding()
	if err != nil {
		return err
	}
	p.Wrong = no
	return v.show(no.Status, "finding", text.F("Finding %d", "Befund %d", p.ID), p)
}

// getEvidence hands a file of a finding on while the API sends it.
func getEvidence(v *visit) error {
	id, err := strconv.ParseInt(v.param("finding"), 10, 64)
	if err != nil {
		return notThere()
	}
	res, err := v.api.OpenEvidence(v.r.Context(), id, v.param("sha256"))
	if err != nil {
		return err
	}
	return v.handOn(res)
}

// handOn answers with a file as the API gives it: to be kept, not to be shown.
func (v *visit) handOn(res *http.Response) error {
	defer res.Body.Close()
	for _, name := range []string{"Content-Type", "Content-Disposition", "Content-Length", "Content-Security-Policy", "X-Content-Type-Options"} {
		if value := res.Header.Get(name); value != "" {
			v.w.Header().Set(name, value)
		}
	}
	v.w.WriteHeader(http.StatusOK)
	if _, err := io.Copy(v.w, res.Body); err != nil {
		panic(http.ErrAbortHandler) // so that nobody takes a part for the whole
	}
	return nil
}

// notThere says that an address leads nowhere.
func notThere() error {
	return fault.New(fault.NotFound, text.New("There is no such page.", "Eine solche Seite gibt es nicht."))
}
