package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
	"turnus/store"
)

// shownTicket is the answer of get-ticket.
type shownTicket struct {
	ticket.Record
	Next *string
}

func (h *house) ticketAt(t *testing.T, path string) (shown shownTicket) {
	t.Helper()
	w := h.as(t, "auditor", "GET", path, "")
	require.Equal(t, 200, w.Code, w.Body)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &shown))
	return shown
}

// A ticket is shown as it is known now, and as each import left it, whatever
// its number is written with.
func TestATicketWithItsVersions(t *testing.T) {
	h := newHouse(t)
	day := func(d int) time.Time { return time.Date(2026, 10, d, 8, 0, 0, 0, time.UTC) }
	for i, number := range []string{"INC/1", "Anfrage 7 ü", "a?b=c#d%2F&e+f", "x/../y"} {
		stopped := day(3)
		for j, row := range []ticket.Row{
			{Row: 1, Number: number, Opened: day(1), At: day(1), State: "Active", Fields: map[string]string{"priority": "1"}},
			{Row: 1, Number: number, Opened: day(1), At: day(3), StoppedAt: &stopped, State: "Closed", Fields: map[string]string{"priority": "2"}},
		} {
			_, err := h.store.Import(t.Context(), store.Intake{Service: "payments", Format: "csv", AsOf: day(5 + 10*j + i), By: "admin", Now: testNow},
				func(yield func(ticket.Row, error) bool) { yield(row, nil) }, nil)
			require.NoError(t, err)
		}
		path := "/v1/services/payments/tickets/" + url.PathEscape(number)
		got := h.ticketAt(t, path)
		require.Equal(t, number, got.Number)
		require.Len(t, got.Versions, 2, number)
		require.Equal(t, got.Recorded, got.Versions[0])
		require.Equal(t, map[string]string{"priority": "2"}, got.Fields)
		require.Equal(t, day(3), *got.Last)
		require.Equal(t, day(15+i), got.AsOf)
		require.Equal(t, testNow, got.At)
		require.True(t, got.Events[len(got.Events)-1].Stopped)
		require.Nil(t, got.Versions[1].Last, "it was open then")
		require.Equal(t, day(1), *got.Versions[1].Opened)
		require.Equal(t, map[string]string{"priority": "1"}, got.Versions[1].Fields)
		require.NotEqual(t, got.Hash, got.Versions[1].Hash)

		first := h.ticketAt(t, path+"?limit=1")
		require.Equal(t, got.Versions[:1], first.Versions)
		require.NotNil(t, first.Next)
		rest := h.ticketAt(t, path+"?limit=1&cursor="+*first.Next)
		require.Equal(t, got.Versions[1:], rest.Versions)
		require.Equal(t, got.Recorded, rest.Recorded, "as it is known now, in each part")
		require.Nil(t, rest.Next)
	}
}

// Where there is no such ticket, and where there is no such service, that is
// said; a ticket of another service isn't this one's.
func TestTicketsThatArentThere(t *testing.T) {
	h := imported(t)
	const of = "/v1/services/payments/tickets/"
	require.Equal(t, `payments has no ticket "INC9".`, problemIn(t, h.as(t, "owner", "GET", of+"INC9", "")).Detail)
	require.Equal(t, "payments hat kein Ticket „INC9“.", problemIn(t, h.as(t, "owner", "GET", of+"INC9", "", "Accept-Language", "de")).Detail)
	for _, path := range []string{of, of + "INC1/", of + "inc1", of + "INC1?cursor=WyI5IiwiOSJd", "/v1/services/mail/tickets/INC1", "/v1/services/nothing/tickets/INC1"} {
		require.Contains(t, []int{404, 422}, h.as(t, "auditor", "GET", path, "").Code, path)
	}
	require.Equal(t, 404, h.as(t, "owner", "GET", "/v1/services/nothing/tickets/INC1", "").Code)
	require.Equal(t, 403, h.as(t, "owner", "GET", "/v1/services/mail/tickets/INC1", "").Code)
	trail := h.as(t, "auditor", "GET", "/v1/audit?person=owner", "").Body.String()
	require.Contains(t, trail, `"action":"get-ticket.refused","object":"services/mail/tickets/INC1"`)
}

// Once an import is withdrawn, a ticket is what the others say; one of which
// none says anything is withdrawn, and shown with what was known of it.
func TestTicketsAfterAWithdrawal(t *testing.T) {
	h := imported(t) // INC1 and INC2
	w := h.as(t, "owner", "POST", "/v1/services/payments/tickets?format=servicenow-audit",
		"number,incident_state,sys_mod_count,opened_at,sys_updated_at\nINC2,Active,1,2/10/2026 09:00,3/10/2026 09:00\nINC3,New,0,3/10/2026 09:00,3/10/2026 09:00\n")
	require.Equal(t, 200, w.Code, w.Body)
	w = h.as(t, "owner", "POST", "/v1/imports/2/withdraw", `{"reason":"another service's"}`)
	require.Equal(t, 202, w.Code, w.Body)
	var begun Started
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &begun))
	storetest.Enact(t, h.store, testNow, "approver", begun.ID)

	numbered := func(id int64) (i dataset.Import) {
		w := h.as(t, "owner", "GET", fmt.Sprintf("/v1/imports/%d", id), "")
		require.Equal(t, 200, w.Code, w.Body)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &i))
		return i
	}
	withdrawn := numbered(2)
	withdrawal := numbered(withdrawn.WithdrawnBy)
	const of = "/v1/services/payments/tickets/"
	two := h.ticketAt(t, of+"INC2")
	require.Equal(t, withdrawal.ID, two.Import, "the withdrawal's own version")
	require.Len(t, two.Versions, 3)
	require.Equal(t, two.Versions[2].Hash, two.Hash, "as it was before")
	require.Equal(t, two.Versions[2].AsOf, two.AsOf, "and as of the import that says so")
	require.NotEqual(t, two.Versions[1].Hash, two.Hash)
	require.False(t, two.Withdrawn)

	three := h.ticketAt(t, of+"INC3")
	require.True(t, three.Withdrawn)
	require.Nil(t, three.Opened)
	require.Nil(t, three.Last)
	require.Empty(t, three.Events)
	require.Empty(t, three.Hash)
	require.Len(t, three.Versions, 2)
	require.False(t, three.Versions[1].Withdrawn)
	require.NotEmpty(t, three.Versions[1].Events)

	require.EqualValues(t, 2, withdrawal.Withdraws)
	require.Equal(t, [2]string{begun.ID, "another service's"}, [2]string{withdrawal.Run, withdrawal.Reason})
	require.Equal(t, 409, h.as(t, "owner", "POST", "/v1/imports/2/withdraw", `{"reason":"once more"}`).Code)
	require.Equal(t, 409, h.as(t, "owner", "POST", fmt.Sprintf("/v1/imports/%d/withdraw", withdrawn.WithdrawnBy), `{"reason":"a withdrawal"}`).Code)
}
