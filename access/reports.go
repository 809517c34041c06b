package access

import (
	"context"
	"slices"
	"strconv"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/store"
)

// ReadReport gives a run's report to those who see it, as they see it: a draft
// to those who see inside its run; a published one to whoever sees what is
// published, and to a customer's person an extract.
func (c *Caller) ReadReport(ctx context.Context, runID string) (report.Report, error) {
	r, l, err := c.readReport(ctx, runID)
	switch {
	case err != nil || l == store.Inside:
		return r, err
	case r.Version == 0:
		return report.Report{}, refuse(text.New(
			"This report isn't published: only the owner of what it is about, its approvers and auditors see the draft.",
			"Dieser Bericht ist nicht veröffentlicht: Den Entwurf sehen nur die dafür Verantwortlichen, Freigabeberechtigte und Auditierende."))
	case l == store.Extract:
		return c.extract(ctx, r)
	}
	return r, nil
}

// ReadForReceipts is ReadReport for those who see its receipts: who sees inside
// its run.
func (c *Caller) ReadForReceipts(ctx context.Context, runID string) (report.Report, error) {
	r, l, err := c.readReport(ctx, runID)
	if err == nil && l != store.Inside {
		err = refuse(text.F(
			"%s: only the service's owner, its approvers and auditors see them.",
			"%s: Sie sind nur für Serviceverantwortliche, Freigabeberechtigte und Auditierende.", receiptsHold(r.Process)))
	}
	return r, err
}

// receiptsHold says what the receipts of a process's reports hold.
func receiptsHold(name string) text.Text {
	p, _ := process.Find(name)
	var cases []text.Text
	for _, d := range dataset.All() {
		if slices.Contains(p.Reads, d.Name) {
			cases = append(cases, d.Cases)
		}
	}
	hold := text.New("Receipts hold the data itself", "Belege enthalten die Daten selbst")
	if len(cases) == 0 {
		return hold
	}
	return text.F("%s (%s)", "%s (%s)", hold, text.Join(cases, ", "))
}

// readReport gives a run's report and how much of it the caller sees. Whoever
// sees nothing isn't told either that the run is there and has none.
func (c *Caller) readReport(ctx context.Context, runID string) (report.Report, store.Level, error) {
	r, err := c.store.Report(ctx, runID)
	if r.Run == "" { // there is no such run, or nobody could look
		return r, store.Nothing, err
	}
	l, seeing := c.levelOfRun(ctx, r.Process, r.About)
	switch {
	case seeing != nil:
		return report.Report{}, l, seeing
	case l == store.Nothing:
		return report.Report{}, l, refusal{fault.As(store.NoRun(runID))}
	}
	return r, l, err
}

// extract is what a customer's person sees of a published report. Which
// agreements are whose say the versions that it names.
func (c *Caller) extract(ctx context.Context, r report.Report) (report.Report, error) {
	var names []string
	var versions []int
	for _, s := range r.Sources {
		if s.Kind == report.FromAgreement {
			version, err := strconv.Atoi(s.Version)
			if err != nil {
				return report.Report{}, err
			}
			names, versions = append(names, s.Name), append(versions, version)
		}
	}
	customers, err := c.store.CustomersOf(ctx, names, versions)
	if err != nil {
		return report.Report{}, err
	}
	var theirs, whose []string
	for _, name := range names {
		if customer := customers[name]; slices.Contains(c.Sees.Customers, customer) {
			theirs, whose = append(theirs, name), append(whose, customer)
		}
	}
	if len(theirs) == 0 {
		return report.Report{}, refusal{fault.New(fault.NotFound, text.F("%.200s has no report on agreements of these customers: %s.",
			"%.200s hat keinen Bericht über Vereinbarungen dieser Kunden: %s.", r.Run, text.List(c.Sees.Customers)))}
	}
	return report.Extract(r, distinct(whose), distinct(theirs))
}

// distinct are names in their order, each once.
func distinct(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
