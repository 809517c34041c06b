package activities

import (
	"context"
	"time"
)

// wakeWithin is how long one waking takes slots; the others are for the next.
const wakeWithin = 50 * time.Second

// Wake keeps the plan.
func (s *Set) Wake(ctx context.Context, _ struct{}) (struct{}, error) {
	return struct{}{}, s.runs.Wake(ctx, wakeWithin)
}
