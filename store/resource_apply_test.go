package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
)

func TestChangeIsAnotherVersion(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	later := declared.Add(time.Hour)
	c := apply1(t, s, later, officeDoc("Europe/Vienna"))[0]
	require.Equal(t, Changed, c.Change)
	require.Equal(t, 1, c.Before.Version)
	require.Equal(t, 2, c.After.Version)
	require.Equal(t, later, c.After.ValidFrom)
	require.Equal(t, "root", c.After.By)

	for at, want := range map[time.Time]string{
		{}:                            "Europe/Berlin", // the first holds from the beginning of time
		later.Add(-time.Microsecond):  "Europe/Berlin",
		later:                         "Europe/Vienna",
		later.Add(1000 * time.Hour):   "Europe/Vienna",
		later.Add(-20000 * time.Hour): "Europe/Berlin",
	} {
		r, v, err := validAt[calendar.Spec](t, s, resource.Calendar.Ref("office"), at)
		require.NoError(t, err)
		require.Equal(t, want, r.Spec.Zone, at)
		hash, err := canonical.Hash(v.Resource)
		require.NoError(t, err)
		require.Equal(t, hash, v.Hash, "the hash can be recomputed from what is stored")
	}
	list, _, err := s.Versions(ctx, Sight{All: true}, resource.Calendar, "office", Page{})
	require.NoError(t, err)
	require.Equal(t, []int{2, 1}, []int{list[0].Version, list[1].Version})
	require.True(t, list[1].ValidFrom.IsZero())

	entries, _, err := s.Audit(ctx, Trail{Object: "Calendar/office"}, Page{})
	require.NoError(t, err)
	require.Equal(t, []string{"resource.created", "resource.changed"}, []string{entries[0].Action, entries[1].Action})
	require.Contains(t, string(entries[1].Before), "Europe/Berlin")
	require.Contains(t, string(entries[1].After), "Europe/Vienna")
	require.Equal(t, "t-root", entries[1].Token)
}

func TestSpacesAndOrderOfFieldsAreNoChange(t *testing.T) {
	s := declaringStore(t)
	apply1(t, s, declared, doc(resource.Person, "jo", `{'email':'jo@example.org','roles':['viewer']}`))
	c := apply1(t, s, declared, doc(resource.Person, "jo", `{ 'roles' : [ 'viewer' ], 'email' : 'jo@example.org' }`))
	require.Equal(t, Unchanged, c[0].Change)
}

func TestDryRunChangesNothing(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	changes, err := s.Apply(ctx, root, declared, house(), true)
	require.NoError(t, err)
	require.Len(t, changes, 5)
	require.Equal(t, Created, changes[0].Change)
	_, err = s.Resource(ctx, resource.Service, "desk")
	requireFault(t, err, fault.NotFound)
	entries, _, err := s.Audit(ctx, Trail{}, Page{})
	require.NoError(t, err)
	require.Empty(t, entries)

	_, err = s.Apply(ctx, root, declared, []resource.Raw{deskDoc()}, true)
	requireFault(t, err, fault.Invalid, "Service/desk spec.owner")
}

// A service that was declared before approvers were looked at is applied again
// as it is; once something of it changes, somebody has to be able to decide.
func TestAServiceWithoutApproversGoesOnUnchanged(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	old := doc(resource.Service, "old", `{'approvers':[],'calendar':'24x7','owner':'olga'}`)
	hash, err := canonical.Hash(old)
	require.NoError(t, err)
	require.NoError(t, s.tx(ctx, func(tx *sqlx.Tx) error {
		return insertVersion(ctx, tx, resource.Version{Resource: old, Version: 1, At: declared, By: "root", Hash: hash})
	}))
	changes := apply1(t, s, declared, old)
	require.Equal(t, Unchanged, changes[0].Change)

	old.Spec = json.RawMessage(`{"owner":"olga","approvers":[],"calendar":"office"}`)
	_, err = s.Apply(ctx, root, declared, []resource.Raw{old}, false)
	requireFault(t, err, fault.Invalid, "Service/old spec.approvers")
	old.Spec = json.RawMessage(`{"owner":"olga","approvers":["anton"],"calendar":"office"}`)
	require.Equal(t, Changed, apply1(t, s, declared, old)[0].Change)
}

