package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

// inRound lets a row of a round be written while its run is live and in it.
const inRound = " FROM run r WHERE r.id = $1 AND r.round = $2 AND r.ended_at IS NULL ON CONFLICT DO NOTHING"

// Grounded is what a round may stand on: it says what it stands on in its
// turn, so that those who brought that don't decide on it.
type Grounded interface{ Basis() task.Basis }

// Freeze keeps what a round stands on, once: a retry gets what was frozen
// first. Who is involved in it goes on record with it, and a run that was
// collecting is drafting from then on.
func Freeze[T Grounded](ctx context.Context, s *Store, now time.Time, st run.Step, set T) (T, error) {
	return freeze(ctx, s, now, st, set, nil)
}

// FreezeBehind is Freeze for a set that is compared with later changes: change is
// the number of its service's last one that was read before it was collected
// (Standing).
func FreezeBehind[T Grounded](ctx context.Context, s *Store, now time.Time, st run.Step, set T, change int64) (T, error) {
	return freeze(ctx, s, now, st, set, &change)
}

func freeze[T Grounded](ctx context.Context, s *Store, now time.Time, st run.Step, set T, change *int64) (T, error) {
	doc := JSON[T]{set}
	kept, err := doc.Value()
	if err != nil {
		return set, err
	}
	var first bool
	if err := s.db.GetContext(ctx, &first, freezing, append(basisArgs(set.Basis(), st.Run), st.Round, kept, now, change)...); err != nil {
		return set, mapped(err)
	}
	if !first {
		return Frozen[T](ctx, s, st)
	}
	var read JSON[T] // as it will be read from now on
	err = read.Scan(kept)
	return read.V, err
}

// Frozen is what a round stands on.
func Frozen[T any](ctx context.Context, s *Store, st run.Step) (T, error) {
	var doc JSON[T]
	err := s.db.GetContext(ctx, &doc, "SELECT document FROM frozen_set WHERE run = $1 AND round = $2", st.Run, st.Round)
	if errors.Is(err, sql.ErrNoRows) {
		err = notInRound(st)
	}
	return doc.V, mapped(err)
}

// Standing is how far a round has come.
type Standing[T any] struct {
	Input  run.Input // that its run began with, whatever a caller says
	State  run.State // of its run; empty where that has ended or is in another round
	Frozen *T        // what the round stands on; nil: nothing was frozen yet
	Change int64     // number of its service's last change
}

// StandingOf is how far a round has come.
func StandingOf[T any](ctx context.Context, s *Store, st run.Step) (at Standing[T], err error) {
	var row struct {
		Input  JSON[run.Input] `db:"input"`
		State  run.State       `db:"state"`
		Frozen JSON[*T]        `db:"document"`
		Change int64           `db:"change"`
	}
	err = s.db.GetContext(ctx, &row, `SELECT r.input, CASE WHEN r.round = $2 AND r.ended_at IS NULL THEN r.state ELSE '' END AS state, f.document,
			coalesce((SELECT c.number FROM service_change c WHERE c.service = r.service), 0) AS change
		FROM run r LEFT JOIN frozen_set f ON f.run = r.id AND f.round = $2 WHERE r.id = $1`, st.Run, st.Round)
	if errors.Is(err, sql.ErrNoRows) {
		err = NoRun(st.Run)
	}
	return Standing[T]{row.Input.V, row.State, row.Frozen.V, row.Change}, mapped(err)
}

// notInRound is the answer where a row of a round is missing and can't be
// written, since its run has ended or is in another round.
func notInRound(st run.Step) error {
	return fault.New(fault.Conflict, text.F("%s has ended, or isn't in round %d.", "%s ist beendet oder nicht in Runde %d.", st.Run, st.Round))
}

// SaveDraft keeps the canonical bytes of a round's document, once, and gives
// the hash on record.
func (s *Store) SaveDraft(ctx context.Context, now time.Time, st run.Step, hash string, doc []byte) (string, error) {
	var read struct{ Figures []report.Figure }
	if err := json.Unmarshal(doc, &read); err != nil {
		return "", err
	}
	v := verdictOn(read.Figures)
	var kept string
	err := s.db.GetContext(ctx, &kept, "INSERT INTO draft (run, round, hash, document, at, judged, missed) SELECT $1, $2, $3, $4, $5::timestamptz, $6::integer, $7::integer"+inRound+" RETURNING hash",
		st.Run, st.Round, hash, string(doc), now, v.Judged, v.Missed)
	if !errors.Is(err, sql.ErrNoRows) {
		return kept, mapped(err)
	}
	err = s.db.GetContext(ctx, &kept, "SELECT hash FROM draft WHERE run = $1 AND round = $2", st.Run, st.Round)
	if errors.Is(err, sql.ErrNoRows) {
		err = notInRound(st)
	}
	return kept, mapped(err)
}

// verdictOn is what figures come to, for lists: see report.Misses.
func verdictOn(figures []report.Figure) task.Verdict {
	v := task.Verdict{Missed: len(report.Misses(figures))}
	for _, f := range figures {
		if (f.Verdict == report.Met || f.Verdict == report.Missed) && !strings.HasSuffix(f.Name, report.IfAll) {
			v.Judged++
		}
	}
	return v
}

