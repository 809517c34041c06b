package client

import (
	"context"
	"net/url"

	"turnus/itsm/run"
	"turnus/report"
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

// Listed is a run in a list, with what its report says of targets and limits
// where that was asked for.
type Listed struct {
	run.Run
	Results []report.Figure `json:"results"`
}

// InForce lists the runs whose reports are in force, newest first, with their
// results: of each period, or of the newest period of each process and scope.
// Empty arguments select all.
func (c *Client) InForce(ctx context.Context, process, service string, newest bool, most int) ([]Listed, error) {
	which := "each"
	if newest {
		which = "newest"
	}
	return list[Listed](ctx, c, "/v1/runs", set(url.Values{}, "process", process, "service", service, "in_force", which, "results", "true"), most)
}
