package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/dataset"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
)

// sights of a service with two customers, of one that was retired, and of
// something else.
func seeing(t *testing.T) *Store {
	s := New(pgtest.New(t))
	serviceBy := func(name, owner, approver string) resource.Raw {
		return resource.Raw{APIVersion: "turnus/v1", Kind: resource.Service, Metadata: resource.Metadata{Name: name},
			Spec: fmt.Appendf(nil, `{"owner":%q,"approvers":[%q],"calendar":"24x7"}`, owner, approver)}
	}
	agreed := func(name, service, customer string) resource.Raw {
		return resource.Raw{APIVersion: "turnus/v1", Kind: resource.Agreement, Metadata: resource.Metadata{Name: name},
			Spec: fmt.Appendf(nil, `{"service":%q,"customer":%q,"where":{"customer":[%q]},"valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"24x7","attain":95}]}`, service, customer, customer)}
	}
	someone := func(name, role string) resource.Raw {
		return resource.Raw{APIVersion: "turnus/v1", Kind: resource.Person, Metadata: resource.Metadata{Name: name}, Spec: fmt.Appendf(nil, `{"roles":[%q]}`, role)}
	}
	apply1(t, s, declared, someone("olga", "process-owner"), someone("anton", "approver"), someone("otto", "process-owner"),
		serviceBy("desk", "olga", "anton"), serviceBy("gone", "olga", "anton"), serviceBy("mail", "otto", "anton"),
		agreed("desk-shop", "desk", "shop"), agreed("desk-mill", "desk", "mill"), agreed("gone-shop", "gone", "shop"), agreed("mail-mill", "mail", "mill"))
	by := person.Actor{Person: person.System}
	require.NoError(t, s.Retire(t.Context(), by, declared, resource.Agreement, "gone-shop"))
	require.NoError(t, s.Retire(t.Context(), by, declared, resource.Service, "gone"))
	for i, x := range []struct{ process, scope, about string }{{"sla-report", "desk", "desk"}, {"change-approval", "agreement-desk-mill", "desk"},
		{"sla-report", "gone", "gone"}, {"sla-report", "mail", "mail"}, {"availability-review", "desk", "desk"}} {
		at := declared.Add(time.Duration(i) * time.Minute)
		_, err := s.db.Exec(`INSERT INTO run (id, process, scope, period, attempt, state, input, service, about_kind, about, created_at, ended_at)
			VALUES ($1 || '/' || $2 || '/2026-10', $1, $2, '2026-10', 1, 'published', '{}', $3, 'Service', $3, $4, $4)`, x.process, x.scope, x.about, at)
		require.NoError(t, err)
		_, err = s.db.Exec(`INSERT INTO slot (process, scope, period, about_kind, about, interval, version, due_at, early_at, late_at, catch_up, state)
			VALUES ($1, $2, '2026-10', 'Service', $3, $2, 1, $4, $4, $4, 'each', 'done')`, x.process, x.scope, x.about, at)
		require.NoError(t, err)
		_, err = s.db.Exec(`INSERT INTO plan (interval, process, scope, about) VALUES ($1 || '-' || $2, $1, $2, $3)`, x.process, x.scope, x.about)
		require.NoError(t, err)
	}
	return s
}

