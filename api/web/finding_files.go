package web

import (
	"net/http"
	"strconv"

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
	no := v.mend(err)
	if no == nil {
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
		return fault.New(fault.NotFound, nowhere())
	}
	res, err := v.api.OpenEvidence(v.r.Context(), id, v.param("sha256"))
	if err != nil {
		return err
	}
	return v.handOn(res, "")
}
