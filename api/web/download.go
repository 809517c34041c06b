package web

import (
	"io"
	"mime"
	"net/http"
)

// handOn passes on a file that the API sends, while it does; under a name, where
// one is given. What breaks off breaks off here.
func (v *visit) handOn(res *http.Response, name string) error {
	defer res.Body.Close()
	h := v.w.Header()
	for _, k := range []string{"Content-Type", "Content-Language", "Content-Length", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options"} {
		if s := res.Header.Get(k); s != "" {
			h.Set(k, s)
		}
	}
	if name != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}
	if _, err := io.Copy(v.w, res.Body); err != nil {
		panic(http.ErrAbortHandler) // so that nobody takes a part for the whole
	}
	return nil
}
