package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
)

const exclusions = "/v1/services/payments/exclusions"

// imported is a house whose payments have two tickets.
func imported(t *testing.T) *house {
	h := newHouse(t)
	w := h.as(t, "owner", "POST", "/v1/services/payments/tickets?format=servicenow-audit",
		"number,incident_state,sys_mod_count,opened_at,sys_updated_at\nINC1,New,0,1/10/2026 09:00,1/10/2026 09:00\nINC2,New,0,2/10/2026 09:00,2/10/2026 09:00\n")
	require.Equal(t, 200, w.Code, w.Body)
	return h
}

// proposal is a body; its parts can be replaced by others.
func proposal(parts ...string) string {
	return strings.NewReplacer(parts...).Replace(`{"tickets":["INC2","INC1"],"reason":"customer","detail":"the site was locked","evidence":"CHG7"}`)
}

func (h *house) proposed(t *testing.T, body string) agreement.Exclusion {
	t.Helper()
	w := h.as(t, "owner", "POST", exclusions, body)
	require.Equal(t, 201, w.Code, w.Body)
	var e agreement.Exclusion
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &e))
	require.Equal(t, fmt.Sprintf("%s/%d", exclusions, e.ID), w.Header().Get("Location"))
	return e
}

// Who may what with an exclusion that exists.
func TestExclusionsByRoleAndOwnership(t *testing.T) {
	h := imported(t)
	agreed := h.as(t, "admin", "PUT", "/v1/agreements/gold", `{"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"gold"},"spec":{"service":"payments","valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"office","attain":95}]}}`)
	require.Equal(t, 201, agreed.Code, agreed.Body)
	strangers := `[{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"other-approver"},"spec":{"roles":["approver"],"sees":{"services":["payments"]}}}]`
	require.Equal(t, 200, h.as(t, "admin", "POST", "/v1/apply", strangers).Code)
	_, secret, err := h.store.FirstToken(t.Context(), testNow, "other-approver", 3600e9)
	require.NoError(t, err)
	h.tokens["other-approver"] = secret

	e := h.proposed(t, proposal(`"reason"`, `"agreement":"gold","target":"fast","reason"`))
	require.Equal(t, agreement.Exclusion{ID: e.ID, Service: "payments", Tickets: []string{"INC2", "INC1"}, Agreement: "gold", Target: "fast",
		Reason: agreement.Customer, Detail: "the site was locked", Evidence: "CHG7", By: "owner", At: testNow}, e)
	one := fmt.Sprintf("%s/%d", exclusions, e.ID)
	for who, status := range map[string]struct{ propose, list, get, withdraw int }{
		"other-owner":    {403, 403, 403, 403},
		"other-approver": {403, 403, 403, 403},
		"viewer":         {403, 403, 403, 403},
		"approver":       {403, 200, 200, 403},
		"auditor":        {403, 200, 200, 403},
		"admin":          {403, 200, 200, 403},
		"owner":          {201, 200, 200, 200},
	} {
		require.Equal(t, status.propose, h.as(t, who, "POST", exclusions, proposal()).Code, who)
		listed := h.as(t, who, "GET", exclusions, "")
		require.Equal(t, status.list, listed.Code, who)
		require.Equal(t, status.list == 200, strings.Contains(listed.Body.String(), "the site was locked"), who)
		require.Equal(t, status.get, h.as(t, who, "GET", one, "").Code, who)
		require.Equal(t, status.withdraw, h.as(t, who, "POST", one+"/withdraw", `{"reason":"a mistake"}`).Code, who)
	}
	trail := h.as(t, "auditor", "GET", "/v1/audit?person=other-owner", "").Body.String()
	for _, action := range []string{"propose-exclusion.refused", "list-exclusions.refused", "get-exclusion.refused", "withdraw-exclusion.refused"} {
		require.Contains(t, trail, action)
	}
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?object="+fmt.Sprintf("exclusion/payments/%d", e.ID), "").Body.String(), `"action":"exclusion.withdrawn"`)
}

func TestExclusionsThatArentThere(t *testing.T) {
	h := imported(t)
	h.proposed(t, proposal())
	for who, paths := range map[string][]string{
		"owner": {exclusions + "/9", "/v1/services/nothing/exclusions/1", "/v1/services/nothing/exclusions", "/v1/services/mail/exclusions/1"},
		"admin": {exclusions + "/9", "/v1/services/nothing/exclusions"},
	} {
		for _, path := range paths {
			w := h.as(t, who, "GET", path, "")
			require.Equal(t, 404, w.Code, "%s %s", who, path)
			require.Equal(t, "not-found", problemIn(t, w).Code)
		}
	}
	for _, path := range []string{exclusions + "/9/withdraw", "/v1/services/nothing/exclusions/1/withdraw", "/v1/services/mail/exclusions/1/withdraw"} {
		require.Equal(t, 404, h.as(t, "owner", "POST", path, `{"reason":"a mistake"}`).Code, path)
	}
	require.Equal(t, 404, h.as(t, "owner", "POST", "/v1/services/nothing/exclusions", proposal()).Code)
	require.Equal(t, 422, h.as(t, "owner", "GET", exclusions+"/0", "").Code)
	require.Equal(t, 422, h.as(t, "owner", "GET", exclusions+"/x", "").Code)
}

