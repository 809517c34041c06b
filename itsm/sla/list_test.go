package sla_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/canonical"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
)

// listed gives a set's list of tickets.
func listed(t require.TestingT, f sla.Frozen, list ...ticket.Version) (rows []sla.Listed, r sla.Result) {
	f.Lists = true
	r, err := sla.ListTickets(f, stream(list...), func(l sla.Listed) error { rows = append(rows, l); return nil })
	require.NoError(t, err)
	return rows, r
}

// What receipts say of each ticket gives the list: every breached and every
// excluded one, those too that a workload limit takes out, in the same order.
// Its count, its hash and the figures are those of the report.
func TestListOfTicketsIsWhatReceiptsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, list := scenario(t)
		f.Lists, f.TicketURL = true, "https://desk.example.org/t/{number}"
		var told []sla.TicketReceipt
		totals, err := sla.Explain(f, stream(list...), func(x sla.TicketReceipt) error { told = append(told, x); return nil })
		require.NoError(t, err)
		plain, err := sla.Derive(f, stream(list...))
		require.NoError(t, err)
		rows, r := listed(t, f, list...)
		require.Equal(t, plain, r)
		require.Equal(t, plain, totals.Result)

		var want []sla.Listed
		breached, excluded := map[string]bool{}, map[string]bool{}
		for _, x := range told {
			for _, y := range x.Targets {
				l := sla.Listed{Number: x.Number, Agreement: y.Agreement, Version: y.Version, Target: y.Target, Exclusion: y.Exclusion}
				over, last := false, f.To
				if f.Provisional && f.AsOf.Before(last) {
					last = f.AsOf
				}
				for _, c := range y.Counts {
					if c.Decided != "" {
						l.Decided = c.Decided
					}
					l.Open, l.Reopened = c.Open, l.Reopened || c.Reopened
					if c.End.Equal(last.Truncate(time.Second)) {
						l.Verdict, l.BreachAt = c.Clock.Verdict, c.Clock.BreachAt
					}
					over = over || c.Clock.Verdict == sla.Breached
				}
				void := y.Subperiod != nil && slices.ContainsFunc(totals.Void, func(v sla.Void) bool {
					return v.Agreement == y.Agreement && v.Version == y.Version && v.Subperiod.Equal(*y.Subperiod)
				})
				switch {
				case len(y.Counts) == 0:
				case y.Exclusion > 0 || void:
					want, excluded[x.Number] = append(want, l), true
				case over:
					want, breached[x.Number] = append(want, l), true
				}
			}
		}
		require.Len(t, rows, len(want))
		for i, l := range rows {
			require.Equal(t, "https://desk.example.org/t/"+l.Number, l.Link)
			require.Equal(t, l.Excluded(), l.Reason != "")
			require.Equal(t, l.Exclusion > 0, l.Reason == agreement.Customer)
			require.False(t, l.Open && l.Stopped != nil)
			require.Equal(t, l.Verdict == sla.Breached, l.Elapsed > l.Within)
			require.NotEmpty(t, l.Verdict)
			if want[i].Verdict == "" { // the figures saw it last at an earlier month's end
				l.Verdict, l.BreachAt = "", nil
			}
			require.Equal(t, want[i], sla.Listed{Number: l.Number, Agreement: l.Agreement, Version: l.Version, Target: l.Target, Exclusion: l.Exclusion,
				Decided: l.Decided, Verdict: l.Verdict, Open: l.Open, Reopened: l.Reopened, BreachAt: l.BreachAt})
		}
		require.Equal(t, []int64{int64(len(rows)), int64(len(breached)), int64(len(excluded))}, []int64{r.List.Rows, r.List.Breached, r.List.Excluded})

		var file bytes.Buffer
		again, err := sla.WriteTickets(&file, f, stream(list...))
		require.NoError(t, err)
		require.Equal(t, r, again)
		sum := sha256.Sum256(file.Bytes())
		require.Equal(t, hex.EncodeToString(sum[:]), r.List.SHA256)
		var of struct {
			Format, Period, Run, Service string
			Round                        int
			Tickets                      []sla.Listed
		}
		d := json.NewDecoder(bytes.NewReader(file.Bytes()))
		d.DisallowUnknownFields()
		require.NoError(t, d.Decode(&of))
		require.Equal(t, sla.ListFormat, of.Format)
		require.Equal(t, append([]sla.Listed{}, rows...), of.Tickets)
		var tree any
		require.NoError(t, json.Unmarshal(file.Bytes(), &tree))
		whole, err := canonical.JSON(tree)
		require.NoError(t, err)
		require.Equal(t, string(whole)+"\n", file.String())

		byTarget := map[string]int64{}
		for _, l := range rows {
			if !l.Excluded() && l.Decided == sla.Breached {
				byTarget[l.Agreement+" "+l.Target]++
			}
		}
		for _, a := range r.Agreements {
			for _, x := range a.Targets {
				require.Equal(t, x.Breached, byTarget[a.Name+" "+x.Target.Name])
			}
		}
	})
}

