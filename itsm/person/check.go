package person

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Check refuses an e-mail address that can't be one, roles that aren't known or
// stand twice, and two that don't go together: whoever issues tokens and
// declares what figures stand on doesn't decide on them. No role at all is
// fine: such a person sees what their view gives them.
func (s Spec) Check() error {
	var faults fault.List
	if s.Email != "" {
		// A bare address, and nothing that a mail's head could be extended by.
		if a, err := mail.ParseAddress(s.Email[:min(len(s.Email), 255)]); err != nil || a.Address != s.Email || a.Name != "" || len(s.Email) > 254 {
			faults.Add(fault.Invalidf("email", "%.80q isn't an e-mail address: write it as in jo@example.org.",
				"%.80q ist keine E-Mail-Adresse: etwa jo@example.org.", s.Email))
		}
	}
	for i, r := range s.Roles {
		field := fmt.Sprintf("roles[%d]", i)
		switch {
		case !slices.Contains(Roles(), r):
			faults.Add(fault.Invalidf(field, "%.80q isn't a role; there are %s.",
				"%.80q ist keine Rolle; es gibt %s.", r, text.List(Roles())))
		case slices.Contains(s.Roles[:i], r):
			faults.Add(fault.Invalidf(field, "%q stands more than once.", "%q steht mehr als einmal da.", r))
		}
	}
	if s.Has(Administrator) && s.Has(Approver) {
		faults.Add(fault.Invalidf("roles", "%s and %s don't go together, since nobody decides on what they have set up themselves: give one of them to somebody else.",
			"%s und %s schließen einander aus, denn wer einrichtet, gibt nicht frei: Eine der beiden Rollen einer anderen Person geben.", Administrator, Approver))
	}
	if v := s.Sees; v != nil {
		checkNames(&faults, "sees.services", v.Services)
		checkNames(&faults, "sees.customers", v.Customers)
		for i, c := range v.Customers {
			if strings.TrimSpace(c) == "" || len(c) > longestCustomer {
				faults.Add(fault.Invalidf(fmt.Sprintf("sees.customers[%d]", i), "Name a customer as its agreements do, in %d bytes at most.",
					"Einen Kunden so nennen, wie seine Vereinbarungen es tun, mit höchstens %d Byte.", longestCustomer))
			}
		}
	}
	if s.Language != "" && s.Language != text.En && s.Language != text.De {
		faults.Add(fault.Invalidf("language", "%.20q isn't a language that Turnus has: use en or de, or leave it out.",
			"%.20q ist keine Sprache von Turnus: en oder de angeben oder weglassen.", s.Language))
	}
	return faults.Err()
}

// What a view names at most, and how long the name of a customer is.
const (
	mostSeen        = 500
	longestCustomer = 200
)

// checkNames refuses too many names, and those that stand twice.
func checkNames(faults *fault.List, field string, names []string) {
	if len(names) > mostSeen {
		faults.Add(fault.Invalidf(field, "%d are too many: name %d at most.", "%d sind zu viele: höchstens %d angeben.", len(names), mostSeen))
		return
	}
	seen := make(map[string]bool, len(names))
	for i, n := range names {
		if seen[n] {
			faults.Add(fault.Invalidf(fmt.Sprintf("%s[%d]", field, i), "%.80q stands more than once.", "%.80q steht mehr als einmal da.", n))
		}
		seen[n] = true
	}
}

// CheckName refuses names that are taken by Turnus itself.
func CheckName(field, name string) error {
	if name == System {
		return fault.Invalidf(field, "%q is what Turnus itself is called on record: choose another name.",
			"%q heißt in den Aufzeichnungen Turnus selbst: Einen anderen Namen wählen.", name)
	}
	return nil
}
