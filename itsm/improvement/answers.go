package improvement

import (
	"encoding/json"
	"net/url"
	"slices"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// ReadPlan is the plan that the fields of PlanFields were answered with. Its
// actions are numbered from first on, in their order, without gaps. Faults name
// fields.NAME: a figure that isn't one, a waiting time that is too long, a plan with neither an action nor why no
// cause needs removing. Whether there is such a figure isn't looked up.
func ReadPlan(v task.Values, first int) (Plan, error) {
	p := Plan{Cause: v.Text("cause"), NoCause: v.Text(noCause), Changes: Changes{Documents: v.Text("changes.documents"), Plans: v.Text("changes.plans"),
		Risks: v.Text("changes.risks"), Agreements: v.Text("changes.agreements")}}
	for i := 1; i <= maxWhys; i++ {
		if why := v.Text(whyField(i)); why != "" {
			p.Whys = append(p.Whys, why)
		}
	}
	var faults fault.List
	for i := 1; i <= MaxActions; i++ {
		if v.Text(actionField(i, "title")) == "" {
			continue
		}
		a, err := readAction(v, i)
		faults.Add(err)
		a.Number = first + len(p.Actions)
		p.Actions = append(p.Actions, a)
	}
	switch {
	case len(p.Actions) == 0 && p.NoCause == "":
		faults.Say("fields."+actionField(1, "title"), "The plan has no action: give one, or say in %s why no cause needs removing.",
			"Der Plan enthält keine Maßnahme: Eine angeben oder in %s begründen, warum keine Ursache beseitigt werden muss.", noCause)
	case len(p.Actions) > 0 && p.NoCause != "":
		faults.Say("fields."+noCause, "No cause needs removing, and there are actions: fill one of them.",
			"Es soll keine Ursache beseitigt werden, und doch gibt es Maßnahmen: Nur eines ausfüllen.")
	}
	return p, faults.Err()
}

func readAction(v task.Values, i int) (Action, error) {
	of := func(name string) string { return v.Text(actionField(i, name)) }
	a := Action{Title: of("title"), Owner: of("owner"), Measure: of("measure"), Figure: of("figure"), Sense: Sense(of("sense")), Target: of("target")}
	var faults fault.List
	at := func(name string, err error) {
		if f := fault.As(err); f != nil {
			faults.Add(f.At("fields." + actionField(i, name)))
		}
	}
	var err error
	a.Due, err = calendar.ParseDate(of("due"))
	at("due", err)
	a.Wait, err = agreement.ParseDuration(of("wait"))
	at("wait", err)
	// The question bounds these: whoever could ask another one can't loosen them.
	if err == nil && a.Wait.Seconds() > LongestWait*24*60*60 {
		faults.Say("fields."+actionField(i, "wait"), "This is too long: an action is checked after %d days at the latest.",
			"Das ist zu lang: Eine Maßnahme wird spätestens nach %d Tagen auf ihre Wirksamkeit geprüft.", LongestWait)
	}
	if !slices.Contains(Senses(), a.Sense) {
		faults.Say("fields."+actionField(i, "sense"), "%.40q is none of %s.", "%.40q ist nicht vorgesehen; es gibt %s.", string(a.Sense), text.List(Senses()))
	}
	if exact(a.Target) == nil {
		faults.Say("fields."+actionField(i, "target"), "%.40q isn't a decimal number.", "%.40q ist keine Dezimalzahl.", a.Target)
	}
	if a.Figure != "" {
		_, err = ParseFigureRef(a.Figure)
		at("figure", err)
	}
	return a, faults.Err()
}

// CheckLink refuses what isn't an address of the web; it may be empty. The
// fault names fields.link.
func CheckLink(link string) error {
	if link == "" {
		return nil
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return fault.Invalidf("fields.link", "%.80q isn't a link: give an address without user and password, as in https://wiki.example.org/change-17.",
			"%.80q ist kein Link: Eine Adresse ohne Benutzer und Kennwort angeben, etwa https://wiki.example.org/change-17.", link)
	}
	return nil
}

// Propose gives values for a plan's fields from what the owner wrote about the
// finding before: its cause, and a measure, which becomes the first action.
func Propose(cause, measure string) task.Values {
	v := task.Values{}
	keep := func(name, value string) {
		if value == "" {
			return
		}
		b, _ := json.Marshal(value) // a string always marshals
		v[name] = b
	}
	keep("cause", cause)
	if title := []rune(measure); len(title) <= titleChars {
		keep(actionField(1, "title"), measure)
	} else {
		keep(actionField(1, "title"), string(title[:titleChars-1])+"…")
	}
	return v
}
