package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// Change says what applying did to one resource; Before and After are there
// after a dry run.
type Change struct {
	Kind     resource.Kind     `json:"kind"`
	Name     string            `json:"name"`
	Change   string            `json:"change"`        // created, changed, unchanged, proposed
	Run      string            `json:"run,omitempty"` // that decides on what is proposed
	Warnings []dataset.Warning `json:"warnings,omitempty"`
	Before   *resource.Version `json:"before,omitempty"`
	After    *resource.Version `json:"after,omitempty"`
}

// Apply declares resources, in YAML or JSON, all or none.
func (c *Client) Apply(ctx context.Context, docs []byte, dryRun bool) ([]Change, error) {
	var answer struct {
		Items []Change `json:"items"`
	}
	q := url.Values{}
	if dryRun {
		q.Set("dry_run", "true")
	}
	return answer.Items, c.into(ctx, call{method: http.MethodPost, path: "/v1/apply", query: q,
		header: map[string]string{"Content-Type": "application/yaml"}, // JSON is YAML, too
		body:   func() (io.Reader, error) { return bytes.NewReader(docs), nil }}, &answer)
}

// Start says which run is wanted.
type Start struct {
	Process     string `json:"-"`
	Service     string `json:"service,omitempty"` // or Scope
	Scope       string `json:"scope,omitempty"`
	Period      string `json:"period,omitempty"` // left out: the day of the start, for a process that doesn't come round
	Provisional bool   `json:"provisional,omitempty"`
	Again       bool   `json:"again,omitempty"`
	Reason      string `json:"reason,omitempty"`
	Retests     string `json:"retests,omitempty"` // of a drill: the run that it repeats
}

// Started is the run that was started, or found.
type Started struct {
	ID    string    `json:"id"`
	State run.State `json:"state"`
	Href  string    `json:"href"`
}

// Start starts a run, or finds the one that exists.
func (c *Client) Start(ctx context.Context, s Start) (Started, error) {
	var answer Started
	return answer, c.post(ctx, "/v1/processes/"+url.PathEscape(s.Process)+"/runs", s, &answer)
}

// runAt is where a run is found.
func runAt(id string) (string, error) {
	if _, _, err := run.ParseID(id); err != nil {
		return "", err
	}
	return (&url.URL{Path: "/v1/runs/" + id}).EscapedPath(), nil
}

// Run is a run as it is now.
func (c *Client) Run(ctx context.Context, id string) (run.Run, error) {
	return c.RunNewest(ctx, id, 0)
}

// RunNewest is a run as it is now with so many of its open tasks and so many that
// have ended, the newest; with all for 0.
func (c *Client) RunNewest(ctx context.Context, id string, newest int) (run.Run, error) {
	var answer run.Run
	path, err := runAt(id)
	if err != nil {
		return answer, err
	}
	q := url.Values{}
	if newest > 0 {
		q.Set("newest", strconv.Itoa(newest))
	}
	return answer, c.get(ctx, path, q, &answer)
}

// Wait asks for a run until it waits for a person, or has ended.
func (c *Client) Wait(ctx context.Context, id string) (run.Run, error) {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		r, err := c.Run(ctx, id)
		if err != nil || !r.State.Live() || r.State == run.Waiting && (len(r.Tasks) == 0 || slices.ContainsFunc(r.Tasks, isOpen)) {
			return r, err // between two answers nobody is asked, while it goes on
		}
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(pause):
		}
	}
}

func isOpen(t task.Task) bool { return t.State == task.Open }

// Cancel ends a run.
func (c *Client) Cancel(ctx context.Context, id, reason string) (run.Run, error) {
	var answer run.Run
	path, err := runAt(id)
	if err != nil {
		return answer, err
	}
	return answer, c.post(ctx, path+"/cancel", map[string]string{"reason": reason}, &answer)
}

// Refresh begins another round of a run while one waits.
func (c *Client) Refresh(ctx context.Context, id string) (run.Run, error) {
	var answer run.Run
	path, err := runAt(id)
	if err != nil {
		return answer, err
	}
	return answer, c.into(ctx, call{method: http.MethodPost, path: path + "/refresh"}, &answer)
}

// Backup writes a copy of everything, as an archive, while it is made. A copy
// that breaks off is an error.
func (c *Client) Backup(ctx context.Context, w io.Writer) error {
	return c.download(ctx, w, "/v1/backup", nil, "application/gzip", "the backup")
}

// download writes a file that is made while it is sent.
func (c *Client) download(ctx context.Context, w io.Writer, path string, query url.Values, media, what string) error {
	res, err := c.do(ctx, call{method: http.MethodGet, path: path, query: query, header: map[string]string{"Accept": media}})
	if err != nil {
		return err
	}
	return c.keep(w, res, what)
}

