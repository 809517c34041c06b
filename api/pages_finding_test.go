package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheFindingsPages(t *testing.T) {
	h := newHouse(t)
	said := inBoth(t, h, "owner", "/findings", 200)
	require.Contains(t, said["en"], "Nothing is open.")
	inBoth(t, h, "viewer", "/findings", 403)
	inBoth(t, h, "viewer", "/actions", 200)
	require.Contains(t, inBoth(t, h, "owner", "/findings/effect", 200)["de"], "noch keiner abgeschlossen")

	h = registered(t)
	said = inBoth(t, h, "owner", "/findings", 200)
	require.Contains(t, said["en"], "Finding 2: minor, nonconformity, in work")
	require.Contains(t, said["de"], "Befund 3:")
	require.NotContains(t, said["en"], "Finding 4", "it is about a service of somebody else")
	said = inBoth(t, h, "owner", "/findings?overdue=yes&service=&state=&type=&kind=&severity=", 200)
	require.Contains(t, said["en"], "Finding 2")
	require.NotContains(t, said["en"], "Finding 3")
	require.Contains(t, inBoth(t, h, "owner", "/findings?state=closed", 200)["en"], "Finding 1")
	require.Contains(t, inBoth(t, h, "owner", "/findings?severity=critical", 200)["en"], "No findings like that.")
	for path, status := range map[string]int{"/findings?service=mail": 403, "/findings?service=nothing": 404, "/findings?state=lost": 422, "/findings?after=x": 422,
		"/findings/4": 403, "/findings/99": 404, "/findings/none": 404, "/findings/-1": 404, "/findings/99999999999999999999": 404, "/actions?state=x": 422, "/actions?after=x": 422,
		"/findings/effect?from=2026-02-30": 422, "/findings/effect?from=2027-01-01&to=2026-01-01": 422} {
		inBoth(t, h, "owner", path, status)
	}
	// One that joined another leads there.
	w := h.guest(t, "owner", "en").opens("/findings/6")
	require.Equal(t, 303, w.Code)
	require.Equal(t, "/findings/1", w.Header().Get("Location"))

	said = inBoth(t, h, "owner", "/findings/2", 200)
	for _, words := range []string{"after finding 1 was closed", "Action 2.1", "Overdue since 22 November 2026, moved 2 times, from 18 November 2026"} {
		require.Contains(t, said["en"], words)
	}
	require.Contains(t, said["de"], "2-mal verschoben, ursprünglich 18.11.2026")

	said = inBoth(t, h, "owner", "/actions", 200)
	require.Contains(t, said["en"], "Yours (2)")
	require.Contains(t, said["en"], "effective")
	require.Contains(t, inBoth(t, h, "owner", "/actions?overdue=yes", 200)["en"], "Action 2.1")

	said = inBoth(t, h, "owner", "/findings/effect", 200)
	for _, words := range []string{"open actions past their due date 50.0 % (1 of 2)", "median time to close", "20 days", "Kaplan-Meier estimate of 3 findings opened then, 1 of them closed by now", "After Share 0 days 100.00 %", "20 days 50.00 %",
		"Calls a day : target at most 40, measured 38.5: reached"} {
		require.Contains(t, strings.ReplaceAll(said["en"], "\u202f", " "), words)
	}
	require.Contains(t, strings.ReplaceAll(said["de"], "\u202f", " "), "20 Tage 50,00 %")
	inBoth(t, h, "owner", "/findings/effect?from=2026-01-01&to=2026-12-31", 200)
	inBoth(t, h, "auditor", "/findings/effect?from=2020-01-01&to=2020-12-31", 200)
}

