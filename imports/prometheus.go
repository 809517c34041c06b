package imports

import (
	"encoding/json"
	"errors"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"

	"turnus/itsm/availability"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
)

// Bounds of an answer of Prometheus, so that none fills the memory.
const (
	maxToken  = 1 << 20 // bytes of a text, a number, or what is skipped
	maxSeries = 20_000
)

// The labels that name a component and its probe: the first that a series has.
var (
	componentLabels = []string{"component", "instance", "job"}
	probeLabels     = []string{"probe", "prometheus", "site"}
)

// matrix reads the answer to a range query (GET /api/v1/query_range), as the HTTP
// API of Prometheus gives it: status success, resultType matrix. 1 is up, 0 is
// down, NaN is unknown; other values are rejected. A series' label component
// names the component, else instance, else job; its label probe the probe, else
// prometheus, else site.
func matrix(r io.Reader, o Options) iter.Seq2[uptime.Sample, error] {
	return func(yield func(uptime.Sample, error) bool) {
		plain, done, err := unpacked(r)
		if err != nil {
			yield(uptime.Sample{}, err)
			return
		}
		defer done()
		m := &answer{now: o.Now, yield: yield, seen: map[series]bool{}}
		in := &ahead{r: plain}
		m.dec = json.NewDecoder(in)
		m.dec.UseNumber()
		in.dec = m.dec
		if err := m.whole(); err != nil && !errors.Is(err, errStopped) {
			yield(uptime.Sample{}, readable(err))
			return
		}
		if o.Content != nil {
			o.Content.End = dataset.End{Row: m.row}
		}
	}
}

// errStopped says that nobody wants more samples.
var errStopped = errors.New("stopped")

// readable says of an answer that isn't JSON what it should be.
func readable(err error) error {
	var syntax *json.SyntaxError
	var other *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return malformed("this file is cut off: the answer of Prometheus doesn't end", "Diese Datei ist abgeschnitten: Die Antwort von Prometheus ist nicht zu Ende.").Because(err)
	case errors.As(err, &syntax), errors.As(err, &other):
		return strange("it isn't the JSON that it gives", "Das JSON hat nicht dessen Form").Because(err)
	}
	return err
}

// strange refuses what Prometheus doesn't answer.
func strange(en, de string, args ...any) *fault.Error {
	return malformed("this isn't an answer of Prometheus to a range query: %s; save what GET /api/v1/query_range gives",
		"Das ist keine Antwort von Prometheus auf eine Bereichsabfrage: %s. Speichern, was GET /api/v1/query_range liefert.", text.F(en, de, args...))
}

// ahead refuses to read far ahead of what a decoder has given out: it would keep
// one text of any length.
type ahead struct {
	r   io.Reader
	dec *json.Decoder
	n   int64
}

func (a *ahead) Read(p []byte) (int, error) {
	if a.n-a.dec.InputOffset() > maxToken {
		return 0, strange("a part of it is longer than a megabyte", "Ein Teil davon ist länger als ein Megabyte")
	}
	n, err := a.r.Read(p[:min(len(p), maxToken)])
	a.n += int64(n)
	return n, err
}

// series is what its samples are of.
type series struct{ component, probe string }

// answer is one being read.
type answer struct {
	dec   *json.Decoder
	now   time.Time
	yield func(uptime.Sample, error) bool
	row   int64 // samples
	seen  map[series]bool

	status, typed, result bool // are there
}

// whole reads the answer.
func (m *answer) whole() error {
	why := ""
	failed := false
	err := m.object(func(name string) error {
		switch name {
		case "status":
			is, err := m.word()
			m.status, failed = true, is != "success"
			return err
		case "error":
			var err error
			why, err = m.word()
			return err
		case "data":
			if failed {
				return m.skip()
			}
			return m.data()
		}
		return m.skip()
	})
	switch {
	case err != nil:
		return err
	case failed:
		return fault.New(fault.Invalid, text.F("Prometheus answered with an error: %.300q; ask it again, then load what it answers",
			"Prometheus hat mit einem Fehler geantwortet: %.300q. Erneut abfragen und die neue Antwort laden.", clean(why, 300)))
	case !m.status || !m.typed || !m.result:
		return strange("status, resultType or result is missing", "status, resultType oder result fehlt")
	}
	if _, err := m.dec.Token(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = strange("something follows its end", "Nach ihrem Ende folgt noch etwas")
		}
		return err
	}
	return nil
}

