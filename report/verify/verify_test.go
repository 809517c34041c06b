package verify_test

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/report/receipt"
	"turnus/report/verify"
)

// What isn't such a file says what it is, or what to do.
func TestOtherFiles(t *testing.T) {
	good := string(file(t))
	other := func(old, now string) string {
		require.Contains(t, good, old)
		return strings.Replace(good, old, now, 1)
	}
	for name, c := range map[string]struct{ file, want string }{
		"empty":              {"", "the file is empty"},
		"a page":             {"<html>", "isn't a file of exported receipts"},
		"a report":           {"{\n  \"hash\": \"0d\"", "turnus report RUN --receipts"},
		"another document":   {`{"hash":"0d","items":[]}`, "isn't a file of exported receipts"},
		"a list":             {`[{"figures":[]}]`, "isn't a file of exported receipts"},
		"formatted":          {other(`,"frozen"`, ",\n\"frozen\""), "was it formatted anew?"},
		"space in a value":   {other(`"round":1`, `"round": 1`), "was it formatted anew?"},
		"later version":      {other("turnus.receipts/1", "turnus.receipts/2"), `of the format "turnus.receipts/2", and this turnus reads turnus.receipts/1`},
		"later, with more":   {strings.Replace(other("turnus.receipts/1", "turnus.receipts/9"), "{", `{"credits":[{"a":"}"}],`, 1), `of the format "turnus.receipts/9"`},
		"more":               {strings.Replace(good, "{", `{"credits":[],`, 1), `"credits" stands where "figures" belongs`},
		"less":               {other(`"version":2},"round":1`, `"version":2}`), `"run" stands where "round" belongs`},
		"other list":         {other(`"tickets":[{`, `"tockets":[{`), `"tockets" stands where "tickets" belongs`},
		"other process":      {other(`"process":"sla-report"`, `"process":"availability-report"`), "use one that knows that process"},
		"no list":            {other(`"tickets":[{`, `"tickets":{{`), "isn't a file of exported receipts"},
		"unknown field":      {other(`"number":"T-01"`, `"number":"T-01","mood":"x"`), "tickets[T-01]: this can't be read"},
		"unknown rule":       {other(`"count":8`, `"count":8,"covers":1`), "frozen: this can't be read"},
		"no number":          {other(`"version":2},"round":1`, `"version":1},"round":"one"`), "round: this can't be read"},
		"no event":           {good[:strings.Index(good, `"tickets":[{`)+11] + `{"events":[],"hash":"","import":1,"number":"T","opened":"2026-03-01T00:00:00Z"}]`, "tickets[T].events: a ticket without an event isn't one"},
		"unknown zone":       {other(`"zone":"Europe/Berlin"},"process"`, `"zone":"Europe/Nowhere"},"process"`), "isn't a time zone"},
		"unknown region":     {other(`"region":"DE-BE"`, `"region":"XX"`), "office"},
		"no decimal":         {other(`"attain":90.0`, `"attain":9e1`), "attain"},
		"no run":             {other(`"run":"sla-report/payments/2026-03.2","tickets"`, `"run":"x","tickets"`), "run: "},
		"bytes after a text": {other(`"process":"sla-report"`, `"process":"sla-report""x"`), "isn't a file of exported receipts"},
	} {
		_, err := verify.Receipt(strings.NewReader(c.file))
		require.ErrorContains(t, err, c.want, name)
		f := fault.As(err)
		require.NotNil(t, f, name)
		require.NotEmpty(t, f.Message.De, name)
	}
	broken := errors.New("the disk is gone")
	_, err := verify.Receipt(io.MultiReader(strings.NewReader(good[:5000]), failing{broken}))
	require.ErrorIs(t, err, broken)
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }

// A file is read in whatever pieces it comes.
func TestPieces(t *testing.T) {
	v, err := verify.Receipt(oneByte{bytes.NewReader(file(t))})
	require.NoError(t, err)
	require.True(t, v.Identical)
}

type oneByte struct{ io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.Reader.Read(p[:1]) }

// Many differences are counted, and the first ones listed.
func TestDifferencesAreBounded(t *testing.T) {
	v, err := verify.Receipt(strings.NewReader(strings.ReplaceAll(string(file(t)), `"numerator":1`, `"numerator":7`)))
	require.NoError(t, err)
	require.Len(t, v.Differences, 10)
	require.Positive(t, v.More)
	require.False(t, v.Identical)
}

