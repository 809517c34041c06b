package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
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

// PlansOut is how continuity plans are taken out of Turnus.
type PlansOut struct {
	Service string // empty: all that one may take out
	Format  string // html or text
	Lang    string // de, en, or empty
}

// OpenPlans gives the continuity plans in force with their contacts, while they
// are sent. Whoever asks closes the body; one that breaks off is an error there.
func (c *Client) OpenPlans(ctx context.Context, p PlansOut) (*http.Response, error) {
	media, ok := map[string]string{"html": "text/html", "text": "text/plain"}[p.Format]
	if !ok {
		return nil, fmt.Errorf("%q isn't a format of continuity plans: use html or text", p.Format)
	}
	return c.do(ctx, call{method: http.MethodGet, path: "/v1/coverage/export", query: set(url.Values{}, "service", p.Service, "lang", p.Lang),
		header: map[string]string{"Accept": media}})
}

// ExportPlans writes them. What breaks off is an error.
func (c *Client) ExportPlans(ctx context.Context, w io.Writer, p PlansOut) error {
	res, err := c.OpenPlans(ctx, p)
	if err != nil {
		return err
	}
	return c.keep(w, res, "the plans")
}