// Sets that 0.1.0 froze have no list: what their receipts come to stays as it was.
func TestOldSetsListNothing(t *testing.T) {
	f := frozen("2026-01", within("p1", 1))
	v := told("T", history(nil, "2026-01-05 08:00 Active", "2026-01-06 08:00 Resolved"))
	r := derive(t, f, v)
	raw, err := json.Marshal(r)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "list")
	require.NotContains(t, string(raw), "uncounted")
	require.NotContains(t, string(raw), "changed")
	rows, err := sla.ListTickets(f, stream(v), func(sla.Listed) error { return nil })
	require.NoError(t, err, "the list itself can be had")
	require.EqualValues(t, 1, rows.List.Rows)
}

func told(number string, v ticket.Version) ticket.Version {
	v.Number = number
	return v
}

// One row shows what an approver asks about a ticket.
func TestARowOfTheList(t *testing.T) {
	target := within("p1", 4)
	target.Pause = []string{"Waiting"}
	f := frozen("2026-03", target)
	f.Exclusions = []agreement.Exclusion{{ID: 7, Tickets: []string{"T-2"}, Reason: agreement.Customer, By: "owner"}}
	v := told("T-1", history(nil, "2026-03-02 08:00 Active", "2026-03-02 09:00 Waiting", "2026-03-02 10:00 Active", "2026-03-02 15:00 Resolved", "2026-04-02 15:00 Closed"))
	v.Import = 12
	met := told("T-2", history(nil, "2026-03-03 08:00 Active", "2026-03-03 09:00 Resolved"))
	left := told("T-3", history(nil, "2026-02-10 08:00 Active"))
	rows, r := listed(t, f, v, met, left)
	at := func(s string) any { x := local(s).UTC(); return &x }
	require.Equal(t, []sla.Listed{
		{Number: "T-1", Agreement: "desk", Version: 1, Target: "p1", Decided: sla.Breached, Verdict: sla.Breached, Elapsed: 6 * 3600, Within: 4 * 3600,
			Opened: local("2026-03-02 08:00").UTC(), State: "Resolved", Import: 12, Stopped: rows[0].Stopped, BreachAt: rows[0].BreachAt},
		{Number: "T-2", Agreement: "desk", Version: 1, Target: "p1", Decided: sla.Met, Verdict: sla.Met, Elapsed: 3600, Within: 4 * 3600,
			Reason: agreement.Customer, Exclusion: 7, By: "owner", Opened: local("2026-03-03 08:00").UTC(), Stopped: rows[1].Stopped, State: "Resolved"},
		{Number: "T-3", Agreement: "desk", Version: 1, Target: "p1", Verdict: sla.Breached, Open: true, Elapsed: rows[2].Elapsed, Within: 4 * 3600,
			Opened: local("2026-02-10 08:00").UTC(), State: "Active", BreachAt: rows[2].BreachAt},
	}, rows)
	require.Equal(t, []any{at("2026-03-02 15:00"), at("2026-03-02 13:00"), at("2026-02-10 12:00")}, []any{rows[0].Stopped, rows[0].BreachAt, rows[2].BreachAt})
	require.Equal(t, []int64{3, 2, 1}, []int64{r.List.Rows, r.List.Breached, r.List.Excluded})
}

// An error of whoever takes the rows ends it.
func TestListEndsWithItsReader(t *testing.T) {
	f := frozen("2026-01", within("p1", 1))
	full := errors.New("full")
	var list []ticket.Version
	for n := range 3 {
		list = append(list, told(fmt.Sprint(n), history(nil, "2026-01-05 08:00 Active", "2026-01-06 08:00 Resolved")))
	}
	seen := 0
	_, err := sla.ListTickets(f, stream(list...), func(sla.Listed) error { seen++; return full })
	require.ErrorIs(t, err, full)
	require.Equal(t, 1, seen)
	_, err = sla.WriteTickets(failing{full}, f, stream(list...))
	require.ErrorIs(t, err, full)
}

