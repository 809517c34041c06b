package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// IssuedFeed is a new address of the plan as a calendar, shown this once.
type IssuedFeed struct {
	ID      string    `json:"id"`
	Address string    `json:"address"` // in full
	Created time.Time `json:"created"`
}

// IssueFeed issues a secret address of the plan for whoever asks; lang is de,
// en, or empty.
func (c *Client) IssueFeed(ctx context.Context, lang string) (IssuedFeed, error) {
	var answer struct {
		IssuedFeed
		Href string `json:"href"`
	}
	if err := c.into(ctx, call{method: http.MethodPost, path: feedsAt}, &answer); err != nil {
		return IssuedFeed{}, err
	}
	answer.Address = c.base + answer.Href
	if lang != "" {
		answer.Address += "?lang=" + url.QueryEscape(lang)
	}
	return answer.IssuedFeed, nil
}

// Feed is a secret address that was issued, without its secret.
type Feed struct {
	ID        string     `json:"id"`
	Person    string     `json:"person"`
	Created   time.Time  `json:"created"`
	Withdrawn *time.Time `json:"withdrawn,omitempty"`
}

// Feeds lists a person's feeds, newest first; one's own if person is empty.
func (c *Client) Feeds(ctx context.Context, person string) ([]Feed, error) {
	return list[Feed](ctx, c, feedsAt, set(url.Values{}, "person", person), 0)
}

// WithdrawFeed ends a feed.
func (c *Client) WithdrawFeed(ctx context.Context, id string) error {
	return c.into(ctx, call{method: http.MethodDelete, path: feedsAt + "/" + url.PathEscape(id)}, nil)
}

const feedsAt = "/v1/feeds"
