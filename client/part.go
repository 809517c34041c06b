package client

import (
	"context"
	"net/url"
	"strconv"
)

// from lists a part of a list, from a cursor on; an empty one is the beginning.
func from[T any](ctx context.Context, c *Client, path string, query url.Values, cursor string, most int) (p Part[T], err error) {
	return p, c.get(ctx, path, set(query, "cursor", cursor, "limit", strconv.Itoa(most)), &p)
}
