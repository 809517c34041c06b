package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

// draftOf keeps a draft of a round that is asked about.
func (h *house) draftOf(t testing.TB, id string, round int, change func(*report.Document)) task.Task {
	k, _, err := run.ParseID(id)
	require.NoError(t, err)
	st := run.Step{Run: id, Round: round}
	d := report.Document{Run: id, Process: k.Process, Scope: k.Scope, Period: k.Period, Zone: "Europe/Berlin", Title: text.New("SLA report", "SLA-Bericht"),
		Subject: text.Same("payments"), ComputedAt: testNow}
	change(&d)
	hash, doc, err := report.Hash(d)
	require.NoError(t, err)
	require.NoError(t, h.store.Enter(t.Context(), st, run.Drafting))
	require.NoError(t, storetest.ErrOf(h.store.SaveDraft(t.Context(), testNow, st, hash, doc)))
	due := testNow.Add(72 * time.Hour)
	a := storetest.Approval(st, hash, testNow)
	a.State, a.Due, a.Remind, a.Escalate = task.Open, due, due, due
	require.NoError(t, storetest.ErrOf(h.store.OpenTask(t.Context(), a)))
	return a
}

func figure(name, label, value string, num, den int64, target string, verdict report.Assessment) report.Figure {
	return report.Figure{Group: report.Under("desk"), Name: name, Label: text.Same(label), Value: &value, Unit: report.InPercent, Numerator: &num, Denominator: &den,
		Target: target, Verdict: verdict}
}

// An approver sees in the inbox what is asked, of what, and what it comes to; on
// the task's page what needs attention with what the owner says to it, and what
// has changed since the round before.
func TestPagesSayWhatIsToBeDecided(t *testing.T) {
	h := newHouse(t)
	r, first := h.waiting(t)
	storetest.Answer(t, h.store, testNow, "approver", first, task.Message{Outcome: task.RequestChanges, Comment: "name the cause <b>\u202e"})
	second := h.draftOf(t, r.ID, 2, func(d *report.Document) {
		d.Figures = []report.Figure{figure("p1.attainment", "P1", "80", 8, 10, "95", report.Missed), figure("p2.attainment", "P2", "100", 4, 4, "90", report.Met)}
		d.Answers = []report.Answer{{Key: "desk/p1", Title: text.Same("P1"), Cause: "a broken <script>disk</script>", Measure: "replaced", By: "owner", At: testNow}}
		d.Notes = []report.Note{{Text: text.New("Two rows were rejected.", "Zwei Zeilen wurden zurückgewiesen."), Tone: report.Bad}}
		d.Sources = []report.Source{{Kind: report.FromExclusion, Name: "payments", Version: "1"}}
		for i := range 5 {
			d.Summary = append(d.Summary, report.Tile{Label: text.Same(fmt.Sprint("tile-", i)), Value: report.Count(int64(i)), Tone: []report.Tone{report.Good, report.Bad}[i/4]})
		}
	})
	for lang, want := range map[string]struct{ inbox, page []string }{
		"en": {[]string{"For you: 1, of these overdue: 0. Waiting for others: 0.", "Approve? SLA report payments, October 2026", "Round 2, 1 of 2 targets and limits not kept", "due in 3 days", "CET"},
			[]string{"Approve? SLA report payments, October 2026, round 2", "Owner owner", "tile-4", "P1: 8 of 10, 80.00 %; agreed are 95 %", "Cause: a broken <script>disk</script>", "Measure: replaced (owner)",
				"Two rows were rejected.", "One exclusion is applied", "Changed since round 1", "P1: not there → 8 of 10", "New: Two rows were rejected.",
				"Round 1, Approval : changes requested , approver", "name the cause <b>", "Request changes", `Needed with "Request changes"`}},
		"de": {[]string{"Zur Antwort: 1, davon überfällig: 0. Bei anderen: 0.", "Freigeben? SLA-Bericht payments, Oktober 2026", "Runde 2, 1 von 2 Zielen und Grenzen nicht eingehalten", "fällig in 3 Tagen", "MEZ"},
			[]string{"Freigeben? SLA-Bericht payments, Oktober 2026, Runde 2", "Ursache: a broken <script>disk</script>", "Geändert seit Runde 1", "P1: nicht vorhanden → 8 von 10", "Änderungen verlangen", "Nötig bei „Änderungen verlangen“"}},
	} {
		v := h.guest(t, "approver", lang)
		inbox := v.page("/")
		for _, w := range want.inbox {
			require.Contains(t, inbox, w)
		}
		page := v.page("/tasks/" + second.ID)
		for _, w := range want.page {
			require.Contains(t, page, w)
		}
		require.NotContains(t, page, "tile-2", "three tiles, bad ones first")
		require.Contains(t, page, "tile-0")
		w := v.opens("/tasks/" + second.ID)
		require.NotContains(t, w.Body.String(), "<script>disk")
		require.NotContains(t, w.Body.String(), "\u202e")
		require.NotContains(t, w.Body.String(), " checked", "nothing is chosen before")
	}
}

