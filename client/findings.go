package client

import (
	"context"
	"net/url"
	"time"

	"turnus/itsm/text"
)

// Finding is something that was found and has to be dealt with.
type Finding struct {
	ID      int64     `json:"id"`
	Kind    string    `json:"kind"`
	Service string    `json:"service"`
	Object  string    `json:"object"` // as in the audit trail
	Title   text.Text `json:"title"`
	At      time.Time `json:"at"`
}

// Findings lists findings, newest first, up to most; of one service, or of all
// that one sees.
func (c *Client) Findings(ctx context.Context, service string, most int) ([]Finding, error) {
	return list[Finding](ctx, c, "/v1/findings", set(url.Values{}, "service", service), most)
}
