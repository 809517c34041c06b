package render

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"turnus/itsm/text"
	"turnus/report"
)

// A chart is drawn as SVG with fixed coordinates: it needs no script, and
// prints sharp. Nothing in it is told by colour alone, and who can't see it
// gets its values in words. Only places are rounded here, no value.
const (
	chartWidth  = 360.0
	chartHeight = 180.0
	chartLeft   = 40.0
	chartRight  = 12.0
	chartTop    = 10.0
	chartBottom = 24.0
)

// drawing is a chart with its coordinates, written for attributes.
type drawing struct {
	Width, Height string
	Left, Right   string // of the plot
	Top, Bottom   string
	Rows          []row
	Labels        []label
	Bands         []string // areas between control limits
	Centres       []string // as far as there are limits; else all the way
	Agreed        []string // steps
	Values        []string // pieces of the line, between gaps and breaks
	Dots          []mark
	Breaks        []string
	Words         string
	Signals       bool
	Legend        text.Text
}

type row struct{ Y, Label string }

type label struct{ X, Label, Anchor string }

type mark struct {
	X, Y, Diamond string
	Signal        bool
	Title         string
}

// scale maps values to heights.
type scale struct{ low, high, step float64 }

func (s scale) y(v float64) float64 {
	return chartTop + (s.high-v)/(s.high-s.low)*(chartHeight-chartTop-chartBottom)
}

// Draw lays a chart out.
func (p *page) Draw(c report.Chart) drawing {
	s := scaleOf(c)
	x := func(i int) float64 {
		if len(c.Points) == 1 {
			return (chartLeft + chartWidth - chartRight) / 2
		}
		return chartLeft + 6 + float64(i)*(chartWidth-chartLeft-chartRight-6)/float64(len(c.Points)-1)
	}
	d := drawing{Width: px(chartWidth), Height: px(chartHeight), Left: px(chartLeft), Right: px(chartWidth - chartRight),
		Top: px(chartTop), Bottom: px(chartHeight - chartBottom)}
	for v, i := s.low, 0; v <= s.high+s.step/2 && i < 12; v, i = s.low+float64(i+1)*s.step, i+1 {
		d.Rows = append(d.Rows, row{px(s.y(v)), p.decimal(strconv.FormatFloat(v, 'f', places(s.step), 64))})
	}
	centre, hasCentre := number(c.Centre)
	limited := false
	for _, pt := range c.Points {
		limited = limited || pt.Lower != nil
	}
	every := (len(c.Points) + 4) / 5
	var words []string
	var line, agreed, upper, lower, middle []string
	end := func(into *[]string, piece *[]string) {
		if len(*piece) > 0 {
			*into = append(*into, strings.Join(*piece, " "))
		}
		*piece = nil
	}
	band := func() {
		if len(upper) > 0 {
			for i := len(lower) - 1; i >= 0; i-- {
				upper = append(upper, lower[i])
			}
			d.Bands = append(d.Bands, strings.Join(upper, " "))
		}
		upper, lower = nil, nil
	}
	half := 0.0 // of the distance between points: what is agreed and the limits belong to a whole period
	if len(c.Points) > 1 {
		half = (x(1) - x(0)) / 2
	}
	for i, pt := range c.Points {
		left, right := max(x(i)-half, chartLeft), min(x(i)+half, chartWidth-chartRight)
		if pt.Break && i > 0 {
			end(&d.Values, &line)
			d.Breaks = append(d.Breaks, px(left))
		}
		if v, ok := number(pt.Agreed); ok {
			agreed = append(agreed, px(left)+","+px(s.y(v)), px(right)+","+px(s.y(v)))
		} else {
			end(&d.Agreed, &agreed)
		}
		lo, hasLower := number(pt.Lower)
		hi, hasUpper := number(pt.Upper)
		if hasLower && hasUpper {
			upper = append(upper, px(left)+","+px(s.y(hi)), px(right)+","+px(s.y(hi)))
			lower = append(lower, px(left)+","+px(s.y(lo)), px(right)+","+px(s.y(lo)))
		} else {
			band()
		}
		if i == 0 || (len(c.Points)-1-i)%every == 0 && i >= every {
			d.Labels = append(d.Labels, label{px(x(i)), p.text(pt.Label), anchor(i, len(c.Points))})
		}
		if hasCentre && (!limited || hasLower && hasUpper) {
			middle = append(middle, px(left)+","+px(s.y(centre)), px(right)+","+px(s.y(centre)))
		} else {
			end(&d.Centres, &middle)
		}
		v, ok := number(pt.Value)
		if !ok {
			end(&d.Values, &line)
			words = append(words, p.text(pt.Label)+": "+p.text(report.NotApplicable()))
			continue
		}
		at := p.text(pt.Label) + ": " + p.rounded(*pt.Value) + thin + p.text(c.Unit)
		if pt.Signal {
			d.Signals = true
			at += " (" + p.W("signal") + ")"
		}
		words = append(words, at)
		line = append(line, px(x(i))+","+px(s.y(v)))
		d.Dots = append(d.Dots, mark{px(x(i)), px(s.y(v)), diamond(x(i), s.y(v)), pt.Signal, at})
	}
	end(&d.Values, &line)
	end(&d.Agreed, &agreed)
	end(&d.Centres, &middle)
	band()
	d.Legend = legend(c, d)
	d.Words = p.text(c.Caption) + ". " + strings.Join(words, "; ")
	return d
}

