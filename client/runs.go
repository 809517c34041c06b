package client

import (
	"context"
	"net/url"
	"strconv"

	"turnus/itsm/run"
)

// RunsOf selects runs; empty fields select all.
type RunsOf struct {
	Process, Service, State string
	Scope, Period           string
}

func (of RunsOf) query() url.Values {
	return set(url.Values{}, "process", of.Process, "service", of.Service, "state", of.State, "scope", of.Scope, "period", of.Period)
}

// Part is a part of a list.
type Part[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"` // where the next part begins; empty at the end
}

// Runs lists runs, newest first; empty arguments select all.
func (c *Client) Runs(ctx context.Context, process, service, state string, most int) ([]run.Run, error) {
	return list[run.Run](ctx, c, "/v1/runs", RunsOf{Process: process, Service: service, State: state}.query(), most)
}

// RunsFrom lists a part of the runs, newest first, from a cursor on; an empty one
// is the beginning.
func (c *Client) RunsFrom(ctx context.Context, of RunsOf, cursor string, most int) (p Part[run.Run], err error) {
	q := set(of.query(), "cursor", cursor, "limit", strconv.Itoa(most))
	return p, c.get(ctx, "/v1/runs", q, &p)
}

// Attempts lists the attempts of a process, scope and period, newest first.
func (c *Client) Attempts(ctx context.Context, k run.Key) ([]run.Run, error) {
	return list[run.Run](ctx, c, "/v1/runs", RunsOf{Process: k.Process, Scope: k.Scope, Period: k.Period}.query(), 0)
}
