package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"time"

	"turnus/client"
	"turnus/itsm/calendar"
	"turnus/itsm/task"
)

// typed is an answer as it stands in a form: what nobody has read yet.
type typed struct {
	Outcome task.Outcome
	Comment string
	Hash    string            // of the content that was seen
	Stale   bool              // a draft is to be approved although what it stands on has changed
	Fields  map[string]string // by name
}

// In a form the names of a task's fields begin so, and those of files that are
// sent along with it.
const (
	inField = "field."
	inFile  = "file."
)

// typed is the answer in a form.
func (v *visit) typed() typed {
	t := typed{Outcome: task.Outcome(v.form("outcome")), Comment: v.form("comment"), Hash: v.form("hash"), Stale: v.form("stale") == "yes", Fields: map[string]string{}}
	for key := range v.r.PostForm {
		if name, ok := strings.CutPrefix(key, inField); ok {
			t.Fields[name] = v.form(key)
		}
	}
	return t
}

// proposed is the answer that a form begins with: no outcome, and in the fields
// what was answered before.
func (v *visit) proposed(t task.Task) typed {
	p := typed{Hash: t.Hash, Fields: map[string]string{}}
	for _, f := range t.Fields {
		if len(f.Value) > 0 {
			p.Fields[f.Name] = written(f, f.Value, t.Zone)
		}
	}
	return p
}

// written is a value as it stands in a form.
func written(f task.Field, value json.RawMessage, zone string) string {
	var s string
	if json.Unmarshal(value, &s) != nil {
		return string(value) // a number
	}
	if f.Type != task.InstantField {
		return s
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || at.Second() != 0 || at.Nanosecond() != 0 {
		return s
	}
	return at.In(zoneOf(zone)).Format(localTime)
}

// localTime is how browsers write date and time, without a zone.
const localTime = "2006-01-02T15:04"

func zoneOf(name string) *time.Location {
	if name != "" {
		if z, err := calendar.Zone(name); err == nil {
			return z
		}
	}
	return time.UTC
}

// answer is what is sent of what was typed: each field as its type writes it.
// What isn't one goes as it is, and the API says what is wrong with it.
func (v *visit) answer(t task.Task, in typed) client.Answer {
	a := client.Answer{Outcome: in.Outcome, Comment: in.Comment, Hash: in.Hash, Stale: in.Stale, Fields: task.Values{}}
	for _, f := range t.Fields {
		if s := in.Fields[f.Name]; s != "" {
			a.Fields[f.Name] = formValue(f, s, t.Zone)
		}
	}
	return a
}

var wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})$`)

func formValue(f task.Field, s, zone string) json.RawMessage {
	switch f.Type {
	case task.IntegerField:
		if wholeNumber.MatchString(s) {
			return json.RawMessage(s)
		}
	case task.InstantField:
		at, err := time.ParseInLocation(localTime, s, zoneOf(zone))
		if err == nil && at.Format(localTime) == s { // an hour that is left out isn't one
			s = at.Format(time.RFC3339)
		}
	case task.DurationField:
		if iso := lasting(s); iso != "" {
			s = iso
		}
	}
	b, _ := json.Marshal(s) // a string always marshals
	return b
}

var spoken = regexp.MustCompile(`^(?:(\d{1,6})\s*(?:d|days?|Tage?))?\s*(?:(\d{1,6})\s*h)?\s*(?:(\d{1,6})\s*min)?\s*(?:(\d{1,6})\s*s)?$`)

// lasting is a duration as people write it, 4 h 30 min, in ISO 8601; empty if it
// isn't one.
func lasting(s string) string {
	m := spoken.FindStringSubmatch(strings.ReplaceAll(strings.ReplaceAll(s, "\u202f", " "), "\u00a0", " "))
	if m == nil || strings.Join(m[1:], "") == "" {
		return ""
	}
	iso := "P"
	if m[1] != "" {
		iso += m[1] + "D"
	}
	if m[2]+m[3]+m[4] != "" {
		iso += "T"
	}
	for i, unit := range []string{"H", "M", "S"} {
		if m[i+2] != "" {
			iso += m[i+2] + unit
		}
	}
	return iso
}

// sendFiles reads a form that has files, and sends each to the task while it
// comes: sent are their hashes, and bad what is wrong with some, by field. Of a
// form without files there is nothing to do.
func (v *visit) sendFiles(id string) (sent, bad map[string]string, err error) {
	sent, bad = map[string]string{}, map[string]string{}
	err = v.readParts(maxForm+(task.MaxFiles+1)*task.MaxFile, func(part *multipart.Part) error {
		name, ok := strings.CutPrefix(part.FormName(), inFile)
		first := make([]byte, 1)
		n, err := io.ReadFull(part, first)
		if !ok || part.FileName() == "" && n == 0 { // none was chosen
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return unreadable(err)
		}
		f, err := v.api.SendFile(v.r.Context(), id, part.FileName(), io.MultiReader(bytes.NewReader(first[:n]), part))
		var p *client.Problem
		switch {
		case errors.As(err, &p) && p.Status < 500 && p.Status != http.StatusUnauthorized:
			bad[name] = p.Detail
		case err != nil:
			return err
		default:
			sent[name] = f.SHA256
		}
		return nil
	})
	return sent, bad, err
}
