package web

import (
	"net/http"
	"net/url"
	"slices"

	"turnus/client"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

func runPages() []page {
	const one = "/runs/:process/:scope/:period"
	return []page{
		{method: "GET", path: "/runs", name: "runs", handle: showRuns},
		{method: "GET", path: "/runs/start", name: "run-start", handle: showStart},
		{method: "POST", path: "/runs/start", name: "run-start", handle: editStart},
		{method: "POST", path: "/runs/start/check", name: "run-start", handle: checkStart},
		{method: "POST", path: "/runs/start/done", name: "run-start", handle: startRun},
		{method: "GET", path: one, name: "run", handle: showRun},
		{method: "GET", path: one + "/cancel", name: "run-cancel", handle: showWish(cancelling)},
		{method: "POST", path: one + "/cancel", name: "run-cancel", handle: carryOut(cancelling)},
		{method: "GET", path: one + "/again", name: "run-again", handle: showWish(again)},
		{method: "POST", path: one + "/again", name: "run-again", handle: carryOut(again)},
		{method: "GET", path: one + "/refresh", name: "run-refresh", handle: showWish(refreshing)},
		{method: "POST", path: one + "/refresh", name: "run-refresh", handle: carryOut(refreshing)},
	}
}

// runsAtOnce is how many runs stand on one page.
const runsAtOnce = 25

// listed is a run as pages name it.
type listed struct{ run.Run }

// Title names the run within a list of all.
func (l listed) Title() text.Text { return titleOf(l.Key) }

// Tone is that of the state, which stands beside it in words.
func (l listed) Tone() string {
	switch l.State {
	case run.Published:
		return "good"
	case run.Rejected, run.Failed:
		return "bad"
	}
	return ""
}

// titleOf names what a run is of and about.
func titleOf(k run.Key) text.Text {
	name, about := text.Same(k.Process), text.Same(k.Scope)
	if p, ok := process.Find(k.Process); ok {
		name = p.Title
		if p.Scope == process.OfChange {
			about = changed(k.Scope)
		}
	}
	return text.F("%s, %s, %s", "%s, %s, %s", name, about, report.Period(k.Period))
}

// runList is what the list of runs shows.
type runList struct {
	Of        client.RunsOf
	Runs      [][]listed // the attempts of one process, scope and period together
	Next      string     // the address of the next part
	First     bool       // it is the first part
	Processes []process.Process
	Services  []string // to choose from; nil: whoever asks sees no list of them
	States    []run.State
	MayStart  bool
}

// Filtered says that not all runs are asked for.
func (l runList) Filtered() bool { return l.Of != client.RunsOf{} }

func showRuns(v *visit) error {
	q := v.r.URL.Query()
	of := client.RunsOf{Process: q.Get("process"), Service: q.Get("service"), State: q.Get("state"), Scope: q.Get("scope"), Period: q.Get("period")}
	all, next, err := v.api.RunsPart(v.r.Context(), of, q.Get("after"), runsAtOnce)
	if err != nil {
		return err
	}
	l := runList{Of: of, Runs: together(all), First: q.Get("after") == "", Processes: process.Catalogue(),
		States: []run.State{run.Collecting, run.Drafting, run.Waiting, run.Published, run.Rejected, run.Cancelled, run.Failed, run.Provisional}, MayStart: v.mayStart()}
	if next != "" {
		q.Set("after", next)
		l.Next = "/runs?" + q.Encode()
	}
	if l.Services, err = v.serviceNames(); err != nil {
		return err
	}
	if of.Service != "" && l.Services != nil && !slices.Contains(l.Services, of.Service) {
		l.Services = append(l.Services, of.Service)
	}
	return v.show(http.StatusOK, "runs", text.New("Runs", "Läufe"), l)
}

// together puts attempts of the same beside each other, where the first of them
// stands.
func together(all []run.Run) (groups [][]listed) {
	at := map[run.Key]int{}
	for _, r := range all {
		i, known := at[r.Key]
		if !known {
			i = len(groups)
			at[r.Key], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], listed{r})
	}
	return groups
}

// mayStart says whether the visitor has a role that starts runs.
func (v *visit) mayStart() bool {
	return slices.ContainsFunc(process.Catalogue(), func(p process.Process) bool { return v.session.Actor.Has(p.Starters...) })
}

// serviceNames are the services that the visitor sees declared; nil for whoever
// sees no list of them.
func (v *visit) serviceNames() (names []string, err error) {
	if !v.declared() {
		return nil, nil
	}
	all, err := v.api.Services(v.r.Context())
	names = []string{}
	for _, s := range all {
		names = append(names, s.Metadata.Name)
	}
	return names, err
}

// runAt is the page of a run.
func runAt(id string) string { return (&url.URL{Path: "/runs/" + id}).EscapedPath() }