func TestApplyIsAllOrNone(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	_, err := s.Apply(ctx, root, declared, append(house(), doc(resource.Agreement, "gold", `{'service':'desk'}`)), false)
	requireFault(t, err, fault.Invalid, "Agreement/gold spec.valid", "Agreement/gold spec.targets")
	_, err = s.Resource(ctx, resource.Person, "olga")
	requireFault(t, err, fault.NotFound)
}

func TestApplyRefusesWhatDoesntFitTheOthers(t *testing.T) {
	target := func(calendar string) string {
		return `'targets':[{'name':'p1','measure':'resolution','within':'PT4H','calendar':'` + calendar + `','attain':95}]`
	}
	for _, c := range []struct {
		name string
		docs []resource.Raw
		says []string
	}{
		{"an owner who isn't there", []resource.Raw{doc(resource.Service, "x", `{'owner':'nobody','approvers':['anton'],'calendar':'24x7'}`)},
			[]string{"Service/x spec.owner", `no Person "nobody"`}},
		{"an owner without the role", []resource.Raw{doc(resource.Service, "x", `{'owner':'anton','approvers':['anton','ada'],'calendar':'24x7'}`)},
			[]string{"Service/x spec.owner", `"anton" doesn't have the role process-owner`}},
		{"no approver", []resource.Raw{doc(resource.Service, "x", `{'owner':'olga','approvers':[],'calendar':'24x7'}`)},
			[]string{"Service/x spec.approvers: An approver is needed who isn't the owner"}},
		{"approvers left out", []resource.Raw{doc(resource.Service, "x", `{'owner':'olga','calendar':'24x7'}`)},
			[]string{"Service/x spec.approvers: This is missing"}},
		{"approvers that are null", []resource.Raw{doc(resource.Service, "x", `{'owner':'olga','approvers':null,'calendar':'24x7'}`)},
			[]string{"Service/x spec.approvers: "}},
		{"the owner is the only approver", []resource.Raw{personDoc("olga", person.ProcessOwner, person.Approver), doc(resource.Service, "x", `{'owner':'olga','approvers':['olga'],'calendar':'24x7'}`)},
			[]string{`Service/x spec.approvers: "olga" is the owner`, "name another approver"}},
		{"an approver without the role", []resource.Raw{doc(resource.Service, "x", `{'owner':'olga','approvers':['anton','olga'],'calendar':'24x7'}`)},
			[]string{"Service/x spec.approvers[1]", "approver"}},
		{"an approver who loses the role in the same call", []resource.Raw{personDoc("anton"), doc(resource.Service, "x", `{'owner':'olga','approvers':['anton'],'calendar':'24x7'}`)},
			[]string{"Service/x spec.approvers[0]"}},
		{"no such calendar", []resource.Raw{doc(resource.Service, "x", `{'owner':'olga','approvers':['anton'],'calendar':'moon'}`)},
			[]string{"Service/x spec.calendar", "moon"}},
		{"a zone beside a calendar", []resource.Raw{doc(resource.Service, "x", `{'owner':'olga','approvers':['anton'],'calendar':'office','zone':'Europe/Berlin'}`)},
			[]string{"Service/x spec.zone"}},
		{"no such zone", []resource.Raw{doc(resource.Service, "x", `{'owner':'olga','approvers':['anton'],'calendar':'24x7','zone':'Berlin'}`)},
			[]string{"Service/x spec.zone", "IANA"}},
		{"no such service", []resource.Raw{doc(resource.Agreement, "x", `{'service':'moon','valid':{'from':'2016-01-01'},`+target("24x7")+`}`)},
			[]string{"Agreement/x spec.service", "moon"}},
		{"no such calendar of a target", []resource.Raw{doc(resource.Agreement, "x", `{'service':'desk','valid':{'from':'2016-01-01'},`+target("moon")+`}`)},
			[]string{"Agreement/x spec.targets[0].calendar", "moon"}},
		{"no such service of an objective", []resource.Raw{sliDoc("quick"), doc(resource.SLO, "x", `{'service':'moon','indicatorRef':'quick','timeWindow':[{'duration':'30d','isRolling':true}],
			'budgetingMethod':'Occurrences','objectives':[{'target':0.9,'op':'lt','value':1}]}`)}, []string{"SLO/x spec.service", `no Service "moon"`}},
		{"no such indicator", []resource.Raw{sloDoc("x", "moon", "{'target':0.9}")}, []string{"SLO/x spec.indicatorRef", `no SLI "moon"`}},
		{"an indicator that asks for more", []resource.Raw{sloDoc("x", "quick", "{'target':0.9}"), sliDoc("quick")},
			[]string{"SLO/x spec.objectives[0].op", "SLO/x spec.objectives[0].value"}},
		{"a review that there isn't", []resource.Raw{doc(resource.Service, "x", `{'owner':'olga','approvers':['anton'],'calendar':'24x7','review':'sometimes'}`)},
			[]string{`Service/x spec.review: "sometimes" isn't known here: use findings`}},
		{"an organisation's owner who isn't there", []resource.Raw{organisationDoc("x", "nobody", "24x7")}, []string{"Organisation/x spec.owner", `no Person "nobody"`}},
		{"an organisation's owner without the role", []resource.Raw{organisationDoc("x", "root", "24x7")}, []string{"Organisation/x spec.owner", "process-owner"}},
		{"an organisation's calendar", []resource.Raw{organisationDoc("x", "olga", "moon")}, []string{"Organisation/x spec.calendar", `no Calendar "moon"`}},
		{"an organisation that nobody decides for", []resource.Raw{doc(resource.Organisation, "x", `{'owner':'olga','approvers':[],'calendar':'24x7'}`)},
			[]string{"Organisation/x spec.approvers: An approver is needed"}},
		{"a review of the organisation", []resource.Raw{doc(resource.Organisation, "x", `{'owner':'olga','approvers':['anton'],'calendar':'24x7','review':'findings'}`)},
			[]string{"Organisation/x spec.review", "owner, approvers, calendar, zone"}},
		{"two organisations at once", []resource.Raw{organisationDoc("a", "olga", "24x7"), organisationDoc("b", "olga", "24x7")},
			[]string{"Organisation/b: There is one Organisation at most", `that is "a"`}},
		{"twice", []resource.Raw{personDoc("jo"), personDoc("jo", person.Viewer)}, []string{"Person/jo", "more than once"}},
		{"several at once", []resource.Raw{doc(resource.Service, "x", `{'owner':'nobody','approvers':['nil'],'calendar':'moon'}`)},
			[]string{"spec.owner", "spec.approvers[0]", "spec.calendar"}},
		{"NUL", []resource.Raw{doc(resource.Person, "x", `{'roles':[],'email':'a\u0000'}`)}, []string{"Person/x spec.email", "NUL"}},
		{"NUL in a title", []resource.Raw{{APIVersion: resource.APIVersion, Kind: resource.Person, Spec: json.RawMessage(`{"roles":[]}`),
			Metadata: resource.Metadata{Name: "x", DisplayName: textOf("a\x00")}}}, []string{"Person/x metadata.displayName", "NUL"}},
		{"a field twice", []resource.Raw{doc(resource.Person, "x", `{'roles':['viewer'],'roles':['administrator']}`)}, []string{"Person/x spec.roles", "more than once"}},
		{"no JSON", []resource.Raw{doc(resource.Person, "x", `{'roles'`)}, []string{"JSON"}},
		{"no spec", []resource.Raw{{APIVersion: resource.APIVersion, Kind: resource.Person, Metadata: resource.Metadata{Name: "x"}}}, []string{"spec: This is missing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := declaringStore(t)
			apply1(t, s, declared, house()...)
			_, err := s.Apply(t.Context(), root, declared, c.docs, false)
			require.Error(t, err)
			require.NotEmpty(t, fault.All(err), "%T %v", err, err)
			for _, p := range c.says {
				require.ErrorContains(t, err, p)
			}
			_, err = s.Resource(t.Context(), resource.Kind("Service"), "x")
			requireFault(t, err, fault.NotFound)
		})
	}
}

