package imports

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/mapping"
)

var inJune = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// samplesIn gives samples as text, and rejects as row, key, column and reason.
func samplesIn(t require.TestingT, file io.Reader, o Options) (taken, rejected []string, err error) {
	for s, err := range Samples(file, o) {
		var why *dataset.Reject
		switch {
		case errors.As(err, &why):
			require.NotEqual(t, why.Reason.En, why.Reason.De)
			rejected = append(rejected, fmt.Sprintf("%d %s %s %s: %s", why.Row, why.Number, why.Column, why.Value, why.Reason.En))
		case err != nil:
			return taken, rejected, err
		default:
			taken = append(taken, fmt.Sprintf("%s/%s %s %s", s.Component, s.Probe, s.At.Format("01-02 15:04:05"), s.Is))
		}
	}
	return taken, rejected, nil
}

func aProbe(columns map[string]string, values map[string][]string) Options {
	o := Options{Format: CSV, Now: inJune, Mapping: mapping.Spec{Dataset: dataset.Probes, Columns: columns}}
	if values != nil {
		o.Mapping.Values = map[string]map[string][]string{"is": values}
	}
	return o
}

func TestSamplesOfATable(t *testing.T) {
	all := map[string]string{"at": "At", "is": "Is", "component": "Part", "probe": "By"}
	const rows = "At,Is,Part,By\n2026-05-01T10:00:00.9Z,UP,web,north\n2026-05-01T09:59:00+02:00,0,web,north\n2026-05-01T10:01:00Z,unknown,,\n2026-05-01T10:00:00Z,False,web,south\n"
	taken, bad, err := samplesIn(t, strings.NewReader(rows+"2026-05-01T10:00:00Z,gone,web,south\n2026-07-01T10:00:00Z,up,web,south\n,up,web,south\n1969-01-01T00:00:00Z,up,web,\n2026-05-01T10:00:00Z,up,w\x07b,south\n"), aProbe(all, nil))
	require.NoError(t, err)
	require.Equal(t, []string{"web/north 05-01 10:00:00 up", "web/north 05-01 07:59:00 down", "/ 05-01 10:01:00 unknown", "web/south 05-01 10:00:00 down"}, taken)
	require.Equal(t, []string{
		"5 web Is gone: this isn't an answer of a probe: name in the mapping's values.is what means up, down or unknown",
		"6 web At 2026-07-01T10:00:00Z: this instant is still to come",
		"7 web At : an instant is missing here",
		"8 web At 1969-01-01T00:00:00Z: this instant lies before 1970: look at how the file writes years",
		"9  Part w\ab: a control character or a line break isn't part of a name"}, bad)

	own := aProbe(map[string]string{"at": "At", "is": "Is"}, map[string][]string{"up": {"0", "DEGRADED"}, "down": {"2"}})
	taken, bad, err = samplesIn(t, strings.NewReader("At,Is\n2026-05-01T10:00:00Z,0\n2026-05-01T10:01:00Z,2\n2026-05-01T10:02:00Z,degraded\n2026-05-01T10:03:00Z,up\n"), own)
	require.NoError(t, err)
	require.Equal(t, []string{"/ 05-01 10:00:00 up", "/ 05-01 10:01:00 down"}, taken)
	require.Len(t, bad, 2, "values are compared exactly where a mapping names them")
}

// prometheusSays is an answer with some series.
func prometheusSays(series string) string {
	return `{"status":"success","data":{"resultType":"matrix","result":[` + series + `]},"warnings":["partial"],"infos":[{"a":[1]}]}`
}

