package store

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
)

func TestKeyAnswersOnce(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	begin := func(at time.Time, who, op, key, request string) (*Answer, error) {
		return s.BeginKey(ctx, at, who, op, key, request)
	}
	a, err := begin(declared, "ada", "start", "k", "r1")
	require.NoError(t, err)
	require.Nil(t, a)
	_, err = begin(declared.Add(time.Second), "ada", "start", "k", "r1")
	requireFault(t, err, fault.Conflict, "Idempotency-Key")
	_, err = begin(declared.Add(time.Second), "ada", "start", "k", "r2")
	requireFault(t, err, fault.Invalid, "another request")

	for _, other := range [][2]string{{"bob", "start"}, {"ada", "cancel"}} {
		a, err = begin(declared, other[0], other[1], "k", "r2")
		require.NoError(t, err)
		require.Nil(t, a, "a key belongs to a person and an operation")
	}

	answer := Answer{Status: 202, Header: map[string]string{"Location": "/v1/runs/x"}, Body: []byte("{\"id\":\"x\"}\x00\xff")}
	require.NoError(t, s.FinishKey(ctx, "ada", "start", "k", answer))
	require.NoError(t, s.FinishKey(ctx, "ada", "start", "k", Answer{Status: 500}), "the first answer stays")
	require.NoError(t, s.FreeKey(ctx, "ada", "start", "k"), "an answered key isn't freed")
	a, err = begin(declared.Add(24*time.Hour-time.Second), "ada", "start", "k", "r1")
	require.NoError(t, err)
	require.Equal(t, &answer, a)
	_, err = begin(declared.Add(time.Hour), "ada", "start", "k", "r2")
	requireFault(t, err, fault.Invalid)

	a, err = begin(declared.Add(24*time.Hour), "ada", "start", "k", "r2")
	require.NoError(t, err)
	require.Nil(t, a, "after a day the key is free")
}

func TestKeyIsFreedAndTakenOver(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	for range 2 { // a 5xx frees it
		a, err := s.BeginKey(ctx, declared, "ada", "start", "k", "r1")
		require.NoError(t, err)
		require.Nil(t, a)
		require.NoError(t, s.FreeKey(ctx, "ada", "start", "k"))
	}
	_, err := s.BeginKey(ctx, declared, "ada", "start", "k", "r1")
	require.NoError(t, err)
	_, err = s.BeginKey(ctx, declared.Add(30*time.Second-time.Microsecond), "ada", "start", "k", "r1")
	requireFault(t, err, fault.Conflict)
	a, err := s.BeginKey(ctx, declared.Add(30*time.Second), "ada", "start", "k", "r1")
	require.NoError(t, err)
	require.Nil(t, a, "the request died")
	_, err = s.BeginKey(ctx, declared.Add(31*time.Second), "ada", "start", "k", "r1")
	requireFault(t, err, fault.Conflict)
}

func TestForgetKeys(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	for i, key := range []string{"old", "new"} {
		_, err := s.BeginKey(ctx, declared.Add(time.Duration(i)*time.Hour), "ada", "start", key, "r")
		require.NoError(t, err)
	}
	require.NoError(t, s.ForgetKeys(ctx, declared.Add(24*time.Hour)))
	var left []string
	require.NoError(t, s.db.SelectContext(ctx, &left, `SELECT key FROM idempotency`))
	require.Equal(t, []string{"new"}, left)
}

func TestKeyIsTakenOnceHoweverManyAsk(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	race := func(at time.Time) (taken int64) {
		var n atomic.Int64
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				a, err := s.BeginKey(ctx, at, "ada", "start", "k", "r")
				if err == nil && a == nil {
					n.Add(1)
				} else if !fault.Is(err, fault.Conflict) {
					t.Errorf("%v, %v", a, err)
				}
			})
		}
		wg.Wait()
		return n.Load()
	}
	require.EqualValues(t, 1, race(declared))
	require.EqualValues(t, 1, race(declared.Add(time.Minute)), "so is a dead one")
}

func TestKeyAndAnswerAreBounded(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	for _, key := range []string{"", strings.Repeat("k", 256), "a\x00", "ä", "a\n"} {
		_, err := s.BeginKey(ctx, declared, "ada", "start", key, "r")
		requireFault(t, err, fault.Invalid, "Idempotency-Key")
	}
	require.ErrorContains(t, s.FinishKey(ctx, "ada", "start", "k", Answer{Body: make([]byte, maxReply+1)}), "more than")
}