// There is one organisation at most; one that is retired makes room, and may
// come back once there is room.
func TestASecondOrganisationIsRefused(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	first, second := organisationDoc("north", "olga", "office"), organisationDoc("south", "olga", "office")
	apply1(t, s, declared, append(house(), first)...)
	_, err := s.Apply(ctx, root, declared, []resource.Raw{second}, false)
	requireFault(t, err, fault.Invalid, "Organisation/south: ", `that is "north"`)
	require.Contains(t, fault.All(err)[0].Message.De, "das ist „north“")
	require.Equal(t, Unchanged, apply1(t, s, declared, first)[0].Change)
	require.Equal(t, Changed, apply1(t, s, declared, organisationDoc("north", "olga", "24x7"))[0].Change)

	require.NoError(t, s.Retire(ctx, root, declared.Add(time.Hour), resource.Organisation, "north"))
	require.Equal(t, Created, apply1(t, s, declared.Add(time.Hour), second)[0].Change)
	_, err = s.Apply(ctx, root, declared.Add(time.Hour), []resource.Raw{first}, false)
	requireFault(t, err, fault.Invalid, "Organisation/north: ", `that is "south"`)
}

// Somebody who loses the role loses it at once, whoever still lists them; but
// nobody may name them anew.
func TestApproverMayLoseTheRole(t *testing.T) {
	s := declaringStore(t)
	apply1(t, s, declared, house()...)
	require.Equal(t, Changed, apply1(t, s, declared, personDoc("anton"))[0].Change)
	require.Equal(t, Unchanged, apply1(t, s, declared, deskDoc())[0].Change)
	_, err := s.Apply(t.Context(), root, declared, []resource.Raw{doc(resource.Service, "desk", `{'owner':'olga','approvers':['anton'],'calendar':'24x7'}`)}, false)
	requireFault(t, err, fault.Invalid, "approver")
}

