package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/uptime"
	"turnus/store"
)

// What has just been imported is read at once, before PostgreSQL has any statistics
// of it, in a time that doesn't grow with the square of the keys.
func TestManyKeysAreReadBeforeTheyAreCounted(t *testing.T) {
	s, ctx := store.New(pgtest.New(t)), context.Background()
	rows := make([]uptime.Outage, 40_000)
	for i := range rows {
		from := october(2).Add(time.Duration(i) * time.Minute)
		rows[i] = uptime.Outage{Reference: fmt.Sprint("N", i), From: from, To: from.Add(10 * time.Second), Row: int64(i + 1)}
	}
	p, err := s.ImportOutages(ctx, about("shop", "csv"), each(rows...), nil)
	i := took(t, s, p, err)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	n := 0
	for _, err := range s.Outages(ctx, everythingOf("shop", i.ID)) {
		require.NoError(t, err)
		n++
	}
	require.Equal(t, len(rows), n)
}
