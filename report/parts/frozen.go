package parts

import (
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/run"
	"turnus/report/receipt"
)

// About is what a frozen set says of itself.
type About struct {
	Run      string
	Round    int
	Service  string
	Period   string
	Zone     string
	From, To time.Time
}

// CompareFrozen checks what the frozen set of a file says besides its cases, that
// it is written as it would be anew, and is about the file's run and its period.
func CompareFrozen(x *receipt.Reader, frozen any, of About, c *receipt.Comparison) error {
	again, err := canonical.JSON(frozen)
	if err != nil {
		return receipt.Unreadable("frozen", err)
	}
	c.JSON("frozen", x.Head.Frozen, again)
	key, _, err := run.ParseID(x.Head.Run)
	if err != nil {
		return receipt.Unreadable("run", err)
	}
	c.Texts("frozen.run", of.Run, x.Head.Run)
	c.Numbers("frozen.round", int64(of.Round), int64(x.Head.Round))
	c.Texts("frozen.service", of.Service, key.Scope)
	c.Texts("frozen.period", of.Period, key.Period)
	period, err := calendar.ParsePeriod(of.Period)
	if err != nil {
		return receipt.Unreadable("frozen", err)
	}
	zone, err := calendar.Zone(of.Zone)
	if err != nil {
		return receipt.Unreadable("frozen", err)
	}
	from, to := period.Bounds(zone)
	c.Instants("frozen.from", of.From, from)
	c.Instants("frozen.to", of.To, to)
	return nil
}
