package client

import (
	"context"
	"net/url"

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

// Runs lists runs, newest first; empty arguments select all.
func (c *Client) Runs(ctx context.Context, process, service, state string, most int) ([]run.Run, error) {
	return list[run.Run](ctx, c, "/v1/runs", RunsOf{Process: process, Service: service, State: state}.query(), most)
}

// RunsPart is a part of the runs, newest first.
func (c *Client) RunsPart(ctx context.Context, of RunsOf, cursor string, limit int) ([]run.Run, string, error) {
	return part[run.Run](ctx, c, "/v1/runs", of.query(), cursor, limit)
}

// Attempts lists the attempts of a process, scope and period, newest first.
func (c *Client) Attempts(ctx context.Context, k run.Key) ([]run.Run, error) {
	return list[run.Run](ctx, c, "/v1/runs", RunsOf{Process: k.Process, Scope: k.Scope, Period: k.Period}.query(), 0)
}
