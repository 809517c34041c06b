package access

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/store"
)

// ReadReport gives a run's report to those who see it, as they see it: a draft
// to those who see inside its run; a published one to whoever sees what is
// published, and to a customer's person an extract. Of a round, if one is given,
// only those who see inside get the draft.
func (c *Caller) ReadReport(ctx context.Context, runID string, round int) (report.Report, error) {
	r, l, err := c.readReport(ctx, runID, round)
	switch {
	case l == store.Inside:
		return r, err
	case round > 0 && l > store.Nothing:
		return report.Report{}, refuse(text.New(
			"What was drafted in a round is for the owner of what it is about, its approvers and auditors.",
			"Entwürfe einzelner Freigaberunden sehen nur die dafür Verantwortlichen, Freigabeberechtigte und Auditierende."))
	case err != nil:
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
	r, l, err := c.readReport(ctx, runID, 0)
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
func (c *Caller) readReport(ctx context.Context, runID string, round int) (report.Report, store.Level, error) {
	r, err := c.store.ReportOfRound(ctx, runID, round)
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

// Results are those of runs whose reports are published, by run, as far as the
// caller sees them: of an extract those of its agreements.
func (c *Caller) Results(ctx context.Context, runs []run.Run) (map[string][]report.Figure, error) {
	all := map[string][]report.Figure{}
	var whole []string
	for _, r := range runs {
		l, err := c.levelOfRun(ctx, r.Process, r.About)
		switch {
		case err != nil:
			return nil, err
		case r.State != run.Published:
		case l >= store.Published:
			whole = append(whole, r.ID)
		case l == store.Extract:
			x, err := c.ReadReport(ctx, r.ID, 0)
			if err != nil && !fault.Is(err, fault.NotFound) { // it may be about other customers alone
				return nil, err
			}
			all[r.ID] = report.Results(x.Figures)
		}
	}
	if len(whole) == 0 {
		return all, nil
	}
	results, err := c.store.Results(ctx, whole)
	maps.Copy(all, results)
	return all, err
}

// distinct are names in their order, each once.
func distinct(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
