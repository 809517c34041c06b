package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/ticket"
)

// Intake says what a file is.
type Intake struct {
	Dataset  string // as in dataset.Tickets
	Service  string
	Format   string
	Zone     string    // empty: the service's
	Mapping  string    // the name of a mapping, declared or ready; empty: none
	Inline   []byte    // a Mapping resource, or the spec of one called Mapping, as JSON; nil: none
	AsOf     time.Time // zero: the newest change in the file
	Since    time.Time // from when on the source was kept, where the dataset has that; zero: the oldest start in the file
	Filename string    // what the file is called
	Accept   string    // why it is to be taken although it is implausible; empty: it isn't
	SHA256   string    // of the file, where only that one may be loaded
	DryRun   bool      // change nothing
}

// mostInQuery is how long a query may be: the server reads 32 KiB of what comes
// before a body.
const mostInQuery = 28_000

// Import loads a file, or says what loading it would do. A file that can be read
// again from its start is sent again when the server was away.
func (c *Client) Import(ctx context.Context, in Intake, file io.Reader) (dataset.Profile, error) {
	q := set(url.Values{}, "format", in.Format, "zone", in.Zone, "mapping", in.Mapping, "inline_mapping", string(in.Inline),
		"filename", in.Filename, "accept", in.Accept, "sha256", in.SHA256)
	if in.DryRun {
		q.Set("dry_run", "true")
	}
	for name, at := range map[string]time.Time{"as_of": in.AsOf, "since": in.Since} {
		if !at.IsZero() {
			q.Set(name, at.Format(time.RFC3339Nano))
		}
	}
	var answer dataset.Profile
	if len(q.Encode()) > mostInQuery {
		return answer, errors.New("the mapping is too large to be sent with the file: declare it (turnus apply -f FILE), then name it")
	}
	d, err := dataset.Find(in.Dataset)
	if err != nil {
		return answer, err
	}
	about, _ := declaration.Find(d.About)
	return answer, c.into(ctx, upload("/v1/"+about.Plural+"/"+url.PathEscape(in.Service)+"/"+d.Name, q, file), &answer)
}

// Imports lists a service's imports, newest first, up to most; 0: all.
func (c *Client) Imports(ctx context.Context, service string, most int) ([]dataset.Import, error) {
	return list[dataset.Import](ctx, c, "/v1/services/"+url.PathEscape(service)+"/imports", nil, most)
}

// Coverage is from when and until when a dataset about a service is known.
type Coverage struct {
	Dataset string    `json:"dataset"`
	Since   time.Time `json:"since"`
	AsOf    time.Time `json:"as_of"`
	Import  int64     `json:"import"`
}

// ImportsPart is a part of a service's imports, newest first; the first one comes
// with what they cover.
func (c *Client) ImportsPart(ctx context.Context, service, cursor string, limit int) (all []dataset.Import, covers []Coverage, next string, err error) {
	var answer struct {
		Items    []dataset.Import `json:"items"`
		Next     string           `json:"next"` // null at the end
		Coverage []Coverage       `json:"coverage"`
	}
	q := set(url.Values{"limit": {strconv.Itoa(limit)}}, "cursor", cursor)
	err = c.get(ctx, "/v1/services/"+url.PathEscape(service)+"/imports", q, &answer)
	return answer.Items, answer.Coverage, answer.Next, err
}

// ImportByID is an import with what is known of it.
func (c *Client) ImportByID(ctx context.Context, id int64) (dataset.Import, error) {
	var answer dataset.Import
	return answer, c.get(ctx, importAt(id), nil, &answer)
}

// Rejects lists the rows that an import rejected.
func (c *Client) Rejects(ctx context.Context, id int64) ([]dataset.Reject, error) {
	return list[dataset.Reject](ctx, c, importAt(id)+"/rejects", nil, 0)
}

// RejectsPart is a part of them.
func (c *Client) RejectsPart(ctx context.Context, id int64, cursor string, limit int) ([]dataset.Reject, string, error) {
	return part[dataset.Reject](ctx, c, importAt(id)+"/rejects", nil, cursor, limit)
}

// WithdrawImport proposes to withdraw an import, and gives the run that decides.
func (c *Client) WithdrawImport(ctx context.Context, id int64, reason string) (Started, error) {
	var answer Started
	return answer, c.post(ctx, importAt(id)+"/withdraw", map[string]string{"reason": reason}, &answer)
}

func importAt(id int64) string { return "/v1/imports/" + strconv.FormatInt(id, 10) }

// Ticket is what is on record of a ticket, with all its versions.
func (c *Client) Ticket(ctx context.Context, service, number string) (ticket.Record, error) {
	var whole ticket.Record
	q := url.Values{"limit": {"500"}}
	for {
		var part struct {
			ticket.Record
			Next *string `json:"next"`
		}
		if err := c.get(ctx, "/v1/services/"+url.PathEscape(service)+"/tickets/"+url.PathEscape(number), q, &part); err != nil {
			return whole, err
		}
		part.Versions = append(whole.Versions, part.Versions...)
		if whole = part.Record; part.Next == nil {
			return whole, nil
		}
		q.Set("cursor", *part.Next)
	}
}

// upload sends a file; one that can be read again from its start may be sent
// again.
func upload(path string, q url.Values, file io.Reader) call {
	seeker, again := file.(io.Seeker)
	return call{method: http.MethodPost, path: path, query: q, once: !again,
		// A refusal comes before the file is sent.
		header: map[string]string{"Content-Type": "application/octet-stream", "Expect": "100-continue"},
		body: func() (io.Reader, error) {
			if again {
				if _, err := seeker.Seek(0, io.SeekStart); err != nil {
					return nil, err
				}
			}
			return io.NopCloser(file), nil // a chunked body, and the file stays the caller's
		}}
}

// HolidayIntake says what a feed of holidays is, and what of it is wanted.
type HolidayIntake struct {
	Calendar string
	Format   string
	From, To int  // years, both inclusive; zero: last year, the tenth from now
	All      bool // observances and the like, too
	DryRun   bool
}

// ImportHolidays adds a feed's holidays to a calendar.
func (c *Client) ImportHolidays(ctx context.Context, in HolidayIntake, file io.Reader) (calendar.ImportedHolidays, error) {
	q := set(url.Values{}, "format", in.Format)
	for name, year := range map[string]int{"from": in.From, "to": in.To} {
		if year != 0 {
			q.Set(name, strconv.Itoa(year))
		}
	}
	for name, wanted := range map[string]bool{"all": in.All, "dry_run": in.DryRun} {
		if wanted {
			q.Set(name, "true")
		}
	}
	var answer calendar.ImportedHolidays
	return answer, c.into(ctx, upload("/v1/calendars/"+url.PathEscape(in.Calendar)+"/holidays", q, file), &answer)
}
