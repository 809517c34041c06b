package api

import (
	"net/url"
	"strings"

	"turnus/itsm/text"
)

// attachment is the Content-Disposition of a file that is kept, never shown,
// under a name (RFC 6266, RFC 5987): as it can be written in ASCII, and where
// that isn't all of it, in UTF-8 besides. What would make it a path, or a display
// obey, is left out.
func attachment(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) { // no file's anywhere
			return '_'
		}
		return r
	}, strings.Trim(text.Line(strings.ToValidUTF8(name, "_")), " ."))
	if name == "" {
		name = "file"
	}
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '%' { // which some programs decode
			return '_'
		}
		return r
	}, name)
	header := `attachment; filename="` + ascii + `"`
	if ascii != name {
		header += "; filename*=UTF-8''" + strings.NewReplacer("+", "%20", "*", "%2A").Replace(url.QueryEscape(name))
	}
	return header
}
