package imports

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/memtest"
	"turnus/itsm/fault"
)

// bombs are texts of at most four megabytes that would become far more, or take
// far longer, than they look.
func bombs() map[string]string {
	most := func(head, unit, tail string) string {
		return head + strings.Repeat(unit, (MaxResourceBytes-len(head)-len(tail))/len(unit)) + tail
	}
	layers := func(first string, layers, wide int) string {
		var b strings.Builder
		b.WriteString("a0: &a0 " + first + "\n")
		for i := 1; i <= layers; i++ {
			fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), wide), ","))
		}
		return b.String()
	}
	numbered := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < MaxResourceBytes-100; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	calendar := func(spec string) string {
		return `{"apiVersion":"turnus/v1","kind":"Calendar","metadata":{"name":"a"},"spec":` + spec + `}`
	}
	key := strings.Repeat("k", 900_000)
	return map[string]string{
		"aliases of lists":              layers("[1,1,1,1,1,1,1,1]", 9, 10),
		"aliases of a long text":        layers(strings.Repeat("x", 20_000), 2, 300),
		"aliases of fields":             "a: &a {" + numbered("k%d: 1, ")[:16_000] + "z: 1}\nb: [" + strings.Repeat("*a,", 550) + "*a]\n",
		"an alias of itself":            "a: &a [*a, *a, *a]\n",
		"anchors of anchors":            numbered("- &a%d [*a0]\n"),
		"aliases as names of fields":    "a: &a " + strings.Repeat("x", 100_000) + "\nb: {" + strings.Repeat("*a : 1, ", 20_000) + "}\n",
		"merged fields":                 most("a: &a {b: 1}\nc:\n", "  <<: *a\n", ""),
		"a list of commas":              most("[", "a,", "a]"),
		"a list of dashes":              most("", "- 1\n", ""),
		"fields without values":         most("{", "a,", "a}"),
		"questions":                     most("", "? a\n", ""),
		"lists in lists":                most("", "[", ""),
		"dashes in dashes":              most("", "- ", ""),
		"fields in fields":              most("", "{a: ", ""),
		"empty documents":               most("", "---\n", ""),
		"small documents":               most("", "---\na\n", ""),
		"ended documents":               most("", "a\n...\n", ""),
		"directives":                    numbered("%%TAG !a%d! tag:example.org:\n") + "--- a\n",
		"directives, other lines":       strings.ReplaceAll(numbered("%%TAG !a%d! tag:example.org\n")[:MaxResourceBytes/2], "\n", "\u0085") + "--- a\n",
		"dashes, other lines":           most("", "-\u0085", ""),
		"documents, other lines":        most("", "---\u2028", ""),
		"comments":                      most("", "#\n", "a: 1\n"),
		"comments behind":               most("a: 1\n", "#\n", ""),
		"comments of many":              strings.Repeat("a: # b\n", 40_000),
		"blank lines":                   most("a: >\n", "\n", ""),
		"a long name above many":        "a: {" + key + ": [" + strings.Repeat("1,", 40_000) + "1]}\n",
		"one name many times":           most("a: {", "b: 1, ", "}"),
		"an open quote":                 most("a: \"", "\\x41", ""),
		"tags":                          most("", "- !!a b\n", ""),
		"a huge number":                 "a: 1e999999999\nb: " + strings.Repeat("9", 900_000) + "\n",
		"indentation":                   indented(),
		"JSON: lists":                   most("[", "[],", "[]]"),
		"JSON: lists in lists":          most("", "[", ""),
		"JSON: lists in lists, closed":  strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000),
		"JSON: numbers":                 most("[", "1,", "1]"),
		"JSON: objects":                 most("[", "{},", "{}]"),
		"JSON: one object":              "{" + strings.TrimSuffix(numbered(`"k%d":1,`), ",") + "}",
		"JSON: items":                   most(`{"items":[`, "1,", "1]}"),
		"JSON: one name many times":     most("{", `"a":1,`, `"a":1}`),
		"JSON: items many times":        most("{", `"items":[],`, `"items":[]}`),
		"JSON: a long name above many":  `{"a":{"` + key + `":[` + strings.Repeat("1,", 40_000) + `1]}}`,
		"JSON: long names":              `{"` + key + `":{"` + key + `":{"` + key + `":[` + strings.Repeat("1,", 40_000) + `1]}}}`,
		"JSON: a huge number":           `{"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"a"},"spec":{"targets":[{"attain":1e999999999,"weight":-1e-999999999}],"workload":[{"limit":1e999999999}]}}`,
		"JSON: documents in part":       "[" + strings.Repeat(`{"spec":[`+strings.Repeat("1,", 20_000)+`1]},`, 40) + "1]",
		"JSON: angle brackets":          `{"apiVersion":"openslo/v1","kind":"SLI","metadata":{"name":"a"},"spec":{"thresholdMetric":{"metricSource":{"type":"` + strings.Repeat("<", 1_000_000) + `"}}}}`,
		"hours that overlap":            calendar(`{"zone":"UTC","hours":{"mon":["08:00-18:00"` + strings.Repeat(`,"08:00-18:00"`, 9_000) + `]}}`),
		"special days that overlap":     calendar(`{"zone":"UTC","hours":{},"special":[{"date":"2026-01-01","hours":["08:00-18:00"` + strings.Repeat(`,"08:00-18:00"`, 9_000) + `]}]}`),
		"dates in any number":           calendar(`{"zone":"UTC","hours":{},"holidays":{"dates":["2026-01-01"` + strings.Repeat(`,"2026-01-01"`, 45_000) + `]}}`),
		"periods of a waiver":           `{"apiVersion":"turnus/v1","kind":"Waiver","metadata":{"name":"a"},"spec":{"process":"a","scope":"a","reason":"a","periods":["2026-01"` + strings.Repeat(`,"2026-02"`, 9_900) + `]}}`,
		"approvers of a service":        `{"apiVersion":"turnus/v1","kind":"Service","metadata":{"name":"a"},"spec":{"owner":"a","calendar":"a","approvers":["` + strings.Join(names(9_900), `","`) + `"]}}`,
		"roles that aren't":             `{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"a"},"spec":{"roles":["` + strings.Join(names(9_900), `","`) + `","viewer","viewer"]}}`,
		"an address that nests":         `{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"a"},"spec":{"roles":[],"email":"` + strings.Repeat("(", 1_000_000) + `"}}`,
		"a layout of years":             `{"apiVersion":"turnus/v1","kind":"Mapping","metadata":{"name":"a"},"spec":{"number":"a","opened":"b","stopped":"c","time":"` + strings.Repeat("2006 January ", 70_000) + `"}}`,
		"persons, each wrong many ways": "[" + strings.TrimSuffix(strings.Repeat(`{"a":1,"b":1,"c":1,"d":1,"e":1},`, 9_000), ",") + "]",
	}
}