// An answer is repeated with what follows from it, before it is sent; what is
// missing is said there, with what was typed.
func TestAnAnswerIsCheckedBeforeItCounts(t *testing.T) {
	h := newHouse(t)
	_, a := h.waiting(t)
	v := h.guest(t, "approver", "de")
	at := "/tasks/" + a.ID
	w := v.sends(at+"/check", "hash", a.Hash, "comment", "kept & <b>")
	require.Equal(t, 422, w.Code)
	require.Contains(t, readOn(w), "Es ist keine Antwort gewählt.")
	require.Contains(t, w.Body.String(), `href="#outcome"`)
	require.Contains(t, readOn(w), "kept & <b>")
	w = v.sends(at+"/check", "hash", a.Hash, "outcome", "reject")
	require.Equal(t, 422, w.Code)
	require.Contains(t, readOn(w), "Der Kommentar fehlt: Bei dieser Antwort muss er den Grund nennen.")
	require.Contains(t, w.Body.String(), `href="#comment"`)
	require.Contains(t, w.Body.String(), `value="reject" checked`)
	w = v.sends(at+"/check", "hash", a.Hash, "outcome", "reject", "comment", strings.Repeat("x", 100_000))
	require.Equal(t, 422, w.Code)
	require.Contains(t, w.Body.String(), strings.Repeat("x", 100_000), "nothing that was typed is lost")
	w = v.sends(at+"/check", "hash", a.Hash, "outcome", "approve", "comment", "as agreed")
	require.Equal(t, 200, w.Code, w.Body)
	for _, want := range []string{"Antwort prüfen", "Freigeben? SLA-Bericht payments, Oktober 2026, Runde 1", "Antwort Freigeben", "Kommentar as agreed",
		"Der Bericht wird veröffentlicht; er ist danach unveränderlich.", "Jetzt freigeben", "Ändern"} {
		require.Contains(t, readOn(w), want)
	}
	var decisions int
	require.NoError(t, h.store.DB().QueryRow("SELECT (SELECT count(*) FROM decision) + (SELECT count(*) FROM pass) + (SELECT count(*) FROM audit WHERE action = 'decide.refused')").Scan(&decisions))
	require.Zero(t, decisions, "a trial leaves nothing")

	back := v.sends(at, fieldsOn(t, w, at)...)
	require.Equal(t, 200, back.Code)
	require.Contains(t, back.Body.String(), `value="approve" checked`)
	require.Contains(t, readOn(back), "as agreed")

	// The run is away in this test: nothing is lost, and the same form is sent again.
	values := fieldsOn(t, w, at+"/done")
	w = v.sends(at+"/done", values...)
	require.Equal(t, 503, w.Code, w.Body)
	require.Contains(t, readOn(w), "Von hier aus erneut senden: Die Antwort zählt nur einmal.")
	require.Equal(t, values, fieldsOn(t, w, at+"/done"), "with the same name")
}

// Somebody else answered, or the visitor did in another tab: the page says by
// whom and what, nothing is doubled, and what was typed is still there.
func TestAnsweredMeanwhile(t *testing.T) {
	h := newHouse(t)
	_, a := h.waiting(t)
	v := h.guest(t, "approver", "en")
	at := "/tasks/" + a.ID
	storetest.Answer(t, h.store, testNow, "approver", a, task.Message{Outcome: task.Approve, Comment: "as agreed"})
	for _, path := range []string{at + "/check", at + "/done"} {
		w := v.sends(path, "hash", a.Hash, "outcome", "reject", "comment", "too slow", "once", "x")
		require.Equal(t, 409, w.Code, w.Body)
		require.Contains(t, readOn(w), "Answered by approver: approved")
		require.Contains(t, readOn(w), "Typed and not recorded Answer: Reject too slow")
		w = v.sends(path, "hash", a.Hash, "outcome", "approve", "comment", "as agreed", "once", "y")
		require.Equal(t, 303, w.Code, "it was answered so")
		require.Equal(t, at+"/done", w.Header().Get("Location"))
	}
	require.Contains(t, v.page(at), "This task is answered")
	done := v.page(at + "/done")
	for _, want := range []string{"Answer recorded", "approved", "Reference " + a.ID, "Content hash " + a.Hash, "Answered by approver", "Nothing else waits for you."} {
		require.Contains(t, done, want)
	}
	require.Contains(t, v.page("/"), "Nothing waits for you. The plan has nothing ahead.")
	var decisions int
	require.NoError(t, h.store.DB().QueryRow("SELECT count(*) FROM decision").Scan(&decisions))
	require.Equal(t, 1, decisions)
}

