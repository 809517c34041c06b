package api

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// takeForm bounds how a page's form is read, as the API's bodies are, and gives
// what to call when the page has answered. One with a file comes at the pace of
// files, however long that takes; of what is more than small few forms are read
// at a time.
func (s *server) takeForm(c echo.Context, in *http.Request) (done func()) {
	if in.Method != http.MethodPost {
		return func() {}
	}
	f := &form{body: in.Body, places: s.forms, who: func() string { return actorOf(in.Context()).Person }, leave: func() {}}
	if strings.HasPrefix(in.Header.Get("Content-Type"), "multipart/") {
		connection := http.NewResponseController(c.Response())
		now := time.Now()
		f.body = &upload{body: in.Body, deadline: connection.SetReadDeadline, until: now.Add(uploadTime), pace: newPace(s.pace), most: maxImport + maxBody}
		_ = connection.SetWriteDeadline(now.Add(importTime + time.Minute)) // not every transport has deadlines
	}
	in.Body = struct {
		io.Reader
		io.Closer
	}{f, in.Body}
	return func() { f.leave() }
}

// form is the body of a page's form.
type form struct {
	body   io.Reader
	places *places
	who    func() string // sends it; empty: nobody is signed in
	bytes  int64         // so far
	leave  func()        // the place that it takes
}

// Read implements io.Reader.
func (f *form) Read(p []byte) (int, error) {
	n, err := f.body.Read(p)
	before := f.bytes
	if f.bytes += int64(n); before <= largeBody && f.bytes > largeBody {
		leave, full := f.places.take(f.who())
		if full != nil {
			return 0, full
		}
		f.leave = leave
	}
	return n, err
}
