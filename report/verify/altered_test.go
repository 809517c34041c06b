package verify_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/itsm/ticket"
	"turnus/report/receipt"
	"turnus/report/verify"
)

func decode(t testing.TB, raw []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	require.NoError(t, d.Decode(into))
}

// alteration changes one place of a decoded file, and puts it back.
type alteration struct {
	place  string
	change func() (undo func())
}

// alterations are, for all of a tree: each value another one, each member and
// element away, each element twice, two elements in the other order.
func alterations(place string, at *any) (all []alteration) {
	replace := func(what string, with any) {
		all = append(all, alteration{place + what, func() func() {
			was := *at
			*at = with
			return func() { *at = was }
		}})
	}
	switch v := (*at).(type) {
	case string:
		replace("", v+"x")
		replace(" emptied", "")
		if i, err := time.Parse(time.RFC3339, v); err == nil {
			replace(" a second later", i.Add(time.Second).Format(time.RFC3339Nano))
			replace(" elsewhere", i.In(time.FixedZone("", 3600)).Format(time.RFC3339Nano))
		}
		if len(v) == 64 {
			replace(" of others", hex.EncodeToString(make([]byte, 32)))
		}
	case json.Number:
		replace("", "1"+v)
		replace(" less", "-"+v)
	case bool:
		replace("", !v)
	case nil:
		replace("", "x")
	case []any:
		for i := range v {
			less := slices.Delete(slices.Clone(v), i, i+1)
			replace(fmt.Sprintf("[%d] away", i), less)
			replace(fmt.Sprintf("[%d] twice", i), slices.Insert(slices.Clone(v), i, v[i]))
			if i > 0 {
				swapped := slices.Clone(v)
				swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
				replace(fmt.Sprintf("[%d] before [%d]", i, i-1), swapped)
			}
			all = append(all, alterations(fmt.Sprintf("%s[%d]", place, i), &v[i])...)
		}
		replace(" and one more", append(slices.Clone(v), "x"))
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			less := maps.Clone(v)
			delete(less, name)
			replace("."+name+" away", less)
			member := v[name]
			for _, a := range alterations(place+"."+name, &member) {
				all = append(all, alteration{a.place, func() func() {
					undo := a.change()
					v[name] = member
					return func() { undo(); v[name] = member }
				}})
			}
		}
		more := maps.Clone(v)
		more["zzz"] = "x"
		replace(" and a member more", more)
	}
	return all
}

// rehashed gives a decoded file the hash that its document has.
func rehashed(t testing.TB, tree any) (undo func()) {
	of := tree.(map[string]any)["report"].(map[string]any)
	was := of["hash"]
	hash, err := canonical.Hash(of["document"])
	require.NoError(t, err)
	of["hash"] = hash
	return func() { of["hash"] = was }
}

// written is a decoded file as it would be exported; sealed anew, if a forger
// knows how.
func written(t testing.TB, tree any, sealed bool) []byte {
	b, err := canonical.JSON(tree)
	require.NoError(t, err)
	if i := bytes.LastIndex(b, []byte(`,"verification":`)); sealed && i >= 0 {
		sum := sha256.Sum256(b[:i])
		b = append(b[:i:i], fmt.Sprintf(`,"verification":{"sha256":"%x"}}`, sum)...)
	}
	return append(b, '\n')
}

// identical says whether a file is found to be in order. What isn't has to be
// said: by an error that is a fault, or by a difference.
func identical(t testing.TB, b []byte) bool {
	v, err := verify.Receipt(bytes.NewReader(b))
	if err != nil {
		require.NotNil(t, fault.As(err), "%v", err)
		require.False(t, v.Identical)
		return false
	}
	require.Equal(t, v.Identical, len(v.Differences) == 0)
	require.LessOrEqual(t, len(v.Differences), 10)
	for _, d := range v.Differences {
		require.NotEmpty(t, d.Place)
		require.NotEqual(t, d.File, d.Recomputed, d.Place)
	}
	return v.Identical
}

// small is a file like the golden one, with half of the tickets, and all of them
// under one target with the rules of all, and with what was declared.
func small(t testing.TB) []byte {
	f, list := frozenMarch(), march()
	f.Imports = f.Imports[1:2]
	a := &f.Agreements[0].Spec
	one := a.Targets[1]
	one.Name, one.Where = a.Targets[0].Name, a.Targets[2].Where
	a.Targets = []agreement.Target{one}
	list = []ticket.Version{list[1], list[3], list[5], list[7]}
	return export(t, asDeclared(t, set(f, list)), list)
}

// tried are the alterations that are tried: the first and the last of each kind
// of place, which is a place without the numbers of its elements; all of them
// with TURNUS_EVERY_ALTERATION, but of the document, which is compared as a whole,
// one in twenty.
func tried(all []alteration) []alteration {
	first, last := map[string]int{}, map[string]int{}
	for i, a := range all {
		kind := index.ReplaceAllString(a.place, "[]")
		if _, ok := first[kind]; !ok {
			first[kind] = i
		}
		last[kind] = i
	}
	every := os.Getenv("TURNUS_EVERY_ALTERATION") != ""
	var some []alteration
	for i, a := range all {
		kind := index.ReplaceAllString(a.place, "[]")
		sampled := !strings.HasPrefix(a.place, document) || i%20 == 0 || strings.HasPrefix(a.place, document+"wording")
		if sampled && (every || i == first[kind] || i == last[kind]) {
			some = append(some, a)
		}
	}
	return some
}

