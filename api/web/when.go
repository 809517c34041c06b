package web

import (
	"time"

	"turnus/itsm/text"
)

// distance is how far apart two instants are, in the largest unit that says
// enough.
func distance(d time.Duration) text.Text {
	d = d.Abs()
	switch minutes, hours, days := int(d/time.Minute), int(d/time.Hour), int((d+12*time.Hour)/(24*time.Hour)); {
	case days >= 2:
		return text.F("%d days", "%d Tagen", days)
	case hours >= 2:
		return text.F("%d hours", "%d Stunden", hours)
	case minutes >= 2:
		return text.F("%d minutes", "%d Minuten", minutes)
	}
	return text.New("a minute", "einer Minute")
}

// dueIn says when something is due, as seen from now: in three days, or for
// three days.
func dueIn(due, now time.Time) text.Text {
	if due.Before(now) {
		return text.F("overdue for %s", "überfällig seit %s", distance(now.Sub(due)))
	}
	return text.F("due in %s", "fällig in %s", distance(due.Sub(now)))
}
