package availabilityreview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/availabilityreview"
	"turnus/itsm/uptime"
	"turnus/itsm/versions"
)

// replaced is a set in which a second version of the agreement counts from an
// instant on.
func replaced(t require.TestingT, period, from, first, second string) availabilityreview.Frozen {
	f := withOffice(t, frozen(t, period, first))
	f.Agreements = append(f.Agreements, version(t, 2, second))
	f.Agreements[1].ValidFrom = at(from)
	f.Agreements[0].ValidTo = &f.Agreements[1].ValidFrom
	return f
}

// Each part of a month is held against what was agreed in it, and the month is met
// only if both are.
func TestAnAgreementThatChangesWithinTheMonth(t *testing.T) {
	f := replaced(t, "2026-06", "2026-06-11 00:00", `{"attain":99}`, `{"attain":99.9}`)
	d := data{outages: []uptime.Outage{out("2026-06-10 23:00", "2026-06-11 01:00")}}
	r := derive(t, f, d)
	x := only(t, r)
	require.Equal(t, []int{1, 2}, r.Agreements[0].Versions)
	require.Len(t, x.Parts, 2)
	require.Equal(t, []any{1, "99", at("2026-06-11 00:00"), int64(3600), int64(1), availability.Met},
		[]any{x.Parts[0].Version, x.Parts[0].Attain, x.Parts[0].To, x.Parts[0].Figures.Down, x.Parts[0].Figures.Failures, x.Parts[0].Verdict})
	require.Equal(t, []any{2, "99.9", at("2026-06-11 00:00"), int64(3600), int64(0), availability.Missed},
		[]any{x.Parts[1].Version, x.Parts[1].Attain, x.Parts[1].From, x.Parts[1].Figures.Down, x.Parts[1].Figures.Failures, x.Parts[1].Verdict})
	require.Equal(t, availability.Missed, x.Verdict)
	require.Equal(t, []int64{30 * 86_400, 7200, 1, 1}, []int64{x.Sum.Agreed, x.Sum.Down, x.Sum.Failures, x.Sum.Restored})
	require.Len(t, r.Outages, 1)
	require.Equal(t, int64(7200), r.Outages[0].Counted)
	// 1 % of ten days and 0.1 % of twenty.
	require.Equal(t, []string{"10368", "7200", "3168", "69.444444"}, []string{x.Budget.Allowed, x.Budget.Consumed, x.Budget.Remaining, pct(x.Budget.Share)})
	require.Equal(t, "99.9", string(x.Target.Attain), "of the newest version")

	// A version that changes nothing but a title changes no verdict.
	f = replaced(t, "2026-06", "2026-06-11 00:00", `{"attain":99.8}`, `{"attain":99.80}`)
	x = only(t, derive(t, f, data{outages: []uptime.Outage{out("2026-06-10 23:00", "2026-06-10 23:40")}}))
	require.Equal(t, []availability.Verdict{availability.Missed, availability.Met}, []availability.Verdict{x.Parts[0].Verdict, x.Parts[1].Verdict})
	require.Equal(t, availability.Met, x.Verdict, "of the month, both together")

	// Other hours from the middle of the month on.
	f = replaced(t, "2026-06", "2026-06-15 00:00", `{}`, `{"calendar":"office"}`)
	x = only(t, derive(t, f, data{}))
	require.Equal(t, int64(14*86_400+12*10*3600+2*8*3600), x.Sum.Agreed, "12 working days with 10 h, and two nights")

	// An agreement that begins within the month.
	f = frozen(t, "2026-06", `{}`)
	f.Agreements[0].ValidFrom = at("2026-06-21 00:00")
	x = only(t, derive(t, f, data{outages: []uptime.Outage{out("2026-06-10 10:00", "2026-06-10 11:00"), out("2026-06-22 10:00", "2026-06-22 11:00")}}))
	require.Equal(t, []int64{10 * 86_400, 3600, 1}, []int64{x.Sum.Agreed, x.Sum.Down, x.Sum.Failures})
	require.Equal(t, availability.KindOutside, x.Timeline[0].Kind)
}