// The time zone database of the file is named beside that of the binary.
func TestOtherTimeZoneData(t *testing.T) {
	f := frozenMarch()
	f.TZData = "2019a"
	v, err := verify.Receipt(bytes.NewReader(export(t, f, march())))
	require.NoError(t, err)
	require.True(t, v.Identical, "nothing depends on it here")
	require.Equal(t, "2019a", v.TZData)
	require.Equal(t, calendar.TZData, v.TZDataHere)
}

// An export that isn't what the report says is an error, and has no end.
func TestExportIsCheckedAgainstTheReport(t *testing.T) {
	for name, change := range map[string]func(*report.Report, *sla.Frozen, []ticket.Version){
		"content hash": func(r *report.Report, _ *sla.Frozen, _ []ticket.Version) { r.Hash = "0d" },
		"content":      func(r *report.Report, _ *sla.Frozen, _ []ticket.Version) { r.Period = "2026-04" },
		"a figure":     func(r *report.Report, _ *sla.Frozen, _ []ticket.Version) { rehash(t, r, func() { r.Figures[1].N++ }) },
		"fewer figures": func(r *report.Report, _ *sla.Frozen, _ []ticket.Version) {
			rehash(t, r, func() { r.Figures = r.Figures[1:] })
		},
		"count":      func(_ *report.Report, f *sla.Frozen, _ []ticket.Version) { f.Count++ },
		"set":        func(_ *report.Report, f *sla.Frozen, _ []ticket.Version) { f.Hash = "0d" },
		"a ticket":   func(_ *report.Report, _ *sla.Frozen, l []ticket.Version) { l[3].Events[2].State = "Active" },
		"a hash":     func(_ *report.Report, _ *sla.Frozen, l []ticket.Version) { l[3].Hash = l[2].Hash },
		"an opening": func(_ *report.Report, _ *sla.Frozen, l []ticket.Version) { l[3].Opened = l[3].Opened.Add(time.Hour) },
		"no events":  func(_ *report.Report, _ *sla.Frozen, l []ticket.Version) { l[3].Events = nil },
	} {
		f, list := frozenMarch(), march()
		r := drafted(t, f, list)
		change(&r, &f, list)
		var b bytes.Buffer
		require.Error(t, writeSLA(&b, r, f, stream(list)), name)
		_, err := verify.Receipt(&b)
		require.NotNil(t, fault.As(err), name)
	}
	f, list := frozenMarch(), march()
	broken := errors.New("the database is gone")
	var b bytes.Buffer
	err := writeSLA(&b, drafted(t, f, list), f, func(yield func(ticket.Version, error) bool) { yield(ticket.Version{}, broken) })
	require.ErrorIs(t, err, broken)
	require.Error(t, writeSLA(full{}, drafted(t, f, list), f, stream(list)))
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func rehash(t *testing.T, r *report.Report, change func()) {
	change()
	var err error
	r.Hash, _, err = report.Hash(r.Document)
	require.NoError(t, err)
}

// Memory doesn't grow with the number of tickets, in either direction, nor
// with what a hostile file promises.
func TestMemoryIsBounded(t *testing.T) {
	const n = 8_000
	f := frozenMarch()
	one := march()[3]
	tickets := func() iter.Seq2[ticket.Version, error] {
		return func(yield func(ticket.Version, error) bool) {
			for i := range n {
				v, err := ticket.Told("T-"+string([]byte{byte('0' + i/10000), byte('0' + i/1000%10), byte('0' + i/100%10), byte('0' + i/10%10), byte('0' + i%10)}), one.Events)
				if !yield(v, err) {
					return
				}
			}
		}
	}
	var list []ticket.Version
	for v := range tickets() {
		v.Events, v.Fields = nil, nil
		list = append(list, v)
	}
	f = set(f, list)
	r := draftedFrom(t, f, tickets())
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(writeSLA(writer, r, f, tickets())) }()
	counted := &counting{Reader: reader}
	v, err := verify.Receipt(counted)
	require.NoError(t, err)
	require.True(t, v.Identical, "%v", v.Differences)
	require.EqualValues(t, n, v.Cases)
	require.Greater(t, counted.n, int64(8<<20))
	require.Less(t, counted.peak, uint64(40<<20))

	for name, hostile := range map[string]io.Reader{
		"text without end":   io.MultiReader(strings.NewReader(`{"figures":["`), endless("x")),
		"head without end":   io.MultiReader(strings.NewReader(`{"figures":[`), endless("1,")),
		"depth without end":  io.MultiReader(strings.NewReader(`{"figures":`), endless("[")),
		"members":            io.MultiReader(strings.NewReader(`{`), endless(`"a":1,`)),
		"ticket without end": io.MultiReader(strings.NewReader(string(file(t)[:bytes.Index(file(t), []byte(`"tickets":[{`))+11])+`{"events":[`), endless(`{},`)),
	} {
		_, err := verify.Receipt(hostile)
		require.NotNil(t, fault.As(err), name)
		if name == "members" {
			require.ErrorContains(t, err, `"a" stands where "figures" belongs`)
		} else {
			require.ErrorContains(t, err, "more than one part", name)
		}
	}
}

