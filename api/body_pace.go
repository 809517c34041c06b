package api

import "time"

// The least pace at which a file is sent or fetched: so many bytes in so much
// time, 17 kB/s. Whoever is slower is cut off, however steadily they go on.
const (
	paceBytes = 512 << 10
	paceTime  = 30 * time.Second
)

// pace says until when the next bytes have to have passed. Only time in which
// the other side is waited for counts.
type pace struct {
	time  time.Duration // for paceBytes
	left  time.Duration // of it
	bytes int64         // since it began
}

func newPace(limit time.Duration) *pace { return &pace{time: limit, left: limit} }

// deadline of a read or write that begins now.
func (p *pace) deadline(now time.Time) time.Time { return now.Add(p.left) }

// passed takes note of a read or write.
func (p *pace) passed(n int, took time.Duration) {
	p.bytes += int64(n)
	p.left -= took
	if p.bytes >= paceBytes {
		p.bytes, p.left = 0, p.time
	}
}
