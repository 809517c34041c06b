package deploy_test

import (
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"turnus/deploy"
	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/declaration"
	"turnus/itsm/resource"
)

// The demo's continuity plan is sound, nothing in it is in doubt, and whom it names
// the demo has; nobody who decides for the service carries out a step.
func TestDemosContinuityPlan(t *testing.T) {
	b, err := fs.ReadFile(deploy.Demo, "demo/plan/continuity.yaml")
	require.NoError(t, err)
	var doc map[string]any
	require.NoError(t, yaml.Unmarshal(b, &doc))
	plain, err := json.Marshal(doc)
	require.NoError(t, err)
	r := strict[resource.Raw](t, plain)
	require.NoError(t, declaration.Check(r))
	plan := strict[continuity.Plan](t, r.Spec)
	require.Empty(t, plan.Assess())
	takes, _ := plan.Restart()
	require.EqualValues(t, 165*60, takes)

	all := resources(t)
	for _, ref := range plan.References() {
		if ref.Name != "" {
			require.Contains(t, all[ref.Kind], ref.Name, ref.Field)
		}
	}
	service := strict[agreement.ServiceSpec](t, all[resource.Service][plan.Service].Spec)
	for _, s := range append(plan.Steps, plan.Return...) {
		require.NotContains(t, service.Approvers, s.Owner, s.Name)
	}
}
