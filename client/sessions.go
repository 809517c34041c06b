package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Session is one of one's own sessions of the pages.
type Session struct {
	ID      string    `json:"id"`
	Person  string    `json:"person"`
	Token   string    `json:"token"` // its ID
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

// Sessions lists one's own sessions that haven't ended, newest first.
func (c *Client) Sessions(ctx context.Context) ([]Session, error) {
	var answer struct {
		Items []Session `json:"items"`
	}
	return answer.Items, c.get(ctx, "/v1/sessions", nil, &answer)
}

// EndSession ends one of one's own sessions.
func (c *Client) EndSession(ctx context.Context, id string) error {
	return c.into(ctx, call{method: http.MethodDelete, path: "/v1/sessions/" + url.PathEscape(id)}, nil)
}
