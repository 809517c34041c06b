package store

import (
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"
)

func TestExclusionsAtAnInstant(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	for i := range 3 {
		_, err := s.db.Exec(`INSERT INTO exclusion (service, tickets, reason, detail, evidence, person, at) VALUES ($1, $2, 'spam', 'x', 'y', 'olga', $3)`,
			"desk", pq.StringArray{"b", `a"{},\`}, declared.Add(time.Duration(i)*time.Hour))
		require.NoError(t, err)
	}
	_, err := s.db.Exec(`INSERT INTO exclusion_withdrawal (exclusion, person, reason, at) VALUES (2, 'olga', 'z', $1)`, declared.Add(90*time.Minute))
	require.NoError(t, err)
	for after, want := range map[time.Duration][]int64{-1000: nil, 0: {1}, time.Hour: {1, 2}, 90 * time.Minute: {1}, 2 * time.Hour: {1, 3}} {
		list, err := s.ExclusionsOf(ctx, "desk", declared.Add(after))
		require.NoError(t, err)
		var ids []int64
		for _, e := range list {
			ids = append(ids, e.ID)
			require.Equal(t, []string{"b", `a"{},\`}, e.Tickets)
			require.Nil(t, e.Withdrawn)
		}
		require.Equal(t, want, ids, after)
	}
}
