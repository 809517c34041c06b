// Package memtest measures what something takes, for tests of bounds.
package memtest

import (
	"runtime"
	"time"
)

// Measure gives how long something takes, and by how much memory grows at the
// most meanwhile.
func Measure(do func()) (took time.Duration, grown int64) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, most := int64(m.HeapAlloc), int64(0)
	ended, seen := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(seen)
		for over := false; !over; {
			select {
			case <-ended:
				over = true
			case <-time.After(2 * time.Millisecond):
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, int64(m.HeapAlloc)-before)
		}
	}()
	began := time.Now()
	do()
	took = time.Since(began)
	close(ended)
	<-seen
	return took, most
}
