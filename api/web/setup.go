package web

import (
	"net/http"
	"slices"

	"turnus/client"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

func startPages() []page {
	return []page{{method: "GET", path: "/start", name: "start", handle: showSetup}}
}

// step is one of setting up.
type step struct {
	Title   text.Text
	Says    text.Text
	By      text.Text // who does it
	Command string    // empty: none, or not for whoever looks
	Page    string    // where it goes on, empty: nowhere yet
	Done    bool
}

// settingUp is what the page shows.
type settingUp struct {
	Steps []step
	Next  int // index of the first step that is open; -1: none
}

func showSetup(v *visit) error {
	s := settingUp{Next: -1}
	var err error
	if v.declared() {
		if s.Steps, err = v.stepsDeclared(); err != nil {
			return err
		}
	}
	begun, err := v.stepsBegun()
	if err != nil {
		return err
	}
	s.Steps = append(s.Steps, begun...)
	s.Next = slices.IndexFunc(s.Steps, func(s step) bool { return !s.Done })
	for i := range s.Steps {
		if !v.session.Actor.Has(person.Administrator, person.ProcessOwner) {
			s.Steps[i].Command = ""
		}
	}
	return v.show(http.StatusOK, "setup", text.New("Setting up", "Einrichtung"), s)
}

// stepsDeclared are the steps from an empty installation to its first data.
func (v *visit) stepsDeclared() ([]step, error) {
	ctx := v.r.Context()
	people, err := v.api.Persons(ctx)
	if err != nil {
		return nil, err
	}
	has := func(r person.Role) bool {
		return slices.ContainsFunc(people, func(p client.Resource[person.Spec]) bool {
			return p.Spec.Has(r) || p.Hash == "" // of whom one sees the name alone is named by a service for this
		})
	}
	calendars, err := v.api.Declared(ctx, "calendars", 1)
	if err != nil {
		return nil, err
	}
	services, err := v.api.Declared(ctx, "services", 20)
	if err != nil {
		return nil, err
	}
	agreements, err := v.api.Declared(ctx, "agreements", 1)
	if err != nil {
		return nil, err
	}
	imported := false
	for _, s := range services {
		all, err := v.api.Imports(ctx, s.Metadata.Name, 1)
		if err != nil {
			return nil, err
		}
		if imported = len(all) > 0; imported {
			break
		}
	}
	admin := text.New("administrator", "Administration")
	const apply = "turnus apply -f FILE.yaml"
	return []step{
		{Title: text.New("People", "Personen"), By: admin, Command: apply + "\nturnus token NAME", Done: has(person.ProcessOwner) && has(person.Approver),
			Says: text.New("Declare at least a process-owner and an approver, and give each a token of their own: nobody approves what they have prepared.",
				"Mindestens eine Person mit process-owner und eine mit approver anlegen und jeder ein eigenes Token geben: Niemand gibt frei, was er selbst vorbereitet hat.")},
		{Title: text.New("Calendars", "Kalender"), By: admin, Command: apply + "\nturnus import holidays FILE.ics --calendar NAME", Done: len(calendars) > 0,
			Says: text.New("Declare service hours and holidays.", "Servicezeiten und Feiertage anlegen.")},
		{Title: text.New("Services", "Services"), By: admin, Command: apply, Page: "/services", Done: len(services) > 0,
			Says: text.New("Declare each service with its owner, its approvers and its calendar.", "Jeden Service mit Verantwortlichen, Freigabeberechtigten und Kalender anlegen.")},
		{Title: text.New("Agreements", "Vereinbarungen"), By: admin, Command: apply, Page: "/services", Done: len(agreements) > 0,
			Says: text.New("Declare what was agreed: targets, exclusions, credits.", "Anlegen, was vereinbart ist: Ziele, Ausschlüsse, Gutschriften.")},
		{Title: text.New("First import", "Erster Import"), By: text.New("administrator or owner", "Administration oder Serviceverantwortliche"), Page: "/services", Done: imported,
			Command: "turnus import tickets FILE.csv --service NAME --mapping MAPPING --dry-run\nturnus import tickets FILE.csv --service NAME --mapping MAPPING",
			Says:    text.New("Load an export of the tickets; the dry run shows what loading it would do.", "Einen Export der Tickets laden; der Probelauf zeigt, was das Laden bewirken würde.")},
	}, nil
}

// stepsBegun are the steps from the first run to the year as planned.
func (v *visit) stepsBegun() ([]step, error) {
	ctx := v.r.Context()
	started, err := v.api.Runs(ctx, "", "", "", 1)
	if err != nil {
		return nil, err
	}
	published, planned, err := v.atWork()
	owner := text.New("owner", "Serviceverantwortliche")
	return []step{
		{Title: text.New("First run", "Erster Lauf"), By: owner, Command: "turnus start sla-report --service NAME --period 2026-10", Page: "/runs", Done: len(started) > 0,
			Says: text.New("Start the report of a month that is over.", "Den Bericht eines abgeschlossenen Monats starten.")},
		{Title: text.New("First report", "Erster Bericht"), By: text.New("approver", "Freigabeberechtigte"), Page: "/", Done: published,
			Says: text.New("Answer the task in the inbox: once approved, the report is published.", "Die Aufgabe beantworten: Mit der Freigabe ist der Bericht veröffentlicht.")},
		{Title: text.New("Plan", "Plan"), By: text.New("owner; an approver decides", "Serviceverantwortliche; Freigabe durch Freigabeberechtigte"), Command: "turnus plan -f INTERVAL.yaml\nturnus apply -f INTERVAL.yaml", Page: "/plan", Done: planned,
			Says: text.New("Propose an interval: from its approval on, reviews start by themselves.", "Ein Intervall vorschlagen: Ab seiner Freigabe starten die Prüfungen von selbst.")},
	}, err
}

// atWork says whether a report was published, and whether a plan is in force.
// Once both are so, no page asks again whether setting up is done.
func (v *visit) atWork() (published, planned bool, err error) {
	reports, err := v.api.Runs(v.r.Context(), "", "", string(run.Published), 1)
	if err != nil {
		return false, false, err
	}
	ledgers, err := v.api.Ledgers(v.r.Context(), "", "")
	published, planned = len(reports) > 0, len(ledgers) > 0
	if published && planned {
		v.settled.Store(true)
	}
	return published, planned, err
}

// settingUp says whether the menu leads to the steps of setting up. It is asked
// again once a minute, until all is done.
func (v *visit) settingUp() bool {
	if v.settled.Load() || !v.session.Actor.Has(person.Administrator, person.ProcessOwner) {
		return false
	}
	if minute := v.Now().Unix() / 60; v.looked.Swap(minute) != minute {
		v.atWork() //nolint:errcheck // the menu then says that it isn't done
	}
	return !v.settled.Load()
}