func TestAnswersOfPrometheus(t *testing.T) {
	o := Options{Format: Prometheus, Now: inJune, Content: &dataset.Content{}}
	taken, bad, err := samplesIn(t, strings.NewReader(prometheusSays(
		`{"metric":{"__name__":"up","instance":"db:5432","job":"sql","site":"bern"},"values":[[1777629600,"1"],[1777629660.75,"0"],[1777629720,"NaN"],[1777629780,"+Inf"],[1777629840,"0.5"],[1777629900,"-Inf"],[1777629960,"one"],[1999999999,"1"],[-1,"1"],[1e300,"1"]]},`+
			`{"metric":{"component":"web","instance":"a","probe":"north"},"values":[]},{"metric":{"job":"web\u0007"},"values":[[1777629600,"1"]]},{"metric":{},"values":[[1777629600,"1e0"]]}`)), o)
	require.NoError(t, err)
	require.Equal(t, []string{"db:5432/bern 05-01 10:00:00 up", "db:5432/bern 05-01 10:01:00 down", "db:5432/bern 05-01 10:02:00 unknown", "/ 05-01 10:00:00 up"}, taken)
	require.Equal(t, []string{
		"4 db:5432 value +Inf: an infinite value is neither 1 (up) nor 0 (down)",
		"5 db:5432 value 0.5: this is neither 1 (up) nor 0 (down): ask for a series of 0 and 1, or compare in the query, as in up > bool 0.5",
		"6 db:5432 value -Inf: an infinite value is neither 1 (up) nor 0 (down)",
		"7 db:5432 value one: this isn't a number",
		"8 db:5432 time 1999999999: this instant is still to come",
		"9 db:5432 time -1: this instant lies before 1970: look at how the file writes years",
		"10 db:5432 time 1e300: this isn't an instant in seconds since 1970",
		"11  metric web\a: a label that names the component or the probe is longer than 200 bytes or has a control character",
	}, bad)
	require.EqualValues(t, 12, o.Content.End.Row)
}

// What Prometheus answers to other queries, or when it fails, is refused as a
// whole, and so is what is no answer of it.
func TestAnswersOfPrometheusThatArentOne(t *testing.T) {
	const vector = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1777629600,"1"]}]}}`
	for _, c := range []struct{ file, says string }{
		{`{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:3: parse error"}`, `Prometheus answered with an error: "invalid parameter \"query\": 1:3: parse error"`},
		{`{"status":"error","data":null,"error":"timeout"}`, `Prometheus answered with an error: "timeout"`},
		{vector, `this answer is of the type "vector", which holds no course of time: make a range query`},
		{`{"status":"success","data":{"result":[{"metric":{},"value":[1777629600,"1"]}]}}`, `of the type "vector"`},
		{`{"status":"success","data":{"resultType":"scalar","result":[1777629600,"1"]}}`, `of the type "scalar"`},
		{`{"status":"success","data":{"resultType":"string","result":[1777629600,"1"]}}`, `of the type "string"`},
		{prometheusSays(`{"metric":{},"histograms":[[1777629600,{"count":"1"}]]}`), "this answer holds histograms, which say neither up nor down"},
		{prometheusSays(`{"metric":{"job":"a","x":"1"},"values":[]},{"metric":{"job":"a","x":"2"},"values":[]}`), `two series of this answer have the component "a" and the probe ""`},
		{prometheusSays(`{"values":[[1777629600,"1"]],"metric":{}}`), "a series has values before it has a name"},
		{prometheusSays(`{"metric":{},"values":[[1777629600,1]]}`), "a value isn't an instant and a text"},
		{prometheusSays(`{"metric":{},"values":[["1777629600","1"]]}`), "a value isn't an instant and a text"},
		{prometheusSays(`{"metric":{},"values":[[1777629600,"1","2"]]}`), "a value has more than two parts"},
		{prometheusSays(`{"metric":{},"values":[[1777629600]]}`), "a value isn't an instant and a text"},
		{prometheusSays(`{"metric":{},"metric":{},"values":[]}`), `"metric" is there twice`},
		{prometheusSays("") + "{}", "something follows its end"},
		{`{"status":"success"}`, "status, resultType or result is missing"},
		{`{"status":"success","data":{"result":[]}}`, "status, resultType or result is missing"},
		{`{}`, "status, resultType or result is missing"},
		{"", "this file is cut off"},
		{`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1777629600,"1"],`, "this file is cut off"},
		{`<html>`, "it isn't the JSON that it gives"},
		{`[]`, "{ is missing"},
		{`{"status":"` + strings.Repeat("x", 3*maxToken), "a part of it is longer than a megabyte"},
		{`{"status":"success","infos":"` + strings.Repeat("x", 3*maxToken), "a part of it is longer than a megabyte"},
		{`{"status":"success","data":{"resultType":"matrix","result":` + strings.Repeat("[", 100_000), "isn't an answer of Prometheus"},
	} {
		name := c.file[:min(len(c.file), 120)]
		taken, _, err := samplesIn(t, strings.NewReader(c.file), Options{Format: Prometheus, Now: inJune})
		require.ErrorContains(t, err, c.says, name)
		require.LessOrEqual(t, len(taken), 1, name)
		require.NotEqual(t, fault.As(err).Message.En, fault.As(err).Message.De)
		require.Contains(t, []fault.Code{fault.Malformed, fault.Invalid}, fault.As(err).Code)
	}
}