// The owner began another round while somebody was answering: the difference is
// shown, what was typed is kept, and the answer goes to the new content.
func TestTheContentChangedMeanwhile(t *testing.T) {
	h := newHouse(t)
	r, a := h.waiting(t)
	v := h.guest(t, "approver", "en")
	_, err := h.store.DB().Exec(`UPDATE task SET state = 'closed', ended_at = now() WHERE id = $1`, a.ID)
	require.NoError(t, err)
	_, err = h.store.DB().Exec(`UPDATE run SET round = 2, state = 'drafting' WHERE id = $1`, r.ID)
	require.NoError(t, err)
	b := h.draftOf(t, r.ID, 2, func(d *report.Document) {
		d.Figures = []report.Figure{figure("p1.attainment", "P1", "80", 8, 10, "95", report.Missed)}
	})
	for _, path := range []string{"/check", "/done"} {
		w := v.sends("/tasks/"+a.ID+path, "hash", a.Hash, "outcome", "approve", "comment", "looks right")
		require.Equal(t, 409, w.Code, w.Body)
		for _, want := range []string{"The content has changed", "Changed since it was read", "P1: not there → 8 of 10", "looks right", "round 2"} {
			require.Contains(t, readOn(w), want)
		}
		require.Equal(t, []string{"from-person", "approver", "hash", b.Hash}, fieldsOn(t, w, "/tasks/"+b.ID+"/check"))
		require.Contains(t, w.Body.String(), `value="approve" checked`, "as it was typed")
	}
	require.Contains(t, v.page("/tasks/"+a.ID), "Another round asks it.")
	w := v.sends("/tasks/"+b.ID+"/check", "hash", a.Hash, "outcome", "approve", "comment", "looks right")
	require.Equal(t, 409, w.Code)
	require.Equal(t, []string{"from-person", "approver", "hash", b.Hash}, fieldsOn(t, w, "/tasks/"+b.ID+"/check"))
}

// A stale draft is approved with a word of its own.
func TestAStaleDraftAsksTwice(t *testing.T) {
	h := newHouse(t)
	r, a := h.waiting(t)
	_, err := h.store.DB().Exec(`INSERT INTO staleness (run, round, change_number, changes) VALUES ($1, 1, 0, $2)`, r.ID,
		`[{"code":"import","detail":{"en":"import 7 came","de":"Import 7 kam hinzu"}}]`)
	require.NoError(t, err)
	v := h.guest(t, "approver", "en")
	at := "/tasks/" + a.ID
	require.Contains(t, v.page(at), "What this draft stands on has changed: import 7 came")
	require.Contains(t, v.page("/"), "What the draft stands on has changed.")
	w := v.sends(at+"/check", "hash", a.Hash, "outcome", "approve", "comment", "as agreed")
	require.Equal(t, 409, w.Code)
	require.Contains(t, w.Body.String(), `name="stale" value="yes">`)
	w = v.sends(at+"/check", "hash", a.Hash, "outcome", "approve", "stale", "yes")
	require.Equal(t, 422, w.Code)
	require.Contains(t, readOn(w), "Say why a draft is approved although what it stands on has changed")
	w = v.sends(at+"/check", "hash", a.Hash, "outcome", "approve", "stale", "yes", "comment", "the import is of next month")
	require.Equal(t, 200, w.Code, w.Body)
	require.Contains(t, readOn(w), "Accepted all the same import 7 came")
	require.Contains(t, fieldsOn(t, w, at+"/done"), "stale")
}

