package ticket

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSetIsTheHashOfItsLines(t *testing.T) {
	set := NewSet()
	empty := sha256.Sum256(nil)
	require.Equal(t, hex.EncodeToString(empty[:]), set.Hash())
	AddTo(set, "INC1", "aa")
	AddTo(set, []byte("INC2"), []byte("bb"))
	want := sha256.Sum256([]byte("INC1\taa\nINC2\tbb\n"))
	require.Equal(t, hex.EncodeToString(want[:]), set.Hash())
	require.EqualValues(t, 2, set.Count)
}

// A version that was stored is intact as it is read, and isn't once anything
// that its history tells is another.
func TestIntact(t *testing.T) {
	require.False(t, (&Version{Number: "INC1"}).Intact())
	rapid.Check(t, func(t *rapid.T) {
		stored := Version{Number: "INC1", Events: anyEvents(t)}
		if len(History(stored.Events)) == 0 {
			return
		}
		stored.Settle()
		read := Version{Number: stored.Number, Hash: stored.Hash}
		require.NoError(t, read.Read(Pack(stored.Events)))
		require.True(t, read.Intact())
		other := read
		other.Number = "INC2"
		require.False(t, other.Intact())
		other = read
		other.Events = append([]Event(nil), read.Events...)
		last := &other.Events[len(other.Events)-1]
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0:
			last.At = last.At.Add(time.Second)
		case 1:
			last.State += "x"
		case 2:
			last.Stopped = !last.Stopped
		case 3:
			last.Fields = map[string]string{"priority": last.Fields["priority"] + "x"}
		}
		require.False(t, other.Intact())
	})
}

// BenchmarkIntact is what a draft adds to reading a ticket (see BenchmarkRead).
func BenchmarkIntact(b *testing.B) {
	at := time.Date(2016, 2, 29, 1, 16, 0, 0, time.UTC)
	v := Version{Number: "DESK-00000001", Events: []Event{{At: at, Fields: map[string]string{"priority": "3 - Moderate", "category": "Category 55", "customer": "Customer 7", "made_sla": "true"}}}}
	for i, state := range []string{"New", "Active", "Awaiting User Info", "Active", "Resolved"} {
		v.Events = append(v.Events, Event{At: at.Add(time.Duration(i*i) * time.Hour), Seq: int64(i), State: state, Stopped: state == "Resolved"})
	}
	v.Settle()
	set := NewSet()
	b.ReportAllocs()
	for b.Loop() {
		if !v.Intact() {
			b.Fatal("it is")
		}
		AddTo(set, v.Number, v.Hash)
	}
}
