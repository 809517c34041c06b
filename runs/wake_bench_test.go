package runs

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/store"
)

// How long one waking takes that finds 10,000 slots due: a hundred services
// with a hundred months each.
//
//	go test ./runs -run '^$' -bench Wake -benchtime 1x
func BenchmarkWake(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := store.New(pgtest.New(b))
		now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
		doc := func(k resource.Kind, name string, spec any) resource.Raw {
			j, err := json.Marshal(spec)
			require.NoError(b, err)
			return resource.Raw{APIVersion: resource.APIVersion, Kind: k, Metadata: resource.Metadata{Name: name}, Spec: j}
		}
		type object = map[string]any
		docs := []resource.Raw{doc(resource.Person, "olga", object{"roles": []string{"process-owner"}}), doc(resource.Person, "anton", object{"roles": []string{"approver"}})}
		var intervals []resource.Raw
		for i := range 100 {
			name := fmt.Sprintf("service-%d", i)
			docs = append(docs, doc(resource.Service, name, object{"owner": "olga", "approvers": []string{"anton"}, "calendar": "24x7"}),
				doc(resource.Agreement, name, object{"service": name, "valid": object{"from": "2016-01-01"}, "targets": []object{
					{"name": "p1", "measure": "resolution", "within": "PT4H", "calendar": "24x7", "attain": 95}}}))
			intervals = append(intervals, doc(resource.Interval, name, object{"process": "sla-report", "scope": name, "reason": "a burst",
				"rule": object{"day": 3, "of": "month", "at": "06:00"}, "valid": object{"from": "2018-08-01", "to": "2026-11-27"}}))
		}
		_, err := s.Apply(b.Context(), person.Actor{Person: "root"}, now, docs, false)
		require.NoError(b, err)
		_, err = s.DB().Exec(`INSERT INTO import (service, format, as_of, oldest, rows_read, rows_loaded, rows_unchanged, rows_rejected, tickets_changed, person, at)
			SELECT name, 'csv', '2026-11-01', '2015-01-01', 1, 1, 0, 0, 1, 'olga', now() FROM resource_current WHERE kind = 'Service'`)
		require.NoError(b, err)
		proposed, err := s.Apply(b.Context(), person.Actor{Person: "olga"}, now, intervals, false)
		require.NoError(b, err)
		for _, c := range proposed {
			storetest.Enact(b, s, now, "anton", c.Run)
		}
		r := New(Config{Store: s, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
		b.StartTimer()
		require.NoError(b, r.Wake(b.Context(), 10*time.Minute))
		b.StopTimer()
		var begun int
		require.NoError(b, s.DB().QueryRow("SELECT count(*) FROM run WHERE process = 'sla-report'").Scan(&begun))
		require.Equal(b, 10_000, begun)
		b.StartTimer()
	}
}
