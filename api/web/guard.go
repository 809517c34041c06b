package web

import (
	"net/netip"
	"sync"
	"time"
)

// How many attempts to sign in may fail in a minute: from one address, and from
// all. A token's secret can't be guessed; what is spared is the database.
const (
	failuresEach = 10
	failuresAll  = 600
)

// guard counts attempts to sign in that failed, of the minute that runs.
type guard struct {
	mu     sync.Mutex
	minute time.Time
	all    int
	each   map[netip.Addr]int
}

func newGuard() *guard { return &guard{each: map[netip.Addr]int{}} }

// wait is how long an address waits until it may try again; 0: it may.
func (g *guard) wait(now time.Time, from netip.Addr) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn(now)
	if g.all < failuresAll && g.each[network(from)] < failuresEach {
		return 0
	}
	return time.Minute - now.Sub(g.minute)
}

// failed counts an attempt.
func (g *guard) failed(now time.Time, from netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn(now)
	g.all++
	g.each[network(from)]++
}

func (g *guard) turn(now time.Time) {
	if minute := now.Truncate(time.Minute); !minute.Equal(g.minute) {
		g.minute, g.all = minute, 0
		clear(g.each)
	}
}

// network is what one visitor has at their disposal: of IPv6 64 bits.
func network(a netip.Addr) netip.Addr {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
