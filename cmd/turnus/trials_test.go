package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// trials are services into which wrong files come, on one engine.
type trials struct {
	*engine
	people
}

// trial is a wrong file: what it is refused for, or warned of, and what the
// approver reads before any figure.
type trial struct {
	name    string
	file    string
	mapping object
	query   string   // besides
	refused []string // codes; empty: it is taken
	warned  []string // codes among the warnings
	note    string   // on the report's first page
	older   bool     // rows of the right file lose against it
}

// Each of these was taken without a word once, and gave figures. A wrong file is
// refused or warned of, is on record, and the approver reads it before the first
// figure; with the right file after it, and the wrong one withdrawn by a
// decision, the figures are those of a service that had the right one alone.
func TestWrongFilesChangeNoFigureInTheEnd(t *testing.T) {
	e := newEngine(t, "--ui=false")
	e.start()
	s := &trials{e, e.settleWith(nil)}
	right := written(changes(), germanTime)
	s.declare("right", "High")
	s.load(200, "right", logMapping(germanTime), right, "")
	_, figures := s.draft("right", "2020-03", 1)

	var early []change
	for _, c := range changes() {
		if c.at.Day() <= 12 {
			early = append(early, c)
		}
	}
	few := changes()
	for i, c := range few {
		if c.at.Month() == time.March && c.at.Day() == 12 && c.state == "Erledigt" {
			few[i].at = time.Date(2020, 12, 3, c.at.Hour(), c.at.Minute(), 0, 0, time.UTC)
		}
	}
	var same strings.Builder
	same.WriteString("Vorgang,Eröffnet,Beendet,Priorität\n")
	for _, c := range changes() {
		if c.state == "Neu" {
			at := c.at.Format(time.RFC3339)
			fmt.Fprintf(&same, "%s,%s,%s,%s\n", c.ticket, at, at, c.priority)
		}
	}
	shuffled := changes() // as a search may give them
	rand.New(rand.NewPCG(19, 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	whole := written(shuffled, germanTime)
	half := whole[:strings.LastIndex(whole[:len(whole)/2], ";")] // ends in the midst of a row

	for _, x := range []trial{
		{name: "no-time-between", file: same.String(), mapping: object{"number": "Vorgang", "opened": "Eröffnet", "stopped": "Beendet", "fields": object{"priority": "Priorität"}},
			refused: []string{"no-duration"}, note: "stop at the instant at which they open"},
		{name: "swapped", file: right, mapping: logMapping(swappedTime), refused: []string{"many-rejected"}, note: "rows were rejected", older: true},
		{name: "swapped-few", file: written(few, germanTime), mapping: logMapping(germanTime), refused: []string{"as-of-out-of-reach"}, note: "if day and month are swapped", older: true},
		{name: "swapped-all", file: written(early, germanTime), mapping: logMapping(swappedTime), warned: []string{"early-days"}, note: "day and month are probably swapped", older: true},
		{name: "half", file: half, mapping: logMapping(germanTime), refused: []string{"unfinished"}, note: "ends in the midst of a row"},
		{name: "zone", file: right, mapping: logMapping(germanTime), query: "&zone=America/New_York", warned: []string{"other-zone"}, note: "read as those of America/New_York", older: true},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := s.in(t)
			s.declare(x.name, "High")
			wrong := s.wrong(x)
			run, misled := s.draft(x.name, "2020-03", 1)
			require.NotEqual(t, figures, misled, "the trial shows something")
			notes := s.notes(run)
			require.Contains(t, notes, "bad: ")
			require.Contains(t, notes, x.note)

			after := s.load(200, x.name, logMapping(germanTime), right, "")
			require.Equal(t, x.older, after["older"].(float64) > 0, "%v", after)
			require.Equal(t, x.older, strings.Contains(fmt.Sprint(after["warnings"]), "older-rows"))
			s.withdraw(x.name, wrong)
			s.stale(run)
			s.ask(200, s.owner, "POST", "/v1/runs/"+run+"/refresh", nil)
			_, corrected := s.draft(x.name, "2020-03", 2)
			require.Equal(t, figures, corrected)
			require.NotContains(t, s.notes(run), x.note)
			require.NotContains(t, s.notes(run), "older than what is known", "nothing is older any more")
			s.decideIn(s.first, run, 2, "approve")
			s.await(s.auditor, run, "published")
			s.ask(422, s.owner, "POST", "/v1/processes/sla-report/runs", object{"service": x.name, "period": "2020-09"})
		})
	}
	t.Run("nothing-left", func(t *testing.T) { s.in(t).nothingLeft(right, figures) })
	t.Run("declarations", func(t *testing.T) { s.in(t).wrongDeclarations(right, figures) })
}