// scaleOf gives the axis: a few round steps that hold everything shown.
func scaleOf(c report.Chart) scale {
	low, high := math.Inf(1), math.Inf(-1)
	see := func(s *string) {
		if v, ok := number(s); ok {
			low, high = min(low, v), max(high, v)
		}
	}
	see(c.Centre)
	for _, p := range c.Points {
		see(p.Value)
		see(p.Lower)
		see(p.Upper)
		see(p.Agreed)
	}
	switch {
	case low > high:
		low, high = 0, 1
	case low == high && low > 0:
		low-- // so that a row of 100 % isn't drawn as more
	case low == high:
		high++
	}
	step := math.Pow(10, math.Floor(math.Log10((high-low)/5)))
	for _, f := range []float64{1, 2, 5, 10} {
		if (high-low)/(step*f) <= 5 {
			step *= f
			break
		}
	}
	return scale{math.Floor(low/step) * step, math.Ceil(high/step) * step, step}
}

// places that a step of the axis needs.
func places(step float64) int { return max(0, -int(math.Floor(math.Log10(step*1.0001)))) }

var plainNumber = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,18})?$`)

// number gives where a value lies; what isn't a plain decimal is a gap.
func number(s *string) (float64, bool) {
	if s == nil || !plainNumber.MatchString(*s) {
		return 0, false
	}
	v, err := strconv.ParseFloat(*s, 64)
	return v, err == nil
}

// rounded writes an exact decimal with two places.
func (p *page) rounded(exact string) string {
	r, ok := new(big.Rat).SetString(exact)
	if !ok {
		return exact
	}
	return p.decimal(r.FloatString(2))
}

func anchor(i, n int) string {
	switch {
	case n > 1 && i == 0:
		return "start"
	case n > 1 && i == n-1:
		return "end"
	}
	return "middle"
}

func diamond(x, y float64) string {
	const r = 5.5
	return fmt.Sprintf("M%s %sL%s %sL%s %sL%s %sZ", px(x), px(y-r), px(x+r), px(y), px(x), px(y+r), px(x-r), px(y))
}

func px(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// legend says what a chart's marks mean, as far as it has them.
func legend(c report.Chart, d drawing) text.Text {
	en, de := []string{words["legend-value"].En}, []string{words["legend-value"].De}
	for _, x := range []struct {
		has bool
		key string
	}{{len(d.Agreed) > 0, "legend-agreed"}, {len(d.Bands) > 0, "legend-limits"}, {len(d.Centres) > 0, "legend-centre"},
		{d.Signals, "legend-signal"}, {len(d.Breaks) > 0, "legend-break"}} {
		if x.has {
			en, de = append(en, words[x.key].En), append(de, words[x.key].De)
		}
	}
	return text.New(strings.Join(en, ", ")+" ("+c.Unit.En+")", strings.Join(de, ", ")+" ("+c.Unit.De+")")
}
