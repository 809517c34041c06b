package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/stats"
	"turnus/report"
	words "turnus/report/improvement"
	"turnus/store"
)

// Register is what the register of findings says of itself.
type Register struct {
	From     calendar.Date         `json:"from" doc:"The first date."`
	To       calendar.Date         `json:"to" doc:"The date after the last one."`
	Zone     string                `json:"zone"`
	At       time.Time             `json:"at" doc:"When the figures were computed: what is open, was then."`
	Figures  []report.Figure       `json:"figures" nullable:"false"`
	ToClose  stats.Survival        `json:"to_close" doc:"Of the findings opened between the dates: after how many days how many closed, of those that hadn't until then (Kaplan-Meier)."`
	Benefits []improvement.Benefit `json:"benefits" nullable:"false" doc:"Of opportunities' actions that were checked between these dates: what they were to reach, and what they did."`
}

// registerSpan selects the time that the register's figures are of.
type registerSpan struct {
	From string `query:"from" maxLength:"40" doc:"The first date; twelve months before to, if it is left out." example:"2026-01-01"`
	To   string `query:"to" maxLength:"40" doc:"The date after the last one; tomorrow, if it is left out." example:"2027-01-01"`
	Zone string `query:"zone" maxLength:"80" default:"UTC" doc:"Of the dates." example:"Europe/Berlin"`

	from, to *calendar.Date
	zone     *time.Location
}

// check reads dates and zone.
func (s *registerSpan) check() error {
	var c fault.List
	date := func(field, given string) *calendar.Date {
		if given == "" {
			return nil
		}
		d, err := calendar.ParseDate(given)
		if err == nil {
			err = d.Reached()
		}
		if err != nil {
			c.Add(fault.As(err).At(field))
		}
		return &d
	}
	s.from, s.to = date("query.from", s.From), date("query.to", s.To)
	var err error
	if s.zone, err = calendar.Zone(s.Zone); err != nil {
		c.Add(fault.As(err).At("query"))
	}
	return c.Err()
}

// at is the span as it is meant now.
func (s *registerSpan) at(now time.Time) improvement.Span {
	span := improvement.LastYear(now, s.zone)
	if s.to != nil {
		span = improvement.YearUntil(*s.to, s.zone)
	}
	if s.from != nil {
		span.From = *s.from
	}
	return span
}

func (s *server) improvement() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "get-improvement", Method: http.MethodGet, Path: "/v1/improvement", Tags: []string{"Findings"},
		Summary: "Figures of the register of findings and actions",
		Description: "Of the last twelve months, if no dates are given. Owners and approvers get figures of what they own or approve for; auditors and administrators of all. " +
			"What is open, and overdue, is as of now; the rest is of the dates. A share of no cases, and a median that isn't reached, have no value.",
	}}, func(ctx context.Context, in *registerSpan) (*struct{ Body Register }, error) {
		seen, err := s.caller(ctx).SelectFindings(ctx, store.Findings{})
		if err != nil {
			return nil, err
		}
		rows, err := s.Store.RegisterRows(ctx, seen.Sight)
		if err != nil {
			return nil, err
		}
		now := s.Now().UTC()
		span := in.at(now)
		r, err := improvement.Compute(rows, span, now)
		if err != nil {
			return nil, fault.As(err).At("query")
		}
		return &struct{ Body Register }{Register{From: span.From, To: span.To, Zone: span.Zone.String(), At: now,
			Figures: words.RegisterFigures(r), ToClose: r.ToClose, Benefits: r.Benefits}}, nil
	})
}
