// Package client speaks to the API as the command line does: typed calls,
// problem documents as errors, and patience with a server that is starting or
// restarting. It may import itsm and report.
//
//	c := client.New("http://127.0.0.1:8080", token)
//	started, err := c.Start(ctx, client.Start{Process: "sla-report", Service: "payments", Period: "2026-10"})
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"turnus/itsm/text"
)

// Client is an API with a token.
type Client struct {
	base     string
	token    string
	http     *http.Client
	patience time.Duration
	connect  time.Duration
	reached  *atomic.Bool // a connection has stood
	lang     text.Lang    // of what people read; empty: English
}

// New uses the API at an address, in the name of whoever the token names.
func New(address, token string) *Client {
	return &Client{base: strings.TrimRight(address, "/"), token: token, http: &http.Client{},
		patience: 40 * time.Second, connect: 5 * time.Second, reached: &atomic.Bool{}}
}

// Within uses the API of this process through a transport that says who asks,
// and gets what people read in a language. Nothing is asked twice.
func Within(transport http.RoundTripper, lang text.Lang) *Client {
	c := New("http://turnus", "")
	c.http.Transport, c.lang, c.patience, c.connect = transport, lang, 0, 0
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.reached.Store(true)
	return c
}

// Patient says for how long a server that isn't available is asked again; 40 s
// if it isn't said. One to which no connection has ever stood is given 5 s: the
// address is wrong, more likely than not.
func (c *Client) Patient(d time.Duration) *Client {
	other := *c
	other.patience = d
	return &other
}

// call is one request, which may be sent several times.
type call struct {
	method, path string
	query        url.Values
	header       map[string]string
	body         func() (io.Reader, error) // from the beginning, each time; nil: none
	once         bool                      // the body can't be sent a second time
}

func jsonCall(method, path string, body any) (call, error) {
	b, err := json.Marshal(body)
	return call{method: method, path: path, header: map[string]string{"Content-Type": "application/json"},
		body: func() (io.Reader, error) { return bytes.NewReader(b), nil }}, err
}

