package api

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// maxConnections is how many connections there are at a time: each takes some
// 20 kB, and one of the files that a process may open.
const maxConnections = 1000

// connections are bounded, so that idle ones don't keep others out: where there
// are too many, the one that has been without a request for longest is closed.
type connections struct {
	most int
	mu   sync.Mutex
	idle map[net.Conn]time.Time // since when they are; the zero time: they aren't
}

func newConnections(most int) *connections {
	return &connections{most: most, idle: map[net.Conn]time.Time{}}
}

// changed is an http.Server's ConnState.
func (c *connections) changed(conn net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch s {
	case http.StateNew:
		if len(c.idle) >= c.most {
			c.closeOne(conn)
		}
		c.idle[conn] = time.Now()
	case http.StateActive:
		c.idle[conn] = time.Time{}
	case http.StateIdle:
		c.idle[conn] = time.Now()
	default: // closed, or somebody else's
		delete(c.idle, conn)
	}
}

// closeOne makes room for a new connection, or closes it where each other one
// has a request.
func (c *connections) closeOne(late net.Conn) {
	worst, since := late, time.Now()
	for conn, at := range c.idle {
		if !at.IsZero() && at.Before(since) {
			worst, since = conn, at
		}
	}
	delete(c.idle, worst)
	worst.Close()
}