// Report is a run's report as it was published, or else the draft of its last
// round. Before the first draft it isn't found; then it says what the run is
// about all the same.
func (s *Store) Report(ctx context.Context, id string) (report.Report, error) {
	return s.ReportOfRound(ctx, id, 0)
}

// ReportOfRound is the draft of one of a run's rounds, with what is on record of
// the run now; of the last one that has a draft, if round is 0.
func (s *Store) ReportOfRound(ctx context.Context, id string, round int) (report.Report, error) {
	var rep report.Report
	r, err := s.Run(ctx, id)
	if err != nil {
		return rep, err
	}
	var row struct {
		Round     int           `db:"round"`
		Hash      string        `db:"hash"`
		Document  string        `db:"document"`
		Version   sql.NullInt64 `db:"version"`
		Published *time.Time    `db:"published_at"`
	}
	err = s.db.GetContext(ctx, &row, `SELECT d.round, d.hash, d.document, p.version, p.published_at
		FROM draft d LEFT JOIN report p ON p.run = d.run AND p.round = d.round
		WHERE d.run = $1 AND $2 IN (0, d.round) ORDER BY d.round DESC LIMIT 1`, id, round)
	if errors.Is(err, sql.ErrNoRows) {
		rep.Run, rep.Process, rep.About = r.ID, r.Process, r.About
	}
	switch {
	case errors.Is(err, sql.ErrNoRows) && round > 0:
		return rep, fault.New(fault.NotFound, text.F("%.200s has no draft of round %d.", "%.200s hat keinen Entwurf der Freigaberunde %d.", id, round))
	case errors.Is(err, sql.ErrNoRows):
		return rep, fault.New(fault.NotFound, text.F("%.200s has no report yet: it is %s.", "%.200s hat noch keinen Bericht: Der Lauf ist %s.", id, r.State))
	case err != nil:
		return rep, mapped(err)
	}
	if err := json.Unmarshal([]byte(row.Document), &rep.Document); err != nil {
		return rep, err
	}
	rep.Record = report.Record{
		Hash: row.Hash, State: string(r.State), Version: int(row.Version.Int64), Published: row.Published,
		StartedBy: r.StartedBy, Issuer: r.TokenIssuer, Owner: r.Owner, About: r.About, Decisions: withoutFields(r.Decisions), DraftRound: row.Round,
		Reason: r.Reason, Outcome: r.Outcome,
	}
	if row.Round == r.Round { // the next one may be collecting
		rep.Stale = r.Stale
	}
	if rep.Version > 0 {
		err := s.db.GetContext(ctx, &rep.Superseded, `SELECT CASE WHEN max(version) > $4 THEN max(version) ELSE 0 END
			FROM report WHERE process = $1 AND scope = $2 AND period = $3`, r.Process, r.Scope, r.Period, rep.Version)
		if err != nil {
			return rep, mapped(err)
		}
	}
	rep.Persons, err = s.displayNames(ctx, rep.Record)
	return rep, err
}

// Published is the report in force of a process, scope and period; false
// before the first publication.
func (s *Store) Published(ctx context.Context, k run.Key) (report.Report, bool, error) {
	var id string
	err := s.db.GetContext(ctx, &id, `SELECT run FROM report WHERE process = $1 AND scope = $2 AND period = $3
		ORDER BY version DESC LIMIT 1`, k.Process, k.Scope, k.Period)
	if errors.Is(err, sql.ErrNoRows) {
		return report.Report{}, false, nil
	}
	if err != nil {
		return report.Report{}, false, mapped(err)
	}
	rep, err := s.Report(ctx, id)
	return rep, err == nil, err
}

// displayNames are those of the persons whom a record names, where they have
// one: as they were called when the report was published, or now.
func (s *Store) displayNames(ctx context.Context, r report.Record) (map[string]text.Text, error) {
	names := []string{r.StartedBy, r.Owner, r.Issuer}
	for _, d := range r.Decisions {
		names = append(names, d.Person, d.TokenIssuer)
	}
	var rows []resourceRow
	err := s.db.SelectContext(ctx, &rows, "SELECT DISTINCT ON (name) "+resourceColumns+` FROM resource
		WHERE kind = $1 AND name = ANY($2) AND ($3::timestamptz IS NULL OR at <= $3) ORDER BY name, version DESC`,
		resource.Person, pq.Array(names), r.Published)
	display := map[string]text.Text{}
	for _, row := range rows {
		if m := row.Document.V.Metadata; !m.DisplayName.IsZero() {
			display[m.Name] = m.DisplayName
		}
	}
	return display, mapped(err)
}

// withoutFields are decisions as a report shows them: what their fields held, as
// far as it counts, stands in its document.
func withoutFields(decisions []task.Decision) []task.Decision {
	shown := slices.Clone(decisions)
	for i := range shown {
		shown[i].Fields = nil
	}
	return shown
}
