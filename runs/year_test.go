package runs_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/resource"
	"turnus/itsm/run"
)

var yearFrom, yearTo = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)

// years is how many years go by, each with a seed of its own: one takes about
// ten seconds of a quiet machine.
var years = flag.Int("years", 1, "years that the ledger is tried with")

// subject is a service with its interval.
type subject struct {
	name, catchUp, cal string
	zone               *time.Location
	everyDay           bool
	holidays           string
	events             bool

	versions []naiveVersion
	expected map[string]expectation
	forward  map[string]bool // periods that an event brought forward
	asOf     time.Time       // up to when its data is there
	paused   bool
}

// covered says that a month is over where the service is, and its data there.
func (s *subject) covered(period string) bool {
	p, err := calendar.ParsePeriod(period)
	if err != nil {
		panic(err)
	}
	return !time.Date(p.Next.Year, p.Next.Month, 1, 0, 0, 0, 0, s.zone).After(s.asOf)
}

// any is some version of its interval.
func (s *subject) any(dice *rand.Rand) naiveVersion {
	rules := []naiveRule{workingDay(1), workingDay(3), workingDay(5), workingDay(-2), dayOfMonth(1), dayOfMonth(12), dayOfMonth(-1), cronDay(2), cronDay(20)}
	return naiveVersion{rule: rules[dice.IntN(len(rules))], adjusted: dice.IntN(3) > 0, tolerance: dice.IntN(9)}
}

func (s *subject) document(v naiveVersion, catchUp string) resource.Raw {
	adjust, events := "none", ""
	if v.adjusted {
		adjust = "modified-following"
	}
	if s.events {
		events = `'events':['major-change'],`
	}
	return interval(s.name, s.name, fmt.Sprintf(`'rule':%s,'adjust':'%s','tolerance':%d,'catch_up':'%s',%s'valid':{'from':'%s'}`,
		v.rule.json, adjust, v.tolerance, catchUp, events, v.from))
}

// year is a year of an installation, with what the test knows of it.
type year struct {
	*house
	dice     *rand.Rand
	subjects []*subject
	ends     []ending
	pending  map[string]*request // by service
	waivers  int

	persons  map[string]bool       // runs that a person began
	declared map[run.Key]bool      // missed by a person's word
	waived   map[run.Key]bool      // by an approved waiver
	reopened map[run.Key]time.Time // by a backfill
	found    map[run.Key]time.Time // when a waking first came across it
	misses   map[run.Key]map[time.Time]bool
	seen     map[string]bool       // runs
	dues     map[run.Key]time.Time // of what is past
	lastWake time.Time
	counts   map[string]int
}

func (y *year) did(what string) { y.counts[what]++ }

// A year goes by, with weeks in which nothing ran at all, and with people who
// start, forget, change and waive. After every waking the ledger adds up, each
// slot is what the facts say, and nothing of the past has changed; in the end
// every slot is there that the versions in force named.
func TestALedgerOfAYear(t *testing.T) {
	for seed := range uint64(*years) {
		t.Run(fmt.Sprint("seed ", seed+1), func(t *testing.T) { t.Parallel(); newYear(t, seed+1).pass() })
	}
}

func newYear(t *testing.T, seed uint64) *year {
	zone := func(name string) *time.Location {
		z, err := calendar.Zone(name)
		require.NoError(t, err)
		return z
	}
	const berlin, york = "2027-01-01 2027-03-26 2027-03-29 2027-05-06 2027-05-17 2027-10-01", "2027-01-01 2027-05-31 2027-07-05"
	y := &year{dice: rand.New(rand.NewPCG(seed, 12)),
		subjects: []*subject{
			{name: "s0", catchUp: "each", cal: "berlin", zone: zone("Europe/Berlin"), holidays: berlin},
			{name: "s1", catchUp: "latest", cal: "berlin", zone: zone("Europe/Berlin"), holidays: berlin},
			{name: "s2", catchUp: "none", cal: "york", zone: zone("America/New_York"), holidays: york},
			{name: "s3", catchUp: "each", cal: "york", zone: zone("America/New_York"), holidays: york, events: true},
			{name: "s4", catchUp: "latest", cal: "24x7", zone: zone("Asia/Tokyo"), everyDay: true, events: true},
			{name: "s5", catchUp: "none", cal: "24x7", zone: zone("Asia/Tokyo"), everyDay: true},
		},
		pending: map[string]*request{}, persons: map[string]bool{}, declared: map[run.Key]bool{}, waived: map[run.Key]bool{},
		reopened: map[run.Key]time.Time{}, found: map[run.Key]time.Time{}, misses: map[run.Key]map[time.Time]bool{},
		seen: map[string]bool{}, dues: map[run.Key]time.Time{}, counts: map[string]int{}}
	var docs []resource.Raw
	for _, s := range y.subjects {
		z := ""
		if s.everyDay {
			z = s.zone.String()
		}
		docs = append(docs, service(s.name, s.cal, z)...)
	}
	y.house = newHouse(t, yearFrom, docs...)
	for i, s := range y.subjects {
		v := s.any(y.dice)
		v.from = yearFrom.AddDate(0, []int{-6, 0, -2, 2, -1, 1}[i], y.dice.IntN(25)).Format(time.DateOnly)
		s.versions, s.expected, s.forward = []naiveVersion{v}, map[string]expectation{}, map[string]bool{}
		y.inForce(s.document(v, s.catchUp))
		s.expect(y.now, func(string) string { return "" })
		s.asOf = yearFrom.Add(-time.Hour)
		y.covers(s.name, s.asOf)
	}
	return y
}

