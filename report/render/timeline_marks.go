package render

import (
	"strconv"
	"time"
	"unicode/utf8"

	"turnus/itsm/calendar"
	"turnus/itsm/text"
	"turnus/report"
)

const (
	markHeight  = 11.0           // of a row of labels above the lanes
	letterWidth = 6.8            // of a label's letter
	hourly      = 48 * time.Hour // a timeline that isn't longer shows the time of day
	mostTicks   = 12             // of the time of day
)

// marked is a mark with its coordinates: an event has a number, which the legend
// explains, a limit its name.
type marked struct{ X, Y, Class, Label, Title string }

// marks lays the marks out, their labels in as many rows as keep them apart.
func (p *page) marks(t report.Timeline, x func(time.Time) float64) (all []marked, rows int) {
	var taken []float64 // the right end of each row, from below
	n := 0
	for _, m := range t.Marks {
		d := marked{X: px(x(m.At)), Class: "limit", Label: p.text(m.Title)}
		if !m.Limit {
			n++
			d.Class, d.Label = "event", strconv.Itoa(n)
			d.Title = strconv.Itoa(n) + "\u00a0" + p.text(m.Title) + ", " + p.clock(m.At)
		}
		half := letterWidth * float64(utf8.RuneCountInString(d.Label)+1) / 2
		row := 0
		for row < len(taken) && taken[row] > x(m.At)-half {
			row++
		}
		if row == len(taken) {
			taken = append(taken, 0)
		}
		taken[row] = x(m.At) + half
		d.Y = strconv.Itoa(row) // until the number of rows is known
		all = append(all, d)
	}
	for i, m := range all {
		row, _ := strconv.Atoi(m.Y)
		all[i].Y = px(lineTop + markHeight*float64(len(taken)-row))
	}
	return all, len(taken)
}

// clock is the time of day, with seconds where there are any.
func (p *page) clock(at time.Time) string {
	layout := "15:04"
	if at.Second() != 0 {
		layout = "15:04:05"
	}
	return p.text(text.F("%s", "%s\u00a0Uhr", at.In(p.zone).Format(layout)))
}

// ticks are the distances of the times of day that are named, in minutes.
var ticks = []int{1, 5, 10, 15, 30, 60, 120, 180, 360, 720}

// hours marks the time of day at round local times, and local midnights with
// their date. At a clock change an hour is named twice, or not at all.
func (p *page) hours(d *line, t report.Timeline, x func(time.Time) float64) {
	every := ticks[len(ticks)-1]
	for _, m := range ticks {
		if t.To.Sub(t.From) <= time.Duration(m*mostTicks)*time.Minute {
			every = m
			break
		}
	}
	pace := time.Duration(min(every, 30)) * time.Minute
	for at := calendar.DateOf(t.From.In(p.zone)).Start(p.zone); at.Before(t.To); at = at.Add(pace) {
		local := at.In(p.zone)
		minute := local.Hour()*60 + local.Minute()
		if at.Before(t.From) || minute%every != 0 {
			continue
		}
		name, class := local.Format("15:04"), "day"
		if minute == 0 {
			name, class = p.text(text.F("%d/%d", "%[2]d.%[1]d.", int(local.Month()), local.Day())), "week"
		}
		d.Lines = append(d.Lines, rule{px(x(at)), class})
		if x(at) < lineWidth-lineRight-labelWidth/2 {
			d.Labels = append(d.Labels, label{px(x(at)), name, "middle"})
		}
	}
}
