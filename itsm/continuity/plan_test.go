package continuity_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
)

// sound is a plan of which nothing is refused, and nothing in doubt.
const sound = `{
	"service": "desk", "scenario": "The region is gone.", "invocation": "The owner, after 30 minutes.", "offsite": "Printed, in the safe.", "business": "bea",
	"objectives": {"rto": "PT3H", "rto_from": "disruption", "rpo": "PT1H", "mbco_pct": "60", "mtpd": "PT8H", "mtw": "P2D", "wrt": "PT2H", "contacts_pct": "80", "decide": "PT45M"},
	"impact": {"unacceptable": 3, "steps": ["PT1H", "PT4H", "P1D"], "categories": [{"name": "Money", "levels": {"PT1H": 0, "PT4H": 2, "PT24H": 3}}, {"name": "Law", "levels": {"PT1H": 0, "PT4H": 1}}]},
	"dependencies": [{"service": "network", "rto": "PT1H", "rto_from": "disruption"}],
	"backup": {"every": "PT45M", "takes": "PT15M"},
	"contacts": [{"name": "Provider", "role": "hosting", "by": ["phone +49 30 1234"], "within": "PT15M", "from": "disruption"}],
	"steps": [
		{"name": "invoke", "title": "Invoke the plan", "owner": "max", "takes": "PT15M", "marks": "invoked"},
		{"name": "restore", "title": "Restore the data", "owner": "uwe", "takes": "PT1H", "after": ["invoke"]},
		{"name": "inform", "title": "Inform the customers", "owner": "max", "takes": "PT10M", "after": ["invoke"]},
		{"name": "open", "title": "Open the service", "owner": "uwe", "takes": "PT30M", "after": ["restore", "inform"], "marks": "mbco_technical"}],
	"return": [{"name": "back", "title": "Go back", "owner": "uwe", "takes": "PT2H"}]}`

// planned is the sound plan with places of it replaced: what stands there, what
// is to stand there.
func planned(t *testing.T, replaced ...string) continuity.Plan {
	t.Helper()
	s := sound
	for i := 0; i < len(replaced); i += 2 {
		require.Contains(t, s, replaced[i])
		s = strings.Replace(s, replaced[i], replaced[i+1], 1)
	}
	p, err := resource.Decode[continuity.Plan]("spec", json.RawMessage(s))
	require.NoError(t, err)
	return p
}

func refused(err error) (all []string) {
	for _, f := range fault.All(err) {
		all = append(all, f.Error())
	}
	return all
}

func TestASoundPlan(t *testing.T) {
	p := planned(t)
	require.NoError(t, p.Check())
	require.Empty(t, p.Assess())
	first, sure := p.Impact.MTPD()
	require.Equal(t, *lasting(t, "P1D"), *first)
	require.True(t, sure, "what is left out at the step itself doesn't make it earlier")
	takes, path := p.Restart()
	require.Equal(t, *lasting(t, "PT1H45M"), takes)
	require.Equal(t, []string{"invoke", "restore", "open"}, path)
}

