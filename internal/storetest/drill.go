package storetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/store"
)

// PlanVersion puts a version of a continuity plan on record as it is, without
// anybody's decision.
func PlanVersion(t testing.TB, s *store.Store, at time.Time, name string, version int, spec continuity.Plan) {
	t.Helper()
	asWritten, err := json.Marshal(spec)
	require.NoError(t, err)
	document, err := json.Marshal(resource.Raw{APIVersion: resource.APIVersion, Kind: resource.ContinuityPlan, Metadata: resource.Metadata{Name: name}, Spec: asWritten})
	require.NoError(t, err)
	pgtest.Tamper(t, s.DB(), `INSERT INTO resource (kind, name, version, valid_from, document, hash, at, person, token_issuer)
		VALUES ($1, $2, $3, '0001-01-01', $4, repeat('ab', 32), $5, 'root', '')`, string(resource.ContinuityPlan), name, version, string(document), at)
}

// Drilled puts on record what a drill showed, as its published report does.
func Drilled(t testing.TB, s *store.Store, service, plan string, d continuity.Shown) {
	t.Helper()
	overall := continuity.Pass
	if !d.Whole() {
		overall = continuity.Incomplete
		carriedOut(t, s, d)
	}
	pgtest.Tamper(t, s.DB(), `INSERT INTO drill (run, plan, version, service, type, held_at, begun_at, overall, at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $6)`,
		d.Run, plan, d.Version, service, string(d.Type), d.Held, string(overall))
	for _, o := range d.Objectives {
		pgtest.Tamper(t, s.DB(), `INSERT INTO drill_objective (run, objective, value, base, achieved, verdict) VALUES ($1, $2, $3, $4, nullif($5, ''), $6)`,
			d.Run, o.Objective, o.Value, string(o.Base), o.Achieved, string(o.Verdict))
	}
}

// carriedOut puts on record what a drill's report stands on.
func carriedOut(t testing.TB, s *store.Store, d continuity.Shown) {
	t.Helper()
	f := drill.Frozen{Run: d.Run, Round: 2, Happened: &drill.Happened{Steps: []drill.Tracked{{Name: "first", State: drill.Done}, {Name: "other", State: drill.LeftOut}}}}
	if d.Aborted {
		f.Happened.Abort = &drill.Abort{}
	}
	for _, name := range d.Undone {
		f.Happened.Steps = append(f.Happened.Steps, drill.Tracked{Name: name, State: drill.Skipped})
	}
	document, err := json.Marshal(f)
	require.NoError(t, err)
	k, _, err := run.ParseID(d.Run)
	require.NoError(t, err)
	pgtest.Tamper(t, s.DB(), "INSERT INTO frozen_set (run, round, document, at) VALUES ($1, 2, $2, $3)", d.Run, string(document), d.Held)
	pgtest.Tamper(t, s.DB(), "INSERT INTO report (process, scope, period, version, run, round, hash, published_at) VALUES ($1, $2, $3, 1, $4, 2, '', $5)",
		k.Process, k.Scope, k.Period, d.Run, d.Held)
}
