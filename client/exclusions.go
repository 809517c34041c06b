package client

import (
	"context"
	"net/url"
	"strconv"

	"turnus/itsm/agreement"
)

// Exclusion is a proposal to leave tickets of a service out of the figures.
type Exclusion struct {
	Tickets   []string                  `json:"tickets"`             // their numbers, 1 to 1000
	Agreement string                    `json:"agreement,omitempty"` // empty: under every agreement
	Target    string                    `json:"target,omitempty"`    // of the agreement; empty: under every target
	Reason    agreement.ExclusionReason `json:"reason"`
	Detail    string                    `json:"detail"`
	Evidence  string                    `json:"evidence"`
}

// Exclude proposes an exclusion for a service that one owns.
func (c *Client) Exclude(ctx context.Context, service string, e Exclusion) (agreement.Exclusion, error) {
	var answer agreement.Exclusion
	return answer, c.post(ctx, exclusionsOf(service), e, &answer)
}

// Exclusions lists a service's exclusions, newest first, up to most; 0: all.
func (c *Client) Exclusions(ctx context.Context, service string, most int) ([]agreement.Exclusion, error) {
	return list[agreement.Exclusion](ctx, c, exclusionsOf(service), nil, most)
}

// ExclusionsPart is a part of them.
func (c *Client) ExclusionsPart(ctx context.Context, service, cursor string, limit int) ([]agreement.Exclusion, string, error) {
	return part[agreement.Exclusion](ctx, c, exclusionsOf(service), nil, cursor, limit)
}

// ExclusionByID is one of them.
func (c *Client) ExclusionByID(ctx context.Context, service string, id int64) (agreement.Exclusion, error) {
	var answer agreement.Exclusion
	return answer, c.get(ctx, exclusionsOf(service)+"/"+strconv.FormatInt(id, 10), nil, &answer)
}

// Withdraw ends an exclusion for the reports to come.
func (c *Client) Withdraw(ctx context.Context, service string, id int64, reason string) (agreement.Exclusion, error) {
	var answer agreement.Exclusion
	return answer, c.post(ctx, exclusionsOf(service)+"/"+strconv.FormatInt(id, 10)+"/withdraw", map[string]string{"reason": reason}, &answer)
}

func exclusionsOf(service string) string {
	return "/v1/services/" + url.PathEscape(service) + "/exclusions"
}
