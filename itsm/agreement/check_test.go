package agreement_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

func valid() agreement.Spec {
	return agreement.Spec{Service: "desk", Valid: agreement.Valid{From: calendar.Date{Year: 2016, Month: 1, Day: 1}},
		Targets: []agreement.Target{{Name: "p1", Measure: agreement.Resolution, Within: 3600, Calendar: "24x7",
			Attain: "95", Reopen: agreement.Wall, OnChange: agreement.Restart}}}
}

func TestCheck(t *testing.T) {
	require.NoError(t, valid().Check())
	day := calendar.Date{Year: 2015, Month: 12, Day: 31}
	for field, change := range map[string]func(*agreement.Spec){
		"service":                   func(s *agreement.Spec) { s.Service = "Desk" },
		"valid.to":                  func(s *agreement.Spec) { s.Valid.To = &day },
		"targets":                   func(s *agreement.Spec) { s.Targets = nil },
		"targets[1].name":           func(s *agreement.Spec) { s.Targets = append(s.Targets, s.Targets[0]) },
		"targets[0].measure":        func(s *agreement.Spec) { s.Targets[0].Measure = "smile" },
		"targets[0].reopen":         func(s *agreement.Spec) { s.Targets[0].Reopen = "never" },
		"targets[0].on_change":      func(s *agreement.Spec) { s.Targets[0].OnChange = "x" },
		"targets[0].within":         func(s *agreement.Spec) { s.Targets[0].Within = 0 },
		"targets[0].calendar":       func(s *agreement.Spec) { s.Targets[0].Calendar = "" },
		"targets[0].attain":         func(s *agreement.Spec) { s.Targets[0].Attain = "0.000" },
		"targets[0].weight":         func(s *agreement.Spec) { s.Targets[0].Weight = "-1" },
		"targets[0].pause[0]":       func(s *agreement.Spec) { s.Targets[0].Pause = []string{" "} },
		"targets[0].where.priority": func(s *agreement.Spec) { s.Targets[0].Where = agreement.Where{"priority": {}} },
		"where.customer":            func(s *agreement.Spec) { s.Where = agreement.Where{"customer": nil} },
		"workload[0].name":          func(s *agreement.Spec) { s.Workload = []agreement.WorkloadLimit{{Name: "calls", Per: "month"}} },
		"workload[0].per":           func(s *agreement.Spec) { s.Workload = []agreement.WorkloadLimit{{Name: "tickets", Per: "week"}} },
		"workload[0].voids": func(s *agreement.Spec) {
			s.Workload = []agreement.WorkloadLimit{{Name: "tickets", Per: "hour", Voids: true}}
		},
		"workload[0].limit": func(s *agreement.Spec) {
			s.Workload = []agreement.WorkloadLimit{{Name: "tickets", Per: "month", Limit: -1}}
		},
		"workload[1]": func(s *agreement.Spec) {
			s.Workload = []agreement.WorkloadLimit{{Name: "tickets", Per: "month"}, {Name: "tickets", Per: "month", Limit: 1}}
		},
	} {
		s := valid()
		change(&s)
		all := fault.All(s.Check())
		require.Len(t, all, 1, field)
		require.Equal(t, field, all[0].Field)
	}
}

// Limits of one volume may hold for several spans of time.
func TestLimitsPerSpan(t *testing.T) {
	s := valid()
	s.Workload = []agreement.WorkloadLimit{{Name: "tickets", Per: "month", Limit: 9000}, {Name: "tickets", Per: "day", Limit: 500, Voids: true}, {Name: "tickets", Per: "hour"}}
	require.NoError(t, s.Check())
}

func TestAttainIsAnExactPercentage(t *testing.T) {
	for n, ok := range map[json.Number]bool{
		"95": true, "99.9": true, "100": true, "100.000000": true, "0.000001": true, "1": true,
		"0": false, "0.0": false, "100.000001": false, "101": false, "999": false, "1000": false, "99.0000001": false,
		"-1": false, "+1": false, "1e1": false, ".5": false, "5.": false, "095": false, "": false, "x": false,
	} {
		s := valid()
		s.Targets[0].Attain = n
		require.Equal(t, ok, s.Check() == nil, "%s", n)
	}
}

// Excludes is symmetric, and right: where it says so no ticket satisfies both.
func TestExcludes(t *testing.T) {
	values := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"1", "2", "3"}), 1, 3, rapid.ID[string])
	where := rapid.MapOfN(rapid.SampledFrom([]string{"a", "b"}), values, 0, 2)
	has := func(w agreement.Where, ticket map[string]string) bool {
		for f, vs := range w {
			found := false
			for _, v := range vs {
				found = found || v == ticket[f]
			}
			if !found {
				return false
			}
		}
		return true
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := agreement.Where(where.Draw(t, "a")), agreement.Where(where.Draw(t, "b"))
		common := false
		for _, x := range []string{"1", "2", "3"} {
			for _, y := range []string{"1", "2", "3"} {
				ticket := map[string]string{"a": x, "b": y}
				common = common || has(a, ticket) && has(b, ticket)
			}
		}
		require.Equal(t, !common, a.Excludes(b))
		require.Equal(t, !common, b.Excludes(a))
	})
}

func TestServiceSpecCheck(t *testing.T) {
	good := agreement.ServiceSpec{ScopeSpec: agreement.ScopeSpec{Owner: "o", Approvers: []string{"a", "b"}, Calendar: "24x7", Zone: "Europe/Berlin"}}
	require.NoError(t, good.Check())
	good.Review, good.Language = agreement.ReviewFindings, text.De
	require.NoError(t, good.Check())
	bad := agreement.ServiceSpec{
		ScopeSpec: agreement.ScopeSpec{Owner: "", Approvers: []string{"a", "a"}, Calendar: "office", Zone: "Europe/Berlin", Language: "fr"}, Review: "sometimes",
	}
	var fields []string
	for _, f := range fault.All(bad.Check()) {
		fields = append(fields, f.Field)
	}
	require.Equal(t, []string{"owner", "approvers[1]", "zone", "language", "review"}, fields)
	require.Equal(t, text.New("\"fr\" isn't known here; there are en and de.", "„fr“ ist hier nicht bekannt; es gibt en und de."), fault.All(bad.Check())[3].Message)
}

// A consent is one line that says where it is found.
func TestConsentIsOneLine(t *testing.T) {
	for consent, ok := range map[string]bool{
		"": true, "Vertrag vom 02.03.2026, Abschnitt 4": true, strings.Repeat("ü", 500): true,
		strings.Repeat("ü", 501): false, "two\nlines": false, " before": false, "behind ": false, "a\u202eb": false,
	} {
		s := valid()
		s.Consent = consent
		err := s.Check()
		require.Equal(t, ok, err == nil, "%q", consent)
		if err != nil {
			require.ErrorContains(t, err, "consent: Say in one line of up to 500 characters")
		}
	}
}