// What isn't acceptable is said with its place, in both languages.
func TestProposalsThatArentAcceptable(t *testing.T) {
	h := imported(t)
	long := `"` + strings.Repeat(`x","`, 1000) + `y"`
	for body, want := range map[string]struct{ at, en, de string }{
		proposal("INC1", "INC9"):                         {"body.tickets[1]", `payments has no ticket "INC9"`, `payments hat kein Ticket „INC9“`},
		proposal("INC1", "INC2"):                         {"body.tickets[1]", "name each ticket once", "Jedes Ticket einmal"},
		proposal(`"INC1"`, `""`):                         {"body.tickets[1]", "1 to 200 bytes", "1 bis 200 Byte"},
		proposal(`"INC2","INC1"`, ""):                    {"body.tickets", "too short: 1 or more", "zu kurz, Mindestlänge: 1."},
		proposal(`"INC2","INC1"`, long):                  {"body.tickets", "too long: 1000 at most", "zu lang, Höchstlänge: 1000."},
		proposal(`["INC2","INC1"]`, "null"):              {"body.tickets", "expected array", "wird eine Liste."},
		proposal("customer", "weather"):                  {"body.reason", "maintenance, customer", "einer dieser Werte: maintenance, customer"},
		proposal("the site was locked", " "):             {"body.detail", "say what happened", "angeben, was geschehen ist"},
		proposal("CHG7", `\t`):                           {"body.evidence", "where it can be seen", "wo es zu sehen ist"},
		proposal(`"reason"`, `"target":"a","reason"`):    {"body.agreement", "named with its agreement", "mit seiner Vereinbarung"},
		proposal(`"reason"`, `"agreement":"a","reason"`): {"body.agreement", `payments has no agreement "a"`, `payments hat keine Vereinbarung „a“`},
		proposal(`"reason"`, `"service":"a","reason"`):   {"body.service", "unexpected property", "Ein solches Feld gibt es nicht"},
	} {
		for lang, text := range map[string]string{"en": want.en, "de": want.de} {
			w := h.as(t, "owner", "POST", exclusions, body, "Accept-Language", lang)
			require.Equal(t, 422, w.Code, body)
			p := problemIn(t, w)
			require.Len(t, p.Errors, 1, "%.200s: %s", body, w.Body)
			require.Equal(t, want.at, p.Errors[0].Location, "%.200s", body)
			require.Contains(t, p.Errors[0].Message, text, "%.200s", body)
		}
	}
	two := problemIn(t, h.as(t, "owner", "POST", exclusions, proposal("INC1", "x", "INC2", "y")))
	require.Len(t, two.Errors, 2)
	require.Equal(t, "body.tickets[0]", two.Errors[0].Location)
	require.Equal(t, "body.tickets[1]", two.Errors[1].Location)
	// A body that says too little comes after the role, and before what it names.
	require.Equal(t, 403, h.as(t, "viewer", "POST", exclusions, proposal("CHG7", " ")).Code)
	require.Equal(t, 422, h.as(t, "other-owner", "POST", exclusions, proposal("CHG7", " ")).Code)
	require.Equal(t, 403, h.as(t, "other-owner", "POST", exclusions, proposal("INC1", "INC9")).Code)
	require.Equal(t, 422, h.as(t, "owner", "POST", exclusions+"/9/withdraw", `{"reason":" "}`).Code)
	require.JSONEq(t, `{"items":[],"next":null}`, h.as(t, "owner", "GET", exclusions, "").Body.String())
}