func names(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("n%d", i)
	}
	return all
}

// indented has fields each one deeper than the one before.
func indented() string {
	var b strings.Builder
	for i := 0; b.Len() < MaxResourceBytes-4000; i++ {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// No text that may be sent takes more than 100 MB or a second, whatever it is.
func TestBombs(t *testing.T) {
	for name, text := range bombs() {
		t.Run(name, func(t *testing.T) {
			require.LessOrEqual(t, len(text), MaxResourceBytes)
			for what, read := range map[string]func() error{
				"resources": func() error { _, err := Resources([]byte(text)); return err },
				"fields":    func() error { _, err := Fields([]byte(text)); return err },
			} {
				var err error
				took, grown := memtest.Measure(func() { err = read() })
				require.Less(t, took, time.Second, what)
				require.Less(t, grown, int64(100<<20), what)
				if err != nil {
					require.LessOrEqual(t, len(fault.All(err)), fault.Most, what)
					require.NotEmpty(t, fault.All(err), "%s: %v", what, err)
					require.Less(t, len(err.Error()), 100_000, what)
				}
				t.Logf("%s: %v, %d MB", what, took, grown>>20)
			}
		})
	}
}

// Nor does a file that is imported, which may be larger: what is kept of it at a
// time is bounded.
func TestFilesThatBecomeMore(t *testing.T) {
	event := "BEGIN:VEVENT\r\nUID:%d\r\nDTSTART;VALUE=DATE:20260101\r\n"
	calendar := func(inner string) string {
		return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + inner + "END:VCALENDAR\r\n"
	}
	repeated := func(rest string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, event+rest+"END:VEVENT\r\n", i)
		}
		return calendar(b.String())
	}
	for name, text := range map[string]string{
		"events":        repeated("SUMMARY:a\r\n", 150_000),
		"rules":         repeated("RRULE:FREQ=DAILY\r\n", 9_000),
		"rules, short":  repeated("RRULE:FREQ=SECONDLY;BYSECOND=1,2,3,4,5,6,7,8,9\r\n", 9_000),
		"excepted":      calendar(fmt.Sprintf(event, 1) + "RRULE:FREQ=DAILY\r\nEXDATE;VALUE=DATE:" + strings.Repeat("20260101,", 1_500_000) + "20260101\r\nEND:VEVENT\r\n"),
		"categories":    calendar(fmt.Sprintf(event, 1) + strings.Repeat("CATEGORIES:a\r\n", 1_000_000) + "END:VEVENT\r\n"),
		"parameters":    calendar(fmt.Sprintf(event, 1) + "SUMMARY" + strings.Repeat(";X=1", 3_500_000) + ":a\r\nEND:VEVENT\r\n"),
		"folded lines":  calendar(fmt.Sprintf(event, 1) + "SUMMARY:a" + strings.Repeat("\r\n a", 3_500_000) + "\r\nEND:VEVENT\r\n"),
		"components":    strings.Repeat("BEGIN:VCALENDAR\r\n", 900_000),
		"one long line": calendar(strings.Repeat("X", 15<<20) + "\r\n"),
	} {
		took, grown := memtest.Measure(func() { _, _ = Holidays(strings.NewReader(text), someYears) })
		t.Logf("%s: %v, %d MB", name, took, grown>>20)
		require.Less(t, took, 2*time.Second, name)
		require.Less(t, grown, int64(100<<20), name)
	}
	wide := strings.TrimSuffix(strings.Repeat("a,", 500_000), ",") + "\n"
	for _, c := range []struct {
		name, head, unit string
		n                int
	}{
		{"columns", "", wide, 16},
		{"a long line", auditHeading, "x", 16 << 20},
		{"an open quote", auditHeading + `"`, "x\n", 2 << 20},
		{"open quotes", auditHeading, "\"\n", 100_000},
	} {
		text := c.head + strings.Repeat(c.unit, c.n)
		took, grown := memtest.Measure(func() {
			for range Tickets(strings.NewReader(text), auditLog) {
			}
		})
		t.Logf("%s: %v, %d MB", c.name, took, grown>>20)
		require.Less(t, took, 5*time.Second, c.name)
		require.Less(t, grown, int64(100<<20), c.name)
	}
}

