package activities_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/deploy"
	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/report/receipt"
	"turnus/report/verify"
	"turnus/store"
	"turnus/workflows"
)

// audited is when the months are reported: the log has ended.
var audited = time.Date(2017, 2, 20, 9, 0, 0, 0, time.UTC)

// demo is a database with the demo's organisation and its incident log.
func demo(t *testing.T, berlin *time.Location) (*store.Store, dataset.Import) {
	t.Helper()
	s := organisation(t)
	done, err := s.Import(t.Context(), auditLog, auditRows(t, berlin), nil)
	require.NoError(t, err)
	require.Equal(t, [3]int64{141_712, 141_701, 11}, [3]int64{done.Read, done.Loaded, done.Rejected})
	return s, done.Import
}

// auditLog is the import of the incident log.
var auditLog = store.Intake{Service: "service-desk", Format: imports.ServiceNowAudit, Union: true, By: "desk-owner", Now: audited}

// auditRows are the rows of the incident log.
func auditRows(t *testing.T, berlin *time.Location) iter.Seq2[ticket.Row, error] {
	t.Helper()
	log, err := deploy.Demo.Open("demo/uci_incident_event_log.zip")
	require.NoError(t, err)
	t.Cleanup(func() { log.Close() })
	return imports.Tickets(log, imports.TicketOptions{Format: auditLog.Format, Zone: berlin, Now: audited})
}

// organisation is a database with what the demo declares.
func organisation(t *testing.T) *store.Store {
	t.Helper()
	s := store.New(pgtest.New(t))
	files, err := fs.Glob(deploy.Demo, "demo/*.yaml")
	require.NoError(t, err)
	var all [][]byte
	for _, name := range files {
		b, err := fs.ReadFile(deploy.Demo, name)
		require.NoError(t, err)
		all = append(all, b)
	}
	docs, err := imports.Resources(bytes.Join(all, []byte("\n---\n")))
	require.NoError(t, err)
	_, err = s.Apply(t.Context(), person.Actor{Person: "admin"}, audited, docs, false)
	require.NoError(t, err)
	return s
}

// drafted runs a month as its workflow does, and ends it without asking
// anyone: published, or as provisional where the month isn't over. After a
// publication it is a restatement.
func drafted(t *testing.T, s *store.Store, period string, provisional bool) (report.Report, sla.Frozen) {
	t.Helper()
	ctx, set := t.Context(), activities.New(s, nil, func() time.Time { return audited })
	k := run.Key{Process: "sla-report", Scope: "service-desk", Period: period}
	begun := store.NewRun{Key: k, Owner: "desk-owner", By: person.Actor{Person: "desk-owner"}, Provisional: provisional, Again: true, Reason: "late data"}
	state := run.Published
	if provisional {
		begun.Why, state = text.New("the period isn’t over", "die Periode ist nicht vorbei"), run.Provisional
	}
	r, created, err := s.Begin(ctx, audited, begun)
	require.NoError(t, err)
	require.True(t, created)
	in := run.Input{Run: r.ID, Key: k, Attempt: r.Attempt, Provisional: provisional, Why: begun.Why}
	_, err = set.SLAReportCollect(ctx, workflows.Freezing{Input: in, Round: 1})
	require.NoError(t, err)
	st := run.Step{Run: r.ID, Round: 1}
	draft, err := set.SLAReportDraft(ctx, st)
	require.NoError(t, err)
	for _, q := range draft.Ask { // the owner's part
		fields := task.Values{}
		for _, f := range q.Fields {
			if strings.HasSuffix(f.Name, ".none") {
				fields[f.Name] = json.RawMessage(`"It is so."`)
			}
		}
		storetest.Answer(t, s, audited, "desk-owner", storetest.Ask(t, s, audited, st, q), task.Message{Outcome: task.Done, Fields: fields})
	}
	if len(draft.Ask) > 0 {
		draft, err = set.SLAReportDraft(ctx, st)
		require.NoError(t, err)
	}
	storetest.End(t, s, audited, "service-manager", "desk-owner", r.ID, state)

	rep, err := s.Report(ctx, r.ID)
	require.NoError(t, err)
	require.Equal(t, draft.Hash, rep.Hash)
	require.Equal(t, string(state), rep.State)
	require.Equal(t, provisional, rep.Provisional)
	f, err := store.Frozen[sla.Frozen](ctx, s, st)
	require.NoError(t, err)
	return rep, f
}

// receiptsOf writes a report's receipts.
func receiptsOf(t *testing.T, s *store.Store, rep report.Report) []byte {
	t.Helper()
	var file bytes.Buffer
	frozen, err := store.Frozen[json.RawMessage](t.Context(), s, run.Step{Run: rep.Run, Round: rep.DraftRound})
	require.NoError(t, err)
	p, ok := verify.Process(rep.Process)
	require.True(t, ok)
	require.NoError(t, p.Write(&file, rep, frozen, receipt.Source{Tickets: func(service string, asOf int64, from, to time.Time) iter.Seq2[ticket.Version, error] {
		return s.TicketsAsOf(t.Context(), service, asOf, from, to)
	}}))
	return file.Bytes()
}