// pass lets the year go by.
func (y *year) pass() {
	down := map[int]time.Duration{ // in these months, over the end of one of them
		2: time.Duration(2+y.dice.IntN(70)) * time.Hour,
		4: 7 * 24 * time.Hour,
		7: time.Duration(8+y.dice.IntN(20)) * 24 * time.Hour,
		9: 5 * 24 * time.Hour,
	}
	wakings := 0
	for y.now.Before(yearTo) {
		step := time.Duration(5+y.dice.IntN(24*60)) * time.Minute
		if next, ok := y.nextDue(); ok && next.Sub(y.now) < step && y.dice.IntN(3) > 0 {
			step = next.Sub(y.now) + time.Duration(y.dice.IntN(40))*time.Minute
		}
		at := y.now.Add(max(step, time.Minute))
		if d, due := down[int(at.Month())]; due && at.Day() >= 28 {
			delete(down, int(at.Month()))
			at = at.Add(d)
			y.did("down")
		}
		y.now = at.Truncate(time.Second)
		y.endRuns()
		y.decide()
		if y.dice.IntN(2) == 0 {
			y.somebody()
		}
		before := y.load()
		y.wake()
		y.check(before)
		y.lastWake = y.now
		wakings++
	}
	y.complete()
	y.Log("wakings", wakings, y.counts)
	for _, what := range []string{"published", "rejected", "cancelled", "failed", "provisional", "begun by a person", "declared missed", "waived",
		"changed", "paused or resumed", "backfilled", "brought forward", "imported", "down", "begun by a waking", "missed"} {
		require.NotZero(y, y.counts[what], "a year without: %s", what)
	}
}

// nextDue is when the next planned slot falls due.
func (y *year) nextDue() (next time.Time, ok bool) {
	var at *time.Time
	require.NoError(y, y.store.DB().QueryRowContext(y.Context(), "SELECT min(due_at) FROM slot WHERE state = 'planned' AND due_at > $1", y.now).Scan(&at))
	if at == nil {
		return next, false
	}
	return at.UTC(), true
}

// complete compares the slots of the year with those that the versions named.
func (y *year) complete() {
	slots := y.load()
	for _, s := range y.subjects {
		for _, period := range slices.Sorted(maps.Keys(s.expected)) {
			e := s.expected[period]
			if s.forward[period] || !slices.ContainsFunc(e.may, func(n naiveSlot) bool { return n.due.Before(yearTo) }) {
				continue
			}
			x, there := slots[run.Key{Process: "sla-report", Scope: s.name, Period: period}]
			if !there {
				require.True(y, e.optional, "%s %s was planned for %v, and isn't there", s.name, period, e.may)
				continue
			}
			require.True(y, slices.ContainsFunc(e.may, func(n naiveSlot) bool {
				return n.due.Equal(x.due) && n.early.Equal(x.early) && n.late.Equal(x.late)
			}), "%s %s is due %s (%s to %s), and was planned for %v", s.name, period, x.due, x.early, x.late, e.may)
		}
		for _, x := range slots.of(s.name) {
			_, known := s.expected[x.period]
			require.True(y, known || s.forward[x.period] || !x.due.Before(yearTo), "nobody planned %s", strings.Join([]string{s.name, x.period}, " "))
		}
	}
}
