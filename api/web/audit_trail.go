package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"turnus/client"
	"turnus/itsm/text"
	"turnus/report"
)

// How many entries a page shows, and a table holds at most, which is sent within
// csvTime.
const (
	entriesShown = 50
	entriesSent  = 50_000
	csvTime      = 5 * time.Minute
)

// trail is a part of the audit trail, and what was asked for.
type trail struct {
	span
	Person, Action, Object string
	Lines                  []line
	Next                   string
	CSV                    string
}

// line is an entry as it is shown.
type line struct{ client.Entry }

// Title of its action.
func (l line) Title() text.Text { return actionTitle(l.Action) }

// Shown is what was before and after, indented.
func (l line) Shown() string {
	var all []string
	for _, side := range []struct {
		name string
		json json.RawMessage
	}{{"before", l.Before}, {"after", l.After}} {
		var b bytes.Buffer
		if len(side.json) > 0 && json.Indent(&b, side.json, "", "  ") == nil {
			all = append(all, side.name+": "+b.String())
		}
	}
	return cut(strings.Join(all, "\n"), maxShown)
}

// maxShown bounds what a page shows of one entry; the API gives all of it.
const maxShown = 4000

func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "\n…"
}

// Object's address, where there is a page about it.
func (l line) Address() string {
	kind, rest, _ := strings.Cut(l.Object, "/")
	switch kind {
	case "run":
		if parts := strings.Split(rest, "/"); len(parts) == 3 {
			return "/audit/runs/" + url.PathEscape(parts[0]) + "/" + url.PathEscape(parts[1]) + "/" + url.PathEscape(parts[2])
		}
	case "task", "finding", "service":
		if rest != "" && !strings.Contains(rest, "/") {
			return "/" + kind + "s/" + url.PathEscape(rest)
		}
	}
	return ""
}

// Actions are those that a form offers, in the order of their titles.
func (trail) Actions(lang text.Lang) []actionChoice {
	var all []actionChoice
	for code, title := range actions {
		all = append(all, actionChoice{code, title})
	}
	slices.SortFunc(all, func(a, b actionChoice) int {
		return strings.Compare(strings.ToLower(a.Title.In(lang)), strings.ToLower(b.Title.In(lang)))
	})
	return append([]actionChoice{{refusedEnd, text.New("Everything that was refused", "Alles Zurückgewiesene")}}, all...)
}

type actionChoice struct {
	Code  string
	Title text.Text
}

// trailAt reads what an address asks for.
func (v *visit) trailAt() (t trail, want client.Trail, err error) {
	if t.span, err = v.span(); err != nil {
		return t, want, err
	}
	if v.query("from") == "" {
		t.From = t.To.Add(-6) // a week: a year of it is much
	}
	t.Person, t.Action, t.Object = v.query("person"), v.query("action"), v.query("object")
	want = client.Trail{Since: t.since(), Until: t.until(), Person: t.Person, Object: t.Object}
	if t.Action != "" {
		want.Actions = []string{t.Action}
	}
	t.CSV = "/audit/trail.csv?" + t.asked()
	return t, want, nil
}

func (t trail) asked(pairs ...string) string {
	return t.query(append([]string{"person", t.Person, "action", t.Action, "object", t.Object}, pairs...)...)
}

// showTrail shows a part of the trail. The API puts on record that it was read.
func showTrail(v *visit) error {
	t, want, err := v.trailAt()
	if err != nil {
		return err
	}
	entries, next, err := v.api.AuditPart(v.r.Context(), want, v.query("after"), entriesShown)
	if err != nil {
		return err
	}
	for _, e := range entries {
		t.Lines = append(t.Lines, line{e})
	}
	if next != "" {
		t.Next = "/audit/trail?" + t.asked("after", next)
	}
	return v.show(http.StatusOK, "audit-trail", text.New("Audit trail", "Audit-Trail"), t)
}

// sendTrail sends the trail as a table, while it is read. What fails on the way cuts
// the connection, so that nobody takes a part for the whole; a table that would
// be too long ends with a row that says so.
func sendTrail(v *visit) error {
	t, want, err := v.trailAt()
	if err != nil {
		return err
	}
	entries, next, err := v.api.AuditPart(v.r.Context(), want, "", 500)
	if err != nil {
		return err
	}
	control := http.NewResponseController(v.w)
	_ = control.SetWriteDeadline(time.Now().Add(csvTime)) // not every transport has deadlines
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="audit-%s-%s.csv"`, t.From, t.To))
	sheet, err := report.NewSpreadsheet(v.w, v.lang)
	if err != nil {
		return gone(err)
	}
	titles := []text.Text{text.New("Number", "Nummer"), text.New("Instant (UTC)", "Zeitpunkt (UTC)"), text.New("Person", "Person"), text.New("Token", "Token"),
		text.New("Action", "Aktion"), text.New("Code", "Kennung"), text.New("Object", "Objekt"), text.New("Before", "Vorher"), text.New("After", "Nachher")}
	row := make([]string, 0, len(titles))
	for _, title := range titles {
		row = append(row, title.In(v.lang))
	}
	if err := sheet.Row(row); err != nil {
		return gone(err)
	}
	for sent := 0; ; {
		for _, e := range entries {
			row = append(row[:0], strconv.FormatInt(e.Number, 10), e.At.UTC().Format("2006-01-02 15:04:05.000000"), e.Actor, e.Token,
				actionTitle(e.Action).In(v.lang), e.Action, e.Object, inACell(e.Before), inACell(e.After))
			if err := sheet.Row(row); err != nil {
				return gone(err)
			}
		}
		if sent += len(entries); next == "" {
			break
		}
		if sent >= entriesSent {
			row = append(row[:0], text.F("These are the first %d entries: choose a shorter span for the others.",
				"Das sind die ersten %d Einträge: Für die übrigen einen kürzeren Zeitraum wählen.", sent).In(v.lang))
			if err := sheet.Row(row); err != nil {
				return gone(err)
			}
			break
		}
		if err := sheet.Flush(); err != nil {
			return gone(err)
		}
		if entries, next, err = v.api.AuditPart(v.r.Context(), want, next, 500); err != nil {
			return gone(err)
		}
	}
	if err := sheet.Flush(); err != nil {
		return gone(err)
	}
	return nil
}

// inACell is JSON as far as a cell of a spreadsheet holds it: 32,767 characters.
func inACell(b json.RawMessage) string { return cut(string(b), 32_000) }

// gone ends an answer that has begun already.
func gone(error) error { panic(http.ErrAbortHandler) }
