package agreement_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/fault"
)

func excluded() agreement.Exclusion {
	return agreement.Exclusion{Service: "desk", Tickets: []string{"INC1", "INC2"}, Reason: agreement.Customer, Detail: "no access to the site", Evidence: "CHG7"}
}

// numbers are n numbers of tickets.
func numbers(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("INC%d", i)
	}
	return list
}

func TestExclusions(t *testing.T) {
	for _, r := range agreement.ExclusionReasons() {
		e := excluded()
		e.Reason = r
		require.NoError(t, e.Check(), r)
	}
	full := excluded()
	full.Tickets, full.Detail, full.Evidence = numbers(agreement.MaxExcluded), strings.Repeat("ü", 4000), strings.Repeat("x", 4000)
	full.Agreement, full.Target = "gold", "p1"
	require.NoError(t, full.Check())

	for name, c := range map[string]struct {
		field string
		spoil func(*agreement.Exclusion)
	}{
		"no ticket":          {"tickets", func(e *agreement.Exclusion) { e.Tickets = nil }},
		"too many":           {"tickets", func(e *agreement.Exclusion) { e.Tickets = numbers(agreement.MaxExcluded + 1) }},
		"an empty number":    {"tickets[1]", func(e *agreement.Exclusion) { e.Tickets[1] = "" }},
		"a long number":      {"tickets[0]", func(e *agreement.Exclusion) { e.Tickets[0] = strings.Repeat("x", 201) }},
		"a ticket twice":     {"tickets[2]", func(e *agreement.Exclusion) { e.Tickets = []string{"a", "b", "a"} }},
		"a target alone":     {"agreement", func(e *agreement.Exclusion) { e.Target = "p1" }},
		"no reason":          {"reason", func(e *agreement.Exclusion) { e.Reason = "" }},
		"another reason":     {"reason", func(e *agreement.Exclusion) { e.Reason = "Customer" }},
		"no detail":          {"detail", func(e *agreement.Exclusion) { e.Detail = "" }},
		"a blank detail":     {"detail", func(e *agreement.Exclusion) { e.Detail = " \n\u00a0" }},
		"a long detail":      {"detail", func(e *agreement.Exclusion) { e.Detail = strings.Repeat("ü", 4001) }},
		"no evidence":        {"evidence", func(e *agreement.Exclusion) { e.Evidence = "" }},
		"too much of it":     {"evidence", func(e *agreement.Exclusion) { e.Evidence = strings.Repeat("x", 4001) }},
		"evidence of spaces": {"evidence", func(e *agreement.Exclusion) { e.Evidence = "\t" }},
	} {
		e := excluded()
		c.spoil(&e)
		f := fault.As(e.Check())
		require.NotNil(t, f, name)
		require.Equal(t, fault.Invalid, f.Code, name)
		require.Equal(t, c.field, f.Field, name)
		require.NotContains(t, f.Message.En+f.Message.De, "%!", name)
		require.NotEqual(t, f.Message.En, f.Message.De, name)
	}
}

func TestAWithdrawalNeedsAReason(t *testing.T) {
	require.NoError(t, agreement.Withdrawal{Reason: "it was ours"}.Check())
	for _, reason := range []string{"", " \t", strings.Repeat("x", 4001)} {
		require.Equal(t, "reason", fault.As(agreement.Withdrawal{Reason: reason}.Check()).Field)
	}
}

// Whatever is taken for an exclusion says all that one says.
func TestExclusionsSayWhatTheyAreAbout(t *testing.T) {
	some := rapid.OneOf(rapid.SampledFrom([]string{"", " ", "a", "INC1"}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		e := agreement.Exclusion{
			Tickets:   rapid.SliceOfN(some, 0, 5).Draw(t, "tickets"),
			Agreement: some.Draw(t, "agreement"), Target: some.Draw(t, "target"),
			Reason: agreement.ExclusionReason(rapid.SampledFrom([]string{"", "spam", "customer", "weather"}).Draw(t, "reason")),
			Detail: some.Draw(t, "detail"), Evidence: some.Draw(t, "evidence"),
		}
		once := map[string]bool{}
		for _, n := range e.Tickets {
			once[n] = true
		}
		want := len(e.Tickets) > 0 && len(once) == len(e.Tickets) && !once[""] && (e.Target == "" || e.Agreement != "") &&
			(e.Reason == agreement.Spam || e.Reason == agreement.Customer) && strings.TrimSpace(e.Detail) != "" && strings.TrimSpace(e.Evidence) != ""
		for n := range once {
			want = want && len(n) <= 200
		}
		if err := e.Check(); (err == nil) != want {
			t.Fatalf("%+v: %v", e, err)
		}
	})
}