func TestAgreementHoldsFromItsDayInTheServicesZone(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	docs := append(house(), agreementDoc("gold", "2016-01-01", "2016-06-30", ""))
	apply1(t, s, declared, docs...)
	v, err := s.Resource(ctx, resource.Agreement, "gold")
	require.NoError(t, err)
	require.Equal(t, "2015-12-31T23:00:00Z", v.ValidFrom.Format(time.RFC3339), "midnight in Berlin")

	list, err := agreementsOf(t, s, "desk", v.ValidFrom)
	require.NoError(t, err)
	require.Empty(t, list, "before is exclusive")
	list, err = agreementsOf(t, s, "desk", declared)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "2016-06-30T22:00:00Z", list[0].ValidTo.Format(time.RFC3339), "summer time, after the last day")

	// A service that is always open has a zone of its own.
	apply1(t, s, declared, doc(resource.Service, "shop", `{'owner':'olga','approvers':['anton'],'calendar':'24x7','zone':'America/New_York'}`),
		doc(resource.Agreement, "shop-2016", `{'service':'shop','valid':{'from':'2016-07-01'},'targets':[{'name':'p1','measure':'response','within':'PT1H','calendar':'24x7','attain':99.90}]}`))
	v, err = s.Resource(ctx, resource.Agreement, "shop-2016")
	require.NoError(t, err)
	require.Equal(t, "2016-07-01T04:00:00Z", v.ValidFrom.Format(time.RFC3339))
	a, err := Current[agreement.Spec](ctx, s, resource.Agreement, "shop-2016")
	require.NoError(t, err)
	require.Equal(t, json.Number("99.90"), a.Spec.Targets[0].Attain, "as it was written")
	require.Equal(t, agreement.Continue, a.Spec.Targets[0].Reopen)
	require.Equal(t, agreement.Retroactive, a.Spec.Targets[0].OnChange)

	_, err = agreementsOf(t, s, "moon", declared)
	requireFault(t, err, fault.NotFound)
}

