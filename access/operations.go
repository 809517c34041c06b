package access

import (
	"slices"

	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/text"
)

// Rule says whom an operation is for. What of it they may use it on follows
// from Caller, and from package runs.
type Rule struct {
	Public bool          // no token is needed
	Roles  []person.Role // any of them; none: everybody who is signed in
}

// Operations is the one place that says which roles an operation is for, by
// its ID.
func Operations() map[string]Rule {
	const (
		admin    = person.Administrator
		owner    = person.ProcessOwner
		approver = person.Approver
		auditor  = person.Auditor
	)
	everybody := Rule{}
	public := Rule{Public: true}
	only := func(roles ...person.Role) Rule { return Rule{Roles: roles} }

	rules := map[string]Rule{
		"healthz":         public,
		"readyz":          public,
		"list-processes":  everybody,
		"list-runs":       everybody, // what of a run: ShowRun
		"get-run":         everybody,
		"cancel-run":      only(admin, owner),
		"refresh-run":     only(owner),
		"get-report":      everybody, // published ones; drafts: CheckReport
		"get-receipts":    only(owner, approver, auditor),
		"get-ticket":      only(owner, approver, auditor), // as get-receipts: CheckTickets
		"list-tasks":      everybody,                      // those that they may see: SelectTasks
		"count-tasks":     everybody,                      // one's own
		"get-task":        everybody,
		"decide-task":     everybody, // the task says whom it is for
		"issue-pass":      everybody,
		"send-task-file":  everybody,
		"get-task-file":   everybody,          // of a task that they see: CheckTask
		"apply":           only(admin, owner), // what of it: CheckDeclares
		"issue-token":     only(admin),
		"list-tokens":     only(admin, auditor),
		"revoke-token":    only(admin),
		"list-sessions":   everybody, // one's own
		"end-session":     everybody,
		"list-audit":      only(auditor),
		"import-holidays": only(admin),
		"list-imports":    only(admin, owner, approver, auditor),
		"get-import":      only(admin, owner, approver, auditor),
		"list-rejects":    only(admin, owner, approver, auditor),
		"withdraw-import": only(owner), // of its service; an approver decides
		"backup":          only(admin),

		"propose-exclusion":  only(owner),
		"list-exclusions":    only(admin, owner, approver, auditor),
		"get-exclusion":      only(admin, owner, approver, auditor),
		"withdraw-exclusion": only(owner),

		"list-slots":        everybody,
		"list-ledgers":      everybody,
		"get-slot":          everybody, // what is inside of its runs: those who see that
		"preview-plan":      only(admin, owner, approver, auditor),
		"pause-interval":    only(owner),
		"resume-interval":   only(owner),
		"backfill-interval": only(owner),
		"miss-slot":         only(owner),
		"start-slot":        only(owner),
		"report-event":      only(owner),

		"issue-feed":        everybody,
		"list-feeds":        everybody, // whose: CheckFeeds
		"withdraw-feed":     everybody, // one's own: CheckWithdraws
		"get-feed":          public,    // its address is the secret
		"list-findings":     only(admin, owner, approver, auditor),
		"get-finding":       only(admin, owner, approver, auditor), // which: CheckFinding
		"open-finding":      only(admin, owner, approver, auditor), // about what: CheckFoundAbout
		"send-finding-file": only(admin, owner, approver, auditor), // of what: CheckFinding
		"get-finding-file":  only(admin, owner, approver, auditor),
		"list-actions":      everybody, // which: SelectActions

		"list-coverage":   everybody,                             // of what they see: SelectCoverage
		"export-coverage": only(admin, owner, approver, auditor), // of what: SelectPlans

		"get-improvement":    only(admin, owner, approver, auditor),
		"get-report-tickets": only(owner, approver, auditor), // as get-receipts
	}
	for _, k := range declaration.Kinds() {
		plural, singular := k.Plural, k.Singular()
		// Which of them owners and approvers see: ListResources.
		rules["list-"+plural] = only(admin, owner, approver, auditor)
		rules["get-"+singular] = only(admin, owner, approver, auditor)
		rules["list-"+singular+"-versions"] = only(admin, owner, approver, auditor)
		rules["put-"+singular] = only(declares(k.Decided)...)
		rules["retire-"+singular] = only(admin)
		if k.Stays {
			rules["retire-"+singular] = only(admin, owner) // told how it ends instead
		}
	}
	for _, d := range dataset.All() {
		rules[ImportOf(d)] = only(admin, owner) // for what: CheckImporter
	}
	for _, p := range process.Catalogue() {
		if p.Started() {
			rules["start-"+p.Name] = only(p.Starters...)
		}
	}
	return rules
}

// ImportOf is the operation that loads files of a dataset.
func ImportOf(d dataset.Dataset) string { return "import-" + d.Name }

// Check refuses somebody whose roles aren't enough.
func (r Rule) Check(who person.Actor) error {
	if r.Public || len(r.Roles) == 0 || slices.ContainsFunc(r.Roles, func(role person.Role) bool { return who.Has(role) }) {
		return nil
	}
	of, has := text.List(r.Roles), rolesOf(who)
	return refuse(text.N(len(r.Roles),
		text.F("This is for the role %s; %s has %s.", "Das steht der Rolle %s zu; %s hat %s.", of, who.Person, has),
		text.F("This is for the roles %s; %s has %s.", "Das steht den Rollen %s zu; %s hat %s.", of, who.Person, has)))
}

// rolesOf are the roles that somebody has, in words.
func rolesOf(who person.Actor) text.Text {
	if len(who.Roles) == 0 {
		return text.New("none", "keine")
	}
	return text.List(who.Roles)
}
