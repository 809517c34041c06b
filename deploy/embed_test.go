package deploy_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"turnus/deploy"
	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/person"
	"turnus/itsm/resource"
)

// resources reads every document of the demo, strictly.
func resources(t *testing.T) map[resource.Kind]map[string]resource.Raw {
	t.Helper()
	files, err := fs.Glob(deploy.Demo, "demo/*.yaml")
	require.NoError(t, err)
	all := map[resource.Kind]map[string]resource.Raw{}
	for _, f := range files {
		b, err := fs.ReadFile(deploy.Demo, f)
		require.NoError(t, err)
		for d := yaml.NewDecoder(bytes.NewReader(b)); ; {
			var doc map[string]any
			err := d.Decode(&doc)
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, f)
			plain, err := json.Marshal(doc)
			require.NoError(t, err)
			r := strict[resource.Raw](t, plain)
			require.Equal(t, resource.APIVersion, r.APIVersion)
			require.NoError(t, resource.CheckName("name", r.Metadata.Name))
			require.NotEmpty(t, r.Metadata.DisplayName.En)
			require.NotEmpty(t, r.Metadata.DisplayName.De)
			if all[r.Kind] == nil {
				all[r.Kind] = map[string]resource.Raw{}
			}
			require.NotContains(t, all[r.Kind], r.Metadata.Name)
			all[r.Kind][r.Metadata.Name] = r
		}
	}
	return all
}

func strict[T any](t *testing.T, b []byte) T {
	t.Helper()
	var v T
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&v), string(b))
	return v
}

// Whatever the demo names exists, and whoever has a part in it has the role.
func TestDemoIsConsistent(t *testing.T) {
	all := resources(t)
	known := func(cal string) bool {
		_, ok := all[resource.Calendar][cal]
		return ok || cal == calendar.AlwaysOpen
	}
	has := func(name string, role person.Role) bool {
		r, ok := all[resource.Person][name]
		return ok && strict[person.Spec](t, r.Spec).Has(role)
	}
	for _, r := range all[resource.Calendar] {
		_, err := calendar.Zone(strict[calendar.Spec](t, r.Spec).Zone)
		require.NoError(t, err)
	}
	require.Len(t, all[resource.Service], 2)
	for name, r := range all[resource.Service] {
		service := strict[agreement.ServiceSpec](t, r.Spec)
		require.True(t, has(service.Owner, person.ProcessOwner), name)
		require.True(t, known(service.Calendar), name)
		require.Equal(t, "desk-owner", service.Owner, "one person proposes the whole plan")
		require.Equal(t, []string{"service-manager"}, service.Approvers)
		for _, a := range service.Approvers {
			require.True(t, has(a, person.Approver), a)
			require.NotEqual(t, service.Owner, a)
		}
	}
	require.Len(t, all[resource.Organisation], 1)
	demo := strict[agreement.OrganisationSpec](t, all[resource.Organisation]["demo"].Spec)
	require.True(t, has(demo.Owner, person.ProcessOwner))
	require.True(t, known(demo.Calendar))
	require.NoError(t, demo.CheckApprovers())
	for _, a := range demo.Approvers {
		require.True(t, has(a, person.Approver), a)
	}
	require.Len(t, all[resource.Agreement], 2)
	spec := strict[agreement.Spec](t, all[resource.Agreement]["service-desk-2016"].Spec)
	require.Contains(t, all[resource.Service], spec.Service)
	priorities := map[string]bool{}
	for _, g := range spec.Targets {
		require.True(t, known(g.Calendar), g.Name)
		require.Positive(t, g.Within.Seconds())
		for _, p := range g.Where["priority"] {
			require.False(t, priorities[p], "%s has two targets", p)
			priorities[p] = true
		}
	}
	require.Equal(t, map[string]bool{"1 - Critical": true, "2 - High": true, "3 - Moderate": true, "4 - Low": true}, priorities)
	require.Equal(t, []agreement.WorkloadLimit{{Name: "tickets", Per: "month", Limit: 9000}, {Name: "tickets", Per: "day", Limit: 450}}, spec.Workload)
}

// A target of the digital editions names a component that the monitor's file has
// under one name, from February at the latest to its end.
func TestDemoTargetsHaveSamples(t *testing.T) {
	b, err := fs.ReadFile(deploy.Demo, "demo/bern-updown-2026.tsv.gz")
	require.NoError(t, err)
	require.Equal(t, "1c104b0980fcde7934c1b2fc51ebe1730f237a87cff2c3c3ec6b6504a0326edd", sum(t, bytes.NewReader(b)))
	z, err := gzip.NewReader(bytes.NewReader(b))
	require.NoError(t, err)
	first, last, days := map[string]string{}, map[string]string{}, map[string]map[string]bool{}
	for rows := bufio.NewScanner(z); rows.Scan(); {
		row := strings.Split(rows.Text(), "\t")
		at, site := row[1], row[3]
		if days[site] == nil {
			first[site], days[site] = at, map[string]bool{}
		}
		last[site], days[site][at[:10]] = at, true
	}
	spec := strict[agreement.Spec](t, resources(t)[resource.Agreement]["digital-editions-2026"].Spec)
	require.NoError(t, spec.Check())
	for _, g := range spec.Targets {
		of := g.Availability
		require.Equal(t, agreement.CountProbes, of.Counts)
		require.Contains(t, days, of.Component)
		require.Less(t, first[of.Component], "2026-02-18", of.Component)
		require.Greater(t, last[of.Component], "2026-08-21", of.Component)
		require.Greater(t, len(days[of.Component]), 150, of.Component)
	}
	text, err := fs.ReadFile(deploy.Demo, "demo/ATTRIBUTION.md")
	require.NoError(t, err)
	require.Contains(t, string(text), "ODbL 1.0")
	require.Contains(t, string(text), "DHBern/upptime_digitaleditions")
}

// The log is the one that was published, and it carries its licence.
func TestLogIsUnchanged(t *testing.T) {
	b, err := fs.ReadFile(deploy.Demo, "demo/uci_incident_event_log.zip")
	require.NoError(t, err)
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	require.Len(t, r.File, 1)
	f, err := r.File[0].Open()
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, "fd184bbfd62329cfe093e99da2ea7071905f2ead91900b448eb2635870821bef", sum(t, f))

	text, err := fs.ReadFile(deploy.Demo, "demo/ATTRIBUTION.md")
	require.NoError(t, err)
	require.Contains(t, string(text), "CC BY 4.0")
	require.Contains(t, string(text), "Incident management process enriched event log")
}

// sum is the SHA-256 of what is read.
func sum(t *testing.T, r io.Reader) string {
	h := sha256.New()
	_, err := io.Copy(h, r)
	require.NoError(t, err)
	return hex.EncodeToString(h.Sum(nil))
}
