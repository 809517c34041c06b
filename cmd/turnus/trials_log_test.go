package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// change is a row of a log with one row a change.
type change struct {
	ticket, state, priority string
	at                      time.Time // as the log writes it, without a zone
}

// changes are those of twelve tickets a day, weekends too, from March to May
// 2020: opened through the working day, every third waits for its customer, and
// some take longer than was agreed.
func changes() (all []change) {
	begin := time.Date(2020, 3, 1, 7, 0, 0, 0, time.UTC)
	for n := range 92 * 12 {
		opened := begin.AddDate(0, 0, n/12).Add(time.Duration(n%12) * 50 * time.Minute)
		c := change{ticket: fmt.Sprintf("T-%04d", n), state: "Neu", priority: []string{"High", "High", "Low"}[n%3], at: opened}
		all = append(all, c)
		if n%3 == 0 {
			c.state, c.at = "Wartet", opened.Add(20*time.Minute)
			all = append(all, c)
			c.state, c.at = "In Arbeit", c.at.Add(90*time.Minute)
			all = append(all, c)
		}
		c.state, c.at = "Erledigt", c.at.Add(time.Duration(1+n%7)*45*time.Minute)
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b change) int { return a.at.Compare(b.at) })
	return all
}

// written is a log as a spreadsheet saves it in German, with its instants in a
// layout.
func written(all []change, layout string) string {
	var b strings.Builder
	b.WriteString("sep=;\r\nVorgang;Geändert am;Status;Priorität\r\n")
	for _, c := range all {
		fmt.Fprintf(&b, "%s;%s;%s;%s\r\n", c.ticket, c.at.Format(layout), c.state, c.priority)
	}
	return b.String()
}

// germanTime is how the log writes instants, swappedTime how somebody reads it.
const (
	germanTime  = "02.01.2006 15:04"
	swappedTime = "01.02.2006 15:04"
)

// logMapping says what the log's columns and states mean.
func logMapping(layout string) object {
	return object{"number": "Vorgang", "changed": "Geändert am", "state": "Status", "time": layout, "fields": object{"priority": "Priorität"},
		"states": object{"run": []string{"Neu", "In Arbeit"}, "pause": []string{"Wartet"}, "stop": []string{"Erledigt"}}}
}
