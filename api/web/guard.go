package web

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// failuresEach is how many attempts to sign in may fail in a minute from one
	// place. A secret can't be guessed; what is spared is the database.
	failuresEach = 10
	// placesCounted bounds what is remembered. Others aren't counted then: who
	// attacks from so many places mustn't keep everybody out.
	placesCounted = 10_000
)

// guard counts the attempts to sign in of the minute that runs, by place, but
// for those that succeeded.
type guard struct {
	mu     sync.Mutex
	minute time.Time
	each   map[netip.Addr]int
}

func newGuard() *guard { return &guard{each: map[netip.Addr]int{}} }

// enter counts an attempt; it says how long to wait where there were too many.
func (g *guard) enter(now time.Time, from netip.Addr) (wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if minute := now.Truncate(time.Minute); !minute.Equal(g.minute) {
		g.minute = minute
		clear(g.each)
	}
	n, known := g.each[network(from)]
	switch {
	case n >= failuresEach:
		return time.Minute - now.Sub(g.minute)
	case known || len(g.each) < placesCounted:
		g.each[network(from)] = n + 1
	}
	return 0
}

// succeeded takes an attempt back.
func (g *guard) succeeded(from netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := network(from); g.each[at] > 0 {
		g.each[at]--
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
