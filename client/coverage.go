package client

import (
	"context"
	"net/url"

	"turnus/itsm/continuity"
)

// CoverageOf selects what is proved of continuity plans; empty fields select all.
type CoverageOf struct {
	Service string
	State   continuity.State
}

func (of CoverageOf) query() url.Values {
	return set(url.Values{}, "service", of.Service, "state", string(of.State))
}

// Coverage says what is proved of each objective of the continuity plans, up to
// most; 0: all.
func (c *Client) Coverage(ctx context.Context, of CoverageOf, most int) ([]continuity.Coverage, error) {
	return list[continuity.Coverage](ctx, c, "/v1/coverage", of.query(), most)
}

// CoveragePart is a part of that list.
func (c *Client) CoveragePart(ctx context.Context, of CoverageOf, cursor string, limit int) ([]continuity.Coverage, string, error) {
	return part[continuity.Coverage](ctx, c, "/v1/coverage", of.query(), cursor, limit)
}