// Whose task it isn't reads why, and who may; whom it doesn't concern gets what
// the API gives.
func TestATaskOfOthers(t *testing.T) {
	h := newHouse(t)
	_, a := h.waiting(t)
	at := "/tasks/" + a.ID
	for who, why := range map[string]string{
		"owner":   "owner isn't one of the approvers.",
		"auditor": "auditor isn't one of the approvers.",
	} {
		v := h.guest(t, who, "en")
		require.Contains(t, v.page(at), why)
		require.Contains(t, v.page(at), "These may answer: approver")
		require.NotContains(t, v.opens(at).Body.String(), `action="`+at+`/check"`)
		for _, path := range []string{at + "/check", at + "/done"} {
			w := v.sends(path, "hash", a.Hash, "outcome", "approve", "comment", "mine")
			require.Equal(t, 403, w.Code, path)
			require.Contains(t, readOn(w), why)
			require.Contains(t, readOn(w), "Typed and not recorded")
		}
	}
	for _, who := range []string{"viewer", "other-owner", "admin"} {
		for _, path := range []string{at, at + "/done"} {
			require.Equal(t, h.as(t, who, "GET", "/v1/tasks/"+a.ID, "").Code, h.guest(t, who, "en").opens(path).Code)
		}
	}
	require.Equal(t, 404, h.guest(t, "approver", "de").opens("/tasks/none").Code)

	// Through a token of the owner's nobody approves.
	_, secret, err := h.store.IssueToken(t.Context(), person.Actor{Person: "owner"}, testNow, "approver", time.Hour)
	require.NoError(t, err)
	h.tokens["approver"] = secret
	v := h.guest(t, "approver", "en")
	require.Contains(t, v.page(at), "This token was issued by owner")
	require.Equal(t, 403, v.sends(at+"/check", "hash", a.Hash, "outcome", "approve").Code)
}

// Every type of field is asked for, kept while something is wrong, and repeated;
// a file is sent with the form and chosen.
func TestFieldsOfEachTypeOnAPage(t *testing.T) {
	h := newHouse(t)
	fields := everyType()
	fields[0].Value = json.RawMessage(`"before"`)
	a := h.asking(t, fields...)
	at := "/tasks/" + a.ID
	for _, lang := range []string{"en", "de"} {
		page := h.guest(t, "owner", lang).page(at)
		require.Contains(t, page, "before")
		require.Contains(t, page, map[string]string{"en": "1 to 9.", "de": "1 bis 9."}[lang])
	}
	v := h.guest(t, "owner", "en")
	typed := []string{"hash", a.Hash, "outcome", "done", "field.note", "seen", "field.count", "three", "field.share", "99.5", "field.at", "2026-10-05T06:00",
		"field.took", "4 h 30 min", "field.result", "kept", "field.guide", "auditor", "field.until", "2126-12-31"}
	w := v.uploads(at+"/check", "file.evidence", "picture.pdf", aPNG, typed...)
	require.Equal(t, 422, w.Code)
	require.Contains(t, readOn(w), "its content is a PNG image")
	require.Contains(t, w.Body.String(), `value="4 h 30 min"`)
	w = v.uploads(at+"/check", "file.evidence", "proof.pdf", aPDF, typed...)
	require.Equal(t, 422, w.Code)
	require.Contains(t, readOn(w), "a whole number of 18 digits at most")
	require.Contains(t, w.Body.String(), `href="#field-2"`)
	require.Contains(t, w.Body.String(), `value="three"`)
	require.Contains(t, readOn(w), "proof.pdf")
	sum := sentIn(t, h.as(t, "owner", "POST", "/v1/tasks/"+a.ID+"/files?name=proof.pdf", aPDF), 200).SHA256
	require.Contains(t, w.Body.String(), `value="`+sum+`" checked`, "it needn't be sent again")
	require.Equal(t, aPDF, v.opens(at+"/files/"+sum).Body.String())

	typed[7] = "3"
	w = v.sends(at+"/check", append(typed, "field.evidence", sum)...)
	require.Equal(t, 200, w.Code, w.Body)
	for _, want := range []string{"note seen", "count 3", "took 4 h 30 min", "at 5 October 2026, 06:00 CEST", "evidence proof.pdf", "Report as done now"} {
		require.Contains(t, readOn(w), want)
	}
	w = v.sends(at+"/done", fieldsOn(t, w, at+"/done")...)
	require.Equal(t, 503, w.Code, "what is right goes to the run, which is away: %s", w.Body)
}

