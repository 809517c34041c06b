package api

import (
	"context"
	"errors"
	"io"
	"net/http"

	"turnus/itsm/person"
)

// inside carries calls of the API's operations out in this process, in the name
// of whoever is signed in on a page: nothing can be done there that the API
// can't do, and what it refuses, bounds and records it does for pages, too.
type inside struct {
	handler http.Handler
	who     person.Actor
	id      string              // of the page's request, which stands in the log for all that it asks for
	outer   http.ResponseWriter // of the page: its connection is the one with deadlines
}

type insideKey struct{}

// insider is who asks from within this process; found is false where a request
// came from outside.
func insider(ctx context.Context) (who person.Actor, found bool) {
	who, found = ctx.Value(insideKey{}).(person.Actor)
	return who, found
}

// RoundTrip implements http.RoundTripper. The answer is read while it is made.
func (t inside) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r = r.WithContext(context.WithValue(r.Context(), insideKey{}, t.who))
	r.Header.Set("X-Request-Id", t.id)
	r.RequestURI = r.URL.RequestURI()
	body, sent := io.Pipe()
	a := &insideAnswer{outer: t.outer, header: http.Header{}, began: make(chan struct{}), body: sent}
	go func() {
		defer func() {
			// The handler answers panics itself, but for the one that breaks off.
			if p := recover(); p != nil {
				sent.CloseWithError(errors.New("the answer broke off")) //nolint:errcheck // it never fails
			}
			a.WriteHeader(http.StatusOK) // unless it was written
			sent.Close()
		}()
		t.handler.ServeHTTP(a, r)
	}()
	select {
	case <-a.began:
	case <-r.Context().Done():
		body.CloseWithError(r.Context().Err()) //nolint:errcheck // it never fails
		<-a.began
		return nil, r.Context().Err()
	}
	return &http.Response{Status: http.StatusText(a.status), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.sent, Body: body, ContentLength: -1, Request: r}, nil
}

// insideAnswer is an http.ResponseWriter whose body is read on the other side.
type insideAnswer struct {
	outer  http.ResponseWriter
	header http.Header
	sent   http.Header // as it was when the answer began
	status int
	began  chan struct{}
	body   *io.PipeWriter
}

// Header implements http.ResponseWriter.
func (a *insideAnswer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *insideAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status, a.sent = status, a.header.Clone()
		close(a.began)
	}
}

// Write implements http.ResponseWriter.
func (a *insideAnswer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// Unwrap gives the page's own, for http.ResponseController.
func (a *insideAnswer) Unwrap() http.ResponseWriter { return a.outer }