// The file of a real monitor, whose names have quotation marks in them.
func TestObservationsOfUpptime(t *testing.T) {
	const heading = "commit\tauthor_date\tstate\tsite\thttp_code\tresponse_ms\tsubject\n"
	o := Options{Format: Upptime, Now: inJune, Content: &dataset.Content{Count: true}}
	taken, bad, err := samplesIn(t, strings.NewReader(heading+
		"e0\t2026-01-20T21:28:38+01:00\tup\tParzival – \"Cgm\" 19\t200\t4\t🟩 \"up\n"+
		"e0\t2026-01-20T21:29:38+01:00\tup\tParzival – ''Cgm'' 19\t200\t4\t🟩 \"up\n"+
		"e1\t2026-01-20T21:28:38Z\tdegraded\tWiki\t200\t9000\tslow\r\n"+
		"e2\t2026-01-20T21:29:38Z\tdown\tWiki\t0\t0\tdown\n"+
		"e3\t2026-01-20T21:30:38Z\tmaintenance\tWiki\t0\t0\t-\ne4\t2026-01-20T21:30:38Z\tup\t\t0\t0\t-\ne5\t20.01.2026\tup\tWiki\t0\t0\t-\ne6\t2026-01-20T21:30:38Z"), o)
	require.NoError(t, err)
	require.Equal(t, []string{"Parzival – \"Cgm\" 19/ 01-20 20:28:38 up", "Parzival – \"Cgm\" 19/ 01-20 20:29:38 up", "Wiki/ 01-20 21:28:38 up", "Wiki/ 01-20 21:29:38 down"}, taken)
	require.Len(t, bad, 4)
	require.Contains(t, bad[0], "5 Wiki state maintenance: this isn't an answer of a probe")
	require.Contains(t, bad[1], "6  site : what was observed is missing")
	require.Contains(t, bad[2], "7 Wiki author_date 20.01.2026: this isn't an instant written like 2006-01-02T15:04:05Z07:00")
	require.Contains(t, bad[3], "this row has 2 cells and the heading 7")
	require.Equal(t, "is", o.Content.Columns[2].Use)
	require.True(t, o.Content.End.Unfinished)

	_, _, err = samplesIn(t, strings.NewReader("commit\tdate\n"), o)
	require.ErrorContains(t, err, "author_date")
}

// Each observation of the public file is read.
func TestObservationsOfBern(t *testing.T) {
	f, err := os.Open("../deploy/demo/bern-updown-2026.tsv.gz")
	require.NoError(t, err)
	defer f.Close()
	n := map[availability.Answer]int{}
	components := map[string]bool{}
	for s, err := range Samples(f, Options{Format: Upptime, Now: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}) {
		require.NoError(t, err)
		n[s.Is]++
		components[s.Component] = true
	}
	require.Equal(t, map[availability.Answer]int{availability.AnswerUp: 9739, availability.AnswerDown: 791}, n)
	require.Len(t, components, 52, "names with quotation marks in either form are one site")
}
