package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"turnus/api/web"
)

// Starting answers in place of the API while what that stands on isn't there
// yet: the process is alive, and anything else is to be asked again shortly.
func Starting() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		if in.URL.Path == "/healthz" {
			w.Header().Set("Content-Type", "application/json")
			w.Write([]byte(`{"status":"ok"}` + "\n")) //nolint:errcheck // the client may be gone
			return
		}
		if forPage(in, in.URL.Path) {
			web.Starting(w, in)
			return
		}
		r := &request{id: requestID(in), path: shownPath(in.URL.Path)}
		r.lang, r.asked = accepted(in)
		p := problem(context.WithValue(in.Context(), requestKey{}, r), notReady(errors.New("starting")))
		for k, v := range p.GetHeaders() {
			w.Header().Set(k, v[0])
		}
		w.Header().Set("Content-Type", p.ContentType(""))
		w.WriteHeader(p.Status)
		json.NewEncoder(w).Encode(p) //nolint:errcheck // the client may be gone
	})
}
