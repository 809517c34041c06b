package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"turnus/itsm/task"
	"turnus/report"
)

// Tasks lists tasks, oldest first; mine are those that one may decide now.
func (c *Client) Tasks(ctx context.Context, state string, mine bool) ([]task.Task, error) {
	q := set(url.Values{}, "state", state)
	if mine {
		q.Set("mine", "true")
	}
	return list[task.Task](ctx, c, "/v1/tasks", q, 0)
}

// TaskPage lists a part of what waits for somebody, or of what is theirs, oldest
// first; empty arguments select all. The cursor of the next part is empty at the
// end.
func (c *Client) TaskPage(ctx context.Context, kind task.Kind, process, cursor string, most int) ([]task.Task, string, error) {
	var part struct {
		Items []task.Task `json:"items"`
		Next  *string     `json:"next"`
	}
	q := set(url.Values{"limit": {strconv.Itoa(most)}}, "state", string(task.Open), "kind", string(kind), "process", process, "cursor", cursor)
	if err := c.get(ctx, "/v1/tasks", q, &part); err != nil || part.Next == nil {
		return part.Items, "", err
	}
	return part.Items, *part.Next, nil
}

// Task is one task.
func (c *Client) Task(ctx context.Context, id string) (task.Task, error) {
	var answer task.Task
	return answer, c.get(ctx, taskAt(id), nil, &answer)
}

// Counts says how many tasks the inbox of whoever asks has.
func (c *Client) Counts(ctx context.Context) (n task.Counts, err error) {
	return n, c.get(ctx, "/v1/tasks/counts", nil, &n)
}

// Pass is what a system that can only signal decides a task with.
type Pass struct {
	Pass    string    `json:"pass"`
	Expires time.Time `json:"expires"`
}

// Pass issues a pass for a task, for one outcome or, if that is empty, for any;
// its secret is answered once.
func (c *Client) Pass(ctx context.Context, id string, o task.Outcome) (p Pass, err error) {
	err = c.post(ctx, taskAt(id)+"/passes", struct {
		Outcome task.Outcome `json:"outcome,omitempty"`
	}{o}, &p)
	return p, err
}

// Answer is what somebody says to a task.
type Answer struct {
	Outcome task.Outcome `json:"outcome"`
	Comment string       `json:"comment,omitempty"`
	Fields  task.Values  `json:"fields,omitempty"`
	Hash    string       `json:"hash,omitempty"` // of the content that was seen; may be empty
	Stale   bool         `json:"stale,omitempty"`
}

// Decide answers a task.
func (c *Client) Decide(ctx context.Context, id string, a Answer) (task.Decision, error) {
	var answer task.Decision
	return answer, c.post(ctx, taskAt(id)+"/decision", a, &answer)
}

// Try holds an answer against its task without giving it, and gives the decision
// that it would be.
func (c *Client) Try(ctx context.Context, id string, a Answer) (answer task.Decision, err error) {
	what, err := jsonCall(http.MethodPost, taskAt(id)+"/decision", a)
	if err != nil {
		return answer, err
	}
	what.query = url.Values{"dry_run": {"true"}}
	return answer, c.into(ctx, what, &answer)
}

// SendFile sends a file to a task, whose SHA-256 is the value of one of its
// fields then. A file that can be read again from its start is sent again when
// the server was away.
func (c *Client) SendFile(ctx context.Context, id, name string, file io.Reader) (task.File, error) {
	var answer task.File
	return answer, c.into(ctx, upload(taskAt(id)+"/files", url.Values{"name": {name}}, file), &answer)
}

// File writes a file that was sent to a task.
func (c *Client) File(ctx context.Context, w io.Writer, id, sum string) error {
	return c.download(ctx, w, taskAt(id)+"/files/"+url.PathEscape(sum), nil, "*/*", "the file")
}

// OpenFile gives a file that was sent to a task while it is sent. Whoever asks
// closes its body.
func (c *Client) OpenFile(ctx context.Context, id, sum string) (*http.Response, error) {
	return c.do(ctx, call{method: http.MethodGet, path: taskAt(id) + "/files/" + url.PathEscape(sum), header: map[string]string{"Accept": "*/*"}})
}

// ReportOfRound is the draft of one of a run's rounds.
func (c *Client) ReportOfRound(ctx context.Context, id string, round int) (report.Report, error) {
	var answer report.Report
	path, err := runAt(id)
	if err != nil {
		return answer, err
	}
	return answer, c.get(ctx, path+"/report", url.Values{"round": {strconv.Itoa(round)}}, &answer)
}

func taskAt(id string) string { return "/v1/tasks/" + url.PathEscape(id) }