// A file that is small enough and becomes far more is refused before it does.
func TestFilesThatBecomeMore(t *testing.T) {
	whole := string(file(t))
	list := strings.Index(whole, `"tickets":[{`) + len(`"tickets":[`)
	for name, hostile := range map[string]string{
		"figures": `{"figures":[` + strings.Repeat("{},", 10_000_000) + `{}],"format":"` + receipt.Format + `","frozen":{},"process":"sla-report","report":{},"round":1,"run":"a","tickets":[`,
		"events":  whole[:list] + `{"events":[` + strings.Repeat("{},", 10_000_000) + `{}]}` + whole[list:],
	} {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		before := m.TotalAlloc
		_, err := verify.Receipt(strings.NewReader(hostile))
		require.ErrorContains(t, err, "values", name)
		runtime.ReadMemStats(&m)
		require.Less(t, m.TotalAlloc-before, uint64(200<<20), name) // the part itself, in growing pieces
	}
}

// A text that no file has fills nothing.
func TestTextsThatAreTooLong(t *testing.T) {
	whole := string(file(t))
	for _, at := range []string{`"frozen":{`, `"tickets":[{`} {
		from := strings.Index(whole, at) + len(at)
		hostile := whole[:from] + `"` + strings.Repeat("a", 30<<20) + `":1,` + whole[from:]
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		before := m.TotalAlloc
		_, err := verify.Receipt(strings.NewReader(hostile))
		require.ErrorContains(t, err, "than one part", at)
		runtime.ReadMemStats(&m)
		require.Less(t, m.TotalAlloc-before, uint64(30<<20), at)
	}
}

// counting looks at the heap while a file goes by.
type counting struct {
	io.Reader
	n    int64
	next int64
	peak uint64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.n += int64(n); c.n > c.next {
		c.next = c.n + 4<<20
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.peak = max(c.peak, m.HeapAlloc)
	}
	return n, err
}

// endless repeats a text for ever.
type endless string

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for n+len(e) <= len(p) {
		n += copy(p[n:], e)
	}
	return n, nil
}

// No file makes verifying panic, and what is found identical is what was
// exported, but for what nothing follows from.
func FuzzVerify(f *testing.F) {
	good := string(file(f))
	f.Add(file(f))
	f.Add(file(f)[:len(good)/2])
	f.Add(small(f))
	f.Add([]byte(strings.Replace(good, "T-01", "T-99", 1)))
	f.Add([]byte(strings.Replace(good, "2026-03-27T16:00:00Z", "0001-01-01T00:00:00Z", 1)))
	f.Add([]byte(`{"figures":[],"format":"turnus.receipts/1","frozen":{},"process":"sla-report","report":{"document":{},"hash":"","version":2},"round":1,"run":"a/b/2026","tickets":[],"verification":{"sha256":""}}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := verify.Receipt(bytes.NewReader(b))
		if err != nil {
			require.NotNil(t, fault.As(err), "%v", err)
			return
		}
		require.LessOrEqual(t, len(v.Differences), 10)
		require.Equal(t, v.Identical, len(v.Differences) == 0)
	})
}