const document = ".report.document."

// Every single value is altered, left out, doubled or moved, and each time the
// file is found out: by its seal, and where a forger makes seal and hash anew by
// what is computed and drafted. Only what no figure follows from and the
// report's hash doesn't hold gets through then: the number of the import that
// brought a ticket, unless it is listed by name or decides whether the ticket
// changed since the report in force, its mark that rows of it were rejected, and the version
// under which the report was published; and a wording that this binary lacks,
// which is said. Another report altogether has another hash than the one that
// was approved.
func TestEveryAlterationIsFound(t *testing.T) {
	want := small(t)
	var tree any
	decode(t, want, &tree)
	all := alterations("", &tree)
	require.Greater(t, len(all), 1500)
	through := map[string]bool{}
	for _, a := range tried(all) {
		undo, back := a.change(), func() {}
		if strings.HasPrefix(a.place, document) {
			back = rehashed(t, tree)
		}
		if b := written(t, tree, true); !bytes.Equal(b, want) && identical(t, b) {
			through[index.ReplaceAllString(a.place, "[]")] = true
			require.False(t, identical(t, written(t, tree, false)), a.place)
		}
		back()
		undo()
	}
	require.True(t, identical(t, written(t, tree, false)), "everything was put back")
	require.Equal(t, []string{".report.document.wording", ".report.document.wording away", ".report.document.wording less", ".report.version", ".report.version less", ".tickets[].import"}, slices.Sorted(maps.Keys(through)))
}

var index = regexp.MustCompile(`\[\d+\]`)

// A file that was cut anywhere, goes on after its end, or has any other byte
// anywhere is found out.
func TestEveryByteCounts(t *testing.T) {
	b := file(t)
	for n := 0; n < len(b); n += 1 + n%97 {
		_, err := verify.Receipt(bytes.NewReader(b[:n]))
		require.NotNil(t, fault.As(err), "cut after %d bytes: %v", n, err)
	}
	_, err := verify.Receipt(bytes.NewReader(b[:len(b)-1]))
	require.ErrorContains(t, err, "isn't complete")
	for _, more := range []string{"\n", " ", "x", string(b)} {
		_, err = verify.Receipt(bytes.NewReader(append(slices.Clone(b), more...)))
		require.ErrorContains(t, err, "goes on after its end")
	}
	for i := 0; i < len(b); i += 1 + i%97 {
		other := slices.Clone(b)
		other[i] ^= 1 << (i % 7)
		require.False(t, identical(t, other), "byte %d: %q instead of %q", i, other[i], b[i])
	}
}

// A difference is named with its place, what the file says, and what is right.
func TestDifferencesAreNamed(t *testing.T) {
	for _, c := range []struct{ old, new, place, file, recomputed string }{
		{`"elapsed_s":18000,"paused_s":7200`, `"elapsed_s":17999,"paused_s":7200`, "tickets[T-04].targets[desk p3-resolution 2].counts[0].clock.elapsed_s", "17999", "18000"},
		{`{"from":"2026-03-27T17:00:00Z","kind":"closed","to":"2026-03-30T06:00:00Z"}`, `{"from":"2026-03-27T17:00:00Z","kind":"closed","to":"2026-03-30T05:00:00Z"}`,
			"tickets[T-04].targets[desk p3-resolution 2].counts[0].clock.segments[2].to", `"2026-03-30T05:00:00Z"`, `"2026-03-30T06:00:00Z"`},
		{`"name":"p1-resolution.met","numerator":1`, `"name":"p1-resolution.met","numerator":2`, "figures[desk p1-resolution.met].numerator", "2", "1"},
		{`{"at":"2026-03-30T07:00:00Z","seq":3,"state":"Active"}`, `{"at":"2026-03-30T08:00:00Z","seq":3,"state":"Active"}`,
			"tickets[T-04].targets[desk p3-resolution 2].counts[0].clock.cycles[0].elapsed_s", "18000", "14400"},
	} {
		require.Contains(t, string(file(t)), c.old)
		v, err := verify.Receipt(strings.NewReader(strings.Replace(string(file(t)), c.old, c.new, 1)))
		require.NoError(t, err)
		require.Contains(t, v.Differences, receipt.Difference{Place: c.place, File: c.file, Recomputed: c.recomputed})
		places := ""
		for _, d := range v.Differences {
			places += d.Place + "\n"
		}
		if strings.Contains(c.old, `"at"`) {
			require.Contains(t, places, "tickets[T-04].hash")
			require.Positive(t, v.More)
			continue
		}
		if v.More == 0 { // of many the first are named
			require.Contains(t, places, "verification.sha256")
		}
	}
}
