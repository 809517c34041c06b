package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"turnus/report"
)

// ReportOf is a run's report as it is read on a page: published, or else the
// draft.
func (c *Client) ReportOf(ctx context.Context, id string) (report.Report, error) {
	var answer report.Report
	path, err := runAt(id)
	if err != nil {
		return answer, err
	}
	return answer, c.get(ctx, path+"/report", url.Values{"as": {"page"}}, &answer)
}

// ReportFile is what a report is taken away as.
type ReportFile struct {
	What   string // report, receipts or tickets
	Format string // json, html, csv …; css is the style of a report's printed pages
	Lang   string // de, en, or empty
}

// accept is the media type, where there is one.
func (f ReportFile) accept() (string, error) {
	types := map[string]map[string]string{
		"report": {"json": "application/json", "html": "text/html", "css": "text/css", "pdf": "application/pdf",
			"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		"receipts": {"json": "application/json"},
		"tickets":  {"json": "application/json", "csv": "text/csv"},
	}
	media, ok := types[f.What][f.Format]
	switch {
	case ok:
		return media, nil
	case f.What == "tickets":
		return "", fmt.Errorf("%q isn't a format of a list of tickets: use json or csv", f.Format)
	}
	return "", fmt.Errorf("%q isn't a format of reports: use json, html, pdf or xlsx", f.Format)
}

// OpenReport gives a file of a run's report while it is sent. Whoever asks closes
// its body; one that breaks off is an error there.
func (c *Client) OpenReport(ctx context.Context, id string, f ReportFile) (*http.Response, error) {
	media, err := f.accept()
	if err != nil {
		return nil, err
	}
	path, err := runAt(id)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, call{method: http.MethodGet, path: path + "/" + f.What, query: set(url.Values{}, "lang", f.Lang),
		header: map[string]string{"Accept": media}})
}

// Report writes a run's report in a format: json or html. lang is de, en, or
// empty.
func (c *Client) Report(ctx context.Context, w io.Writer, id, format, lang string) error {
	return c.reportFile(ctx, w, id, ReportFile{"report", format, lang}, "the report")
}

// Receipts writes how the figures of a run's report came about, while they are
// derived. What breaks off is an error.
func (c *Client) Receipts(ctx context.Context, w io.Writer, id string) error {
	return c.reportFile(ctx, w, id, ReportFile{"receipts", "json", ""}, "the receipts")
}

// ReportTickets writes every breached and every excluded ticket of a run's
// report, in a format: json or csv. lang, of csv, is de, en, or empty. What
// breaks off is an error.
func (c *Client) ReportTickets(ctx context.Context, w io.Writer, id, format, lang string) error {
	return c.reportFile(ctx, w, id, ReportFile{"tickets", format, lang}, "the list of tickets")
}

func (c *Client) reportFile(ctx context.Context, w io.Writer, id string, f ReportFile, what string) error {
	res, err := c.OpenReport(ctx, id, f)
	if err != nil {
		return err
	}
	return c.keep(w, res, what)
}
