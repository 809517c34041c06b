package client

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Problem is a problem document of the API (RFC 9457) as an error.
type Problem struct {
	Status   int      `json:"status"`
	Code     string   `json:"code"` // as in not-found
	Title    string   `json:"title"`
	Detail   string   `json:"detail"`
	Instance string   `json:"instance"` // names the request, as the server's log does
	Errors   []Detail `json:"errors"`
}

// Detail is one of several errors.
type Detail struct {
	Location string `json:"location"`
	Row      int64  `json:"row"`
	Code     string `json:"code"` // of what is implausible
	Message  string `json:"message"`
}

// InFlight says that the server still carries out an earlier sending of the
// same request, or believes so: its key is free 30 s after that one died.
func (p *Problem) InFlight() bool {
	return p.Status == http.StatusConflict && len(p.Errors) > 0 && p.Errors[0].Location == "Idempotency-Key"
}

// Error is one line, and one more for each field.
func (p *Problem) Error() string {
	s := p.Title
	if len(p.Errors) == 1 && p.Errors[0].Message == p.Detail {
		return s + ": " + p.line(0)
	}
	if p.Detail != "" {
		s += ": " + p.Detail
	}
	for i, e := range p.Errors {
		if line := p.line(i); !strings.HasSuffix(s, line) && !(len(p.Errors) == 1 && e.Location == "") {
			s += "\n  " + line
		}
	}
	return s
}

// line is one of the errors, with its place or, of what is implausible, its
// code.
func (p *Problem) line(i int) string {
	e := p.Errors[i]
	s := e.Message
	switch {
	case e.Code != "":
		s = e.Code + ": " + s
	case e.Location != "":
		s = e.Location + ": " + s
	}
	if e.Row > 0 {
		s = fmt.Sprintf("row %d: %s", e.Row, s)
	}
	return s
}

// problemIn reads why a request was refused.
func problemIn(res *http.Response) error {
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return err
	}
	p := &Problem{}
	if json.Unmarshal(b, p) != nil || p.Title == "" {
		return &Problem{Status: res.StatusCode, Title: res.Status, Detail: "this doesn't look like Turnus: is the address right?"}
	}
	p.Status = res.StatusCode
	return p
}
