package ticket

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ledger holds what the store holds of one ticket.
type ledger struct {
	versions []Known // in the order of their numbers; without events: a tombstone
	kept     map[int64]*Kept
	imports  []Said // as they came, withdrawn ones among them
	gone     map[int64]bool
}

// known is read from what is stored.
func (l *ledger) known(t *rapid.T) *Known {
	if len(l.versions) == 0 {
		return nil
	}
	k := l.versions[len(l.versions)-1]
	return reread(t, &k)
}

// reread has of a version what its row tells.
func reread(t *rapid.T, k *Known) *Known {
	if k == nil || len(k.Packed) == 0 {
		return nil
	}
	r := &Known{Packed: k.Packed, AsOf: k.AsOf, SaidBy: k.SaidBy}
	r.Number, r.Import, r.Opened, r.Flagged, r.Hash = k.Number, k.Import, k.Opened, k.Flagged, k.Hash
	var err error
	r.Events, err = Unpack(k.Packed)
	require.NoError(t, err)
	return r
}

func (l *ledger) version(t *rapid.T, number int64) *Version {
	for _, v := range l.versions {
		if v.Import == number {
			return &reread(t, &v).Version
		}
	}
	return nil
}

// said finds again what an import said; false: nothing is known of it.
func (l *ledger) said(t *rapid.T, of Said) (Said, bool) {
	var s Said
	if k := l.kept[of.Import]; k != nil {
		var sameAs *Version
		if k.SameAs != 0 {
			sameAs = l.version(t, k.SameAs)
			require.NotNil(t, sameAs)
		}
		var err error
		s, err = k.Said(of.Rows[0].Number, sameAs)
		require.NoError(t, err)
	} else if v := l.version(t, of.Import); v != nil {
		s = v.Said()
	} else {
		return s, false
	}
	s.Import, s.AsOf, s.Union = of.Import, of.AsOf, of.Union
	return s, true
}

func anySaid(t *rapid.T, number int64, row *int64) Said {
	s := Said{Import: number, AsOf: after(rapid.IntRange(0, 4).Draw(t, "as of")), Union: rapid.Bool().Draw(t, "union"),
		Flagged: rapid.IntRange(0, 5).Draw(t, "flagged") == 0}
	changes := rapid.Bool().Draw(t, "changes")
	for range rapid.IntRange(1, 4).Draw(t, "rows") {
		*row++
		r := change(*row, int64(rapid.IntRange(0, 4).Draw(t, "seq")), rapid.IntRange(-1, 6).Draw(t, "at"),
			rapid.SampledFrom([]string{"New", "Active", "Resolved"}).Draw(t, "state"), p(rapid.SampledFrom([]string{"1", "2"}).Draw(t, "priority")))
		if rapid.IntRange(0, 3).Draw(t, "other opening") == 0 {
			r.Opened = after(-3)
		}
		if rapid.IntRange(0, 3).Draw(t, "responded") == 0 {
			r.Responded = &r.At
		}
		if r.Change = !s.Union && changes; !s.Union {
			r.Stopped = false
			if rapid.Bool().Draw(t, "stops") {
				end := after(rapid.IntRange(0, 6).Draw(t, "end"))
				r.StoppedAt = &end
			}
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

// Whatever was withdrawn, what is known of a ticket is what the imports that
// remain say by themselves, and so is what became of their rows.
func TestWhatImportsSaidIsFoundAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := ledger{kept: map[int64]*Kept{}, gone: map[int64]bool{}}
		var row, number int64
		for range rapid.IntRange(1, 9).Draw(t, "steps") {
			number++
			var candidates []int64
			for _, s := range l.imports {
				if !l.gone[s.Import] {
					candidates = append(candidates, s.Import)
				}
			}
			if len(candidates) > 0 && rapid.IntRange(0, 2).Draw(t, "withdraw") == 0 {
				l.gone[rapid.SampledFrom(candidates).Draw(t, "which")] = true
				l.withdrawn(t, number)
			} else {
				s := anySaid(t, number, &row)
				if len(l.imports) > 0 && rapid.IntRange(0, 3).Draw(t, "again") == 0 {
					s.Rows = rapid.SampledFrom(l.imports).Draw(t, "delivery").Rows
				}
				known := l.known(t)
				next, outcomes, changed := Step(known, s)
				if kept := Keep(known, s, next, outcomes, changed); kept != nil {
					l.kept[number] = kept
				}
				if changed {
					l.versions = append(l.versions, *next)
				}
				l.imports = append(l.imports, s)
			}
			l.check(t)
		}
	})
}

