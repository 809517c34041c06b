package drill

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"turnus/itsm/continuity"
	"turnus/itsm/process"
	"turnus/itsm/task"
)

// Record is what is on record of the round in which a drill is carried out, and
// of those that follow for its report: of it alone everything else follows.
type Record struct {
	Plan    PlanVersion
	Setup   Setup
	Retests *Retested                // nil: it is no re-test
	Zone    *time.Location           // of the service, for dates and texts
	Answers map[string]task.Decision // of the round, by step

	// Of the rounds of its report, up to the one that is asked about, by step.
	Reports []map[string]task.Decision
}

// answered gives the answer to a step that is asked for once.
func (r Record) answered(step string) *task.Decision {
	if d, ok := r.Answers[step]; ok {
		return &d
	}
	return nil
}

// named is the name of a step of several, for the how many-th time: step-3,
// step-3-2.
func named(step string, number, time int) string {
	if time > 1 {
		return fmt.Sprintf("%s-%d-%d", step, number, time)
	}
	return fmt.Sprintf("%s-%d", step, number)
}

// Numbered says of which step of several a name is, and its number; 0: of none
// of them. step-3-2 is the third.
func Numbered(name string) (step string, number int) {
	step, rest, _ := strings.Cut(name, "-")
	first, _, _ := strings.Cut(rest, "-")
	n, err := strconv.Atoi(first)
	if err != nil || n < 1 {
		return name, 0
	}
	return step, n
}

// series are the answers to a step that is asked for again after each of them,
// in their order.
func (r Record) series(step string) []task.Decision { return seriesOf(r.Answers, step, 1) }

func seriesOf(answers map[string]task.Decision, step string, number int) (all []task.Decision) {
	for time := 1; ; time++ {
		d, ok := answers[named(step, number, time)]
		if !ok {
			return all
		}
		all = append(all, d)
	}
}

// with is the record with one more answer, in the round that is asked about.
func (r Record) with(step string, d task.Decision) Record {
	round := &r.Answers
	if n := len(r.Reports); n > 0 {
		r.Reports = slices.Clone(r.Reports)
		round = &r.Reports[n-1]
	}
	answers := maps.Clone(*round)
	if answers == nil {
		answers = map[string]task.Decision{}
	}
	answers[step] = d
	*round = answers
	return r
}

// business is who confirms for the business: whom the plan names, unless the
// conductor has it confirmed by somebody else.
func (r Record) business() (who string, handed int) {
	who = r.Plan.Spec.Business
	for _, d := range r.directions() {
		if d.What == ConfirmBy {
			who, handed = d.Person, handed+1
		}
	}
	return who, handed
}

// confirmations are the answers of the business on the minimum level, in their
// order. Where another person was named before they were asked, or had answered,
// a number stays without an answer.
func (r Record) confirmations() (all []task.Decision) {
	_, without := r.business()
	for time := 1; without >= 0; time++ {
		if d, ok := r.Answers[named(process.DrillConfirm, 1, time)]; ok {
			all = append(all, d)
		} else {
			without--
		}
	}
	return all
}

// restores says that somebody leads the recovery, or carries out a step of it or
// was named for one, as it is planned or as it went: what comes of that others
// confirm, by four eyes.
func (r Record) restores(who string) bool {
	for name, d := range r.Answers {
		switch step, _ := Numbered(name); step {
		case process.DrillBegin, process.DrillConduct, process.DrillStep, process.DrillPaused:
			if d.Person == who {
				return true
			}
		}
	}
	planned := slices.Concat(r.Plan.Spec.Steps, r.Plan.Spec.Return)
	return slices.Contains(r.conductors(), who) ||
		slices.ContainsFunc(planned, func(s continuity.Step) bool { return r.Setup.CarriedOutBy(s.Owner) == who }) ||
		slices.ContainsFunc(r.directions(), func(d Direction) bool { return d.What == Reassign && d.Person == who })
}

// directions of the conductor, in their order.
func (r Record) directions() (all []Direction) {
	for _, d := range r.series(process.DrillConduct) {
		if d.Outcome == task.Direct {
			all = append(all, Direction{What: Order(d.Fields.Text("order")), Step: d.Fields.Text("step"), Person: d.Fields.Text("person"),
				Reason: d.Comment, By: d.Person, At: d.At.UTC()})
		}
	}
	return all
}

// last is the conductor's last word on the script: its end, or its abort; nil
// while it goes on.
func (r Record) last() *task.Decision {
	for _, d := range r.series(process.DrillConduct) {
		if d.Outcome != task.Direct {
			return &d
		}
	}
	return nil
}

// when is the instant of happening that an answer names in a field; else that of
// its entry.
func when(d task.Decision, field string) time.Time {
	if at := instant(d.Fields, field); at != nil {
		return *at
	}
	return d.At.UTC()
}

func instant(v task.Values, field string) *time.Time {
	at, err := time.Parse(time.RFC3339Nano, v.Text(field))
	if err != nil { // it was read before: it is empty
		return nil
	}
	at = at.UTC()
	return &at
}

// people takes part: who leads, who confirms, who carries out steps, and whoever
// else is named, each once.
func (r Record) people() (all []string) {
	add := func(name string) {
		if name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	add(r.Setup.Conductor)
	add(r.Setup.Deputy)
	if r.Setup.Type.Measures() {
		add(r.Plan.Spec.Business)
		for _, s := range slices.Concat(r.Plan.Spec.Steps, r.Plan.Spec.Return) {
			if !slices.Contains(r.Setup.LeftOut, s.Name) {
				add(r.Setup.CarriedOutBy(s.Owner))
			}
		}
	}
	for _, name := range r.Setup.Others { // last: notices are numbered
		add(name)
	}
	return all
}

// conductors lead the drill.
func (r Record) conductors() []string {
	if r.Setup.Deputy == "" {
		return []string{r.Setup.Conductor}
	}
	return []string{r.Setup.Conductor, r.Setup.Deputy}
}

// byInstant puts events of a step in the order of their entry.
func byInstant[T any](all []T, at func(T) time.Time) {
	slices.SortStableFunc(all, func(a, b T) int { return cmp.Compare(at(a).UnixNano(), at(b).UnixNano()) })
}
