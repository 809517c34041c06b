package client

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
)

// seen is a request as it arrived.
type seen struct{ method, path, query, body string }

// answering is a server that gives one answer after the other.
func answering(t *testing.T, answers ...string) (*Client, *[]seen) {
	all := &[]seen{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		*all = append(*all, seen{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(b)})
		_, _ = w.Write([]byte(answers[min(len(*all), len(answers))-1]))
	}))
	t.Cleanup(srv.Close)
	return New(srv.URL, "x"), all
}

func TestExclusionsOverTheWire(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	want := agreement.Exclusion{ID: 3, Service: "pay ments", Tickets: []string{"INC1"}, Reason: agreement.Spam, Detail: "d", Evidence: "e", By: "owner", At: at}
	one, err := json.Marshal(want)
	require.NoError(t, err)
	c, all := answering(t, string(one), `{"items":[`+string(one)+`],"next":"abc"}`, `{"items":[`+string(one)+`],"next":null}`, string(one))

	got, err := c.Exclude(t.Context(), "pay ments", Exclusion{Tickets: []string{"INC1"}, Reason: agreement.Spam, Detail: "d", Evidence: "e"})
	require.NoError(t, err)
	require.Equal(t, want, got)
	list, err := c.Exclusions(t.Context(), "pay ments", 0)
	require.NoError(t, err)
	require.Equal(t, []agreement.Exclusion{want, want}, list)
	got, err = c.Withdraw(t.Context(), "pay ments", 3, "a mistake")
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, []seen{
		{"POST", "/v1/services/pay%20ments/exclusions", "", `{"tickets":["INC1"],"reason":"spam","detail":"d","evidence":"e"}`},
		{"GET", "/v1/services/pay%20ments/exclusions", "limit=500", ""},
		{"GET", "/v1/services/pay%20ments/exclusions", "cursor=abc&limit=500", ""},
		{"POST", "/v1/services/pay%20ments/exclusions/3/withdraw", "", `{"reason":"a mistake"}`},
	}, *all)
}