// verdictsIn reads from receipts which tickets their report decided.
func verdictsIn(t *testing.T, file []byte, period string) map[string]verdict {
	t.Helper()
	x, err := receipt.Open(bytes.NewReader(file))
	require.NoError(t, err)
	decided := map[string]verdict{}
	for {
		raw, err := x.Next()
		if errors.Is(err, io.EOF) {
			return decided
		}
		require.NoError(t, err)
		var of sla.TicketReceipt
		require.NoError(t, json.Unmarshal(raw, &of))
		for _, under := range of.Targets {
			for _, c := range under.Counts {
				if c.Decided == "" {
					continue
				}
				_, twice := decided[of.Number]
				require.False(t, twice, "%s is decided twice in %s", of.Number, period)
				decided[of.Number] = verdict{period, under.Target, c.Decided == sla.Met}
			}
		}
	}
}

// tally counts tickets that met a target, and those that breached it.
type tally [2]int64

func (n *tally) add(met bool) {
	if met {
		n[0]++
	} else {
		n[1]++
	}
}

// figuresOf reads what a report says of its targets, and how many tickets were
// opened.
func figuresOf(rep report.Report) (all map[string]tally, opened int64) {
	all = map[string]tally{}
	for _, f := range rep.Figures {
		if f.Name == "workload.tickets" {
			opened = *f.Numerator
		}
		for i, name := range []string{".met", ".breached"} {
			if target, ok := strings.CutSuffix(f.Name, name); ok {
				n := all[target]
				n[i] = *f.Numerator
				all[target] = n
			}
		}
	}
	return all, opened
}

// Every month of the log is reported, each with the months before it as its
// past, and the last one as provisional. Whatever the reports decided is what a
// plain count of the whole file says: month by month, target by target and
// ticket by ticket. So none is lost between two months, and none counts twice.
func TestMonthsOfTheIncidentLog(t *testing.T) {
	berlin, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	log, newest := incidents(t, berlin)
	months := monthsOf(newest, berlin)
	require.Len(t, months, 13)
	recount, opened, rows := map[string]verdict{}, map[string]int64{}, 0
	for _, x := range log {
		opened[x.opened.Format("2006-01")]++
		rows += len(x.rows)
		if v, ok := x.decide(months, berlin); ok {
			recount[x.number] = v
		}
	}
	require.Len(t, log, 24_918)
	require.Len(t, recount, 24_918, "all are closed in the end, so all are decided")
	byMonth, byTarget := map[string]map[string]tally{}, map[string]tally{}
	for _, m := range months {
		byMonth[m.name] = map[string]tally{"p1-resolution": {}, "p2-resolution": {}, "p3-resolution": {}, "p4-resolution": {}}
	}
	for _, v := range recount {
		n := byMonth[v.month][v.target]
		n.add(v.met)
		byMonth[v.month][v.target] = n
	}

	s, done := demo(t, berlin)
	require.EqualValues(t, rows, done.Loaded)
	require.True(t, done.AsOf.Equal(newest))
	reported, totals := map[string]verdict{}, map[string]tally{}
	var earlier []string
	for _, m := range months[1:] { // from March 2016 on
		rep, f := drafted(t, s, m.name, m.name == "2017-02")
		var past []string
		for _, p := range f.History {
			past = append(past, p.Period)
		}
		require.Equal(t, earlier, past)
		earlier = append(earlier, m.name)

		got, fresh := figuresOf(rep)
		require.Equal(t, byMonth[m.name], got, m.name)
		require.Equal(t, opened[m.name], fresh, m.name)
		of := totals[m.name]
		for target, n := range got {
			sum := byTarget[target]
			byTarget[target] = tally{sum[0] + n[0], sum[1] + n[1]}
			of[0], of[1] = of[0]+n[0], of[1]+n[1]
		}
		totals[m.name] = of
		file := receiptsOf(t, s, rep)
		if m.name == "2016-05" { // one of the full months, and with a past
			v, err := verify.Receipt(bytes.NewReader(file))
			require.NoError(t, err)
			require.True(t, v.Identical && v.Words, "%v", v.Differences)
			require.Equal(t, []any{rep.Hash, 1, f.Count}, []any{v.Report, v.Version, v.Cases})
		}
		for number, v := range verdictsIn(t, file, m.name) {
			first, twice := reported[number]
			require.False(t, twice, "%s counts in %s, and counted in %s", number, m.name, first.month)
			require.Equal(t, recount[number], v, number)
			reported[number] = v
		}
	}

	require.Equal(t, map[string]tally{
		"2016-03": {6822, 1307}, "2016-04": {7293, 1073}, "2016-05": {6831, 763}, "2016-06": {321, 132}, "2016-07": {38, 2}, "2016-08": {22, 3},
		"2016-09": {13, 2}, "2016-10": {14, 3}, "2016-11": {23, 8}, "2016-12": {35, 8}, "2017-01": {58, 28}, "2017-02": {66, 7},
	}, totals)
	require.Equal(t, map[string]tally{"p1-resolution": {62, 203}, "p2-resolution": {266, 140}, "p3-resolution": {20_511, 2922}, "p4-resolution": {697, 71}}, byTarget)
	before := 0 // decided in February 2016, which nobody reports: the log has one day of it
	for _, v := range recount {
		if v.month == "2016-02" {
			before++
		}
	}
	require.Equal(t, 46, before)
	require.Len(t, reported, 24_872, "and those 46 make all 24,918 tickets")
}