func TestAgreementsThatOverlapAreRefused(t *testing.T) {
	retail, trade := `{'customer':['retail']}`, `{'customer':['trade','b2b']}`
	for _, c := range []struct {
		name string
		a, b resource.Raw
		ok   bool
	}{
		{"both for all", agreementDoc("a", "2016-01-01", "", ""), agreementDoc("b", "2017-01-01", "", ""), false},
		{"on one day", agreementDoc("a", "2016-01-01", "2016-12-31", ""), agreementDoc("b", "2016-12-31", "", ""), false},
		{"one after the other", agreementDoc("a", "2016-01-01", "2016-12-31", ""), agreementDoc("b", "2017-01-01", "", ""), true},
		{"the later one first", agreementDoc("a", "2017-01-01", "", ""), agreementDoc("b", "2016-01-01", "2016-12-31", ""), true},
		{"told apart", agreementDoc("a", "2016-01-01", "", retail), agreementDoc("b", "2016-01-01", "", trade), true},
		{"a value in common", agreementDoc("a", "2016-01-01", "", `{'customer':['retail','b2b']}`), agreementDoc("b", "2016-01-01", "", trade), false},
		{"by different fields", agreementDoc("a", "2016-01-01", "", retail), agreementDoc("b", "2016-01-01", "", `{'priority':['1']}`), false},
		{"by one field of two", agreementDoc("a", "2016-01-01", "", `{'customer':['retail'],'priority':['1']}`), agreementDoc("b", "2016-01-01", "", `{'customer':['retail'],'priority':['2']}`), true},
		{"one for all, one for some", agreementDoc("a", "2016-01-01", "", ""), agreementDoc("b", "2016-01-01", "", trade), false},
	} {
		for _, together := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/together=%t", c.name, together), func(t *testing.T) {
				s, ctx := declaringStore(t), t.Context()
				apply1(t, s, declared, house()...)
				docs := []resource.Raw{c.a, c.b}
				if !together {
					apply1(t, s, declared, c.a)
					docs = docs[1:]
				}
				_, err := s.Apply(ctx, root, declared, docs, false)
				if c.ok {
					require.NoError(t, err)
				} else {
					requireFault(t, err, fault.Invalid, `"a" and "b"`, `"desk"`, "where")
				}
			})
		}
	}
}

func TestAgreementsVersionsSucceedEachOther(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, append(house(), agreementDoc("a", "2016-01-01", "", ""))...)
	// From July on another version, for retail only: trade is free from then.
	apply1(t, s, declared, agreementDoc("a", "2016-07-01", "", `{'customer':['retail']}`))
	_, err := s.Apply(ctx, root, declared, []resource.Raw{agreementDoc("b", "2016-06-30", "", `{'customer':['trade']}`)}, false)
	requireFault(t, err, fault.Invalid, "2016-06-30")
	apply1(t, s, declared, agreementDoc("b", "2016-07-01", "", `{'customer':['trade']}`))

	list, err := agreementsOf(t, s, "desk", declared)
	require.NoError(t, err)
	var got []string
	for _, v := range list {
		got = append(got, fmt.Sprintf("%s.%d", v.Resource.Metadata.Name, v.Version))
		require.Nil(t, v.ValidTo)
	}
	require.Equal(t, []string{"a.1", "a.2", "b.1"}, got)

	// A correction that would take all of them again meets b.
	_, err = s.Apply(ctx, root, declared, []resource.Raw{agreementDoc("a", "2016-03-01", "", "")}, false)
	requireFault(t, err, fault.Invalid, `"a" and "b"`)
	_, err = s.Apply(ctx, root, declared, []resource.Raw{doc(resource.Service, "shop", `{'owner':'olga','approvers':['anton'],'calendar':'24x7'}`),
		doc(resource.Agreement, "a", strings.ReplaceAll(string(agreementDoc("a", "2016-01-01", "", "").Spec), "desk", "shop"))}, false)
	requireFault(t, err, fault.Invalid, "Agreement/a spec.service", "stays with its service")
}