// Each violation is named with its field, and both languages say what is right.
func TestPlansThatCantBe(t *testing.T) {
	for name, c := range map[string]struct {
		replaced []string
		want     string
	}{
		"RTO = MTPD":                {[]string{`"rto": "PT3H"`, `"rto": "PT8H"`}, "objectives.rto: The RTO, PT8H, isn't below the MTPD, PT8H: nothing would be left"},
		"guide 5.1, within 3 h":     {[]string{`"mtpd": "PT8H"`, `"mtpd": "PT3H"`}, "objectives.rto: The RTO, PT3H, isn't below the MTPD, PT3H: nothing would be left"},
		"RTO = MTPD of the BIA":     {[]string{`"PT4H": 2`, `"PT4H": 3`, `"rto": "PT3H"`, `"rto": "PT4H"`}, "objectives.rto: The RTO, PT4H, isn't below PT4H, after which the impact analysis"},
		"no base":                   {[]string{`"rto_from": "disruption", "rpo"`, `"rpo"`}, "objectives.rto_from: This is missing: PT3H is a deadline only with the event"},
		"base alone":                {[]string{`"rto": "PT3H", `, ``}, "objectives.rto_from: Nothing counts from this"},
		"unknown base":              {[]string{`"rto_from": "disruption", "rpo"`, `"rto_from": "detected", "rpo"`}, `objectives.rto_from: "detected" is no event`},
		"base that nothing marks":   {[]string{`"rto_from": "disruption", "rpo"`, `"rto_from": "invoked", "rpo"`, `, "marks": "invoked"`, ``}, "objectives.rto_from: The RTO counts from invoked, and no step marks"},
		"a dependency without base": {[]string{`"PT1H", "rto_from": "disruption"}]`, `"PT1H"}]`}, "dependencies[0].rto_from: This is missing: PT1H"},
		"a dependency on itself":    {[]string{`"service": "network"`, `"service": "desk"`}, "dependencies[0].service: \"desk\" is the service of this plan"},
		"a dependency twice":        {[]string{`"dependencies": [`, `"dependencies": [{"service": "network"},`}, "dependencies[1].service: \"network\" stands more than once."},
		"no objective": {[]string{`"rto": "PT3H", "rto_from": "disruption", "rpo": "PT1H", "mbco_pct": "60", "mtpd": "PT8H", "mtw": "P2D", "wrt": "PT2H", "contacts_pct": "80", "decide": "PT45M"`, `"mtpd": "PT8H"`},
			"objectives: No objective is agreed"},
		"minimum level that no step marks": {[]string{`, "marks": "mbco_technical"`, ``}, "steps: rto or mbco_pct is agreed, and no step marks mbco_technical"},
		"nobody to be called":              {[]string{`{"name": "Provider", "role": "hosting", "by": ["phone +49 30 1234"], "within": "PT15M", "from": "disruption"}`, ``}, "contacts: contacts_pct is agreed"},
		"a percentage of 0":                {[]string{`"mbco_pct": "60"`, `"mbco_pct": "0.0"`}, "objectives.mbco_pct: 0.0 isn't a percentage"},
		"a percentage above 100":           {[]string{`"contacts_pct": "80"`, `"contacts_pct": "100.000001"`}, "objectives.contacts_pct: 100.000001 isn't a percentage"},
		"no time":                          {[]string{`"takes": "PT15M", "marks"`, `"takes": "PT0S", "marks"`}, "steps[0].takes: PT0S isn't a time"},
		"more than a year":                 {[]string{`"mtw": "P2D"`, `"mtw": "P367D"`}, "objectives.mtw: PT8808H isn't a time"},
		"an owner who confirms":            {[]string{`"owner": "max", "takes": "PT10M"`, `"owner": "bea", "takes": "PT10M"`}, "steps[2].owner: \"bea\" confirms for the business"},
		"a step without owner":             {[]string{`"owner": "max", "takes": "PT10M"`, `"owner": "", "takes": "PT10M"`}, "steps[2].owner: This is missing: name the person"},
		"one back that confirms":           {[]string{`"owner": "uwe", "takes": "PT2H"`, `"owner": "bea", "takes": "PT2H"`}, "return[0].owner: \"bea\" confirms"},
		"no such step":                     {[]string{`["restore", "inform"]`, `["restore", "inform", "back"]`}, "steps[3].after[2]: There is no step \"back\" to wait for"},
		"a step waited for twice":          {[]string{`["restore", "inform"]`, `["restore", "restore"]`}, "steps[3].after[1]: \"restore\" stands more than once."},
		"a cycle":                          {[]string{`"marks": "invoked"`, `"marks": "invoked", "after": ["open"]`}, "steps[0].after: These steps wait for each other, each for the next one named: invoke → open → restore → invoke."},
		"a step that waits for itself":     {[]string{`"after": ["invoke"]`, `"after": ["restore"]`}, "steps[1].after: These steps wait for each other, each for the next one named: restore → restore."},
		"a name there and back":            {[]string{`"name": "back"`, `"name": "open"`}, "return[0].name: \"open\" stands more than once."},
		"an event twice":                   {[]string{`"marks": "invoked"`, `"marks": "mbco_technical"`}, "steps[3].marks: \"mbco_technical\" stands more than once."},
		"an event of the business":         {[]string{`"marks": "invoked"`, `"marks": "mbco_confirmed"`}, "steps[0].marks: \"mbco_confirmed\" is no event that a step marks; there are detected, invoked,"},
		"an event on the way back":         {[]string{`"takes": "PT2H"}`, `"takes": "PT2H", "marks": "full"}`}, "return[0].marks: A step back marks no event"},
		"no step":                          {[]string{`"return": [{"name": "back", "title": "Go back", "owner": "uwe", "takes": "PT2H"}]`, `"return": []`}, "return: This is missing: say by which steps normal operation"},
		"a contact without way":            {[]string{`"by": ["phone +49 30 1234"]`, `"by": []`}, "contacts[0].by: This is missing"},
		"within without event":             {[]string{`, "from": "disruption"}]`, `}]`}, "contacts[0].from: This is missing: PT15M is a deadline only"},
		"an event without within":          {[]string{`"within": "PT15M", `, ``}, "contacts[0].from: Nothing counts from this"},
		"within from what nothing marks":   {[]string{`"from": "disruption"}]`, `"from": "decided"}]`}, "contacts[0].from: The deadline counts from decided, and no step marks"},
		"within from what is no event":     {[]string{`"from": "disruption"}]`, `"from": "ended"}]`}, "contacts[0].from: \"ended\" is no event that this counts from; there are disruption, mbco_confirmed,"},
		"steps of impact in disorder":      {[]string{`["PT1H", "PT4H", "P1D"]`, `["PT1H", "PT4H", "P1D", "PT24H"]`}, "impact.steps[3]: PT24H isn't later than the step before, PT24H"},
		"a level of no step":               {[]string{`"Law", "levels": {"PT1H": 0, "PT4H": 1}`, `"Law", "levels": {"PT2H": 0}`}, "impact.categories[1].levels.PT2H: \"PT2H\" is no step of the analysis; there are PT1H, PT4H, PT24H."},
		"a level beyond":                   {[]string{`"PT4H": 1`, `"PT4H": 10`}, "impact.categories[1].levels.PT4H: 10 isn't a level"},
		"a step written in two ways":       {[]string{`"PT4H": 1`, `"PT4H": 1, "PT240M": 2`}, "impact.categories[1].levels.PT4H: The step PT4H stands more than once."},
		"everything unacceptable":          {[]string{`"unacceptable": 3`, `"unacceptable": 0`}, "impact.unacceptable: 0 isn't a level from which"},
		"no scenario":                      {[]string{`"The region is gone."`, `" "`}, "scenario: This is missing: say what has happened."},
		"a title of two lines":             {[]string{`"Go back"`, `"Go\nback"`}, "return[0].title: The text holds characters that control"},
	} {
		t.Run(name, func(t *testing.T) {
			err := planned(t, c.replaced...).Check()
			all := refused(err)
			require.Len(t, all, 1, "%v", all)
			require.True(t, strings.HasPrefix(all[0], c.want), "%s\n%s", all[0], c.want)
			f := fault.As(err)
			require.NotEmpty(t, f.Message.De)
			require.NotContains(t, f.Message.En+f.Message.De, "%!")
		})
	}
}