// withdrawn writes another version from what remains, as the store does.
func (l *ledger) withdrawn(t *rapid.T, number int64) {
	var all []Said
	for _, i := range l.imports {
		if s, ok := l.said(t, i); ok && !l.gone[i.Import] {
			all = append(all, s)
		}
	}
	known := Fold(all)
	if known == nil {
		known = &Known{}
	}
	v := *known
	v.Import = number
	l.versions = append(l.versions, v)
}

func (l *ledger) check(t *rapid.T) {
	var remaining, again []Said
	for _, i := range l.imports {
		if l.gone[i.Import] {
			continue
		}
		remaining = append(remaining, i)
		if s, ok := l.said(t, i); ok {
			again = append(again, s)
		}
	}
	want, loaded := folded(remaining)
	got, counted := folded(again)
	require.Equal(t, loaded, counted, "rows loaded")
	require.Equal(t, want, got)
	stored := l.known(t)
	if want == nil {
		require.Nil(t, stored)
		return
	}
	require.NotNil(t, stored)
	require.Equal(t, want.Packed, stored.Packed)
	require.Equal(t, []any{want.Hash, want.Flagged, want.AsOf, want.SaidBy}, []any{stored.Hash, stored.Flagged, stored.AsOf, stored.SaidBy})
}

// folded is what is known, and how many rows were taken.
func folded(all []Said) (known *Known, loaded int) {
	for _, s := range all {
		next, outcomes, _ := Step(known, s)
		for _, o := range outcomes {
			if o.Loaded() {
				loaded++
			}
		}
		known = next
	}
	if known != nil {
		k := *known
		k.Settle() // first, last and fields, as whoever reads it derives them
		k.Import, k.Events = 0, History(k.Events)
		known = &k
	}
	return known, loaded
}

func TestOlderRowsLoseAndLeaveNothing(t *testing.T) {
	stop := after(30)
	row := func(r int64, priority string, end *time.Time) Row {
		return Row{Row: r, Number: "K-1", Opened: opening, At: opening, StoppedAt: end, Fields: p(priority)}
	}
	known, outcomes, changed := Step(nil, Said{Import: 1, AsOf: after(100), Rows: []Row{row(1, "1", &stop)}})
	require.True(t, changed && outcomes[0].Loaded())
	again, outcomes, changed := Step(known, Said{Import: 2, AsOf: after(50), Rows: []Row{row(1, "1", nil), row(2, "1", nil)}, Flagged: true})
	require.False(t, changed)
	require.True(t, outcomes[0].Older)
	require.NotNil(t, outcomes[1].Reject)
	require.Equal(t, known, again)
	require.False(t, again.Flagged, "what loses flags nothing")
	_, outcomes, _ = Step(known, Said{Import: 3, AsOf: after(50), Rows: []Row{row(1, "1", &stop)}})
	require.True(t, outcomes[0].Unchanged, "it says the same")
	next, outcomes, changed := Step(known, Said{Import: 4, AsOf: after(100), Rows: []Row{row(1, "2", nil)}})
	require.True(t, changed && outcomes[0].Loaded(), "read at the same instant, the later import wins")
	require.EqualValues(t, 4, next.SaidBy)
}

