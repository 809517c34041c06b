package client

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
)

func TestImportsOverTheWire(t *testing.T) {
	c, all := answering(t, `{"id":7,"read":3,"older":3,"mapping":{"name":"m","version":2}}`, `{"id":"change-approval/import-7/2026-11-30","state":"collecting"}`)
	got, err := c.Import(t.Context(), Intake{Dataset: dataset.Tickets, Service: "pay ments", Format: "csv", Zone: "Europe/Berlin", Mapping: "m", Inline: []byte(`{"number":"Nr"}`),
		AsOf: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Filename: "a b.csv", Accept: "it is right", DryRun: true}, strings.NewReader("x"))
	require.NoError(t, err)
	require.EqualValues(t, 7, got.ID)
	require.EqualValues(t, 3, got.Older)
	require.Equal(t, 2, got.Mapping.Version)
	started, err := c.WithdrawImport(t.Context(), 7, "the wrong one")
	require.NoError(t, err)
	require.Equal(t, "change-approval/import-7/2026-11-30", started.ID)

	sent := (*all)[0]
	require.Equal(t, [3]string{"POST", "/v1/services/pay%20ments/tickets", "x"}, [3]string{sent.method, sent.path, sent.body})
	q, err := url.ParseQuery(sent.query)
	require.NoError(t, err)
	require.Equal(t, url.Values{"format": {"csv"}, "zone": {"Europe/Berlin"}, "mapping": {"m"}, "inline_mapping": {`{"number":"Nr"}`}, "as_of": {"2026-11-23T09:00:00Z"},
		"filename": {"a b.csv"}, "accept": {"it is right"}, "dry_run": {"true"}}, q)
	require.Equal(t, seen{"POST", "/v1/imports/7/withdraw", "", `{"reason":"the wrong one"}`}, (*all)[1])

	_, err = c.Import(t.Context(), Intake{Dataset: dataset.Tickets, Service: "x", Inline: bytes.Repeat([]byte("ü"), 6000)}, strings.NewReader("x"))
	require.ErrorContains(t, err, "turnus apply -f FILE")
	_, err = c.Import(t.Context(), Intake{Dataset: "nonsense"}, strings.NewReader("x"))
	require.ErrorContains(t, err, "there are tickets")
	require.Len(t, *all, 2, "neither was sent")
}

// A ticket is read with all its versions, however many parts they come in.
func TestATicketInParts(t *testing.T) {
	c, all := answering(t, `{"number":"a/b","import":3,"versions":[{"import":3},{"import":2}],"next":"more"}`, `{"number":"a/b","import":3,"versions":[{"import":1}],"next":null}`)
	got, err := c.Ticket(t.Context(), "desk", "a/b")
	require.NoError(t, err)
	require.Equal(t, "a/b", got.Number)
	require.EqualValues(t, 3, got.Import)
	require.Len(t, got.Versions, 3)
	require.EqualValues(t, 1, got.Versions[2].Import)
	require.Equal(t, "/v1/services/desk/tickets/a%2Fb", (*all)[0].path)
	require.Equal(t, "cursor=more&limit=500", (*all)[1].query)
}

// A refusal is said once, with its place, or with the code of what is
// implausible.
func TestRefusalsReadOnce(t *testing.T) {
	for says, problem := range map[string]string{
		"T: mapping.stopped: one column":         `{"title":"T","detail":"one column","errors":[{"location":"mapping.stopped","message":"one column"}]}`,
		"T: many-rejected: half":                 `{"title":"T","detail":"half","errors":[{"code":"many-rejected","message":"half"}]}`,
		"T: row 3: none makes sense":             `{"title":"T","detail":"none makes sense","errors":[{"row":3,"message":"none makes sense"}]}`,
		"T: 2 errors\n  unfinished: a\n  x.y: b": `{"title":"T","detail":"2 errors","errors":[{"code":"unfinished","message":"a"},{"location":"x.y","message":"b"}]}`,
		"T: d":                                   `{"title":"T","detail":"d"}`,
		"T: x.y: b":                              `{"title":"T","detail":"x.y: b","errors":[{"location":"x.y","message":"b"}]}`,
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = w.Write([]byte(problem))
		}))
		_, err := New(srv.URL, "x").ImportByID(t.Context(), 1)
		require.EqualError(t, err, says)
		srv.Close()
	}
}
