package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/fault"
	"turnus/store"
)

// trailInput selects entries of the audit trail.
type trailInput struct {
	Page
	Since  time.Time `query:"since" doc:"Entries from this instant on."`
	Until  time.Time `query:"until" doc:"Entries before this instant."`
	Person string    `query:"person" maxLength:"200"`
	Action []string  `query:"action" maxItems:"50" doc:"Any of these, with commas between them. One that begins with a dot is every action that ends so: .refused."`
	Object string    `query:"object" maxLength:"500" doc:"This one; with a trailing / everything below it."`
}

func (in *trailInput) check() error {
	if slices.Contains(in.Action, "") || slices.Contains(in.Action, ".") {
		return fault.Invalidf("query.action", "An action is empty: name it, as in decision.recorded, or leave it out.",
			"Eine Aktion ist leer: Eine nennen, etwa decision.recorded, oder die Angabe weglassen.")
	}
	if !in.Since.IsZero() && !in.Until.IsZero() && in.Until.Before(in.Since) {
		return fault.Invalidf("query.until", "This ends before it begins: until is %[1]s or later.", "Das endet, bevor es beginnt: until ist frühestens %[1]s.", in.Since.Format(time.RFC3339))
	}
	return nil
}

// read is what goes on record of a reading.
func (in *trailInput) read() map[string]any {
	what := map[string]any{}
	for name, value := range map[string]string{"person": in.Person, "object": in.Object} {
		if value != "" {
			what[name] = value
		}
	}
	for name, at := range map[string]time.Time{"since": in.Since, "until": in.Until} {
		if !at.IsZero() {
			what[name] = at.UTC()
		}
	}
	if len(in.Action) > 0 {
		what["actions"] = in.Action
	}
	return what
}

func (s *server) audit() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-audit", Method: http.MethodGet, Path: "/v1/audit", Tags: []string{"Audit"},
		Summary:     "The audit trail, oldest first",
		Description: "Reading it is on record itself (audit.read), once for all parts of a list: with its first one.",
	}}, func(ctx context.Context, in *trailInput) (*listed[store.Entry], error) {
		all, next, err := s.Store.Audit(ctx, store.Trail{Since: in.Since, Until: in.Until, Person: in.Person, Actions: in.Action, Object: in.Object}, in.store())
		if err == nil && in.Cursor == "" {
			err = s.Store.Record(ctx, actorOf(ctx), s.Now(), "audit.read", "audit", in.read())
		}
		return items(all, next, err)
	})
}
