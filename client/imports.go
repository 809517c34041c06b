package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
)

// Rejects lists the rows that an import rejected.
func (c *Client) Rejects(ctx context.Context, id int64) ([]dataset.Reject, error) {
	return list[dataset.Reject](ctx, c, "/v1/imports/"+strconv.FormatInt(id, 10)+"/rejects", nil, 0)
}

// Intake says what a file of tickets is.
type Intake struct {
	Service string
	Format  string
	Zone    string    // empty: the service's
	Mapping string    // the name of a Mapping resource
	AsOf    time.Time // zero: the newest change in the file
}

// Import loads a file of tickets. A file that can be read again from its start
// is sent again when the server was away.
func (c *Client) Import(ctx context.Context, in Intake, file io.Reader) (dataset.Import, error) {
	q := set(url.Values{}, "format", in.Format, "zone", in.Zone, "mapping", in.Mapping)
	if !in.AsOf.IsZero() {
		q.Set("as_of", in.AsOf.Format(time.RFC3339Nano))
	}
	var answer dataset.Import
	return answer, c.into(ctx, upload("/v1/services/"+url.PathEscape(in.Service)+"/tickets", q, file), &answer)
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
