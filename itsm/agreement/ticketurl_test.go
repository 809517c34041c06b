package agreement

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
)

func TestTicketURLs(t *testing.T) {
	service := func(address string) error {
		return ServiceSpec{ScopeSpec: ScopeSpec{Owner: "o", Calendar: "24x7"}, TicketURL: address}.Check()
	}
	for _, good := range []string{"", "https://desk.example.org/tickets/{number}", "https://desk.example.org:8443/t?id={number}&lang=de#{number}",
		"https://desk.example.org/" + strings.Repeat("a", 500-len("https://desk.example.org/{number}")) + "{number}"} {
		require.NoError(t, service(good), good)
	}
	for bad, why := range map[string]string{
		"http://desk.example.org/{number}":                                  "isn't an address with https",
		"javascript:alert({number})":                                        "isn't an address with https",
		"data:text/html,{number}":                                           "isn't an address with https",
		"//desk.example.org/{number}":                                       "isn't an address with https",
		"desk.example.org/{number}":                                         "isn't an address with https",
		"https:///tickets/{number}":                                         "isn't an address with https",
		"https:desk.example.org/a/b/c/{number}":                             "isn't an address with https",
		"https://desk.example.org/%zz/{number}":                             "isn't an address with https",
		"https://desk.example.org/tickets":                                  "{number} is missing",
		"https://desk.example.org/tickets/{NUMBER}":                         "{number} is missing",
		"https://user:secret@desk.example.org/{number}":                     "no credentials",
		"https://user@desk.example.org/{number}":                            "no credentials",
		"https://{number}.example.org/":                                     "isn't an address with https",
		"https://desk.example.org/a {number}":                               "no spaces",
		"https://desk.example.org/\n{number}":                               "no spaces",
		"https://desk.example.org/\u202e{number}":                           "no invisible characters",
		"https://desk.example.org/" + strings.Repeat("a", 469) + "{number}": "500 characters",
	} {
		err := service(bad)
		require.ErrorContains(t, err, why, bad)
		f := fault.As(err)
		require.Equal(t, []any{fault.Invalid, "ticket_url"}, []any{f.Code, f.Field}, bad)
	}
}

// Whatever a ticket is called, its link leads to the declared host and path.
func TestTicketLinks(t *testing.T) {
	const address = "https://desk.example.org/tickets/{number}?id={number}"
	require.Equal(t, "https://desk.example.org/tickets/INC-1_2?id=INC-1_2", TicketLink(address, "INC-1_2"))
	for _, none := range []string{"", ".", ".."} {
		require.Empty(t, TicketLink(address, none))
	}
	require.Empty(t, TicketLink("", "INC1"))
	for _, odd := range []string{"a/b", "../../x", "a b", "a+b", "a?b=c&d", "#", "a%2Fb", "ä", "\"><script>", "{number}", "@evil.example"} {
		u, err := url.Parse(TicketLink(address, odd))
		require.NoError(t, err, odd)
		require.Equal(t, "desk.example.org", u.Host)
		require.Equal(t, "/tickets/"+odd, u.Path, odd)
		require.Equal(t, 2, strings.Count(u.EscapedPath(), "/"), odd)
		require.Equal(t, url.Values{"id": {odd}}, u.Query(), odd)
	}
}
