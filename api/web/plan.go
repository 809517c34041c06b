package web

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"turnus/client"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/text"
	"turnus/report"
)

func planPages() []page {
	const slot, interval = "/plan/slots/:process/:scope/:period", "/plan/intervals/:interval/:change"
	return []page{
		{method: "GET", path: "/plan", name: "plan", handle: showYear},
		{method: "GET", path: "/plan/preview", name: "plan-preview", handle: showPreview},
		{method: "POST", path: "/plan/preview", name: "plan-preview", handle: preview},
		{method: "GET", path: "/plan/:year", name: "plan-year", handle: showYear},
		{method: "GET", path: "/plan/:year/slots", name: "plan-slots", handle: showSlots},
		{method: "GET", path: slot, name: "slot", handle: showSlot},
		{method: "GET", path: slot + "/:deed", name: "slot-deed", handle: askDeed},
		{method: "POST", path: slot + "/:deed", name: "slot-deed", handle: doDeed},
		{method: "GET", path: interval, name: "interval-deed", handle: askDeed},
		{method: "POST", path: interval, name: "interval-deed", handle: doDeed},
	}
}

// planFunctions are those of functions that the plan's pages and those of findings
// bring: the same in both languages.
var planFunctions = template.FuncMap{
	"shortPeriod": report.ShortPeriod,
	"kind":        improvement.KindTitle,
	"sourceLink":  sourceLink,
	"value":       figureValue,
	"cases":       figureCases,
	"days":        daysText,
	"decimal":     text.Decimal,
	"size":        func(bytes int) int64 { return int64(bytes) },
	"ledgerLink":  ledgerLink,
	"ledgerCell":  ledgerCellOf,
}

// What a page of the plan shows at most: intervals with the slots of a year, what
// is due, slots in a list.
const (
	planRows  = 25
	planDue   = 10
	slotsMost = 100
)

// yearPlan is the plan of a year: months by intervals.
type yearPlan struct {
	Year    int
	Now     bool // the year that runs
	Filter  slotFilter
	Due     []slotView // what is due now, and what it waits for
	Rows    []planRow
	Sum     client.Ledger // of the rows
	All     bool          // these are all rows
	Next    string        // address of the next part; empty: none
	Preview bool          // the visitor may look at intervals that aren't applied
}

// slotFilter is what a list of slots is narrowed to, as in the address.
type slotFilter struct {
	Process, Service, Interval, State string
}

func (v *visit) slotFilter() slotFilter {
	q := v.r.URL.Query()
	return slotFilter{Process: q.Get("process"), Service: q.Get("service"), Interval: q.Get("interval"), State: q.Get("state")}
}

// Processes are those that can be planned.
func (slotFilter) Processes() []process.Process {
	return slices.DeleteFunc(process.Catalogue(), func(p process.Process) bool { return !p.Planned() })
}

// States are those that a list can be narrowed to.
func (slotFilter) States() []planning.State { return planning.States() }

// Query is the filter as it stands in an address.
func (f slotFilter) Query() url.Values {
	q := url.Values{}
	for _, x := range [][2]string{{"process", f.Process}, {"service", f.Service}, {"interval", f.Interval}, {"state", f.State}} {
		if x[1] != "" {
			q.Set(x[0], x[1])
		}
	}
	return q
}

// in is the filter for the API, within a year.
func (f slotFilter) in(year int) client.Slots {
	s := client.Slots{From: dateIn(year), To: dateIn(year + 1), Process: f.Process, Service: f.Service, State: f.State}
	if f.Interval != "" {
		s.Intervals = []string{f.Interval}
	}
	return s
}

func dateIn(year int) string { return calendar.Date{Year: year, Month: time.January, Day: 1}.String() }

// planRow is an interval with its slots of a year.
type planRow struct {
	client.Ledger
	Title  text.Text // of its process
	Months [12][]slotView
}

// year is the year that the address names; the one that runs where it names
// none.
func (v *visit) year() (int, error) {
	named := v.param("year")
	if named == "" {
		return v.Now().UTC().Year(), nil
	}
	p, err := calendar.ReachedPeriod(named)
	if err != nil || p.Grain != calendar.Year || reached(p.First.Year) == 0 {
		return 0, fault.New(fault.NotFound, text.F("There is no plan of %.40q: use a year, as in %s.", "Einen Plan für %.40q gibt es nicht: Ein Jahr angeben, etwa %s.",
			named, strconv.Itoa(v.Now().UTC().Year())))
	}
	return p.First.Year, nil
}