// Lists are limited to what a sight holds, and their pages are full all the same;
// runs, slots and ledgers agree, and levels are those of the lists.
func TestListsHoldWhatASightHolds(t *testing.T) {
	s := seeing(t)
	desk, gone, mail := resource.Service.Ref("desk"), resource.Service.Ref("gone"), resource.Service.Ref("mail")
	const deskRun, change, goneRun, mailRun, review = "sla-report/desk/2026-10", "change-approval/agreement-desk-mill/2026-10", "sla-report/gone/2026-10", "sla-report/mail/2026-10", "availability-review/desk/2026-10"
	for name, c := range map[string]struct {
		sight  Sight
		runs   []string
		levels map[resource.Ref]Level
	}{
		"all":       {Sight{All: true}, []string{review, mailRun, goneRun, change, deskRun}, map[resource.Ref]Level{}},
		"published": {Sight{Every: true}, []string{review, mailRun, goneRun, change, deskRun}, map[resource.Ref]Level{}},
		"owner":     {Sight{Owner: "olga"}, []string{review, goneRun, change, deskRun}, map[resource.Ref]Level{desk: Inside, gone: Published}},
		"approver":  {Sight{Owner: "anton", Approver: "anton"}, []string{review, mailRun, goneRun, change, deskRun}, map[resource.Ref]Level{desk: Inside, mail: Inside, gone: Published}},
		"no role":   {Sight{Owner: "anton"}, nil, map[resource.Ref]Level{}},
		"named":     {Sight{Owner: "vera", Services: []string{"desk", "nothing"}}, []string{review, change, deskRun}, map[resource.Ref]Level{desk: Published, resource.Service.Ref("nothing"): Published}},
		"customer":  {Sight{Owner: "kai", Customers: []string{"shop"}}, []string{review, goneRun, deskRun}, map[resource.Ref]Level{desk: Extract, gone: Extract}},
		"both":      {Sight{Owner: "kai", Services: []string{"mail"}, Customers: []string{"mill", "none"}}, []string{review, mailRun, deskRun}, map[resource.Ref]Level{desk: Extract, mail: Published}},
		"nothing":   {Sight{}, nil, map[resource.Ref]Level{}},
	} {
		t.Run(name, func(t *testing.T) {
			levels, err := s.Seen(t.Context(), c.sight)
			require.NoError(t, err)
			require.Equal(t, c.levels, levels)
			for _, limit := range []int{1, 2, 50} {
				var ids, slots []string
				for p := (Page{Limit: limit}); ; {
					part, next, err := s.Runs(t.Context(), Runs{Sight: c.sight}, p)
					require.NoError(t, err)
					for _, r := range part {
						ids = append(ids, r.ID)
					}
					if next == "" {
						break
					}
					require.Len(t, part, limit, "pages are full")
					p.Cursor = next
				}
				for p := (Page{Limit: limit}); ; {
					part, next, err := s.Slots(t.Context(), Slots{Sight: c.sight}, p)
					require.NoError(t, err)
					for _, slot := range part {
						slots = append([]string{run.Key{Process: slot.Process, Scope: slot.Scope, Period: slot.Period}.ID(1)}, slots...)
					}
					if next == "" {
						break
					}
					require.Len(t, part, limit, "pages are full")
					p.Cursor = next
				}
				require.Equal(t, c.runs, ids)
				require.Equal(t, c.runs, slots)
			}
			ledgers, _, err := s.Ledgers(t.Context(), c.sight, Of{}, Page{})
			require.NoError(t, err)
			require.Len(t, ledgers, len(c.runs))
		})
	}
	of, _, err := s.Runs(t.Context(), Runs{Service: "mail", Sight: Sight{Owner: "kai", Customers: []string{"shop"}}}, Page{})
	require.NoError(t, err)
	require.Empty(t, of, "as of a service that there isn't")
}

// An agreement is the customer's whom all of the versions name that a report
// stands on.
func TestCustomersOfAgreements(t *testing.T) {
	s := seeing(t)
	_, err := s.db.Exec(`INSERT INTO resource (kind, name, version, valid_from, document, hash, at, person)
		SELECT kind, name, 2, now(), jsonb_set(document, '{spec,customer}', '"mill"'), 'x', now(), 'x' FROM resource WHERE name = 'desk-shop'`)
	require.NoError(t, err)
	for _, c := range []struct {
		versions []int
		want     map[string]string
	}{{[]int{1, 1}, map[string]string{"desk-shop": "shop"}}, {[]int{2, 2}, map[string]string{"desk-shop": "mill"}}, {[]int{1, 2}, map[string]string{}}, {[]int{1, 9}, map[string]string{}}} {
		got, err := s.CustomersOf(t.Context(), []string{"desk-shop", "desk-shop"}, c.versions)
		require.NoError(t, err)
		require.Equal(t, c.want, got, c.versions)
	}
}

// apply warns of what a view names and there isn't.
func TestViewsOfNothing(t *testing.T) {
	s := seeing(t)
	changes := apply1(t, s, declared, resource.Raw{APIVersion: "turnus/v1", Kind: resource.Person, Metadata: resource.Metadata{Name: "vera"},
		Spec: []byte(`{"roles":["viewer"],"sees":{"services":["mail","gone","*"],"customers":["shop","nobody"]}}`)})
	var said []string
	for _, w := range changes[0].Warnings {
		require.Equal(t, dataset.UnknownSight, w.Code)
		said = append(said, w.Detail.En)
	}
	require.Equal(t, []string{`The service "gone" isn't declared: this gives nothing to see but what was published of it before.`,
		`No agreement names the customer "nobody": this gives nothing to see until one does.`}, said)
	require.Equal(t, "Der Service „gone“ ist nicht angelegt: Damit ist nur zu sehen, was früher von ihm veröffentlicht wurde.", changes[0].Warnings[0].Detail.De)
	by := person.Actor{Person: person.System}
	require.NoError(t, s.Retire(t.Context(), by, declared, resource.Agreement, "mail-mill"))
	require.NoError(t, s.Retire(t.Context(), by, declared, resource.Service, "mail"), "a view keeps no service")
}