func TestApplyTakesTurns(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	const n = 8
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			for v := range 4 {
				if _, errs[i] = s.Apply(ctx, root, declared, []resource.Raw{
					doc(resource.Person, "jo", fmt.Sprintf(`{'roles':['viewer'],'email':'jo-%d-%d@example.org'}`, i, v)),
				}, false); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	list, _, err := s.Versions(ctx, Sight{All: true}, resource.Person, "jo", Page{Limit: 100})
	require.NoError(t, err)
	require.Len(t, list, 4*n, "each is a version of its own, none is lost")
	entries, _, err := s.Audit(ctx, Trail{Object: "Person/jo"}, Page{Limit: 100})
	require.NoError(t, err)
	require.Len(t, entries, 4*n)
}

func TestOverlappingAgreementsAtOnceLeaveOne(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	apply1(t, s, declared, house()...)
	errs := make(chan error)
	for i := range 6 {
		go func() {
			_, err := s.Apply(ctx, root, declared, []resource.Raw{agreementDoc(fmt.Sprintf("a%d", i), "2016-01-01", "", "")}, false)
			errs <- err
		}()
	}
	done := 0
	for range 6 {
		if err := <-errs; err == nil {
			done++
		} else {
			requireFault(t, err, fault.Invalid, "would both be in force")
		}
	}
	require.Equal(t, 1, done)
}

func TestResourcesAreListedByName(t *testing.T) {
	s, ctx := declaringStore(t), t.Context()
	var docs []resource.Raw
	for _, n := range []string{"b", "a-b", "ab", "a", "a0"} {
		docs = append(docs, personDoc(n))
	}
	apply1(t, s, declared, docs...)
	apply1(t, s, declared, personDoc("ab", person.Viewer))
	require.NoError(t, s.Retire(ctx, root, declared, resource.Person, "b"))
	var names []string
	for next := ""; ; {
		list, more, err := s.Resources(ctx, Sight{All: true}, resource.Person, "", Page{Limit: 2, Cursor: next})
		require.NoError(t, err)
		for _, v := range list {
			names = append(names, fmt.Sprintf("%s.%d", v.Resource.Metadata.Name, v.Version))
		}
		if next = more; next == "" {
			break
		}
	}
	require.Equal(t, []string{"a.1", "a-b.1", "a0.1", "ab.2"}, names)
	for _, name := range []string{"b", "c", "", "a\x00", "\xff", "A"} {
		_, err := s.Resource(ctx, resource.Person, name)
		requireFault(t, err, fault.NotFound)
		_, err = Current[person.Spec](ctx, s, resource.Person, name)
		requireFault(t, err, fault.NotFound)
	}
	_, _, err := s.Versions(ctx, Sight{All: true}, resource.Person, "a\x00", Page{})
	requireFault(t, err, fault.NotFound)
	for _, bad := range []string{cursor("x"), cursor("99999999999"), "%%%"} {
		_, _, err := s.Versions(ctx, Sight{All: true}, resource.Person, "a", Page{Cursor: bad})
		requireFault(t, err, fault.Invalid, "cursor")
	}
}

func TestManyResourcesAtOnce(t *testing.T) {
	s := declaringStore(t)
	docs := make([]resource.Raw, 2000)
	for i := range docs {
		docs[i] = personDoc(fmt.Sprintf("p%d", i), person.Viewer)
	}
	began := time.Now()
	require.Len(t, apply1(t, s, declared, docs...), 2000)
	t.Logf("2,000 persons in %s", time.Since(began))
}

func TestCancelledApplyLeavesNothing(t *testing.T) {
	s := declaringStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Apply(ctx, root, declared, house(), false)
	require.Error(t, err)
	_, err = s.Resource(t.Context(), resource.Service, "desk")
	requireFault(t, err, fault.NotFound)
}

// A thousand agreements that all hold for the same tickets: the pairs aren't all
// listed.
func TestManyAgreementsThatOverlap(t *testing.T) {
	s := declaringStore(t)
	apply1(t, s, declared, house()...)
	var docs []resource.Raw
	for i := range 1000 {
		docs = append(docs, agreementDoc(fmt.Sprintf("a%d", i), "2016-01-01", "", ""))
	}
	_, err := s.Apply(t.Context(), root, declared, docs, false)
	require.Len(t, fault.All(err), fault.Most)
}