// Versions that overlap count once, the newest first.
func TestVersionsThatOverlapCountOnce(t *testing.T) {
	f := replaced(t, "2026-06", "2026-06-11 00:00", `{"attain":99}`, `{"attain":99.9}`)
	f.Agreements[0].ValidTo = nil
	require.Equal(t, int64(30*86_400), only(t, derive(t, f, data{})).Sum.Agreed)
}

// A month in which the service wasn't agreed has no figure, which is neither 0 nor
// 100 per cent; a quarter with such a month is that of the others.
func TestAServiceWithoutAgreedTime(t *testing.T) {
	f := frozen(t, "2026-06", `{"calendar":"never"}`)
	f.Calendars = []versions.Calendar{{Name: "never", Version: 1}}
	f.Calendars[0].Spec.Zone = zone
	r := derive(t, f, data{outages: []uptime.Outage{out("2026-06-10 10:00", "2026-06-10 11:00")}})
	x := only(t, r)
	require.Equal(t, availability.NotApplicable, x.Verdict)
	require.Nil(t, x.Sum.Availability)
	require.Nil(t, x.Budget)
	require.Len(t, r.Outages, 1, "it is listed all the same")
	require.Zero(t, r.Outages[0].Counted)

	f = frozen(t, "2026-Q2", `{}`)
	f.Agreements[0].ValidFrom = at("2026-06-01 00:00")
	x = only(t, derive(t, f, data{}))
	require.Equal(t, []availability.Verdict{availability.NotApplicable, availability.NotApplicable, availability.Met},
		[]availability.Verdict{x.Months[0].Verdict, x.Months[1].Verdict, x.Months[2].Verdict})
	require.Nil(t, x.Months[0].Figures.Availability)
	require.Equal(t, availability.Met, x.Verdict)
}

// A day is not 24 hours (domain guide, G3).
func TestMonthsWithAClockChange(t *testing.T) {
	f := frozen(t, "2026", `{}`)
	x := only(t, derive(t, f, data{}))
	require.Equal(t, []int64{743 * 3600, 745 * 3600, 8760 * 3600}, []int64{x.Months[2].Figures.Agreed, x.Months[9].Figures.Agreed, x.Sum.Agreed})
}

// A target of 100 % leaves no budget, and one second misses it.
func TestATargetWithoutBudget(t *testing.T) {
	x := only(t, derive(t, frozen(t, "2026-06", `{"attain":100}`), data{outages: []uptime.Outage{out("2026-06-10T10:00:00Z", "2026-06-10T10:00:01Z")}}))
	require.Equal(t, availability.Missed, x.Verdict)
	require.Nil(t, x.Budget)
	require.Equal(t, []availabilityreview.Cost{{Outage: 0, Down: 1}}, x.Costs)
}

// Vector V20: rounding decides nothing.
func TestV20RoundingDecidesNothing(t *testing.T) {
	for seconds, want := range map[string]availability.Verdict{"00:43:12": availability.Met, "00:43:13": availability.Missed, "00:45:00": availability.Missed} {
		x := only(t, derive(t, frozen(t, "2026-06", `{"attain":99.9}`), data{outages: []uptime.Outage{out("2026-06-10T00:00:00Z", "2026-06-10T"+seconds+"Z")}}))
		require.Equal(t, want, x.Verdict, seconds)
		require.Regexp(t, `^99\.(90|89[5-9])`, pct(x.Sum.Availability))
	}
}

// Where it was agreed, an outage counts with the share that was gone.
func TestDegradedService(t *testing.T) {
	half := out("2026-06-10 10:00", "2026-06-10 12:00")
	half.Gone = "0.5"
	x := only(t, derive(t, frozen(t, "2026-06", `{"availability":{"degraded":true}}`), data{outages: []uptime.Outage{half}}))
	require.Equal(t, []any{int64(7200), "3600", true, "69.444444"}, []any{x.Sum.Down, x.Sum.Lost, x.Degradations, pct(x.Costs[0].Share)})
	require.Equal(t, "99.861111", pct(x.Sum.Availability))
	x = only(t, derive(t, frozen(t, "2026-06", `{}`), data{outages: []uptime.Outage{half}}))
	require.Equal(t, []any{"7200", false}, []any{x.Sum.Lost, x.Degradations})
}
