package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// How long a server may be silent before it is asked whether it is there, and
// how long it has to answer. Together they are less than a request's time.
const (
	silence = 8 * time.Second
	knock   = 4 * time.Second
)

// pulse dials connections that notice when the server has stopped answering
// altogether: frozen, or cut off without a word. lib/pq reads without a
// deadline and asks the same server to cancel, so a query would hang for as
// long as the silence lasts, whatever its context says. A server that is only
// busy answers the knock, and the query goes on.
type pulse struct {
	net.Dialer
	silence, knock time.Duration
}

// Dial implements pq.Dialer.
func (p pulse) Dial(network, address string) (net.Conn, error) {
	return p.DialContext(context.Background(), network, address)
}

// DialTimeout implements pq.Dialer.
func (p pulse) DialTimeout(network, address string, limit time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return p.DialContext(ctx, network, address)
}

// DialContext implements pq.DialerContext.
func (p pulse) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, p.silence+p.knock)
	defer cancel()
	c, err := p.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &listening{Conn: c, pulse: p, network: network, address: address}, nil
}

// listening is a connection whose reads end when the server is away.
type listening struct {
	net.Conn
	pulse
	network, address string
}

// Read waits for as long as the server answers knocks.
func (l *listening) Read(b []byte) (int, error) {
	for {
		if err := l.SetReadDeadline(time.Now().Add(l.silence)); err != nil {
			return 0, err
		}
		n, err := l.Conn.Read(b)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		if err := l.answers(); err != nil {
			return 0, err
		}
	}
}

// Write ends when the server takes nothing for as long as it may be silent.
func (l *listening) Write(b []byte) (int, error) {
	written := 0
	for {
		if err := l.SetWriteDeadline(time.Now().Add(l.silence)); err != nil {
			return written, err
		}
		n, err := l.Conn.Write(b[written:])
		written += n
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return written, err
		}
		if err := l.answers(); err != nil {
			return written, err
		}
	}
}

// answers knocks: the question whether there is TLS needs no password, and
// every server answers it with a byte, even while it refuses connections.
func (l *listening) answers() error {
	c, err := net.DialTimeout(l.network, l.address, l.knock)
	if err == nil {
		defer c.Close()
		if err = c.SetDeadline(time.Now().Add(l.knock)); err == nil {
			if _, err = c.Write([]byte{0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f}); err == nil {
				_, err = io.ReadFull(c, make([]byte, 1))
			}
		}
	}
	if err != nil {
		return &net.OpError{Op: "read", Net: l.network, Addr: l.RemoteAddr(), Err: fmt.Errorf("the server is silent, and doesn't answer a knock: %w", err)}
	}
	return nil
}
