package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"turnus/client"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

func findingPages() []page {
	const one, file = "/findings/:finding", "/findings/:finding/files"
	return []page{
		{method: "GET", path: "/findings", name: "findings", handle: showFindings},
		{method: "GET", path: "/findings/effect", name: "effect", handle: showEffect},
		{method: "GET", path: "/findings/new", name: "finding-new", handle: askFinding},
		{method: "POST", path: "/findings/new", name: "finding-new", handle: editFinding},
		{method: "POST", path: "/findings/new/check", name: "finding-check", handle: checkFinding},
		{method: "POST", path: "/findings", name: "findings", handle: openFinding},
		{method: "GET", path: one, name: "finding", handle: showFinding},
		{method: "GET", path: one + "/begin", name: "finding-begin", handle: askBegin},
		{method: "POST", path: one + "/begin", name: "finding-begin", handle: begin},
		{method: "POST", path: file, name: "finding-file", lasts: fileLasts, handle: sendEvidence},
		{method: "GET", path: file + "/:sha256", name: "finding-file", lasts: fileLasts, handle: getEvidence},
		{method: "GET", path: "/actions", name: "actions", handle: showActions},
	}
}

// What lists show at a time, and how long a file may take.
const (
	findingsMost = 50
	actionsMost  = 50
	fileLasts    = 15 * time.Minute
)

// register is the register of findings.
type register struct {
	Of     client.FindingsOf
	Items  []improvement.Finding
	Next   string
	Narrow bool // something is selected
	Wrong  *client.Problem
	zones
}

// States, and the like, are what can be selected.
func (register) States() []improvement.State { return improvement.States() }

// Types are those of findings.
func (register) Types() []improvement.Type { return improvement.Types() }

// Severities are those of findings.
func (register) Severities() []improvement.Severity { return improvement.Severities() }

// Kinds are those of findings.
func (register) Kinds() []string { return improvement.Kinds() }

func showFindings(v *visit) error {
	q := v.r.URL.Query()
	r := register{Of: client.FindingsOf{Service: q.Get("service"), State: q.Get("state"), Type: q.Get("type"), Kind: q.Get("kind"), Severity: q.Get("severity"),
		Escalated: q.Get("escalated") != "", Overdue: q.Get("overdue") != ""}}
	r.Narrow = r.Of != client.FindingsOf{}
	items, next, err := v.api.FindingsPart(v.r.Context(), r.Of, q.Get("after"), findingsMost)
	status := http.StatusOK
	switch {
	case r.Of.Service != "" && errors.As(err, &r.Wrong) && r.Wrong.Status < http.StatusInternalServerError: // typed in
		status = r.Wrong.Status
	case err != nil:
		return err
	}
	r.Items = items
	var services []string
	for _, f := range items {
		services = append(services, f.Service)
	}
	if r.zones, err = v.zonesOf(services...); err != nil {
		return err
	}
	if next != "" {
		q.Set("after", next)
		r.Next = "/findings?" + q.Encode()
	}
	return v.show(status, "findings", text.New("Findings", "Befunde"), r)
}

// findingPage is a finding's page.
type findingPage struct {
	client.SeenFinding
	Improve *improving // its improvement, once begun
	Actions []actionView
	Begins  bool // the visitor may be who begins it
	Sends   bool // it takes files
	Zone    string
	Wrong   *client.Problem
}

// improving is the run in which a finding is dealt with.
type improving struct {
	Run   string
	State text.Text
	Live  bool
	Open  []task.Task
	Done  []task.Decision
	Steps map[string]text.Text // titles of the tasks, by ID
}

// Title is a task's.
func (i improving) Title(id string) text.Text { return i.Steps[id] }

func findingPath(id int64) string { return "/findings/" + strconv.FormatInt(id, 10) }

// finding is the number that the address names; what is none isn't found.
func (v *visit) finding() (client.SeenFinding, error) {
	id, err := strconv.ParseInt(v.param("finding"), 10, 64)
	if err != nil || id < 1 {
		return client.SeenFinding{}, fault.New(fault.NotFound, nowhere())
	}
	return v.api.Finding(v.r.Context(), id)
}

// seenFinding is a finding with what its page shows.
func (v *visit) seenFinding() (findingPage, error) {
	f, err := v.finding()
	if err != nil {
		return findingPage{}, err
	}
	zones, err := v.zonesOf(f.Service)
	if err != nil {
		return findingPage{}, err
	}
	p := findingPage{SeenFinding: f, Sends: !f.State.Ended(), Zone: zones[f.Service]}
	if f.Run != "" {
		if p.Improve, err = v.improving(f.Run); err != nil {
			return p, err
		}
	}
	p.Begins = f.State == improvement.Open && (p.Improve == nil || !p.Improve.Live) && v.session.Actor.Has(person.ProcessOwner)
	if f.State != improvement.Open {
		all, err := v.api.Actions(v.r.Context(), client.ActionsOf{Finding: f.ID}, actionsMost)
		if err != nil {
			return p, err
		}
		p.Actions = v.actionViews(all)
	}
	return p, nil
}

func (v *visit) improving(id string) (*improving, error) {
	r, err := v.api.Run(v.r.Context(), id)
	if err != nil {
		return nil, err
	}
	i := &improving{Run: id, State: r.State.Title(), Live: r.State.Live(), Done: r.Decisions, Steps: map[string]text.Text{}}
	for _, t := range r.Tasks {
		i.Steps[t.ID] = t.Title
		if t.State == task.Open {
			i.Open = append(i.Open, t)
		}
	}
	return i, nil
}

func showFinding(v *visit) error {
	p, err := v.seenFinding()
	if err != nil {
		return err
	}
	if named := v.param("finding"); strconv.FormatInt(p.ID, 10) != named { // an older number leads to the one that it joined
		return v.to(findingPath(p.ID))
	}
	return v.show(http.StatusOK, "finding", text.F("Finding %d", "Befund %d", p.ID), p)
}

// sourceLink is where what a source names is found on pages; empty: nowhere.
func sourceLink(s improvement.Source) string {
	switch s.Kind {
	case improvement.FromRun:
		return "/reports/" + s.Name
	case improvement.FromSlot:
		return "/plan/slots/" + s.Name
	}
	return ""
}

// askBegin says what beginning an improvement means.
func askBegin(v *visit) error {
	p, err := v.seenFinding()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "finding-begin", beginTitle(), p)
}

func beginTitle() text.Text { return text.New("Begin the improvement", "Verbesserung beginnen") }

func begin(v *visit) error {
	f, err := v.finding()
	if err != nil {
		return err
	}
	s, err := v.api.Start(v.once(), client.Start{Process: process.Improvement, Scope: strconv.FormatInt(f.ID, 10)})
	var no *client.Problem
	switch {
	case errors.As(err, &no) && no.Status < http.StatusInternalServerError:
		p, e := v.seenFinding()
		if e != nil {
			return err
		}
		p.Wrong = no
		return v.show(no.Status, "finding-begin", beginTitle(), p)
	case err != nil:
		return err
	}
	return v.to("/runs/" + (&url.URL{Path: s.ID}).EscapedPath())
}
