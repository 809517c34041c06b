package verify_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/canonical"
	"turnus/itsm/resource"
	"turnus/itsm/sla"
	"turnus/report/receipt"
	"turnus/report/verify"
)

// asDeclared gives a set the documents of its agreements and calendars, with
// their hashes.
func asDeclared(t testing.TB, f sla.Frozen) sla.Frozen {
	document := func(kind resource.Kind, m resource.Metadata, spec any) (*resource.Raw, string) {
		raw, err := canonical.JSON(spec)
		require.NoError(t, err)
		d := &resource.Raw{APIVersion: resource.APIVersion, Kind: kind, Metadata: m, Spec: raw}
		hash, err := canonical.Hash(d)
		require.NoError(t, err)
		return d, hash
	}
	for i := range f.Agreements {
		a := &f.Agreements[i]
		m := resource.Metadata{Name: a.Name, DisplayName: a.Title, Labels: map[string]json.RawMessage{"team": json.RawMessage(`["a","<b>"]`)}}
		a.Declared, a.Hash = document(resource.Agreement, m, a.Spec)
	}
	for i := range f.Calendars {
		c := &f.Calendars[i]
		c.Declared, c.Hash = document(resource.Calendar, resource.Metadata{Name: c.Name}, c.Spec)
	}
	return f
}

func verified(t *testing.T, b []byte) receipt.Result {
	t.Helper()
	v, err := verify.Receipt(bytes.NewReader(b))
	require.NoError(t, err)
	return v
}

func places(v receipt.Result) (all []string) {
	for _, d := range v.Differences {
		all = append(all, d.Place)
	}
	return all
}

// Somebody changes what was agreed and has everything else computed anew by our
// own code, so that tickets, figures, document, frozen set and seal agree: the
// hash of the version gives it away, unless that is made anew as well, and then
// the hash that the approver's decision names.
func TestConsistentForgeries(t *testing.T) {
	declared := func() sla.Frozen { return asDeclared(t, frozenMarch()) }
	original := verified(t, export(t, declared(), march()))
	require.True(t, original.Identical)
	require.Empty(t, original.Unproven)

	lenient := func(f *sla.Frozen) { f.Agreements[0].Spec.Targets[2].Within = 24 * 3600 }
	allDay := func(f *sla.Frozen) { f.Calendars[0].Spec.Hours["mon"] = []string{"00:00-24:00"} }
	for _, c := range []struct {
		name  string
		forge func(*sla.Frozen)
		place string
	}{
		{"a target", lenient, "frozen.agreements[desk 2].spec.targets[response].within"},
		{"a target, and what was declared", func(f *sla.Frozen) {
			hash := f.Agreements[0].Hash
			lenient(f)
			*f = asDeclared(t, *f)
			f.Agreements[0].Hash = hash
		}, "frozen.agreements[desk 2].hash"},
		{"a calendar", allDay, "frozen.calendars[office 1].spec.hours.mon[0]"},
		{"a calendar, and what was declared", func(f *sla.Frozen) {
			hash := f.Calendars[0].Hash
			allDay(f)
			*f = asDeclared(t, *f)
			f.Calendars[0].Hash = hash
		}, "frozen.calendars[office 1].hash"},
		{"another document", func(f *sla.Frozen) { f.Agreements[0].Declared = f.Calendars[0].Declared }, "frozen.agreements[desk 2].declared.kind"},
		{"another name", func(f *sla.Frozen) {
			for i := range f.Exclusions {
				f.Exclusions[i].Agreement = "other"
			}
			f.Agreements[0].Name = "other"
		}, "frozen.agreements[other 2].name"},
		{"another title", func(f *sla.Frozen) { f.Agreements[0].Title.En = "Other" }, "frozen.agreements[desk 2].title"},
	} {
		f := declared()
		c.forge(&f)
		v := verified(t, export(t, f, march()))
		require.False(t, v.Identical, c.name)
		require.Contains(t, strings.Join(places(v), "\n"), c.place, c.name)
		require.NotContains(t, strings.Join(places(v), "\n"), "figures", "nothing else tells: %s", c.name)
	}

	f := declared()
	lenient(&f)
	all := verified(t, export(t, asDeclared(t, f), march()))
	require.True(t, all.Identical, "it can't be told from an original")
	require.NotEqual(t, original.Report, all.Report)
	all.Expect(original.Report)
	require.False(t, all.Identical)
	require.Equal(t, []string{receipt.ReportHash}, places(all))
	original.Expect(original.Report)
	require.True(t, original.Identical)
	require.Empty(t, original.Differences)

	f = declared() // as if 0.1.0 had frozen it
	f.Agreements[0].Declared = nil
	lenient(&f)
	v := verified(t, export(t, f, march()))
	require.True(t, v.Identical)
	require.Equal(t, []string{"Agreement/desk version 2"}, v.Unproven, "it says so")
}

// The hash that was asked for comes first among many differences.
func TestExpectedHashIsNamedFirst(t *testing.T) {
	v := verified(t, []byte(strings.ReplaceAll(string(file(t)), `"numerator":1`, `"numerator":7`)))
	more := v.More
	v.Expect(strings.Repeat("0", 64))
	require.Len(t, v.Differences, 10)
	require.Equal(t, receipt.ReportHash, v.Differences[0].Place)
	require.Equal(t, more+1, v.More)
}
