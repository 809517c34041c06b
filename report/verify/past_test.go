package verify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/sla"
	"turnus/report/verify"
)

// withPast is the golden file's set with reports of ten months before, and the
// baselines that they give.
func withPast(t *testing.T) sla.Frozen {
	f := frozenMarch()
	earlier, err := sla.Earlier(f.Period)
	require.NoError(t, err)
	for i, period := range earlier[len(earlier)-10:] {
		opened := int64(90 + 7*i%5)
		a := sla.PastAgreement{Name: "desk", Opened: &opened, Rules: f.Rules("desk", "")}
		for _, g := range f.Agreements[0].Spec.Targets {
			a.Targets = append(a.Targets, sla.PastTarget{Name: g.Name, Met: int64(80 + i%4), Decided: 90, Attain: "90", Verdict: sla.Missed, Rules: f.Rules("desk", g.Name)})
		}
		f.History = append(f.History, sla.Past{Period: period, Run: "sla-report/payments/" + period, Version: 1, Hash: strings.Repeat("ab", 32), Published: f.At, By: "max",
			Agreements: []sla.PastAgreement{a}})
	}
	f.Baselines, err = sla.BaselinesOf(f, nil)
	require.NoError(t, err)
	require.NotEmpty(t, f.Baselines)
	return f
}

// A report with a past is drafted anew with its trend and control charts. Whatever
// somebody writes into that past, verifying it comes to an end: with a
// difference, or with what can't be read.
func TestReportsWithAPast(t *testing.T) {
	b := export(t, withPast(t), march())
	v := verified(t, b)
	require.True(t, v.Identical && v.Words, "%v", v.Differences)

	var tree map[string]any
	decode(t, b, &tree)
	frozen := tree["frozen"].(map[string]any)
	tried := 0
	for _, part := range []string{"history", "baselines"} {
		at := frozen[part]
		for i, a := range alterations(part, &at) {
			if part == "history" && i%9 > 0 { // ten months alike
				continue
			}
			undo := a.change()
			frozen[part] = at
			require.False(t, identical(t, written(t, tree, true)), a.place)
			undo()
			tried++
		}
		frozen[part] = at
	}
	require.Greater(t, tried, 150)
	for _, number := range []string{"0", "1", "9223372036854775807"} {
		for _, name := range []string{"met", "decided", "opened", "n", "centre", "sigma_z", "mean", "mean_range"} {
			value := json.RawMessage(number)
			if strings.Contains("centre sigma_z mean_range", name) {
				value = json.RawMessage(fmt.Sprintf("%q", number+"/7"))
			}
			other := replaced(tree, name, value)
			other["frozen"] = replaced(frozen, name, value)
			if v, err := verify.Receipt(bytes.NewReader(written(t, other, true))); err != nil {
				require.NotNil(t, fault.As(err), "%s %s: %v", name, number, err)
			} else {
				require.False(t, v.Identical, "%s %s", name, number)
			}
		}
	}
}

// replaced gives a copy in which each member of a name in the past has another
// value.
func replaced(tree map[string]any, name string, value any) map[string]any {
	var in func(v any) any
	in = func(v any) any {
		switch v := v.(type) {
		case []any:
			all := make([]any, len(v))
			for i := range v {
				all[i] = in(v[i])
			}
			return all
		case map[string]any:
			all := map[string]any{}
			for k := range v {
				all[k] = in(v[k])
				if k == name {
					all[k] = value
				}
			}
			return all
		}
		return v
	}
	other := map[string]any{}
	for k, v := range tree {
		if other[k] = v; k == "history" || k == "baselines" {
			other[k] = in(v)
		}
	}
	return other
}