type failing struct{ error }

func (f failing) Write([]byte) (int, error) { return 0, f.error }

// Of the tickets that were open in a period it is said how many no figure
// counts, and why: opened before anything was agreed, or selected by no target.
func TestUncountedTickets(t *testing.T) {
	p1 := within("p1", 4)
	p1.Where = agreement.Where{"priority": {"1"}}
	f := frozen("2026-03", p1)
	f.Lists = true
	f.Agreements[0].ValidFrom = local("2026-02-01 00:00")
	list := []ticket.Version{
		told("before, open", history(fields{"priority": "1"}, "2026-01-05 08:00 Active")),
		told("before, solved", history(fields{"priority": "1"}, "2026-01-05 08:00 Active", "2026-03-05 08:00 Resolved")),
		told("before, over", history(fields{"priority": "1"}, "2026-01-05 08:00 Active", "2026-02-05 08:00 Resolved")), // read where limits void targets
		told("before, over, and reopened later", history(fields{"priority": "1"}, "2026-01-05 08:00 Active", "2026-02-05 08:00 Resolved", "2026-04-05 08:00 Active")),
		told("under it", history(fields{"priority": "1"}, "2026-02-05 08:00 Active", "2026-03-05 08:00 Resolved")),
		told("not selected", history(fields{"priority": "2"}, "2026-03-05 08:00 Active", "2026-04-05 08:00 Resolved")),
		told("selected later", history(fields{"priority": "2"}, "2026-03-05 08:00 Active", "2026-04-05 08:00 priority=1")),
	}
	require.Equal(t, &sla.Uncounted{Open: 5, NoAgreement: 2, NotSelected: 2, Left: 3}, derive(t, f, list...).Uncounted)
	rapid.Check(t, func(t *rapid.T) {
		f, list := scenario(t)
		f.Lists = true
		var want sla.Uncounted
		r, err := sla.Explain(f, stream(list...), func(x sla.TicketReceipt) error {
			if x.Reason == sla.NoAgreement {
				want.NoAgreement++
			}
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, want.NoAgreement, r.Uncounted.NoAgreement, "of this scenario one agreement always holds")
		require.LessOrEqual(t, r.Uncounted.Any(), r.Uncounted.Open)
		require.LessOrEqual(t, r.Uncounted.Left, r.Uncounted.Any())
		require.LessOrEqual(t, r.Opened, r.Uncounted.Open)
	})
}

// A restatement says how many tickets came or changed since.
func TestTicketsThatChangedSinceTheReportInForce(t *testing.T) {
	f := frozen("2026-03", within("p1", 4))
	f.Lists = true
	list := make([]ticket.Version, 4)
	for i := range list {
		list[i] = told(fmt.Sprint(i), history(nil, "2026-03-05 08:00 Active"))
		list[i].Import = int64(i + 1)
	}
	f.InForce = &run.InForce{}
	require.Zero(t, derive(t, f, list...).Changed)
	f.InForce = &run.InForce{Version: 1, Import: 2}
	require.EqualValues(t, 2, derive(t, f, list...).Changed)
}

// Rows are canonical whatever is in them.
func TestRowsAreCanonical(t *testing.T) {
	f := frozen("2026-03", within("p1", 1))
	f.TicketURL = "https://desk.example.org/{number}"
	for _, odd := range []string{`"`, `\`, "ä", "<&>", "\u2028", "\x00", "\t\n", "\U0001f600", "a b", ""} {
		f.Exclusions = []agreement.Exclusion{{ID: 1, Tickets: []string{"x" + odd}, Reason: "odd" + agreement.ExclusionReason(odd), By: odd}}
		rows, r := listed(t, f, told("x"+odd, history(nil, "2026-03-05 08:00 Active", "2026-03-05 08:00 "+odd)), told("y"+odd, history(nil, "2026-03-05 08:00 Active")))
		require.Len(t, rows, 2)
		want := []byte(fmt.Sprintf(`{"format":%q,"period":"2026-03","round":0,"run":"","service":"","tickets":[`, sla.ListFormat))
		for i, l := range rows {
			if i > 0 {
				want = append(want, ',')
			}
			one, err := canonical.JSON(l)
			require.NoError(t, err)
			want = append(want, one...)
		}
		require.Equal(t, canonical.Sum(append(want, "]}\n"...)), r.List.SHA256, "%q", odd)
	}
}