// in is the same for a test of its own.
func (s *trials) in(t *testing.T) *trials {
	return &trials{&engine{TB: t, dir: s.dir, url: s.url}, s.people}
}

// Where the only import is withdrawn, a draft isn't made anew on nothing.
func (s *trials) nothingLeft(right, figures string) {
	s.declare("alone", "High")
	only := s.load(200, "alone", logMapping(germanTime), right, "")
	run, _ := s.draft("alone", "2020-03", 1)
	s.withdraw("alone", fmt.Sprint(only["id"]))
	s.stale(run)
	require.Contains(s, s.ask(409, s.owner, "POST", "/v1/runs/"+run+"/refresh", nil)["detail"], "alone has no imported data (Tickets). Another round would stand on too little")
	s.load(200, "alone", logMapping(germanTime), right, "")
	s.ask(200, s.owner, "POST", "/v1/runs/"+run+"/refresh", nil)
	_, anew := s.draft("alone", "2020-03", 2)
	require.Equal(s, figures, anew)
}

// What nothing in a file can tell: that somebody maps one column to several
// instants, and that an agreement names a value that no ticket has.
func (s *trials) wrongDeclarations(right, figures string) {
	t := s.TB
	// Three instants from one column.
	one := object{"number": "Vorgang", "opened": "Geändert am", "stopped": "Geändert am", "changed": "Geändert am", "state": "Status", "time": germanTime}
	said := s.ask(200, s.admin, "POST", "/v1/apply", inJSON(object{"apiVersion": "turnus/v1", "kind": "Mapping", "metadata": object{"name": "one"}, "spec": one}))
	require.Equal(t, []string{"one-column"}, codesOf(said["items"].([]any)[0].(object)["warnings"]))
	refused := s.load(422, "right", one, right, "")
	require.Equal(t, "invalid", refused["code"])
	require.Contains(t, fmt.Sprint(refused), `are taken from one column, "Geändert am"`)
	require.Len(t, s.all(s.auditor, "/v1/services/right/imports?limit=100"), 1)

	// A where that is mistyped, said when the tickets come, and once they are there.
	s.declare("mistyped", "Hihg")
	done := s.load(200, "mistyped", logMapping(germanTime), right, "")
	require.Contains(t, codesOf(done["warnings"]), "unknown-value")
	require.Contains(t, fmt.Sprint(done["warnings"]), `"Hihg" of the field "priority", which no ticket has. Is "High" meant?`)
	run, misled := s.draft("mistyped", "2020-03", 1)
	require.NotEqual(t, figures, misled)
	require.Contains(t, s.notes(run), `bad: mistyped-sla/high names the value "Hihg"`)
	require.Contains(t, s.notes(run), "without a decided ticket")
	again := s.declare("mistyped", "Hgih")
	require.Contains(t, fmt.Sprint(again), `Is "High" meant?`)
	require.NotContains(t, fmt.Sprint(s.declare("mistyped", "High")), "unknown-value")
	s.stale(run)
	s.ask(200, s.owner, "POST", "/v1/runs/"+run+"/refresh", nil)
	_, corrected := s.draft("mistyped", "2020-03", 2)
	require.Equal(t, figures, corrected)
	require.NotContains(t, s.notes(run), "Hihg")
}

// declare declares a service with a target for the tickets of a priority, and
// gives what was answered.
func (s *trials) declare(name, priority string) object {
	s.Helper()
	return s.ask(200, s.admin, "POST", "/v1/apply", fmt.Sprintf(`apiVersion: turnus/v1
kind: Service
metadata: {name: %[1]s}
spec: {owner: owner, approvers: [first, second], calendar: 24x7, zone: Europe/Berlin}
---
apiVersion: turnus/v1
kind: Agreement
metadata: {name: %[1]s-sla}
spec:
  service: %[1]s
  valid: {from: "2020-01-01"}
  targets:
    - {name: high, measure: resolution, where: {priority: [%[2]s]}, within: PT4H, calendar: 24x7, attain: 90, pause: [Wartet]}
`, name, priority))
}

// load sends a file with a mapping that comes along, and gives the answer.
func (s *trials) load(want int, service string, mapping object, file, query string) object {
	s.Helper()
	name := "log-" + hex.EncodeToString(digest(inJSON(mapping)))[:8]
	return s.ask(want, s.admin, "POST", "/v1/services/"+service+"/tickets?format=csv&filename=export.csv&mapping="+name+"&inline_mapping="+url.QueryEscape(inJSON(mapping))+query, strings.NewReader(file))
}

