package web

import (
	"html/template"
	"net/http"

	"turnus/itsm/text"
)

var startingPage = template.Must(template.New("starting").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{{- if not .Sent}}
<meta http-equiv="refresh" content="3">
{{- end}}
<title>{{.Title}}</title>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
<p>{{.Says}}</p>
</main>
</body>
</html>
`))

// Starting answers browsers while what Turnus stands on isn't there yet. A form
// that was sent meanwhile hasn't counted; loaded again the page sends it again.
func Starting(w http.ResponseWriter, r *http.Request) {
	lang := (&Pages{}).asked(r)
	sent := r.Method == http.MethodPost
	says := text.New("This page comes by itself as soon as it is there.", "Diese Seite erscheint von selbst, sobald sie da ist.")
	if sent {
		says = text.New("The entry hasn't counted yet. Load this page again in a moment: that sends it again.",
			"Die Eingabe hat noch nicht gezählt. Diese Seite gleich neu laden: Damit wird sie erneut gesendet.")
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(lang))
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Retry-After", "3")
	w.WriteHeader(http.StatusServiceUnavailable)
	startingPage.Execute(w, map[string]any{"Lang": lang, "Sent": sent, //nolint:errcheck // the client may be gone
		"Title": text.New("Turnus is starting", "Turnus startet").In(lang), "Says": says.In(lang)})
}
