package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"turnus/internal/memtest"

	"github.com/stretchr/testify/require"
)

// layered has aliases of aliases: 32 KB that would become gigabytes.
func layered() string {
	var b strings.Builder
	b.WriteString("a0: &a0 " + strings.Repeat("x", 28_000) + "\n")
	for i := 1; i <= 2; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 150), ","))
	}
	return b.String()
}

// bombs are bodies that would become far more than they are, as any operation
// may be sent them.
func bombs(most int) map[string]string {
	fill := func(head, unit, tail string) string {
		return head + strings.Repeat(unit, (most-len(head)-len(tail))/len(unit)) + tail
	}
	var fields strings.Builder
	for i := 0; fields.Len() < most-100; i++ {
		fmt.Fprintf(&fields, `"k%d":{},`, i)
	}
	key := strings.Repeat("k", most/2)
	return map[string]string{
		"aliases":             layered(),
		"lists":               fill("[", "[],", "[]]"),
		"objects":             fill("[", "{},", "{}]"),
		"numbers":             fill("[", "1,", "1]"),
		"depth":               fill("", "[", ""),
		"depth, closed":       strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000),
		"fields":              "{" + fields.String() + `"z":1}`,
		"one field":           fill("{", `"a":1,`, `"a":1}`),
		"unknown fields":      "{" + fields.String()[:100_000] + `"z":1}`,
		"a long name":         `{"` + key + `":[` + strings.Repeat("1,", 15_000) + `1]}`,
		"a long name, NUL":    `{"` + key + `":[` + strings.Repeat("1,", 15_000) + `"\u0000"]}`,
		"huge numbers":        `{"days":1e999999999,"again":1e999999999,"period":` + strings.Repeat("9", most/2) + `}`,
		"documents":           fill("", "---\n", "a: 1"),
		"commas":              fill("[", "a,", "a]"),
		"dashes":              fill("", "- ", ""),
		"angle brackets":      `{"reason":"` + strings.Repeat("<", most-100) + `"}`,
		"tickets, and longer": `{"tickets":["` + strings.Repeat(`a","`, 9_000) + `a"],"reason":"customer","detail":"a","evidence":"a"}`,
	}
}

// No body makes memory grow by more than 100 MB or takes a second, whoever
// sends it to whatever operation: somebody it serves, or somebody it doesn't.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("it looks at the time, which the race detector makes longer")
	}
	h := newHouse(t)
	var longest time.Duration
	var most int64
	defer func() { t.Logf("at the most %v and %d MB", longest, most>>20) }()
	large, small := bombs(maxApply), bombs(maxBody)
	for _, op := range operations(t) {
		if op.types == nil || strings.HasPrefix(op.id, "import-") {
			continue
		}
		if strings.HasPrefix(op.id, "put-") && op.id != "put-calendar" && op.id != "put-interval" {
			continue // one way for all kinds
		}
		all := small
		if op.id == "apply" || op.id == "preview-plan" || strings.HasPrefix(op.id, "put-") {
			all = large
		}
		path, _ := example(op)
		for name, body := range all {
			for _, who := range []string{breakerOf(op.id), "viewer"} {
				var status, size int
				took, grown := memtest.Measure(func() {
					w := h.as(t, who, op.method, path, body)
					status, size = w.Code, w.Body.Len()
				})
				longest, most = max(longest, took), max(most, grown)
				require.True(t, status >= 400 && status < 500, "%s, %s: %d", op.id, name, status)
				require.Less(t, took, time.Second, "%s, %s", op.id, name)
				require.Less(t, grown, int64(100<<20), "%s, %s", op.id, name)
				require.Less(t, size, 100_000, "%s, %s", op.id, name)
			}
		}
	}
}
