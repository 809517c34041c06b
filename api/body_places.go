package api

import (
	"sync"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// places are for what takes memory as long as it lasts: so many at a time, and
// of one person. It is safe for concurrent use.
type places struct {
	all, each int
	mu        sync.Mutex
	taken     int
	people    map[string]int
}

func newPlaces(all, each int) *places { return &places{all: all, each: each, people: map[string]int{}} }

// take gives a person a place, to be left once. None being free is a fault:
// unavailable.
func (p *places) take(person string) (leave func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.people[person] >= p.each:
		return nil, fault.New(fault.Unavailable, text.F("%s is sending %d large bodies already, and more aren't taken: let one end, then try again.",
			"Von %s kommen schon %d große Inhalte, mehr werden nicht angenommen: Erst einen enden lassen, dann erneut versuchen.", person, p.each))
	case p.taken >= p.all:
		return nil, fault.New(fault.Unavailable, text.F("%d large bodies are being sent already, and more aren't taken: try again shortly.",
			"Es kommen schon %d große Inhalte, mehr werden nicht angenommen: In Kürze erneut versuchen.", p.all))
	}
	p.taken++
	p.people[person]++
	return func() { p.leave(person) }, nil
}

func (p *places) leave(person string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	if p.people[person]--; p.people[person] == 0 {
		delete(p.people, person)
	}
}
