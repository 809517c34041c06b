package store

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
)

// closing adds a date to a calendar.
func closing(d calendar.Date) func(resource.Raw) (resource.Raw, error) {
	return func(r resource.Raw) (resource.Raw, error) {
		var spec calendar.Spec
		if err := json.Unmarshal(r.Spec, &spec); err != nil {
			return r, err
		}
		spec, _, _ = spec.With([]calendar.Holiday{{Date: d}})
		var err error
		r.Spec, err = json.Marshal(spec)
		return r, err
	}
}

func TestAmendMakesAnotherVersion(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, officeDoc("Europe/Berlin"))
	d := calendar.Date{Year: 2026, Month: 12, Day: 24}
	later := declared.Add(time.Hour)

	dry, err := s.Amend(ctx, root, later, resource.Calendar, "office", true, closing(d))
	require.NoError(t, err)
	require.Equal(t, Changed, dry.Change)
	v, err := s.Resource(ctx, resource.Calendar, "office")
	require.NoError(t, err)
	require.Equal(t, 1, v.Version, "a dry run changes nothing")

	c, err := s.Amend(ctx, root, later, resource.Calendar, "office", false, closing(d))
	require.NoError(t, err)
	require.Equal(t, dry, c)
	v, err = s.Resource(ctx, resource.Calendar, "office")
	require.NoError(t, err)
	require.Equal(t, c.After.Hash, v.Hash)
	require.Equal(t, 2, v.Version)
	require.Equal(t, later, v.ValidFrom)
	require.JSONEq(t, `{"zone":"Europe/Berlin","hours":{"mon":["08:00-18:00"]},"holidays":{"dates":["2026-12-24"]}}`, string(v.Resource.Spec))

	c, err = s.Amend(ctx, root, later, resource.Calendar, "office", false, closing(d))
	require.NoError(t, err)
	require.Equal(t, Unchanged, c.Change)
	require.Equal(t, 2, c.After.Version)

	entries, _, err := s.Audit(ctx, Trail{Object: "Calendar/office"}, Page{})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, "resource.changed", entries[1].Action)
	require.Equal(t, "root", entries[1].Actor)
	require.Contains(t, string(entries[1].After), "2026-12-24")
	require.NotContains(t, string(entries[1].Before), "2026-12-24")
}

func TestAmendRefuses(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	d := calendar.Date{Year: 2026, Month: 12, Day: 24}
	_, err := s.Amend(ctx, root, declared, resource.Calendar, "office", false, closing(d))
	requireFault(t, err, fault.NotFound)
	apply1(t, s, declared, officeDoc("Europe/Berlin"))
	_, err = s.Amend(ctx, root, declared, resource.Calendar, "office", false, func(r resource.Raw) (resource.Raw, error) {
		r.Spec = json.RawMessage(`{"zone":"Berlin","hours":{}}`)
		return r, nil
	})
	requireFault(t, err, fault.Invalid, "Calendar/office spec.zone")
	_, err = s.Amend(ctx, root, declared, resource.Calendar, "office", false, func(r resource.Raw) (resource.Raw, error) {
		return r, fault.New(fault.Conflict, textOf("no"))
	})
	requireFault(t, err, fault.Conflict)
	require.NoError(t, s.Retire(ctx, root, declared, resource.Calendar, "office"))
	_, err = s.Amend(ctx, root, declared, resource.Calendar, "office", false, closing(d))
	requireFault(t, err, fault.NotFound)
}

// Several who add to one calendar at once lose nothing of each other's.
func TestAmendTakesTurns(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, officeDoc("Europe/Berlin"))
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() {
			_, errs[i] = s.Amend(ctx, root, declared, resource.Calendar, "office", false, closing(calendar.Date{Year: 2026, Month: 12, Day: 1 + i}))
		})
	}
	all.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	c, err := Current[calendar.Spec](ctx, s, resource.Calendar, "office")
	require.NoError(t, err)
	require.Len(t, c.Spec.Holidays.Dates, 8)
	for i, d := range c.Spec.Holidays.Dates {
		require.Equal(t, fmt.Sprintf("2026-12-%02d", i+1), d.String())
	}
	v, err := s.Resource(ctx, resource.Calendar, "office")
	require.NoError(t, err)
	require.Equal(t, 9, v.Version)
}