func TestKeepOnlyWhatVersionsDontTell(t *testing.T) {
	stop := after(30)
	row := Row{Row: 1, Number: "K-1", Opened: opening, At: stop, StoppedAt: &stop, Fields: p("1")}
	keep := func(known *Known, s Said) (*Known, *Kept) {
		next, outcomes, changed := Step(known, s)
		return next, Keep(known, s, next, outcomes, changed)
	}
	known, kept := keep(nil, Said{Import: 1, AsOf: after(100), Rows: []Row{row}})
	require.Nil(t, kept, "the version is made of its rows alone")
	_, kept = keep(known, Said{Import: 2, AsOf: after(100), Rows: []Row{row}})
	require.Equal(t, &Kept{SameAs: 1}, kept, "the file again")
	other := row
	other.Fields = p("2")
	_, kept = keep(known, Said{Import: 3, AsOf: after(99), Rows: []Row{other}})
	require.NotEmpty(t, kept.Rows, "what lost")
	_, kept = keep(known, Said{Import: 4, AsOf: after(100), Rows: []Row{other}})
	require.Nil(t, kept)
	_, kept = keep(known, Said{Import: 5, AsOf: after(100), Flagged: true})
	require.Equal(t, &Kept{Flagged: true}, kept)
	_, kept = keep(nil, Said{Import: 6, AsOf: after(100), Flagged: true})
	require.Nil(t, kept, "all rejected, and nothing known")

	first, kept := keep(nil, Said{Import: 7, Union: true, Rows: []Row{change(1, 0, 5, "New", nil)}})
	require.Nil(t, kept)
	_, kept = keep(first, Said{Import: 8, Union: true, Rows: []Row{change(1, 1, 9, "Active", nil)}})
	require.NotEmpty(t, kept.Rows, "the version is made of both files")
	_, kept = keep(first, Said{Import: 9, Union: true, Rows: []Row{change(1, 0, 5, "New", nil), change(2, 1, 9, "Active", nil)}})
	require.Nil(t, kept, "the log again, grown: it tells the whole history itself")
	earlier := change(2, 1, 9, "Active", nil)
	earlier.Opened = after(-60)
	_, kept = keep(nil, Said{Import: 10, Union: true, Rows: []Row{change(1, 0, 5, "New", nil), earlier}})
	require.NotEmpty(t, kept.Rows, "which row says which opening the version doesn't tell")
	row.Change = true
	_, kept = keep(nil, Said{Import: 11, Rows: []Row{{Row: 1, Number: "K-1", Opened: opening, At: after(5), StoppedAt: &stop, Change: true}}})
	require.NotEmpty(t, kept.Rows, "nor whether the end has a row of its own")
	_, kept = keep(nil, Said{Import: 12, Rows: []Row{row}})
	require.Nil(t, kept)
}

// Of more changes than a ticket may have, the order of the file says which count.
func TestKeepTheOrderOfTooManyChanges(t *testing.T) {
	var rows []Row
	for i := range MaxChanges - 1 {
		rows = append(rows, change(int64(i+1), int64(i), i, "Active", nil))
	}
	first := Said{Import: 1, Union: true, Rows: rows}
	known, _, _ := Step(nil, first)
	second := Said{Import: 2, Union: true, Rows: []Row{change(1, MaxChanges+1, MaxChanges+1, "Closed", nil), change(2, MaxChanges, MaxChanges, "Resolved", nil)}}
	next, outcomes, changed := Step(known, second)
	require.NotNil(t, outcomes[1].Reject)
	kept := Keep(known, second, next, outcomes, changed)
	again, err := kept.Said("INC1", nil)
	require.NoError(t, err)
	again.Import, again.Union = 2, true
	require.Equal(t, next.Hash, Fold([]Said{first, again}).Hash)
}

func TestUnpackRowsIsTheInverseOfPackRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var row int64
		rows := anySaid(t, 1, &row).Rows
		for i := range rows {
			rows[i].Row = 0
			rows[i].Fields = rapid.MapOfN(texts, texts, 0, 4).Draw(t, "fields")
		}
		packed := PackRows(rows)
		got, err := UnpackRows(packed, "INC1")
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(rows), fmt.Sprint(got)) // pointers to instants aside
		for i := range rows {
			require.Equal(t, rows[i].StoppedAt, got[i].StoppedAt)
			require.Equal(t, rows[i].Responded, got[i].Responded)
		}
		_, err = UnpackRows(append(packed, 0xff), "INC1")
		require.Error(t, err)
	})
}

func FuzzUnpackRows(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{packedRows1, 0})
	f.Add([]byte{packedRows1, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Add(PackRows([]Row{change(1, 2, 3, "New", p("1")), change(2, 3, 4, "Resolved", nil)}))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := UnpackRows(b, "N")
		if err != nil {
			return
		}
		again, err := UnpackRows(PackRows(rows), "N")
		require.NoError(t, err)
		require.Equal(t, rows, again)
	})
}
