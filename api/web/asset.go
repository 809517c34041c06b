package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"

	"turnus/report/render"
)

//go:embed assets
var files embed.FS

// assets are the style and the script of the pages, by name, with their types.
var assets = map[string]struct {
	kind    string
	content []byte
}{
	"style.css":  {"text/css; charset=utf-8", sheet()},
	"report.css": {"text/css; charset=utf-8", []byte(render.StyleWithin(".report"))},
	"turnus.js":  {"text/javascript; charset=utf-8", content("turnus.js")},
}

// stamp changes with the assets.
var stamp = func() string {
	h := sha256.New()
	for _, name := range []string{"style.css", "report.css", "turnus.js"} {
		h.Write(assets[name].content)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}()

// sheet is the pages' style: one, written in several files.
func sheet() []byte {
	parts, err := files.ReadDir("assets/style")
	if err != nil {
		panic("web: the style is missing: " + err.Error())
	}
	var all []byte
	for _, p := range parts {
		all = append(all, content("style/"+p.Name())...)
	}
	return all
}

func content(name string) []byte {
	b, err := files.ReadFile("assets/" + name)
	if err != nil {
		panic("web: an asset is missing: " + err.Error())
	}
	return b
}

// assetRoutes serve them: a browser keeps what it asked for by its stamp.
func assetRoutes() []Route {
	return []Route{{Method: "GET", Path: "/assets/:stamp/:name", Name: "page.asset", Handle: func(w http.ResponseWriter, r *http.Request, param func(string) string) {
		a, ok := assets[param("name")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "public, max-age=300")
		if param("stamp") == stamp {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		h.Del("Vary")
		w.Write(a.content) //nolint:errcheck // the client may be gone
	}}, {Method: "GET", Path: "/favicon.ico", Name: "page.asset", Handle: func(w http.ResponseWriter, _ *http.Request, _ func(string) string) {
		w.WriteHeader(http.StatusNoContent)
	}}}
}
