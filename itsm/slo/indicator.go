package slo

import "strings"

// Check refuses what isn't an indicator.
func (i IndicatorSpec) Check() error {
	var c checks
	c.indicator("", i)
	return c.Err()
}

func (c *checks) indicator(at string, i IndicatorSpec) {
	below := func(field string) string {
		if at == "" {
			return field
		}
		return at + "." + field
	}
	c.description(below("description"), i.Description)
	r := i.RatioMetric
	if (i.ThresholdMetric != nil) == (r != nil) {
		c.Say(below("ratioMetric"), "Either ratioMetric or thresholdMetric stands here.", "Hier steht entweder ratioMetric oder thresholdMetric.")
	}
	c.metric(below("thresholdMetric"), i.ThresholdMetric)
	if r == nil {
		return
	}
	at = below("ratioMetric")
	switch {
	case r.Raw != nil:
		if r.Good != nil || r.Bad != nil || r.Total != nil {
			c.Say(at+".raw", "A computed ratio stands alone: leave out good, bad and total, or this.",
				"Ein berechnetes Verhältnis steht allein: good, bad und total weglassen oder dies.")
		}
		if r.RawType != Success && r.RawType != Failure {
			c.Say(at+".rawType", "%.80q doesn't say what raw is a ratio of: use success (good to total) or failure (bad to total).",
				"%.80q sagt nicht, wovon raw das Verhältnis ist: success (gut zu allen) oder failure (schlecht zu allen).", string(r.RawType))
		}
	case r.Total == nil || (r.Good != nil) == (r.Bad != nil):
		c.Say(at, "A ratio has total and either good or bad, or else raw.", "Ein Verhältnis hat total und entweder good oder bad, oder aber raw.")
	case r.RawType != "":
		c.Say(at+".rawType", "This belongs to raw: leave it out.", "Das gehört zu raw: Weglassen.")
	}
	c.metric(at+".good", r.Good)
	c.metric(at+".bad", r.Bad)
	c.metric(at+".total", r.Total)
	c.metric(at+".raw", r.Raw)
}

// metric wants to know what system its query is for.
func (c *checks) metric(at string, m *Metric) {
	if m != nil && strings.TrimSpace(m.MetricSource.Type) == "" && m.MetricSource.MetricSourceRef == "" {
		c.Say(at+".metricSource.type", "Say what system this is for, as in Prometheus; or name it in metricSourceRef.",
			"Angeben, für welches System das ist, etwa Prometheus; oder es in metricSourceRef nennen.")
	}
}
