package agreement

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"turnus/itsm/fault"
)

// numberPlace is where the number stands in a ticket_url.
const numberPlace = "{number}"

const maxTicketURL = 500 // characters

// checkTicketURL refuses an address that no browser should be sent to from a
// report: only https, of a host that is written out, without credentials.
func checkTicketURL(s string) error {
	const field = "ticket_url"
	u, err := url.Parse(s) // which takes no braces in the name of a host
	switch {
	case utf8.RuneCountInString(s) > maxTicketURL:
		return fault.Invalidf(field, "an address has %d characters at most", "Eine Adresse hat höchstens %d Zeichen.", maxTicketURL)
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }):
		return fault.Invalidf(field, "an address has no spaces and no invisible characters", "Eine Adresse enthält keine Leerzeichen und keine unsichtbaren Zeichen.")
	case err != nil || u.Scheme != "https" || u.Hostname() == "":
		return fault.Invalidf(field, "%.80q isn't an address with https: use one as in https://desk.example.org/tickets/{number}",
			"%.80q ist keine Adresse mit https: Eine wie https://desk.example.org/tickets/{number} angeben.", s)
	case u.User != nil:
		return fault.Invalidf(field, "an address holds no credentials: leave out what stands before the @",
			"Eine Adresse enthält keine Zugangsdaten: Weglassen, was vor dem @ steht.")
	case !strings.Contains(s, numberPlace):
		return fault.Invalidf(field, "%s is missing: it stands where the number of the ticket belongs", "%s fehlt: Es steht dort, wo die Nummer des Tickets hingehört.", numberPlace)
	}
	return nil
}

// TicketLink is where a ticket of the service is read; empty where the service
// declares no address, or the number would lead elsewhere.
func TicketLink(ticketURL, number string) string {
	if ticketURL == "" || number == "" || number == "." || number == ".." {
		return ""
	}
	// As a value of a query, so that it is one wherever it stands; a space as in a path.
	escaped := strings.ReplaceAll(url.QueryEscape(number), "+", "%20")
	return strings.ReplaceAll(ticketURL, numberPlace, escaped)
}