// keep writes what is sent. What breaks off is an error.
func (c *Client) keep(w io.Writer, res *http.Response, what string) error {
	defer res.Body.Close()
	if _, err := io.Copy(w, res.Body); err != nil {
		if away(err) {
			return fmt.Errorf("%s: %s broke off before the end; the server's log says why", c.base, what)
		}
		return err
	}
	return nil
}

// Issued is a new token, whose secret is shown this once.
type Issued struct {
	ID      string    `json:"id"`
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}

// Token issues a token for a person; days 0 leaves its life to the server.
func (c *Client) Token(ctx context.Context, name string, days int) (Issued, error) {
	body := map[string]int{}
	if days != 0 {
		body["days"] = days
	}
	var answer Issued
	return answer, c.post(ctx, tokensOf(name), body, &answer)
}

// Tokens lists a person's tokens, newest first.
func (c *Client) Tokens(ctx context.Context, name string) ([]person.Token, error) {
	return list[person.Token](ctx, c, tokensOf(name), nil, 0)
}

// Revoke ends a token.
func (c *Client) Revoke(ctx context.Context, name, id string) error {
	return c.into(ctx, call{method: http.MethodDelete, path: tokensOf(name) + "/" + url.PathEscape(id)}, nil)
}

func tokensOf(name string) string { return "/v1/persons/" + url.PathEscape(name) + "/tokens" }

// Resource is a declared thing with what is known about its newest version.
type Resource[T any] struct {
	resource.Resource[T]
	Version   int       `json:"version"`
	ValidFrom time.Time `json:"valid_from"`
	Hash      string    `json:"hash"`
	At        time.Time `json:"at"`
	By        string    `json:"by"`

	ValidTo *time.Time `json:"valid_to"`
	Retired bool       `json:"retired"`
}

// ResourcesPart is a part of the list of resources of a kind, by name: all, or
// those whose spec names a service, where the kind has that.
func ResourcesPart[T any](ctx context.Context, c *Client, plural, service, cursor string, limit int) ([]Resource[T], string, error) {
	return part[Resource[T]](ctx, c, "/v1/"+plural, set(url.Values{}, "service", service), cursor, limit)
}

// ResourceOf is the newest version of a resource.
func ResourceOf[T any](ctx context.Context, c *Client, plural, name string) (Resource[T], error) {
	var answer Resource[T]
	return answer, c.get(ctx, "/v1/"+plural+"/"+url.PathEscape(name), nil, &answer)
}

// Versions are the newest versions of a resource, up to most.
func Versions[T any](ctx context.Context, c *Client, plural, name string, most int) ([]Resource[T], error) {
	all, _, err := part[Resource[T]](ctx, c, "/v1/"+plural+"/"+url.PathEscape(name)+"/versions", nil, "", most)
	return all, err
}

// Persons lists the persons by name.
func (c *Client) Persons(ctx context.Context) ([]Resource[person.Spec], error) {
	return list[Resource[person.Spec]](ctx, c, "/v1/persons", nil, 0)
}

// Declared lists what is declared of a kind, which its plural names, up to most;
// 0: all.
func (c *Client) Declared(ctx context.Context, plural string, most int) ([]resource.Raw, error) {
	return list[resource.Raw](ctx, c, "/v1/"+url.PathEscape(plural), nil, most)
}

// Entry of the audit trail.
type Entry struct {
	Number int64           `json:"number"`
	At     time.Time       `json:"at"`
	Actor  string          `json:"actor"`
	Token  string          `json:"token,omitempty"`
	Action string          `json:"action"`
	Object string          `json:"object"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// Trail selects entries of the audit trail; zero values select all.
type Trail struct {
	Since, Until time.Time // in [Since, Until)
	Person       string
	Actions      []string // any of these; one that begins with a dot is every action that ends so
	Object       string   // this one, and with a trailing / everything below it
}

func (t Trail) query() url.Values {
	q := set(url.Values{}, "person", t.Person, "object", t.Object, "action", strings.Join(t.Actions, ","))
	for name, at := range map[string]time.Time{"since": t.Since, "until": t.Until} {
		if !at.IsZero() {
			q.Set(name, at.Format(time.RFC3339Nano))
		}
	}
	return q
}

// Audit lists entries of the audit trail, oldest first.
func (c *Client) Audit(ctx context.Context, t Trail) ([]Entry, error) {
	return list[Entry](ctx, c, "/v1/audit", t.query(), 0)
}

// AuditPart is a part of that list, up to limit entries from a cursor on; next is
// the one of the part that follows, empty at the end.
func (c *Client) AuditPart(ctx context.Context, t Trail, cursor string, limit int) (entries []Entry, next string, err error) {
	return part[Entry](ctx, c, "/v1/audit", t.query(), cursor, limit)
}
