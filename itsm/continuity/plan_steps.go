package continuity

import (
	"slices"
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// marks says that a step of the plan marks an event.
func (p Plan) marks(e Event) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Marks == e })
}

// steps wants what is carried out, there and back, to have owners, names of their
// own, and an order in which it can be done.
func (c *checks) steps(p Plan) {
	names, marked := map[string]bool{}, map[string]bool{}
	for _, list := range []struct {
		at    string
		steps []Step
		empty text.Text
	}{
		{"steps", p.Steps, text.New("say by which steps the service comes back", "Die Schritte angeben, mit denen der Service wiederhergestellt wird")},
		{"return", p.Return, text.New("say by which steps normal operation comes back, also after an abort", "Die Schritte angeben, die in den Normalbetrieb zurückführen, auch nach einem Abbruch")},
	} {
		if len(list.steps) == 0 {
			c.missing(list.at, list.empty)
		}
		if c.most(list.at, len(list.steps), maxSteps); len(list.steps) > maxSteps {
			continue
		}
		for i, s := range list.steps {
			at := resource.Item(list.at, i)
			c.Add(resource.CheckName(at+".name", s.Name))
			c.once(names, at+".name", s.Name)
			c.step(at, s, p.Business)
			c.after(at, s, list.steps)
			switch {
			case s.Marks == "":
			case list.at == "return":
				c.Say(at+".marks", "A step back marks no event, since it is done after an abort, too: leave this out.",
					"Ein Schritt der Rückführung kennzeichnet kein Ereignis, denn er wird auch nach einem Abbruch ausgeführt: Die Angabe weglassen.")
			case !slices.Contains(Markable(), s.Marks):
				c.Say(at+".marks", "%.40q is no event that a step marks; there are %s.", "%.40q ist kein Ereignis, das ein Schritt kennzeichnet; es gibt %s.", string(s.Marks), text.List(Markable()))
			default:
				c.once(marked, at+".marks", string(s.Marks))
			}
		}
		for _, cycle := range cycles(list.steps) {
			first := slices.IndexFunc(list.steps, func(s Step) bool { return s.Name == cycle[0] })
			c.Say(resource.Item(list.at, first)+".after", "These steps wait for each other, each for the next one named: %[1]s. Leave one of these dependencies out.",
				"Diese Schritte warten aufeinander, jeder auf den danach genannten: %[1]s. Eine der Abhängigkeiten weglassen.", strings.Join(append(cycle, cycle[0]), " → "))
		}
	}
}

// step is what is checked of one by itself.
func (c *checks) step(at string, s Step, business string) {
	c.line(at+".title", s.Title, text.New("say what is done", "Angeben, was getan wird"))
	switch {
	case s.Owner == "":
		c.missing(at+".owner", text.New("name the person who carries this step out", "Die Person nennen, die diesen Schritt ausführt"))
	case s.Owner == business:
		c.Say(at+".owner", "%q confirms for the business what others restore, and carries out no step: name somebody else here, or for business.",
			"%q bestätigt für den Fachbereich, was andere wiederherstellen, und führt keinen Schritt aus: Hier oder bei business eine andere Person nennen.", s.Owner)
	default:
		c.Add(resource.CheckName(at+".owner", s.Owner))
	}
	c.lasts(at+".takes", &s.Takes)
	if s.Text != "" {
		c.text(at+".text", s.Text, text.New("say how it is done", "Angeben, wie es getan wird"))
	}
}

// after wants a step to wait for others of the same list, each once.
func (c *checks) after(at string, s Step, all []Step) {
	seen := map[string]bool{}
	for n, name := range s.After {
		field := resource.Item(at+".after", n)
		if !slices.ContainsFunc(all, func(other Step) bool { return other.Name == name }) {
			c.Say(field, "There is no step %.80q to wait for: name one of the same list.", "Einen Schritt %.80q, auf den zu warten wäre, gibt es nicht: Einen aus derselben Liste nennen.", name)
		}
		c.once(seen, field, name)
	}
}

// cycles are the steps that wait for each other, each for the next and the last
// for the first; no step is named in two of them. There are none exactly where
// the steps can be put in an order.
func cycles(steps []Step) (all [][]string) {
	after := byName(steps)
	const unseen, open, done = 0, 1, 2
	state, named := map[string]int{}, map[string]bool{}
	var path []string
	var visit func(name string)
	visit = func(name string) {
		state[name] = open
		path = append(path, name)
		for _, next := range after[name].After {
			if _, there := after[next]; !there {
				continue
			}
			switch state[next] {
			case unseen:
				visit(next)
			case open:
				cycle := slices.Clone(path[slices.Index(path, next):])
				if !slices.ContainsFunc(cycle, func(s string) bool { return named[s] }) {
					all = append(all, cycle)
				}
				for _, s := range cycle {
					named[s] = true
				}
			}
		}
		path = path[:len(path)-1]
		state[name] = done
	}
	for _, s := range steps {
		if state[s.Name] == unseen {
			visit(s.Name)
		}
	}
	return all
}

func byName(steps []Step) map[string]Step {
	all := make(map[string]Step, len(steps))
	for _, s := range steps {
		if _, there := all[s.Name]; !there {
			all[s.Name] = s
		}
	}
	return all
}

// Restart is how long the plan's own steps take to the minimum level, as they are
// expected: the longest path to the step that marks it, which is named step by
// step. Without such a step there is none.
func (p Plan) Restart() (takes agreement.Duration, path []string) {
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.Marks == Technical })
	if i < 0 {
		return 0, nil
	}
	type reached struct {
		takes  agreement.Duration
		before string // the step that it waited for longest; empty: none
	}
	steps, known := byName(p.Steps), map[string]reached{}
	var reach func(name string) reached
	reach = func(name string) reached {
		if r, ok := known[name]; ok {
			return r
		}
		known[name] = reached{} // whatever waits for itself was refused
		var r reached
		for _, before := range steps[name].After {
			if _, there := steps[before]; !there {
				continue
			}
			if at := reach(before); r.before == "" || at.takes > r.takes {
				r = reached{at.takes, before}
			}
		}
		r.takes += steps[name].Takes
		known[name] = r
		return r
	}
	takes = reach(p.Steps[i].Name).takes
	for name := p.Steps[i].Name; name != "" && len(path) <= len(p.Steps); name = known[name].before {
		path = append(path, name)
	}
	slices.Reverse(path)
	return takes, path
}
