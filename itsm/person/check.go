package person

import (
	"fmt"
	"net/mail"
	"slices"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Check refuses an e-mail address that can't be one, roles that aren't known or
// stand twice, and two that don't go together: whoever issues tokens and
// declares what figures stand on doesn't decide on them. No role at all is
// fine: such a person sees what everybody sees.
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
	return faults.Err()
}

// CheckName refuses names that are taken by Turnus itself.
func CheckName(field, name string) error {
	if name == System {
		return fault.Invalidf(field, "%q is what Turnus itself is called on record: choose another name.",
			"%q heißt in den Aufzeichnungen Turnus selbst: Einen anderen Namen wählen.", name)
	}
	return nil
}
