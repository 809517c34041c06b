package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
)

const someMapping = `{"apiVersion":"turnus/v1","kind":"Mapping","metadata":{"name":"some"},"spec":{"number":"a","opened":"b","stopped":"c"}}`

func TestARepeatGetsTheRecordedAnswer(t *testing.T) {
	h := newHouse(t)
	key := []string{"Idempotency-Key", "k1", "Content-Type", "application/json"}
	first := h.as(t, "admin", "POST", "/v1/apply", someMapping, key...)
	require.Equal(t, 200, first.Code, first.Body)
	require.Contains(t, first.Body.String(), `"created"`)
	require.Empty(t, first.Header().Get("Idempotency-Replayed"))

	again := h.as(t, "admin", "POST", "/v1/apply", someMapping, key...)
	require.Equal(t, 200, again.Code)
	require.Equal(t, "true", again.Header().Get("Idempotency-Replayed"))
	require.Equal(t, first.Body.String(), again.Body.String(), "created, as it was the first time")
	require.Equal(t, first.Header().Get("Content-Type"), again.Header().Get("Content-Type"))

	require.Contains(t, h.as(t, "admin", "POST", "/v1/apply", someMapping).Body.String(), "unchanged", "without a key it is carried out")
	other := h.as(t, "admin", "POST", "/v1/apply", strings.Replace(someMapping, "some", "more", 1), key...)
	require.Equal(t, 422, other.Code)
	require.Equal(t, 422, h.as(t, "admin", "POST", "/v1/apply?dry_run=true", someMapping, key...).Code)

	require.Equal(t, 403, h.as(t, "owner", "POST", "/v1/apply", someMapping, key...).Code, "keys belong to a person")
	replayed := h.as(t, "owner", "POST", "/v1/apply", someMapping, key...)
	require.Equal(t, 403, replayed.Code)
	require.Equal(t, "true", replayed.Header().Get("Idempotency-Replayed"))
	require.Equal(t, "application/problem+json", replayed.Header().Get("Content-Type"))
	require.Equal(t, 401, h.as(t, "", "POST", "/v1/apply", someMapping, key...).Code)
}

func TestSecretsAreNotShownTwice(t *testing.T) {
	h := newHouse(t)
	const path = "/v1/persons/owner/tokens"
	first := h.as(t, "admin", "POST", path, "", "Idempotency-Key", "k1")
	require.Equal(t, 201, first.Code, first.Body)
	again := h.as(t, "admin", "POST", path, "", "Idempotency-Key", "k1")
	require.Equal(t, 409, again.Code)
	require.Equal(t, "conflict", problemIn(t, again).Code)
	var kept int
	require.NoError(t, h.store.DB().QueryRow(`SELECT length(body) FROM idempotency`).Scan(&kept))
	require.Zero(t, kept, "the secret isn't in the database")
	require.Equal(t, 201, h.as(t, "admin", "POST", path, `{"days":1}`, "Idempotency-Key", "k2").Code)
}

// While the first request is in flight its key is taken; a 5xx frees it.
func TestKeysInFlight(t *testing.T) {
	h := newHouse(t)
	req := func() int {
		return h.as(t, "admin", "POST", "/v1/apply", someMapping, "Idempotency-Key", "k").Code
	}
	require.Equal(t, 200, req())
	pgtest.Tamper(t, h.store.DB(), `UPDATE idempotency SET status = NULL`)
	require.Equal(t, http.StatusConflict, req())

	pgtest.Tamper(t, h.store.DB(), `DELETE FROM idempotency; ALTER TABLE resource RENAME TO elsewhere`)
	require.Equal(t, 500, func() int {
		h2 := &house{Echo: h.Echo, store: h.store, tokens: h.tokens}
		return h2.as(t, "admin", "POST", "/v1/apply", someMapping, "Idempotency-Key", "k").Code
	}())
	pgtest.Tamper(t, h.store.DB(), `ALTER TABLE elsewhere RENAME TO resource`)
	require.Equal(t, 200, req())
}

// A repeated upload is compared with the first, though neither is kept.
func TestUploadsWithAKey(t *testing.T) {
	h := newHouse(t)
	require.Equal(t, 200, h.as(t, "admin", "POST", "/v1/apply", someMapping).Code)
	const path = "/v1/services/payments/tickets?format=csv&mapping=some"
	const file = "a,b,c\nT1,2026-10-01T08:00:00Z,\n"
	first := h.as(t, "owner", "POST", path, file, "Idempotency-Key", "k")
	require.Equal(t, 200, first.Code, first.Body)
	again := h.as(t, "owner", "POST", path, file, "Idempotency-Key", "k")
	require.Equal(t, 200, again.Code)
	require.Equal(t, "true", again.Header().Get("Idempotency-Replayed"))
	require.Equal(t, first.Body.String(), again.Body.String())
	require.Empty(t, again.Header().Get(digest))
	other := h.as(t, "owner", "POST", path, strings.Replace(file, "T1", "T2", 1), "Idempotency-Key", "k")
	require.Equal(t, 422, other.Code, other.Body)
}

// An upload that is refused before its end leaves its key free: a repeat, which
// the client makes when the connection broke meanwhile, is refused for the same
// reason and not as another file.
func TestUploadsThatAreRefusedBeforeTheirEnd(t *testing.T) {
	h := newHouse(t)
	long := "<html>\n" + strings.Repeat("x\n", 1<<20)
	for range 2 {
		w := h.as(t, "admin", "POST", "/v1/calendars/office/holidays?format=icalendar", long, "Idempotency-Key", "k")
		require.Equal(t, 400, w.Code, w.Body)
		require.Contains(t, w.Body.String(), "isn't iCalendar")
		require.Equal(t, 403, h.as(t, "owner", "POST", "/v1/services/mail/tickets?format=servicenow-audit", long, "Idempotency-Key", "k").Code)
	}
	// One that was read is told from another.
	whole := h.as(t, "admin", "POST", "/v1/calendars/office/holidays?format=icalendar", "<html>", "Idempotency-Key", "w")
	require.Equal(t, 400, whole.Code)
	require.Equal(t, "true", h.as(t, "admin", "POST", "/v1/calendars/office/holidays?format=icalendar", "<html>", "Idempotency-Key", "w").Header().Get("Idempotency-Replayed"))
	require.Equal(t, 422, h.as(t, "admin", "POST", "/v1/calendars/office/holidays?format=icalendar", "<body>", "Idempotency-Key", "w").Code)
}