func TestWithdrawnExclusions(t *testing.T) {
	h := imported(t)
	e := h.proposed(t, proposal())
	h.proposed(t, proposal())
	withdraw := fmt.Sprintf("%s/%d/withdraw", exclusions, e.ID)
	first := h.as(t, "owner", "POST", withdraw, `{"reason":"a mistake"}`)
	require.Equal(t, 200, first.Code, first.Body)
	require.Contains(t, first.Body.String(), `"withdrawn":{"by":"owner","at":"2026-11-23T09:00:00Z","reason":"a mistake"}`)
	again := h.as(t, "owner", "POST", withdraw, `{"reason":"another"}`)
	require.Equal(t, 200, again.Code)
	require.JSONEq(t, first.Body.String(), again.Body.String(), "what is on record stays")

	var list List[agreement.Exclusion]
	require.NoError(t, json.Unmarshal(h.as(t, "approver", "GET", exclusions+"?limit=1", "").Body.Bytes(), &list))
	require.Nil(t, list.Items[0].Withdrawn)
	require.NotNil(t, list.Next)
	require.NoError(t, json.Unmarshal(h.as(t, "approver", "GET", exclusions+"?limit=1&cursor="+*list.Next, "").Body.Bytes(), &list))
	require.Equal(t, "a mistake", list.Items[0].Withdrawn.Reason)
	require.Nil(t, list.Next)

	// The service changes hands: its next owner finds it withdrawn.
	hands := `[{"apiVersion":"turnus/v1","kind":"Service","metadata":{"name":"payments"},"spec":{"owner":"other-owner","approvers":["approver"],"calendar":"office"}}]`
	require.Equal(t, 200, h.as(t, "admin", "POST", "/v1/apply", hands).Code)
	require.Equal(t, 404, h.as(t, "owner", "POST", withdraw, `{"reason":"a mistake"}`).Code, "it isn't theirs to see any more")
	w := h.as(t, "other-owner", "POST", withdraw, `{"reason":"a mistake"}`)
	require.Equal(t, 409, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "owner has withdrawn")
	w = h.as(t, "other-owner", "POST", fmt.Sprintf("%s/%d/withdraw", exclusions, e.ID+1), `{"reason":"not ours"}`)
	require.Equal(t, 200, w.Code, "the owner of now may end what the one before proposed")
}

// A repeat with the same key proposes nothing more.
func TestProposingOnce(t *testing.T) {
	h := imported(t)
	first := h.as(t, "owner", "POST", exclusions, proposal(), keyHeader, "k1")
	require.Equal(t, 201, first.Code, first.Body)
	again := h.as(t, "owner", "POST", exclusions, proposal(), keyHeader, "k1")
	require.Equal(t, 201, again.Code)
	require.Equal(t, first.Body.String(), again.Body.String())
	require.Equal(t, first.Header().Get("Location"), again.Header().Get("Location"))
	require.Equal(t, "true", again.Header().Get("Idempotency-Replayed"))
	require.Equal(t, 422, h.as(t, "owner", "POST", exclusions, proposal("CHG7", "CHG8"), keyHeader, "k1").Code)

	// The answer is lost, as with a process that died: the repeat finds the proposal.
	_, err := h.store.DB().Exec(`DELETE FROM idempotency`)
	require.NoError(t, err)
	found := h.as(t, "owner", "POST", exclusions, proposal(), keyHeader, "k1")
	require.Equal(t, http.StatusCreated, found.Code)
	require.JSONEq(t, first.Body.String(), found.Body.String())
	var list List[agreement.Exclusion]
	require.NoError(t, json.Unmarshal(h.as(t, "owner", "GET", exclusions, "").Body.Bytes(), &list))
	require.Len(t, list.Items, 1)
}

// The largest proposal there is fits through the doors.
func TestTheLargestProposal(t *testing.T) {
	h := newHouse(t)
	var rows, numbers strings.Builder
	for i := range agreement.MaxExcluded {
		n := fmt.Sprintf("%0200d", i)
		fmt.Fprintf(&rows, "%s,New,0,1/10/2026 09:00,1/10/2026 09:00\n", n)
		fmt.Fprintf(&numbers, `,"%s"`, n)
	}
	w := h.as(t, "owner", "POST", "/v1/services/payments/tickets?format=servicenow-audit",
		"number,incident_state,sys_mod_count,opened_at,sys_updated_at\n"+rows.String())
	require.Equal(t, 200, w.Code, w.Body)
	e := h.proposed(t, proposal(`"INC2","INC1"`, numbers.String()[1:], "CHG7", strings.Repeat("ü", 4000)))
	require.Len(t, e.Tickets, agreement.MaxExcluded)
}

// The document names the reasons that there are.
func TestDocumentedReasons(t *testing.T) {
	for _, op := range operations(t) {
		if op.id != "propose-exclusion" {
			continue
		}
		var want []any
		for _, r := range agreement.ExclusionReasons() {
			want = append(want, string(r))
		}
		reason := op.body["properties"].(map[string]any)["reason"].(map[string]any)
		require.Equal(t, want, reason["enum"])
		return
	}
	t.Fatal("the document has no propose-exclusion")
}
