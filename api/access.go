package api

import (
	"slices"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/text"
)

// access says whom an operation is for. Which run, task or service they may
// use it on follows in visible.go, and in package runs.
type access struct {
	public bool          // no token is needed
	roles  []person.Role // any of them; none: everybody who is signed in
}

// accessTable is the one place that says which roles an operation is for, by
// its ID. An operation without an entry can't be registered.
func accessTable() map[string]access {
	const (
		admin    = person.Administrator
		owner    = person.ProcessOwner
		approver = person.Approver
		auditor  = person.Auditor
	)
	everybody := access{}
	public := access{public: true}
	only := func(roles ...person.Role) access { return access{roles: roles} }

	t := map[string]access{
		"healthz":         public,
		"readyz":          public,
		"list-processes":  everybody,
		"list-runs":       everybody, // what of a run, says visible.go
		"get-run":         everybody,
		"cancel-run":      only(admin, owner),
		"get-report":      everybody, // published ones; drafts: visible.go
		"get-receipts":    only(owner, approver, auditor),
		"list-tasks":      everybody, // those that they may see
		"get-task":        everybody,
		"decide-task":     only(approver),
		"issue-pass":      only(approver),
		"apply":           only(admin, owner), // what of it, says Declared.by
		"issue-token":     only(admin),
		"list-tokens":     only(admin, auditor),
		"revoke-token":    only(admin),
		"list-audit":      only(auditor),
		"import-tickets":  only(admin, owner),
		"import-holidays": only(admin),
		"list-imports":    only(admin, owner, auditor),
		"get-import":      only(admin, owner, auditor),
		"list-rejects":    only(admin, owner, auditor),
		"backup":          only(admin),

		"propose-exclusion":  only(owner),
		"list-exclusions":    only(admin, owner, approver, auditor),
		"get-exclusion":      only(admin, owner, approver, auditor),
		"withdraw-exclusion": only(owner),

		"list-slots":        everybody,
		"list-ledgers":      everybody,
		"preview-plan":      only(admin, owner, approver, auditor),
		"pause-interval":    only(owner),
		"resume-interval":   only(owner),
		"backfill-interval": only(owner),
		"miss-slot":         only(owner),
		"start-slot":        only(owner),
		"report-event":      only(owner),

		"issue-feed":    everybody,
		"list-feeds":    everybody, // whose, says visible.go
		"withdraw-feed": everybody, // one's own: visible.go
		"get-feed":      public,    // its address is the secret
		"list-findings": only(admin, owner, approver, auditor),
	}
	for _, k := range kinds() {
		// Which of them owners and approvers see, says visible.go.
		t["list-"+k.plural] = only(admin, owner, approver, auditor)
		t["get-"+k.singular] = only(admin, owner, approver, auditor)
		t["list-"+k.singular+"-versions"] = only(admin, owner, approver, auditor)
		t["put-"+k.singular] = only(admin)
		t["retire-"+k.singular] = only(admin)
		if k.Decided() {
			t["put-"+k.singular] = only(owner)
			t["retire-"+k.singular] = only(admin, owner) // told how it ends instead
		}
	}
	for _, p := range process.Catalogue() {
		if p.Started() {
			t["start-"+p.Name] = only(p.Starters...)
		}
	}
	return t
}

// admits says whether somebody's roles are enough.
func (a access) admits(who person.Actor) error {
	if a.public || len(a.roles) == 0 || slices.ContainsFunc(a.roles, func(r person.Role) bool { return who.Has(r) }) {
		return nil
	}
	return fault.New(fault.Forbidden, text.F(
		"This is for the roles %s; %s has %s.", "Das steht den Rollen %s zu; %s hat %s.", text.List(a.roles), who.Person, rolesOf(who)))
}

// rolesOf are the roles that somebody has, in words.
func rolesOf(who person.Actor) text.Text {
	if len(who.Roles) == 0 {
		return text.New("none", "keine")
	}
	return text.List(who.Roles)
}
