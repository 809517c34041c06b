package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/text"
	"turnus/report"
)

// charted is the sample with a chart: a gap at 1, a break and a signal at 3.
func charted() report.Report {
	r := sample()
	c := report.Chart{Caption: text.New("p1: attainment", "p1: Erfüllungsgrad"), Unit: text.Same("%"), Centre: ptr("90.000000")}
	for i, v := range []string{"91.234567", "", "89.000000", "70.500000", "92.000000"} {
		p := report.Point{Label: text.Same(fmt.Sprintf("2016-%02d", i+1)), Agreed: ptr("95")}
		if v != "" {
			p.Value = &v
		}
		if i > 2 {
			p.Lower, p.Upper = ptr("80.000000"), ptr("100.000000")
		}
		p.Break, p.Signal = i == 3, i == 3
		c.Points = append(c.Points, p)
	}
	r.Sections[0].Charts = []report.Chart{c}
	return r
}

func TestChart(t *testing.T) {
	for lang, want := range map[text.Lang][2]string{
		text.En: {"p1: attainment. 2016-01: 91.23\u202f%; 2016-02: n/a; 2016-03: 89.00\u202f%; 2016-04: 70.50\u202f% (signal); 2016-05: 92.00\u202f%", "┊\u00a0measured otherwise before (%)"},
		text.De: {"p1: Erfüllungsgrad. 2016-01: 91,23\u202f%; 2016-02: entfällt; 2016-03: 89,00\u202f%; 2016-04: 70,50\u202f% (Signal); 2016-05: 92,00\u202f%", "┊\u00a0davor anders gemessen (%)"},
	} {
		doc := parse(t, page1(t, charted(), lang))
		svg := doc.find("svg")
		require.Len(t, svg, 1)
		require.Equal(t, want[0], svg[0].attr["aria-label"], "who can't see it gets the values")
		require.Equal(t, "img", svg[0].attr["role"])
		pieces := map[string][]string{}
		for _, l := range svg[0].find("polyline") {
			pieces[l.attr["class"]] = append(pieces[l.attr["class"]], l.attr["points"])
		}
		require.Len(t, pieces["values"], 3, "nothing is drawn through a gap, nor over a break")
		require.Len(t, pieces["agreed"], 1)
		require.Len(t, pieces["centre"], 1)
		require.Len(t, svg[0].find("polygon"), 1)
		require.Len(t, svg[0].find("circle"), 3)
		require.Len(t, svg[0].find("path"), 1, "a signal has a shape of its own")
		require.Contains(t, doc.find("figure")[0].text, want[1])
	}
	require.Empty(t, parse(t, page1(t, sample(), text.En)).find("svg"))
}

// Whatever the values, all that is drawn lies within the plot, and the axis has
// a few numbers that differ.
func TestChartsStayInside(t *testing.T) {
	coordinate := regexp.MustCompile(`(-?[0-9.]+),(-?[0-9.]+)`)
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Just(""), rapid.SampledFrom([]string{"0", "100.000000", "99.999999", "-3.5", "NaN", "1e300", "inf", "999999999999999", "0.000001", "x"}),
			rapid.Map(rapid.Int64Range(0, 100_000_000), func(n int64) string { return fmt.Sprintf("%d.%06d", n/1_000_000, n%1_000_000) }))
		draw := func(name string) *string {
			if v := value.Draw(t, name); v != "" {
				return &v
			}
			return nil
		}
		c := report.Chart{Caption: text.Same("c"), Unit: text.Same("%"), Centre: draw("centre")}
		for range rapid.IntRange(0, 25).Draw(t, "n") {
			c.Points = append(c.Points, report.Point{Label: text.Same("2016-01"), Value: draw("value"), Lower: draw("lower"), Upper: draw("upper"), Agreed: draw("agreed"),
				Signal: rapid.Bool().Draw(t, "signal"), Break: rapid.Bool().Draw(t, "break")})
		}
		p := &page{format: format{lang: text.De}}
		d := p.Draw(c)
		require.NotContains(t, fmt.Sprint(d), "NaN")
		require.NotContains(t, fmt.Sprint(d), "Inf")
		require.GreaterOrEqual(t, len(d.Rows), 2)
		require.LessOrEqual(t, len(d.Rows), 8)
		seen := map[string]bool{}
		for _, r := range d.Rows {
			require.False(t, seen[r.Label], "%v", d.Rows)
			seen[r.Label] = true
		}
		all := strings.Join(append(append(append(append([]string{}, d.Bands...), d.Agreed...), d.Values...), d.Centres...), " ")
		for _, m := range coordinate.FindAllStringSubmatch(all, -1) {
			var x, y float64
			_, err := fmt.Sscanf(m[1]+" "+m[2], "%f %f", &x, &y)
			require.NoError(t, err)
			require.True(t, x >= chartLeft-.1 && x <= chartWidth-chartRight+.1 && y >= chartTop-.1 && y <= chartHeight-chartBottom+.1, "%s in %+v", m[0], c)
		}
	})
}

func TestChartsAreEscapedAndSelfContained(t *testing.T) {
	evil := `"/></svg><script>alert('1')</script> <b>`
	r := charted()
	c := &r.Sections[0].Charts[0]
	c.Caption, c.Unit, c.Points[0].Label = text.Same(evil), text.Same(evil), text.Same(evil)
	c.Points[0].Value, c.Points[0].Upper = &evil, &evil
	s := page1(t, r, text.En)
	for _, bad := range []string{"<script", "<b>", "href=", "url(", "http:", "ZgotmplZ"} {
		require.NotContains(t, s, bad)
	}
	require.Len(t, parse(t, s).find("svg"), 1)
}
