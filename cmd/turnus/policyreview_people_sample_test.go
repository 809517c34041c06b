//go:build sample

package main

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
)

// storm lets twenty people answer tasks of some kinds at once, until so many
// answers of the round are acknowledged; each time that so many are, the process
// is killed.
func (r *review) storm(kinds []string, until int, kills ...int) {
	begun := time.Now()
	end := begun.Add(2 * time.Minute)
	acknowledged := func() (n int) {
		r.mu.Lock()
		defer r.mu.Unlock()
		for id := range r.answers {
			if strings.HasPrefix(id, strings.TrimSuffix(r.task("x"), "x")) {
				n++
			}
		}
		return n
	}
	waits := func(n int) bool { return acknowledged() < n && time.Now().Before(end) }
	var busy sync.WaitGroup
	for i := range 20 {
		who, dice := fmt.Sprintf("person-%d", i+1), rand.New(rand.NewPCG(r.dice.Uint64(), 1))
		busy.Go(func() {
			for waits(until) {
				time.Sleep(time.Duration(dice.Int64N(int64(time.Second))))
				r.answerOne(who, kinds, dice)
			}
		})
	}
	for _, n := range kills {
		for waits(n) {
			time.Sleep(5 * time.Millisecond)
		}
		r.kill()
		r.launch()
		r.ready()
	}
	busy.Wait()
	require.Equal(r, until, acknowledged())
	r.Logf("round %d: %d answers after %.1f s, killed %d times", r.round, until, time.Since(begun).Seconds(), len(kills))
}

// answerOne takes one of the tasks of some kinds that are for somebody, at
// random, and answers it: wrongly first, sometimes.
func (r *review) answerOne(who string, kinds []string, dice *rand.Rand) {
	status, page, err := r.try(r.tokens[who], "GET", "/v1/tasks?state=open&mine=true&limit=100", nil, "")
	if err != nil || status != http.StatusOK {
		return
	}
	mine := slices.DeleteFunc(page["items"].([]any), func(t any) bool { return !slices.Contains(kinds, t.(object)["kind"].(string)) })
	if len(mine) == 0 {
		return
	}
	t := mine[dice.IntN(len(mine))].(object)
	id := t["id"].(string)
	body, kept := answerTo(t["kind"], who, dice)
	if t["kind"] == "supply" && dice.IntN(2) == 0 {
		status, f := r.sendFile(who, id, fmt.Appendf(nil, "%s%% %s\n", aPaper, id))
		switch status {
		case 200, 201:
			body["fields"].(object)["evidence"], kept["evidence"] = f["sha256"], f["sha256"]
		case 409:
			return // somebody else has answered
		default:
			r.Errorf("a file for %s: %d %v", id, status, f)
			return
		}
	}
	if dice.IntN(4) == 0 {
		status, o := r.insist(r.tokens[who], "/v1/tasks/"+id+"/decision", object{"outcome": body["outcome"], "fields": object{"unheard-of": 1}})
		if status != 422 && status != 409 {
			r.Errorf("a wrong answer to %s: %d %v", id, status, o)
		}
	}
	r.say(who, id, body, kept)
}

// answerTo is an answer to a kind of task, as it is given, and its fields as
// they are kept.
func answerTo(kind any, who string, dice *rand.Rand) (body, kept object) {
	switch kind {
	case "supply":
		kept = object{"statement": fmt.Sprintf("Für Nr. %d: \"<b>&\" → %s", dice.IntN(1000), who),
			"staff": float64(1 + dice.IntN(500)), "share": fmt.Sprintf("%d.%02d", dice.IntN(100), dice.IntN(100))}
		return object{"outcome": "done", "fields": maps.Clone(kept)}, kept
	case "record":
		hour := 8 + dice.IntN(10)
		kept = object{"at": fmt.Sprintf("2026-11-05T%02d:00:00Z", hour), "took": fmt.Sprintf("PT%dM", 1+dice.IntN(59)),
			"result": []string{"kept", "not-kept"}[dice.IntN(2)], "guide": "person-1"}
		given := maps.Clone(kept)
		given["at"] = fmt.Sprintf("2026-11-05T%02d:00:00+02:00", hour+2) // the same instant
		return object{"outcome": "done", "fields": given}, kept
	case "acknowledge":
		return object{"outcome": "acknowledge"}, nil
	}
	return object{"outcome": []string{"pass", "fail"}[dice.IntN(2)]}, nil // a check
}

// say answers a task until there is an answer that counts, and keeps what was
// acknowledged.
func (r *review) say(who, id string, body, kept object) {
	status, o := r.insist(r.tokens[who], "/v1/tasks/"+id+"/decision", body)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch before, twice := r.answers[id]; {
	case status == 200 && !twice:
		r.answers[id] = answer{who: who, body: body, kept: kept, got: o}
	case status == 200:
		r.Errorf("%s was acknowledged to %s and to %s: %v", id, before.who, who, o)
	case status != 409: // somebody else was first
		r.Errorf("answering %s: %d %v", id, status, o)
	}
}

// sendFile sends a file to a task until there is an answer.
func (r *review) sendFile(who, id string, content []byte) (int, object) {
	key := keys()
	for end := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		status, f, err := r.try(r.tokens[who], "POST", "/v1/tasks/"+id+"/files?name=proof.pdf", bytes.NewReader(content), key)
		inFlight := status == 409 && strings.Contains(fmt.Sprint(f["errors"]), "Idempotency-Key")
		if err == nil && status < 500 && !inFlight || time.Now().After(end) {
			return status, f
		}
	}
}
