package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"turnus/itsm/improvement"
)

// FindingsOf selects findings; empty fields select all, but an empty state those
// that haven't ended.
type FindingsOf struct {
	Service, State, Type, Kind, Severity string
	Escalated, Overdue                   bool
	Run                                  string // that has seen them
}

func (of FindingsOf) query() url.Values {
	q := set(url.Values{}, "service", of.Service, "state", of.State, "type", of.Type, "kind", of.Kind, "severity", of.Severity, "run", of.Run)
	if of.Escalated {
		q.Set("escalated", "true")
	}
	if of.Overdue {
		q.Set("overdue", "true")
	}
	return q
}

// Findings lists findings, newest first, up to most; 0: all.
func (c *Client) Findings(ctx context.Context, of FindingsOf, most int) ([]improvement.Finding, error) {
	return list[improvement.Finding](ctx, c, "/v1/findings", of.query(), most)
}

// FindingsPart is a part of that list.
func (c *Client) FindingsPart(ctx context.Context, of FindingsOf, cursor string, limit int) ([]improvement.Finding, string, error) {
	return part[improvement.Finding](ctx, c, "/v1/findings", of.query(), cursor, limit)
}

// SeenFinding is one finding with the times that it was seen, and its evidence.
type SeenFinding struct {
	improvement.Finding
	Sightings []improvement.Sighting `json:"sightings"`
	Files     []improvement.File     `json:"files,omitempty"`
}

// Finding is one finding.
func (c *Client) Finding(ctx context.Context, id int64) (SeenFinding, error) {
	var answer SeenFinding
	return answer, c.get(ctx, findingAt(id), nil, &answer)
}

// Found is what somebody found.
type Found struct {
	Type     improvement.Type     `json:"type"`
	Service  string               `json:"service,omitempty"` // empty: the organisation
	Severity improvement.Severity `json:"severity,omitempty"`
	Title    string               `json:"title"`
	Detail   string               `json:"detail,omitempty"`
	Source   improvement.Source   `json:"source"` // its kind, and its name
	Key      string               `json:"key,omitempty"`
}

// OpenFinding puts on record what somebody found.
func (c *Client) OpenFinding(ctx context.Context, f Found) (improvement.Finding, error) {
	var answer improvement.Finding
	return answer, c.post(ctx, "/v1/findings", f, &answer)
}

// SendEvidence sends a file as evidence of a finding. One that can be read again
// from its start is sent again when the server was away.
func (c *Client) SendEvidence(ctx context.Context, id int64, name string, file io.Reader) (improvement.File, error) {
	var answer improvement.File
	return answer, c.into(ctx, upload(findingAt(id)+"/files", url.Values{"name": {name}}, file), &answer)
}

// Evidence writes a file that was sent as evidence of a finding.
func (c *Client) Evidence(ctx context.Context, w io.Writer, id int64, sum string) error {
	return c.download(ctx, w, findingAt(id)+"/files/"+url.PathEscape(sum), nil, "*/*", "the file")
}

func findingAt(id int64) string { return "/v1/findings/" + strconv.FormatInt(id, 10) }

// ActionsOf selects actions; empty fields select all.
type ActionsOf struct {
	Owner, State  string
	Finding       int64
	Mine, Overdue bool
}

func (of ActionsOf) query() url.Values {
	q := set(url.Values{}, "owner", of.Owner, "state", of.State)
	if of.Finding != 0 {
		q.Set("finding", strconv.FormatInt(of.Finding, 10))
	}
	if of.Mine {
		q.Set("mine", "true")
	}
	if of.Overdue {
		q.Set("overdue", "true")
	}
	return q
}

// Actions lists actions of approved plans, those that are due first, up to most;
// 0: all.
func (c *Client) Actions(ctx context.Context, of ActionsOf, most int) ([]improvement.ActionLine, error) {
	return list[improvement.ActionLine](ctx, c, "/v1/actions", of.query(), most)
}

// ActionsPart is a part of that list.
func (c *Client) ActionsPart(ctx context.Context, of ActionsOf, cursor string, limit int) ([]improvement.ActionLine, string, error) {
	return part[improvement.ActionLine](ctx, c, "/v1/actions", of.query(), cursor, limit)
}

// OpenEvidence gives such a file while it is sent. Whoever asks closes its body;
// one that breaks off is an error there.
func (c *Client) OpenEvidence(ctx context.Context, id int64, sum string) (*http.Response, error) {
	return c.do(ctx, call{method: http.MethodGet, path: findingAt(id) + "/files/" + url.PathEscape(sum), header: map[string]string{"Accept": "*/*"}})
}
