package client

import (
	"context"
	"net/url"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/stats"
	"turnus/report"
)

// Register is what the register of findings says of itself: from a date up to
// another one, which is excluded.
type Register struct {
	From     calendar.Date         `json:"from"`
	To       calendar.Date         `json:"to"`
	Zone     string                `json:"zone"`
	At       time.Time             `json:"at"`
	Figures  []report.Figure       `json:"figures"`
	ToClose  stats.Survival        `json:"to_close"`
	Benefits []improvement.Benefit `json:"benefits"`
}

// Improvement gives the figures of the register; from, to and zone may be empty:
// of the last twelve months, in UTC.
func (c *Client) Improvement(ctx context.Context, from, to, zone string) (Register, error) {
	var answer Register
	return answer, c.get(ctx, "/v1/improvement", set(url.Values{}, "from", from, "to", to, "zone", zone), &answer)
}
