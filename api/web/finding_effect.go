package web

import (
	"errors"
	"html/template"
	"math/big"
	"net/http"
	"strconv"
	"strings"

	"turnus/client"
	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/stats"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/render"
)

// effect is what the register says of itself: what is open, how long it takes,
// and whether actions work.
type effect struct {
	client.Register
	Given  struct{ From, To string } // as it was typed
	Years  []int
	Now    []report.Figure // as of now, but for the ages
	Ages   []age
	Of     []report.Figure // of the span
	Chart  template.HTML
	Shares []share
	Wrong  *client.Problem
}

// age is how many findings are open of an age.
type age struct {
	report.Figure
	Width int // of 100, of its bar
}

// share is a point of the estimate: of the findings opened in the span, how many
// haven't closed after so many days.
type share struct {
	Days  int64
	Exact string // per cent, with two decimals
}

// Target says what an action was to reach, and what it did.
func (effect) Target(b improvement.Benefit) text.Text {
	return text.F("%s %s", "%s %s", b.Sense, text.Decimal(b.Target))
}

// Last is the last date of the span.
func (e effect) Last() calendar.Date { return e.To.Add(-1) }

func showEffect(v *visit) error {
	e := effect{}
	q, year := v.r.URL.Query(), v.Now().UTC().Year()
	e.Given.From, e.Given.To = q.Get("from"), q.Get("to")
	for y := year; y > year-4; y-- {
		e.Years = append(e.Years, y)
	}
	r, err := v.api.Improvement(v.r.Context(), e.Given.From, dayAfter(e.Given.To), "")
	status := http.StatusOK
	switch {
	case errors.As(err, &e.Wrong) && (e.Given.From != "" || e.Given.To != "") && e.Wrong.Status < http.StatusInternalServerError:
		status = e.Wrong.Status
	case err != nil:
		return err
	default:
		if err := e.fill(r, v.lang); err != nil {
			return err
		}
	}
	return v.show(status, "effect", text.New("Effectiveness", "Wirksamkeit"), e)
}

// dayAfter is the date after a last one, as the API has it; what isn't a date it
// refuses.
func dayAfter(last string) string {
	if d, err := calendar.ParseDate(last); err == nil {
		return d.Add(1).String()
	}
	return last
}

func (e *effect) fill(r client.Register, lang text.Lang) error {
	e.Register = r
	e.Given.From, e.Given.To = r.From.String(), e.Last().String()
	var most int64 = 1
	for _, f := range r.Figures {
		if f.Name == "open" && f.Numerator != nil {
			most = max(most, *f.Numerator)
		}
	}
	for _, f := range r.Figures {
		switch {
		case strings.HasPrefix(f.Name, "open."):
			a := age{Figure: f}
			if f.Numerator != nil {
				a.Width = int(*f.Numerator * 100 / most)
			}
			e.Ages = append(e.Ages, a)
		case f.Name == "open", f.Name == "overdue":
			e.Now = append(e.Now, f)
		default:
			e.Of = append(e.Of, f)
		}
	}
	e.Shares = sharesOf(r.ToClose)
	if len(e.Shares) == 0 {
		return nil
	}
	var b strings.Builder
	err := render.Charts(&b, []report.Chart{chartOf(e.Shares)}, lang)
	e.Chart = template.HTML(b.String())
	return err
}

// sharesOf reads the estimate at the beginning and at some twelve even steps up to
// the last length at which a finding closed.
func sharesOf(s stats.Survival) []share {
	if s.N == 0 || len(s.Steps) == 0 {
		return nil
	}
	const steps = 12
	last := s.Steps[len(s.Steps)-1].At
	step := max((last+steps-1)/steps, 1)
	var all []share
	for day := int64(0); ; day += step {
		exact := new(big.Rat).Mul(s.After(day), big.NewRat(100, 1)).FloatString(2)
		all = append(all, share{day, exact})
		if day >= last {
			return all
		}
	}
}

func chartOf(shares []share) report.Chart {
	c := report.Chart{Caption: text.New("Share of findings that haven't closed yet, by days since they were opened", "Anteil noch nicht abgeschlossener Befunde nach Tagen seit der Erfassung"),
		Unit: text.Same("%")}
	for _, s := range shares {
		c.Points = append(c.Points, report.Point{Label: daysText(s.Days), Value: &s.Exact})
	}
	return c
}

func daysText(n int64) text.Text {
	return text.F("%d %s", "%d %s", n, report.InDays.After(strconv.FormatInt(n, 10)))
}

// figureValue writes a figure's value with its unit, shares with one decimal.
func figureValue(f report.Figure) text.Text {
	if f.Value == nil {
		return report.NotApplicable()
	}
	shown := *f.Value
	if r, ok := new(big.Rat).SetString(shown); ok && f.Unit == report.InPercent {
		shown = r.FloatString(1)
	}
	return text.F("%s\u202f%s", "%s\u202f%s", text.Decimal(shown), f.Unit.After(shown))
}

// figureCases says from what a share was counted.
func figureCases(f report.Figure) text.Text {
	if f.Unit != report.InPercent || f.Numerator == nil || f.Denominator == nil || *f.Denominator == 0 {
		return text.Text{}
	}
	return text.F("%s of %s", "%s von %s", report.Number(*f.Numerator), report.Number(*f.Denominator))
}
