package api

import (
	"mime"
	"strconv"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// negotiate chooses one of the offered media types by an Accept header; the
// first one where the client doesn't mind.
func negotiate(header string, offers ...string) (string, error) {
	if strings.TrimSpace(header) == "" {
		return offers[0], nil
	}
	best, quality := "", 0.0
	for _, offer := range offers {
		q, exact := 0.0, -1
		for part := range strings.SplitSeq(header, ",") {
			t, params, err := mime.ParseMediaType(part)
			if err != nil {
				continue
			}
			fit := -1
			switch family, _, _ := strings.Cut(offer, "/"); t {
			case offer:
				fit = 2
			case family + "/*":
				fit = 1
			case "*/*":
				fit = 0
			}
			if fit < 0 || fit < exact {
				continue
			}
			exact, q = fit, 1
			if v, ok := params["q"]; ok {
				q, err = strconv.ParseFloat(v, 64)
				if err != nil || q < 0 || q > 1 {
					q = 0
				}
			}
		}
		if q > quality {
			best, quality = offer, q
		}
	}
	if best == "" {
		return "", fault.New(notAcceptable, text.F("None of the formats in Accept is offered: there is %s.",
			"Keines der Formate in Accept wird geboten: Es gibt %s.", strings.Join(offers, ", ")))
	}
	return best, nil
}