// data reads what was asked for.
func (m *answer) data() error {
	return m.object(func(name string) error {
		switch name {
		case "resultType":
			is, err := m.word()
			if m.typed = true; err == nil && is != "matrix" {
				err = otherResult(is)
			}
			return err
		case "result":
			m.result = true
			return m.list(m.series)
		}
		return m.skip()
	})
}

func otherResult(is string) error {
	return fault.New(fault.Invalid, text.F("this answer is of the type %.40q, which holds no course of time: make a range query (GET /api/v1/query_range), whose answer is a matrix",
		"Diese Antwort ist vom Typ %.40q, der keinen Verlauf enthält: Eine Bereichsabfrage stellen (GET /api/v1/query_range), deren Antwort vom Typ matrix ist.", is))
}

// series reads one series.
func (m *answer) series() error {
	var of *series
	var unfit string // the label whose value can't be a name
	return m.object(func(name string) error {
		switch name {
		case "metric":
			var labels map[string]string
			if err := m.dec.Decode(&labels); err != nil {
				return err
			}
			of = &series{labelled(labels, componentLabels), labelled(labels, probeLabels)}
			for _, name := range []string{of.component, of.probe} {
				if len(name) > maxKey || !plain(name) {
					unfit = name
				}
			}
			if len(m.seen) == maxSeries {
				return fault.New(fault.Invalid, text.F("This answer has more than %d series: ask for fewer.", "Diese Antwort hat mehr als %d Zeitreihen: Weniger abfragen.", maxSeries))
			}
			if unfit != "" {
				return nil // a name of any length isn't kept
			}
			if m.seen[*of] {
				return fault.New(fault.Invalid, text.F("two series of this answer have the component %.80q and the probe %.80q: keep them apart by labels component and probe, or ask for one of them",
					"Zwei Zeitreihen dieser Antwort haben die Komponente %.80q und den Messpunkt %.80q: Sie durch die Labels component und probe unterscheiden oder nur eine abfragen.", clean(of.component, 80), clean(of.probe, 80)))
			}
			m.seen[*of] = true
			return nil
		case "values":
			if of == nil {
				return strange("a series has values before it has a name", "Eine Zeitreihe hat Werte, bevor sie einen Namen hat")
			}
			return m.list(func() error { return m.sample(*of, unfit) })
		case "value":
			return otherResult("vector")
		case "histograms", "histogram":
			return fault.New(fault.Invalid, text.New("this answer holds histograms, which say neither up nor down: ask for a series of 0 and 1, such as up or probe_success",
				"Diese Antwort enthält Histogramme, die weder up noch down sagen: Eine Zeitreihe aus 0 und 1 abfragen, etwa up oder probe_success."))
		}
		return m.skip()
	})
}

func labelled(labels map[string]string, names []string) string {
	for _, name := range names {
		if v := strings.TrimSpace(labels[name]); v != "" {
			return v
		}
	}
	return ""
}

// sample reads [seconds, "value"].
func (m *answer) sample(of series, unfit string) error {
	var pair [2]json.Token
	n := 0
	if err := m.list(func() (err error) {
		if n == len(pair) {
			return strange("a value has more than two parts", "Ein Wert hat mehr als zwei Teile")
		}
		pair[n], err = m.dec.Token()
		n++
		return err
	}); err != nil {
		return err
	}
	seconds, isNumber := pair[0].(json.Number)
	value, isText := pair[1].(string)
	if !isNumber || !isText {
		return strange("a value isn't an instant and a text", "Ein Wert besteht nicht aus Zeitpunkt und Text")
	}
	m.row++
	s := uptime.Sample{Component: of.component, Probe: of.probe, Row: m.row}
	if why := m.read(&s, seconds, value, unfit); why != nil {
		if !m.yield(uptime.Sample{}, why) {
			return errStopped
		}
		return nil
	}
	if !m.yield(s, nil) {
		return errStopped
	}
	return nil
}