// wrong has a trial's file refused or warned of, accepts it where it has to be,
// and gives the import's number.
func (s *trials) wrong(x trial) string {
	s.Helper()
	imports := "/v1/services/" + x.name + "/imports?limit=100"
	sum := hex.EncodeToString(digest(x.file))
	if x.refused != nil {
		o := s.load(422, x.name, x.mapping, x.file, x.query)
		require.Equal(s, "implausible", o["code"])
		require.Equal(s, x.refused, codesOf(o["errors"]))
		require.Empty(s, s.all(s.auditor, imports), "nothing is stored")
		s.onRecord(x.name, "import.refused", sum)
		x.query += "&accept=" + url.QueryEscape("the service desk says it is right")
	}
	done := s.load(200, x.name, x.mapping, x.file, x.query)
	id := fmt.Sprint(done["id"])
	kept := s.ask(200, s.owner, "GET", "/v1/imports/"+id, nil)
	require.Subset(s, codesOf(kept["warnings"]), append(x.refused, x.warned...))
	require.Equal(s, sum, kept["file"].(object)["sha256"])
	require.Equal(s, "export.csv", kept["file"].(object)["name"])
	require.NotEmpty(s, kept["zone"])
	require.NotEmpty(s, kept["mapping"].(object)["hash"])
	if x.refused != nil {
		require.Equal(s, "the service desk says it is right", kept["accepted"])
	}
	s.onRecord(x.name, "tickets.imported", sum)
	return id
}

// onRecord wants an entry of the audit trail that names the file.
func (s *trials) onRecord(service, action, sum string) {
	s.Helper()
	for _, entry := range s.all(s.auditor, auditTrail+"&object=service/"+service) {
		if entry["action"] == action {
			require.Equal(s, sum, entry["after"].(object)["file"].(object)["sha256"])
			return
		}
	}
	s.Fatalf("%s of %s isn't on record", action, service)
}

// draft starts a month's report, or finds it, waits for the draft of a round, and
// gives its run and its figures without the service's name.
func (s *trials) draft(service, period string, round int) (run, figures string) {
	s.Helper()
	run = "sla-report/" + service + "/" + period
	if round == 1 {
		s.ask(202, s.owner, "POST", "/v1/processes/sla-report/runs", object{"service": service, "period": period})
	}
	s.eventually(time.Minute, "the draft is there", func() bool {
		o := s.ask(200, s.first, "GET", "/v1/runs/"+run, nil)
		return o["state"] == "waiting" && o["round"] == float64(round)
	})
	return run, strings.ReplaceAll(inJSON(s.ask(200, s.first, "GET", "/v1/runs/"+run+"/report", nil)["figures"]), service, "SERVICE")
}

// notes are what stands on a report's first page before its figures, a line each.
func (s *trials) notes(run string) string {
	s.Helper()
	var b strings.Builder
	notes, _ := s.ask(200, s.first, "GET", "/v1/runs/"+run+"/report", nil)["notes"].([]any)
	for _, n := range notes {
		n := n.(object)
		fmt.Fprintf(&b, "%s: %s\n", n["tone"], n["text"].(object)["en"])
	}
	return b.String()
}

// withdraw has the owner propose that an import doesn't count, and an approver
// agree.
func (s *trials) withdraw(service, id string) {
	s.Helper()
	run := s.ask(202, s.owner, "POST", "/v1/imports/"+id+"/withdraw", object{"reason": "the wrong file"})["id"].(string)
	task := s.asked(s.first, run, "approval")["id"].(string)
	require.NotContains(s, fmt.Sprint(s.ask(200, s.owner, "GET", "/v1/imports/"+id, nil)), "withdrawn_by", "not before it was decided")
	s.ask(200, s.first, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"})
	s.await(s.first, run, "published")
	require.Contains(s, s.ask(200, s.owner, "GET", "/v1/imports/"+id, nil), "withdrawn_by")
}

// stale wants the draft that waits not to be approved as if nothing had changed.
func (s *trials) stale(run string) {
	s.Helper()
	task := "/v1/tasks/" + s.asked(s.first, run, "approval")["id"].(string)
	s.eventually(30*time.Second, "the task says that its draft is stale", func() bool { return s.ask(200, s.first, "GET", task, nil)["stale"] != nil })
	require.Contains(s, s.ask(200, s.first, "GET", "/v1/runs/"+run+"/report", nil), "stale")
	s.ask(409, s.first, "POST", task+"/decision", object{"outcome": "approve"})
}

func digest(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// inJSON is a value as JSON.
func inJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// codesOf are the codes of a list of warnings or errors.
func codesOf(list any) (codes []string) {
	items, _ := list.([]any)
	for _, i := range items {
		code, _ := i.(object)["code"].(string)
		codes = append(codes, code)
	}
	return codes
}