// What somebody found is repeated before it counts, and counts once.
func TestRecordingAFinding(t *testing.T) {
	h := newHouse(t)
	inBoth(t, h, "owner", "/findings/new", 200)
	owner := h.guest(t, "owner", "en")
	fields := []string{"type", "nonconformity", "service", "payments", "title", "<script>a</script>\u202e list", "detail", "Not reviewed.\r\nTwice.", "severity", "major", "kind", "complaint", "name", "C-7", "key", ""}

	for _, bad := range [][]string{{"type", ""}, {"detail", ""}, {"title", ""}, {"title", strings.Repeat("x", 201)}, {"kind", "run"}, {"severity", "huge"}} {
		typed := append([]string{}, fields...)
		for i := 0; i < len(typed); i += 2 {
			if typed[i] == bad[0] {
				typed[i+1] = bad[1]
			}
		}
		w := owner.sends("/findings/new/check", typed...)
		require.Equal(t, 422, w.Code, bad)
		require.Contains(t, w.Body.String(), `class="problems"`)
		require.Contains(t, w.Body.String(), `value="C-7"`, "what was typed is kept")
	}
	check := owner.sends("/findings/new/check", fields...)
	require.Equal(t, 200, check.Code, check.Body)
	require.Contains(t, readOn(check), "can't be changed afterwards")
	require.NotContains(t, check.Body.String(), "<script>a")
	require.Contains(t, owner.sends("/findings/new", fieldsOn(t, check, "/findings/new")...).Body.String(), "Not reviewed.\nTwice.</textarea>")

	var at string
	for range 2 {
		w := owner.sends("/findings", fieldsOn(t, check, "/findings")...)
		require.Equal(t, 303, w.Code, w.Body)
		at = w.Header().Get("Location")
	}
	var n int
	require.NoError(t, h.store.DB().QueryRow("SELECT count(*) FROM finding").Scan(&n))
	require.Equal(t, 1, n)
	said := inBoth(t, h, "owner", at, 200)
	require.Contains(t, said["en"], "complaint: C-7")
	require.Contains(t, said["de"], "Verbesserung beginnen")
	require.NotContains(t, owner.opens(at).Body.String(), "<script>a")
	require.NotContains(t, owner.opens(at).Body.String(), "\u202e")
	inBoth(t, h, "other-owner", at, 403)

	// About what is somebody else's, or isn't there.
	for service, status := range map[string]int{"mail": 403, "nothing": 422} {
		fields[3] = service
		check := owner.sends("/findings/new/check", fields...)
		require.Equal(t, 200, check.Code)
		w := owner.sends("/findings", fieldsOn(t, check, "/findings")...)
		require.Equal(t, status, w.Code, w.Body)
		require.Contains(t, w.Body.String(), `value="`+service+`"`)
	}
	// No other site records anything.
	elsewhere := h.guest(t, "owner", "en")
	elsewhere.header.Set("Origin", "https://elsewhere.example")
	elsewhere.header.Set("Sec-Fetch-Site", "cross-site")
	require.Equal(t, 403, elsewhere.sends("/findings", fields...).Code)

	// Its improvement: Temporal is away, and the run is on record.
	begins := owner.opens(at + "/begin")
	require.Equal(t, 200, begins.Code)
	inBoth(t, h, "owner", at+"/begin", 200)
	for range 2 {
		w := owner.sends(at+"/begin", fieldsOn(t, begins, at+"/begin")...)
		require.Equal(t, 303, w.Code, w.Body)
		require.Contains(t, w.Header().Get("Location"), "/runs/improvement/")
	}
	require.Contains(t, inBoth(t, h, "owner", at, 200)["en"], "its next task isn't open yet")
	w := h.guest(t, "auditor", "de").sends(at+"/begin", "once", "x")
	require.Equal(t, 403, w.Code)
	require.Contains(t, w.Body.String(), `class="problems"`)
}

func TestEvidenceOnPages(t *testing.T) {
	h := newHouse(t)
	f := h.opened(t, "owner", `{"type":"opportunity","service":"payments","title":"a test"}`)
	at := fmt.Sprintf("/findings/%d", f.ID)
	owner := h.guest(t, "owner", "en")
	for range 2 { // the same file again is the same
		w := owner.uploads(at+"/files", "file", "ev\"idence.txt", "seen here\n")
		require.Equal(t, 303, w.Code, w.Body)
		require.Equal(t, at+"#files", w.Header().Get("Location"))
	}
	page := owner.opens(at).Body.String()
	require.Equal(t, 1, strings.Count(page, "/files/"))
	sum := strings.SplitN(strings.SplitN(page, at+"/files/", 2)[1], `"`, 2)[0]
	w := owner.opens(at + "/files/" + sum)
	require.Equal(t, 200, w.Code)
	require.Equal(t, "seen here\n", w.Body.String())
	require.Contains(t, w.Header().Get("Content-Disposition"), "attachment")
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "sandbox")

	for name, content := range map[string]string{"lie.pdf": "text\n", "": "x"} {
		w := owner.uploads(at+"/files", "file", name, content)
		require.Equal(t, 422, w.Code, name)
		require.Contains(t, w.Body.String(), `class="problems"`)
	}
	require.Equal(t, 422, owner.uploads(at+"/files", "other", "a.txt", "x").Code)
	require.Equal(t, 403, h.guest(t, "other-owner", "en").uploads(at+"/files", "file", "a.txt", "x\n").Code)
	require.Equal(t, 403, h.guest(t, "other-owner", "en").opens(at+"/files/"+sum).Code)
	require.Equal(t, 404, owner.opens(at+"/files/"+strings.Repeat("9", 64)).Code)
	require.Equal(t, 422, owner.opens(at+"/files/x").Code)
}