// All that is wrong is said at once.
func TestEachViolationIsNamed(t *testing.T) {
	p := planned(t, `"rto": "PT3H"`, `"rto": "PT9H"`, `"owner": "max", "takes": "PT10M"`, `"owner": "", "takes": "PT10M"`, `["invoke"]}`, `["open"]}`, `"service": "network"`, `"service": "desk"`)
	all := refused(p.Check())
	require.Len(t, all, 4, "%v", all)
	for i, want := range []string{"objectives.rto: ", "dependencies[0].service: ", "steps[2].owner: ", "steps[1].after: These steps wait"} {
		require.True(t, strings.HasPrefix(all[i], want), all[i])
	}
}

func TestAPlanHasBounds(t *testing.T) {
	p := planned(t)
	for i := len(p.Steps); i < 200; i++ {
		p.Steps = append(p.Steps, continuity.Step{Name: fmt.Sprintf("s-%d", i), Title: "x", Owner: "max", Takes: 60})
	}
	for i := len(p.Contacts); i < 60; i++ {
		p.Contacts = append(p.Contacts, continuity.Contact{Name: fmt.Sprint(i), Role: "x", By: []string{"phone"}})
	}
	require.NoError(t, p.Check())
	p.Steps = append(p.Steps, continuity.Step{})
	p.Contacts = append(p.Contacts, continuity.Contact{Name: "one more", Role: "x", By: []string{"phone"}})
	require.Equal(t, []string{"contacts: These are 61, and 60 are the most.", "steps: These are 201, and 200 are the most."}, refused(p.Check()))
	p = planned(t)
	for i := range p.Impact.Categories {
		p.Impact.Categories[i].Levels = nil
	}
	p.Impact.Steps = nil
	for i := range 25 {
		p.Impact.Steps = append(p.Impact.Steps, agreement.Duration(i+1))
	}
	require.Equal(t, []string{"impact.steps: These are 25, and 24 are the most."}, refused(p.Check()))
	p = planned(t)
	p.Scenario = strings.Repeat("ä", 4001)
	require.Equal(t, []string{"scenario: These are more than 4,000 characters: say it in fewer."}, refused(p.Check()))
}

// What isn't agreed isn't asked for: a plan for who is called has no RTO.
func TestAPlanOfACallTreeAlone(t *testing.T) {
	p := planned(t, `, "marks": "mbco_technical"`, ``)
	o := &p.Objectives
	o.RTO, o.From, o.RPO, o.MBCO = nil, "", nil, nil
	p.Backup = nil
	require.NoError(t, p.Check())
	require.Empty(t, p.Assess())
	takes, path := p.Restart()
	require.Zero(t, takes)
	require.Empty(t, path)
	nothing := agreement.Duration(0)
	o.RPO = &nothing
	require.NoError(t, p.Check(), "nothing may be lost")
}

func TestReferencesOfAPlan(t *testing.T) {
	used, persons := []string{}, []string{}
	for _, r := range planned(t, `"role": "hosting"`, `"role": "hosting", "person": "ines"`).References() {
		require.Empty(t, r.Role)
		if r.MayLeave {
			persons = append(persons, r.Field+" "+r.Ref.String())
		} else {
			used = append(used, r.Field+" "+r.Ref.String())
		}
	}
	require.Equal(t, []string{"service Service/desk", "dependencies[0].service Service/network"}, used)
	require.Equal(t, []string{"business Person/bea", "contacts[0].person Person/ines", "steps[0].owner Person/max", "steps[1].owner Person/uwe",
		"steps[2].owner Person/max", "steps[3].owner Person/uwe", "return[0].owner Person/uwe"}, persons)
}
