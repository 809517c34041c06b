package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/imports"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/store"
)

// holidaysInput is a feed of holidays and what of it is wanted.
type holidaysInput struct {
	NamePath
	Format string `query:"format" required:"true" maxLength:"100" doc:"icalendar." example:"icalendar"`
	From   int    `query:"from" minimum:"1900" maximum:"2200" doc:"The first year; last year if left out."`
	To     int    `query:"to" minimum:"1900" maximum:"2200" doc:"The last year; the tenth from now if left out."`
	All    bool   `query:"all" doc:"Observances, holidays of other regions and the like, too."`
	DryRun bool   `query:"dry_run"`

	ctx huma.Context
}

// Resolve implements huma.Resolver: it keeps the way to the body.
func (in *holidaysInput) Resolve(ctx huma.Context) []error {
	in.ctx = ctx
	return nil
}

type holidaysOutput struct{ Body calendar.ImportedHolidays }

func (s *server) holidays() {
	register(s, operation{body: stream, Operation: huma.Operation{
		OperationID: "import-holidays", Method: http.MethodPost, Path: "/v1/calendars/{name}/holidays", Tags: []string{"Imports"},
		Summary: "Add the public holidays of a feed, which is the body, to a calendar's dates",
		Description: "iCalendar (RFC 5545), plain, or as .gz or .zip. What is taken makes a new version of the calendar. " +
			"What isn't marked as a public holiday of the calendar's region is left out with its reason; a feed without marks is taken at its word (marked: false). " +
			"Loading the same file again changes nothing. A dry run changes nothing at all.",
		DefaultStatus: http.StatusOK,
	}}, s.importHolidays)
}

// importHolidays reads the feed for the calendar as it is, and adds to it as it
// is then: the upload may take its time.
func (s *server) importHolidays(ctx context.Context, in *holidaysInput) (*holidaysOutput, error) {
	cal, err := store.Current[calendar.Spec](ctx, s.Store, resource.Calendar, in.Name)
	if err != nil {
		return nil, err
	}
	o, err := holidayOptions(in, cal.Spec, s.Now())
	if err != nil {
		return nil, err
	}
	file, err := s.receive(ctx, in.ctx, maxImport)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	feed, err := imports.Holidays(file, o)
	if err != nil {
		return nil, err
	}
	got := calendar.ImportedHolidays{Calendar: in.Name, From: o.From, To: o.To, Marked: feed.Marked, LeftOut: feed.LeftOut}
	change, err := s.Store.Amend(ctx, actorOf(ctx), s.Now(), resource.Calendar, in.Name, in.DryRun, func(r resource.Raw) (resource.Raw, error) {
		var now calendar.Spec
		if err := json.Unmarshal(r.Spec, &now); err != nil {
			return r, err
		}
		if now.Zone != cal.Spec.Zone || now.Holidays.Region != cal.Spec.Holidays.Region {
			return r, fault.New(fault.Conflict, text.New("The calendar's zone or region was changed while the file was read: load it once more.",
				"Zone oder Region des Kalenders wurden geändert, während die Datei gelesen wurde: Die Datei noch einmal laden."))
		}
		now, got.Added, got.Already = now.With(feed.Holidays)
		if len(got.Added) == 0 {
			return r, nil // to the byte
		}
		spec, err := json.Marshal(now) // without valid: it counts from now on, whatever the version before corrected
		r.Spec = spec
		return r, err
	})
	if err != nil {
		return nil, err
	}
	got.Change, got.Version = change.Change, change.After.Version
	return &holidaysOutput{whole(got)}, nil
}

func holidayOptions(in *holidaysInput, spec calendar.Spec, now time.Time) (o imports.HolidayOptions, err error) {
	if o.Zone, err = calendar.Zone(spec.Zone); err != nil {
		return o, err
	}
	o.Format, o.Region, o.All = in.Format, spec.Holidays.Region, in.All
	this := now.In(o.Zone).Year()
	// What was opened last year may still be running.
	if o.From, o.To = in.From, in.To; o.From == 0 {
		o.From = this - 1
		if in.To != 0 {
			o.From = min(o.From, in.To)
		}
	}
	if o.To == 0 {
		o.To = max(this+10, o.From)
	}
	return o, imports.CheckHolidays(o)
}

// whole has lists, empty ones too.
func whole(i calendar.ImportedHolidays) calendar.ImportedHolidays {
	if i.Added == nil {
		i.Added = []calendar.Holiday{}
	}
	if i.Already == nil {
		i.Already = []calendar.Holiday{}
	}
	if i.LeftOut == nil {
		i.LeftOut = []calendar.LeftOut{}
	}
	return i
}