// do sends a call until it is answered by something else than "not available",
// or patience ends. A POST carries one Idempotency-Key all the time, so that it
// is carried out once however often it is sent.
func (c *Client) do(ctx context.Context, what call) (*http.Response, error) {
	key := keyIn(ctx)
	for began := time.Now(); ; {
		res, err := c.send(ctx, what, key)
		wait := time.Second
		switch {
		case err != nil && !away(err):
			return nil, c.unreached(err)
		case err == nil && res.StatusCode < 400:
			return res, nil
		case err == nil:
			err = problemIn(res)
			var p *Problem
			if !errors.As(err, &p) || p.Status != http.StatusServiceUnavailable && !p.InFlight() {
				return nil, err
			}
			if s, bad := strconv.Atoi(res.Header.Get("Retry-After")); bad == nil && s >= 0 {
				wait = min(time.Duration(s)*time.Second, 5*time.Second)
			}
		}
		until := began.Add(c.patience)
		if !c.reached.Load() {
			until = began.Add(min(c.connect, c.patience))
		}
		if what.once || time.Now().Add(wait).After(until) {
			return nil, c.unreached(err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

func (c *Client) send(ctx context.Context, what call, key string) (*http.Response, error) {
	target := c.base + what.path
	if len(what.query) > 0 {
		target += "?" + what.query.Encode()
	}
	var body io.Reader
	if what.body != nil {
		var err error
		if body, err = what.body(); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, what.method, target, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "turnus")
	if c.lang != "" {
		r.Header.Set("Accept-Language", string(c.lang))
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if what.method == http.MethodPost {
		r.Header.Set("Idempotency-Key", key)
	}
	for k, v := range what.header {
		r.Header.Set(k, v)
	}
	return c.connected(r)
}

var errNoConnection = errors.New("no connection in time")

// connected sends a request, and gives up if no connection stands in time. How
// long the answer takes is another thing.
func (c *Client) connected(r *http.Request) (*http.Response, error) {
	if c.connect == 0 { // within this process there is none
		return c.http.Do(r)
	}
	ctx, giveUp := context.WithCancelCause(r.Context())
	timer := time.AfterFunc(c.connect, func() { giveUp(errNoConnection) })
	defer timer.Stop()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		timer.Stop()
		c.reached.Store(true)
	}})
	res, err := c.http.Do(r.WithContext(ctx))
	if err != nil && errors.Is(context.Cause(ctx), errNoConnection) {
		err = &url.Error{Op: r.Method, URL: c.base, Err: errNoConnection}
	}
	return res, err
}

// away says that nobody answered, or that the connection broke: both pass.
func away(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// unreached makes one plain line of the transport's own words.
func (c *Client) unreached(err error) error {
	var u *url.Error
	switch {
	case !errors.As(err, &u):
		return err
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nobody answers at %s: is turnus up running, and is TURNUS_URL right?", c.base)
	case errors.Is(err, errNoConnection):
		return fmt.Errorf("no connection to %s within %s: is TURNUS_URL right, does turnus up run there, and does a firewall let this machine through?", c.base, c.connect)
	case !c.reached.Load():
		return fmt.Errorf("no connection to %s (%w): is TURNUS_URL right?", c.base, u.Err)
	}
	return fmt.Errorf("%s: %w", c.base, u.Err)
}

// into sends a call and decodes its answer.
func (c *Client) into(ctx context.Context, what call, answer any) error {
	res, err := c.do(ctx, what)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if answer == nil || res.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.NewDecoder(res.Body).Decode(answer); err != nil {
		return fmt.Errorf("the answer of %s can't be read: %w", c.base, err)
	}
	return nil
}

// post sends a body and decodes the answer.
func (c *Client) post(ctx context.Context, path string, body, answer any) error {
	what, err := jsonCall(http.MethodPost, path, body)
	if err != nil {
		return err
	}
	return c.into(ctx, what, answer)
}

// get decodes what stands at a path.
func (c *Client) get(ctx context.Context, path string, query url.Values, answer any) error {
	return c.into(ctx, call{method: http.MethodGet, path: path, query: query}, answer)
}

// list collects all parts of a list, up to most items; 0: all.
func list[T any](ctx context.Context, c *Client, path string, query url.Values, most int) ([]T, error) {
	if query == nil {
		query = url.Values{}
	}
	query.Set("limit", "500")
	if most > 0 && most < 500 {
		query.Set("limit", strconv.Itoa(most))
	}
	all := []T{}
	for {
		var part struct {
			Items []T     `json:"items"`
			Next  *string `json:"next"`
		}
		if err := c.get(ctx, path, query, &part); err != nil {
			return nil, err
		}
		all = append(all, part.Items...)
		if most > 0 && len(all) >= most {
			return all[:most], nil
		}
		if part.Next == nil {
			return all, nil
		}
		query.Set("cursor", *part.Next)
	}
}

// part is a part of a list, up to limit items from a cursor on, and the cursor of
// the next one.
func part[T any](ctx context.Context, c *Client, path string, query url.Values, cursor string, limit int) ([]T, string, error) {
	var answer struct {
		Items []T     `json:"items"`
		Next  *string `json:"next"`
	}
	q := set(url.Values{"limit": {strconv.Itoa(limit)}}, "cursor", cursor)
	for name, values := range query {
		q[name] = values
	}
	if err := c.get(ctx, path, q, &answer); err != nil || answer.Next == nil {
		return answer.Items, "", err
	}
	return answer.Items, *answer.Next, nil
}

// set adds what isn't empty to a query.
func set(q url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

type onceKey struct{}

// Once names the calls made with a context to their repeats: a POST that was
// answered is answered the same again, and done no second time. One context
// is for one POST.
func Once(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, onceKey{}, key)
}

// keyIn is the Idempotency-Key of a call; a new one if none was given.
func keyIn(ctx context.Context) string {
	if key, ok := ctx.Value(onceKey{}).(string); ok && key != "" {
		return key
	}
	return rand.Text()
}
