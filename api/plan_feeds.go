package api

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/access"
	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/text"
	"turnus/report/render"
	"turnus/store"
)

// What a feed holds: slots due from three months back to the end of the plan,
// open ones of any age, and no more of them than calendar applications bear.
const (
	feedMonths = 3
	feedSlots  = 10_000
)

// feedsAt is where feeds are; the address of one ends in its secret.
const (
	feedsAt = "/v1/feeds"
	oneFeed = feedsAt + "/{feed}" // the secret with .ics to read it, its ID to withdraw it
)

var secretPath = regexp.MustCompile(`(?is)(/v1/+feeds/|/sign-in/).+`)

// shownPath is a path as it may be logged, put on record and answered: without
// what may be the secret of a feed, or of an address that lets somebody in.
func shownPath(path string) string { return secretPath.ReplaceAllString(path, "$1…") }

// IssuedFeed is a new feed; its address is shown this once.
type IssuedFeed struct {
	ID      string    `json:"id"`
	Href    string    `json:"href" doc:"Its secret address, below the server's own. ?lang=de gives it in German."`
	Created time.Time `json:"created"`
}

type issuedFeedOutput struct{ Body IssuedFeed }

type feedOutput struct {
	Status      int
	ContentType string `header:"Content-Type"`
	Language    string `header:"Content-Language"`
	Cache       string `header:"Cache-Control"`
	ETag        string `header:"ETag"`
	Body        []byte
}

func (s *server) feeds() {
	tags := []string{"Feeds"}
	register(s, operation{secret: true, Operation: huma.Operation{
		OperationID: "issue-feed", Method: http.MethodPost, Path: feedsAt, Tags: tags,
		Summary:       "Issue a secret address of the plan as a calendar",
		Description:   "For whoever asks; calendar applications subscribe to it without a token. The address is shown once and its secret stored hashed; a repeat with the same Idempotency-Key is refused.",
		DefaultStatus: http.StatusCreated,
	}}, func(ctx context.Context, _ *struct{}) (*issuedFeedOutput, error) {
		f, secret, err := s.Store.IssueFeed(ctx, actorOf(ctx), s.Now())
		if err != nil {
			return nil, err
		}
		return &issuedFeedOutput{IssuedFeed{f.ID, feedsAt + "/" + secret + ".ics", f.Created}}, nil
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "list-feeds", Method: http.MethodGet, Path: feedsAt, Tags: tags,
		Summary:     "One's own feeds, newest first, without their addresses",
		Description: "Administrators and auditors may ask for those of somebody else.",
	}}, func(ctx context.Context, in *struct {
		Page
		Person string `query:"person" maxLength:"200" doc:"Whose; one's own if left out."`
	}) (*listed[store.Feed], error) {
		whose := in.Person
		if whose == "" {
			whose = actorOf(ctx).Person
		}
		if err := s.caller(ctx).CheckFeeds(whose); err != nil {
			return nil, err
		}
		return items(s.Store.Feeds(ctx, whose, in.store()))
	})
	// What stands in the path is checked here and nowhere before: a refusal
	// would repeat it, and it may be a secret.
	register(s, operation{Operation: huma.Operation{
		OperationID: "withdraw-feed", Method: http.MethodDelete, Path: oneFeed, Tags: tags,
		Summary:       "End a feed at once",
		Description:   "One's own; administrators may end anybody's.",
		DefaultStatus: http.StatusNoContent,
	}}, func(ctx context.Context, in *struct {
		ID string `path:"feed" doc:"Its ID, as it was issued and as it is listed."`
	}) (*struct{}, error) {
		f, err := s.Store.Feed(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := s.caller(ctx).CheckWithdraws(f); err != nil {
			return nil, err
		}
		return nil, s.Store.WithdrawFeed(ctx, actorOf(ctx), s.Now(), f.ID)
	})
	register(s, operation{Operation: huma.Operation{
		OperationID: "get-feed", Method: http.MethodGet, Path: oneFeed, Tags: tags,
		Summary:     "The plan as a calendar (iCalendar)",
		Description: "Without a token: the address is the secret. The slots of the services that its person owns or approves for, of auditors all, from three months back to the end of the plan, open ones of any age. Not found once it is withdrawn, or its person has left.",
		Responses: map[string]*huma.Response{
			"200": {Description: "The calendar", Content: map[string]*huma.MediaType{"text/calendar": {Schema: &huma.Schema{Type: "string"}}}},
			"304": {Description: "As it was when it had the ETag of If-None-Match"},
		},
	}}, func(ctx context.Context, in *struct {
		Secret string `path:"feed" doc:"The secret, with .ics."`
		Lang   string `query:"lang" enum:"de,en" doc:"The language of the calendar; else Accept-Language says it."`
		Match  string `header:"If-None-Match"`
	}) (*feedOutput, error) {
		// Without .ics it is no address, and hence none that was issued.
		secret, _ := strings.CutSuffix(in.Secret, ".ics")
		if secret == in.Secret {
			secret = ""
		}
		who, err := s.Store.FeedOf(ctx, secret)
		if err != nil {
			return nil, err
		}
		lang := requestOf(ctx).lang
		if in.Lang != "" {
			lang = text.Lang(in.Lang)
		}
		return s.feed(ctx, who, lang, in.Match)
	})
}

// feed writes the plan that concerns somebody, unless they have it.
func (s *server) feed(ctx context.Context, who person.Actor, lang text.Lang, match string) (*feedOutput, error) {
	f := render.Feed{Name: text.F("Turnus: plan of %s", "Turnus: Plan von %s", who.Person), Titles: map[string]text.Text{}}
	slots, more, err := s.planOf(ctx, who)
	if err != nil {
		return nil, err
	}
	if f.Zones, err = s.Store.Zones(ctx, slots); err != nil {
		return nil, err
	}
	if f.Slots = slots; more {
		last := slots[len(slots)-1]
		f.Note = text.F("Only the first %d slots, due up to %s: there are more.", "Nur die ersten %d Termine, fällig bis %s: Es gibt weitere.",
			len(slots), calendar.DateOf(last.Due).InWords())
	}
	for _, p := range process.Catalogue() {
		f.Titles[p.Name] = p.Title
	}
	// Over what the calendar says: its bytes also say when they were written.
	said, err := canonical.JSON([]any{s.Version, lang, f})
	if err != nil {
		return nil, err
	}
	out := &feedOutput{Status: http.StatusOK, ContentType: "text/calendar; charset=utf-8", Language: string(lang),
		Cache: "private, no-cache", ETag: `"` + canonical.Sum(said) + `"`}
	if strings.Contains(match, out.ETag) {
		out.Status = http.StatusNotModified
		return out, nil
	}
	var b bytes.Buffer
	if err := render.ICalendar(&b, f, lang, s.Now()); err != nil {
		return nil, err
	}
	out.Body = b.Bytes()
	return out, nil
}

// planOf are the slots that concern somebody; more says that there are others
// beyond what a feed holds.
func (s *server) planOf(ctx context.Context, who person.Actor) (slots []planning.Slot, more bool, err error) {
	from := s.Now().AddDate(0, -feedMonths, 0)
	// No token names them: the feed's address does.
	want := access.For(s.Store, who).SelectSlots(store.Slots{From: &from, OpenToo: true})
	for p := (store.Page{Limit: 500}); ; {
		part, next, err := s.Store.Slots(ctx, want, p)
		if err != nil {
			return nil, false, err
		}
		slots = append(slots, part...)
		if len(slots) > feedSlots {
			return slots[:feedSlots], true, nil
		}
		if next == "" {
			return slots, false, nil
		}
		p.Cursor = next
	}
}