// Nor does an answer of Prometheus, however long its names are.
func TestAnswersOfPrometheusThatBecomeMore(t *testing.T) {
	long := strings.Repeat("x", 1_000_000)
	answer := func(head, before, after, tail string) io.Reader {
		parts := []io.Reader{strings.NewReader(head)}
		for i := range 150 {
			parts = append(parts, strings.NewReader(fmt.Sprintf(before, i)), strings.NewReader(long), strings.NewReader(after))
		}
		return io.MultiReader(append(parts, strings.NewReader(tail))...)
	}
	for name, c := range map[string]struct {
		file io.Reader
		says string
	}{
		"names of series": {answer(`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[]}`,
			`,{"metric":{"job":"%d`, `"},"values":[[1790000000,"1"]]}`, `]}}`), "longer than 200 bytes"},
		"other members": {answer(`{"status":"success"`, `,"%d`, `":1`, `,"data":{"resultType":"matrix","result":[]}}`), ""},
	} {
		var err error
		took, grown := memtest.Measure(func() {
			for _, err = range Samples(c.file, Options{Format: Prometheus}) {
			}
		})
		t.Logf("%s: %v, %d MB", name, took, grown>>20)
		require.Less(t, grown, int64(50<<20), name)
		if c.says != "" {
			require.ErrorContains(t, err, c.says, name)
		} else {
			require.NoError(t, err, name)
		}
	}
}
