package web

import (
	"strings"

	"turnus/itsm/person"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// menu is an entry of the menu.
type menu struct {
	Path   string
	Title  text.Text
	Count  int // shown unless 0
	Active bool
}

// menu is what the visitor's roles have pages for.
func (v *visit) menu() []menu {
	who := v.session.Actor
	waiting := menu{Path: "/", Title: text.New("Inbox", "Aufgaben")}
	if n, err := v.countTasks(); err == nil {
		waiting.Count = n.Open
	}
	all := []menu{waiting, {Path: "/plan", Title: text.Same("Plan")}, {Path: "/runs", Title: text.New("Runs", "Läufe")}}
	if v.declared() {
		all = append(all, menu{Path: "/findings", Title: text.New("Findings", "Befunde")})
	}
	all = append(all, menu{Path: "/coverage", Title: text.New("Recovery", "Wiederanlauf")})
	all = append(all, menu{Path: "/services", Title: text.Same("Services")})
	if who.Has(person.Auditor) {
		all = append(all, menu{Path: "/audit", Title: text.Same("Audit")})
	}
	if v.settingUp() {
		all = append(all, menu{Path: "/start", Title: text.New("Setting up", "Einrichtung")})
	}
	active := section(v.r.URL.Path)
	for i := range all {
		all[i].Active = all[i].Path == active
	}
	return all
}

// countTasks counts the visitor's tasks, once in a visit.
func (v *visit) countTasks() (task.Counts, error) {
	if v.counts == nil {
		n, err := v.api.Counts(v.r.Context())
		if err != nil {
			return n, err
		}
		v.counts = &n
	}
	return *v.counts, nil
}

// section is the entry of the menu that an address belongs to.
func section(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch first {
	case "", "tasks":
		return "/"
	case "reports":
		return "/runs"
	case "actions":
		return "/findings"
	}
	return "/" + first
}
