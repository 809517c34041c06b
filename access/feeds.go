package access

import (
	"turnus/itsm/person"
	"turnus/itsm/text"
	"turnus/store"
)

// CheckFeeds refuses the list of somebody else's feeds to whoever may not read
// those of everybody.
func (c *Caller) CheckFeeds(whose string) error {
	return c.checkSelfOr(whose, person.Administrator, person.Auditor)
}

// CheckWithdraws refuses to end the feed of somebody else to whoever may not
// end those of everybody.
func (c *Caller) CheckWithdraws(f store.Feed) error {
	return c.checkSelfOr(f.Person, person.Administrator)
}

func (c *Caller) checkSelfOr(whose string, roles ...person.Role) error {
	if c.Person == whose || c.Has(roles...) {
		return nil
	}
	return refuse(text.New("This is somebody else's feed.", "Dieser Feed gehört jemand anderem."))
}

// SelectSlots limits slots to those of the services that name the caller; of
// auditors to nothing.
func (c *Caller) SelectSlots(want store.Slots) store.Slots {
	want.Sight = c.concerning()
	want.All = c.Has(person.Auditor)
	return want
}