// A question of three hundred fields is asked in groups, and stays within what a
// page may have.
func TestManyFieldsStandInGroups(t *testing.T) {
	h := newHouse(t)
	var fields []task.Field
	for i := range 100 {
		for _, part := range []string{"cause", "measure", "none"} {
			f := fieldOf(fmt.Sprintf("desk.p%d.%s", i, part), task.TextField, part != "none")
			f.Title = text.F("Missed: target %d: %s", "Verfehlt: Ziel %d: %s", i, part)
			if part == "cause" {
				f.Unless = fmt.Sprintf("desk.p%d.none", i)
			}
			fields = append(fields, f)
		}
	}
	a := h.asking(t, fields...)
	for _, lang := range []string{"en", "de"} {
		v := h.guest(t, "owner", lang)
		w := v.opens("/tasks/" + a.ID)
		require.Equal(t, 100, strings.Count(w.Body.String(), "<details"))
		require.Equal(t, 300, strings.Count(w.Body.String(), "<textarea id=\"field-"))
		require.Contains(t, v.page("/tasks/"+a.ID), map[string]string{"en": "Cause Not where this is filled: none.", "de": "Cause Entfällt, wenn dies ausgefüllt ist: none."}[lang])
	}
	w := h.guest(t, "owner", "en").sends("/tasks/"+a.ID+"/check", "hash", a.Hash, "outcome", "done", "field.desk.p7.cause", "known")
	require.Equal(t, 422, w.Code)
	require.Contains(t, w.Body.String(), `href="#field-1"`)
	require.Contains(t, readOn(w), "Missed: target 7 (1 of 3 filled)")
}

// A form whose session has ended comes back after signing in, to the page that
// repeats it; nothing is sent by itself.
func TestASessionEndsWhileSomebodyAnswers(t *testing.T) {
	h := newHouse(t)
	_, a := h.waiting(t)
	v := h.guest(t, "approver", "en")
	s, err := h.store.Session(t.Context(), testNow, v.cookies["turnus-8080"].Value)
	require.NoError(t, err)
	require.NoError(t, h.store.EndSession(t.Context(), s.Actor, testNow, s.ID))
	w := v.sends("/tasks/"+a.ID+"/done", "hash", a.Hash, "outcome", "approve", "comment", "typed <long> ago", "once", "x")
	require.Equal(t, 401, w.Code)
	w = v.sends("/sign-in", append(fieldsOn(t, w, "/sign-in"), "token", h.tokens["approver"])...)
	require.Equal(t, 200, w.Code, w.Body)
	values := fieldsOn(t, w, "/tasks/"+a.ID+"/check")
	require.Contains(t, values, "typed <long> ago")
	w = h.guest(t, "approver", "en").sends("/tasks/"+a.ID+"/check", values...)
	require.Equal(t, 200, w.Code)
	require.Contains(t, readOn(w), "typed <long> ago")
}

// Many tasks are listed in parts, and can be chosen from.
func TestAnInboxOfMany(t *testing.T) {
	h := newHouse(t)
	r, _ := h.waiting(t)
	_, err := h.store.DB().Exec(`INSERT INTO task (id, run, round, step, kind, state, outcomes, hash, opened_at, due_at, remind_at, escalate_at, title, body, fields, for_who,
			for_role, for_persons, against, apart, escalate_to, about_kind, about, about_version, owner, started_by, token_issuer)
		SELECT id || n, run, round, step || n, kind, state, outcomes, hash, opened_at, due_at - interval '1 day' * n, remind_at, escalate_at, title, body, fields, for_who,
			for_role, for_persons, against, apart, escalate_to, about_kind, about, about_version, owner, started_by, token_issuer FROM task, generate_series(1, 150) n WHERE run = $1`, r.ID)
	require.NoError(t, err)
	v := h.guest(t, "approver", "en")
	w := v.opens("/")
	require.Equal(t, 200, w.Code)
	require.Less(t, w.Body.Len(), 100_000)
	require.Equal(t, 100, strings.Count(w.Body.String(), `<li><a href="/tasks/`))
	_, rest, found := strings.Cut(w.Body.String(), `<a class="more" href="/?`)
	require.True(t, found)
	rest, _, _ = strings.Cut(rest, `"`)
	w = v.opens("/?" + strings.ReplaceAll(rest, "&amp;", "&"))
	require.Equal(t, 51, strings.Count(w.Body.String(), `<li><a href="/tasks/`))
	require.Zero(t, strings.Count(v.opens("/?kind=review").Body.String(), `<li><a href="/tasks/`))
	require.Equal(t, 100, strings.Count(v.opens("/?kind=approval&process=sla-report").Body.String(), `<li><a href="/tasks/`))
	require.Equal(t, 200, v.opens("/?kind=nonsense&process=%3Cscript%3E").Code)
	require.NotEqual(t, 500, v.opens("/?after=nonsense").Code)
}
