package ticket

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var texts = rapid.OneOf(rapid.SampledFrom([]string{"", "New", "Active", "Resolved", "priority", "3 - Moderate"}), rapid.String())

func anyEvents(t *rapid.T) []Event {
	n := rapid.SampledFrom([]int{0, 1, 2, 5, 80}).Draw(t, "n")
	events := make([]Event, n)
	for i := range events {
		events[i] = Event{
			At:    time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "at"), 0).UTC(),
			Seq:   rapid.Int64().Draw(t, "seq"),
			State: texts.Draw(t, "state"), Stopped: rapid.Bool().Draw(t, "stopped"),
			Responded: rapid.Bool().Draw(t, "responded"), Void: rapid.Bool().Draw(t, "void"),
		}
		if f := rapid.MapOfN(texts, texts, 0, 4).Draw(t, "fields"); len(f) > 0 {
			events[i].Fields = f
		}
	}
	return events
}

func TestUnpackIsTheInverseOfPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := anyEvents(t)
		packed := Pack(events)
		got, err := Unpack(packed)
		require.NoError(t, err)
		require.Equal(t, events, got)
		require.Equal(t, packed, Pack(got), "equal events have equal bytes")
		if n := len(packed); n > 1 {
			_, err = Unpack(packed[:rapid.IntRange(0, n-1).Draw(t, "cut")])
			require.Error(t, err, "a part of it isn't a history")
		}
		_, err = Unpack(append(packed, 0))
		require.Error(t, err, "nor is more than it")
	})
}

func TestPackIsSmall(t *testing.T) {
	at := time.Date(2016, 2, 29, 1, 16, 0, 0, time.UTC)
	fields := map[string]string{"priority": "3 - Moderate", "category": "Category 55"}
	one := []Event{{At: at, Fields: fields}, {At: at.Add(time.Hour), Seq: 1, State: "Active"}}
	many := append([]Event(nil), one...)
	for i := range 20 {
		many = append(many, Event{At: at.Add(time.Duration(i+2) * time.Hour), Seq: int64(i + 2), State: "Active"})
	}
	require.Less(t, len(Pack(many))-len(Pack(one)), 20*9, "a change that repeats texts costs a few bytes")
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{packed1, 0, 0})
	f.Add([]byte{packed1, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Add(Pack([]Event{{At: time.Unix(1, 0), State: "New", Fields: map[string]string{"a": "b"}}, {At: time.Unix(9, 0), Stopped: true}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		events, err := Unpack(b)
		if err != nil {
			return
		}
		again, err := Unpack(Pack(events))
		require.NoError(t, err)
		require.Equal(t, events, again)
	})
}

func TestStagedRowsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		instant := rapid.Custom(func(t *rapid.T) time.Time {
			return time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "at"), 0).UTC()
		})
		maybe := rapid.Ptr(instant, true)
		row := Row{Seq: rapid.Int64().Draw(t, "seq"), Opened: instant.Draw(t, "opened"), At: instant.Draw(t, "changed"),
			State: texts.Draw(t, "state"), Stopped: rapid.Bool().Draw(t, "stopped"), StoppedAt: maybe.Draw(t, "stopped at"),
			Responded: maybe.Draw(t, "responded"), Change: rapid.Bool().Draw(t, "change"),
			Fields: rapid.MapOfN(texts, texts, 0, 4).Draw(t, "fields")}
		var names Names
		b := AppendRow(nil, &row, &names)
		got, err := ReadRow(b, &names)
		require.NoError(t, err)
		require.Equal(t, row, got)
		_, err = ReadRow(b[:len(b)-1], &names)
		require.Error(t, err)
	})
}

func TestReadTellsWhatSettleDerives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := anyEvents(t)
		var got Version
		err := got.Read(Pack(events))
		told := History(events)
		if len(told) == 0 {
			require.Error(t, err, "there is no history without an event")
			return
		}
		require.NoError(t, err)
		want := Version{Events: events}
		want.Settle()
		require.Equal(t, []time.Time{events[0].At, want.First, want.Last}, []time.Time{got.Opened, got.First, got.Last})
		require.Equal(t, told, got.Events)
		for name, value := range want.Fields {
			require.Equal(t, value, got.Fields[name])
		}
		for name, value := range got.Fields {
			require.Equal(t, value, want.Fields[name], "empty is not set")
		}
	})
}

// BenchmarkRead unpacks a ticket with a pause, as a report reads a million.
func BenchmarkRead(b *testing.B) {
	at := time.Date(2016, 2, 29, 1, 16, 0, 0, time.UTC)
	events := []Event{{At: at, Fields: map[string]string{"priority": "3 - Moderate", "category": "Category 55", "customer": "Customer 7", "made_sla": "true"}}}
	for i, state := range []string{"New", "Active", "Awaiting User Info", "Active", "Resolved"} {
		events = append(events, Event{At: at.Add(time.Duration(i*i) * time.Hour), Seq: int64(i), State: state, Stopped: state == "Resolved"})
	}
	packed := Pack(events)
	var v Version
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Read(packed); err != nil {
			b.Fatal(err)
		}
	}
}