func showYear(v *visit) error {
	year, err := v.year()
	if err != nil {
		return err
	}
	ctx, after := v.r.Context(), v.query("after")
	y := yearPlan{Year: year, Now: year == v.Now().UTC().Year(), Filter: v.slotFilter(),
		Preview: v.declared()}
	y.Filter.State = "" // of all states
	want := y.Filter.in(year)
	ledgers, next, err := v.api.LedgersPart(ctx, want, after, planRows)
	if err != nil {
		return err
	}
	y.All = after == "" && next == ""
	if next != "" {
		q := y.Filter.Query()
		q.Set("after", next)
		y.Next = "/plan/" + strconv.Itoa(year) + "?" + q.Encode()
	}
	if err := v.fill(&y, want, ledgers); err != nil {
		return err
	}
	if y.Now && after == "" {
		due, _, err := v.api.PlanPart(ctx, client.Slots{Process: want.Process, Service: want.Service, State: string(planning.Due), Intervals: want.Intervals}, "", planDue)
		if err != nil {
			return err
		}
		for _, s := range due {
			y.Due = append(y.Due, viewOf(s))
		}
	}
	return v.show(http.StatusOK, "plan", text.F("Plan %d", "Plan %d", year), y)
}

// fill puts the slots of intervals into their months.
func (v *visit) fill(y *yearPlan, want client.Slots, ledgers []client.Ledger) error {
	if len(ledgers) == 0 {
		return nil
	}
	rows := map[string]*planRow{}
	y.Rows, want.Intervals = make([]planRow, len(ledgers)), nil
	for i, l := range ledgers {
		y.Rows[i] = planRow{Ledger: l, Title: processTitle(l.Process)}
		rows[l.Interval] = &y.Rows[i]
		want.Intervals = append(want.Intervals, l.Interval)
		y.Sum.Add(l)
	}
	slots, err := v.api.Plan(v.r.Context(), want)
	if err != nil {
		return err
	}
	for _, s := range slots {
		if row := rows[s.Interval]; row != nil {
			m := viewOf(s).month(y.Year)
			row.Months[m] = append(row.Months[m], viewOf(s))
		}
	}
	slices.SortStableFunc(y.Rows, func(a, b planRow) int {
		return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Process, b.Process), cmp.Compare(a.Interval, b.Interval))
	})
	return nil
}

// Months are the names of months, in few letters.
func (yearPlan) Months() []text.Text { return report.ShortMonths() }

// Before and After are the years beside it; 0 where a plan doesn't reach so far.
func (y yearPlan) Before() int { return reached(y.Year - 1) }

// After is the next year.
func (y yearPlan) After() int { return reached(y.Year + 1) }

// reached is a year of which there are calendars up to its end; else 0.
func reached(year int) int {
	for _, day := range []calendar.Date{{Year: year, Month: time.January, Day: 1}, {Year: year + 1, Month: time.January, Day: 1}} {
		if day.Reached() != nil {
			return 0
		}
	}
	return year
}

// ledgerCell is a number of the ledger, with its slots' address.
type ledgerCell struct {
	Label string
	N     int64
	To    string
}

func ledgerCellOf(label string, n int64, to, state string) ledgerCell {
	if to != "" && state != "" {
		to += "&state=" + state
	}
	return ledgerCell{label, n, to}
}

// ledgerLink is the address of an interval's slots of a year.
func ledgerLink(year int, interval string) string {
	return "/plan/" + strconv.Itoa(year) + "/slots?interval=" + url.QueryEscape(interval)
}

// slotList is the slots behind a number of the ledger.
type slotList struct {
	Year   int
	Filter slotFilter
	Slots  []slotView
	Next   string
	Mine   bool // the visitor has the role of those who act on intervals
}

func showSlots(v *visit) error {
	year, err := v.year()
	if err != nil {
		return err
	}
	l := slotList{Year: year, Filter: v.slotFilter(), Mine: v.session.Actor.Has(person.ProcessOwner)}
	slots, next, err := v.api.PlanPart(v.r.Context(), l.Filter.in(year), v.query("after"), slotsMost)
	if err != nil {
		return err
	}
	for _, s := range slots {
		l.Slots = append(l.Slots, viewOf(s))
	}
	if next != "" {
		q := l.Filter.Query()
		q.Set("after", next)
		l.Next = v.r.URL.EscapedPath() + "?" + q.Encode()
	}
	return v.show(http.StatusOK, "plan-slots", text.F("Slots %d", "Termine %d", year), l)
}