// read says when the sample was taken and what it is, or why it makes no sense.
func (m *answer) read(s *uptime.Sample, seconds json.Number, value, unfit string) *dataset.Reject {
	bad := func(column, value, en, de string) *dataset.Reject {
		number := clean(s.Component, maxKey)
		if unfit != "" {
			number = ""
		}
		return &dataset.Reject{Row: m.row, Number: number, Column: column, Value: clean(value, 200), Reason: text.F(en, de)}
	}
	if unfit != "" {
		return bad("metric", unfit, "a label that names the component or the probe is longer than 200 bytes or has a control character",
			"ein Label, das Komponente oder Messpunkt benennt, ist länger als 200 Byte oder enthält ein Steuerzeichen")
	}
	at, err := seconds.Float64()
	if err != nil || at >= 253_402_300_800 { // the year 10000
		return bad("time", seconds.String(), "this isn't an instant in seconds since 1970", "das ist kein Zeitpunkt in Sekunden seit 1970")
	}
	s.At = time.Unix(int64(math.Floor(at)), 0).UTC()
	switch {
	case s.At.Before(earliest):
		return bad("time", seconds.String(), tooEarly, tooEarlyDe)
	case !m.now.IsZero() && s.At.After(m.now):
		return bad("time", seconds.String(), toCome, toComeDe)
	}
	v, err := strconv.ParseFloat(value, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return bad("value", value, "this isn't a number", "das ist keine Zahl")
	case math.IsNaN(v):
		s.Is = availability.AnswerUnknown
	case math.IsInf(v, 0):
		return bad("value", value, "an infinite value is neither 1 (up) nor 0 (down)", "ein unendlicher Wert ist weder 1 (up) noch 0 (down)")
	case v == 1:
		s.Is = availability.AnswerUp
	case v == 0:
		s.Is = availability.AnswerDown
	default:
		return bad("value", value, "this is neither 1 (up) nor 0 (down): ask for a series of 0 and 1, or compare in the query, as in up > bool 0.5",
			"das ist weder 1 (up) noch 0 (down): eine Zeitreihe aus 0 und 1 abfragen oder in der Abfrage vergleichen, etwa up > bool 0.5")
	}
	return nil
}

// object reads one, and has each member read by its name; each name comes once.
func (m *answer) object(member func(name string) error) error {
	if err := m.delim('{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for m.dec.More() {
		name, err := m.word()
		if err != nil {
			return err
		}
		if seen[name] {
			return strange("%.40q is there twice", "%.40q steht zweimal da", name)
		}
		if len(seen) < 1000 && len(name) <= maxKey { // longer ones aren't read, nor kept
			seen[name] = true
		}
		if err := member(name); err != nil {
			return err
		}
	}
	return m.delim('}')
}

// list reads one, and has each item read.
func (m *answer) list(item func() error) error {
	if err := m.delim('['); err != nil {
		return err
	}
	for m.dec.More() {
		if err := item(); err != nil {
			return err
		}
	}
	return m.delim(']')
}

func (m *answer) delim(want json.Delim) error {
	token, err := m.dec.Token()
	if err == nil && token != want {
		err = strange("%s is missing", "%s fehlt", string(rune(want)))
	}
	return err
}

func (m *answer) word() (string, error) {
	token, err := m.dec.Token()
	if err != nil {
		return "", err
	}
	s, ok := token.(string)
	if !ok {
		return "", strange("a text is missing", "ein Text fehlt")
	}
	return s, nil
}

func (m *answer) skip() error {
	var any json.RawMessage
	return m.dec.Decode(&any)
}
