package api

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A form that somebody opened isn't carried out for who has signed in meanwhile
// in another tab of the same browser.
func TestAFormIsOfWhomItWasShownTo(t *testing.T) {
	h := newHouse(t)
	g := h.guest(t, "owner", "en")
	fields := fieldsOn(t, g.opens("/me"), "/me/feeds")
	require.Equal(t, 303, g.sends("/sign-in", "token", h.tokens["auditor"]).Code)
	w := g.sends("/me/feeds", fields...)
	require.Equal(t, 409, w.Code)
	require.Contains(t, readOn(w), "This form was opened by owner, and auditor is signed in now. Nothing was done.")
	require.Contains(t, readOn(g.opens("/me")), "There is no address so far.")
	require.Equal(t, 200, g.sends("/me/feeds", fieldsOn(t, g.opens("/me"), "/me/feeds")...).Code)
}

// So are forms with a file, of whatever page.
func TestAFileIsOfWhomItsFormWasShownTo(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "desk", keyed)
	g := h.guest(t, "owner", "en")
	require.Equal(t, 201, h.as(t, "owner", "POST", "/v1/findings", `{"type":"opportunity","service":"payments","title":"t","detail":"d"}`).Code)
	forms := map[string][]string{}
	for page, action := range map[string]string{"/services/payments/import": "/services/payments/import/check", "/findings/1": "/findings/1/files"} {
		forms[action] = fieldsOn(t, g.opens(page), action)
	}
	require.Equal(t, 303, g.sends("/sign-in", "token", h.tokens["admin"]).Code)
	for action, fields := range forms {
		require.Contains(t, fields, "owner", action)
		w := g.uploads(action, "file", "a.csv", "number,opened\n", append(fields, "what", "tickets/csv")...)
		require.Equal(t, 409, w.Code, w.Body)
		require.Contains(t, readOn(w), "This form was opened by owner, and admin is signed in now. Nothing was done.")
	}
}

// The other language of a page that answers a form has what was typed into it,
// and sends nothing by itself.
func TestTheOtherLanguageKeepsWhatWasTyped(t *testing.T) {
	h := newHouse(t)
	g := h.guest(t, "owner", "en")
	w := g.sends("/services/payments/exclusions/new/check", "tickets", "INC1", "reason", "", "detail", "no <power>", "evidence", "a mail")
	require.Equal(t, 422, w.Code, w.Body)
	w = g.sends("/language", append(fieldsOn(t, w, "/language"), "tickets", "")...)
	require.Equal(t, 200, w.Code, w.Body)
	require.Contains(t, readOn(w), "Die Seite auf Deutsch")
	require.Contains(t, readOn(w), "Sachverhalt no <power>")
	const check = "/services/payments/exclusions/new/check"
	w = g.sends(check, fieldsOn(t, w, check)...)
	require.Equal(t, "de", w.Header().Get("Content-Language"))
	require.Contains(t, readOn(w), "no <power>")

	// What another person typed isn't shown to whoever has its sealed form.
	kept := fieldsOn(t, w, "/language")
	other := h.guest(t, "auditor", "en")
	require.Equal(t, 303, other.sends("/language", kept...).Code)
}
