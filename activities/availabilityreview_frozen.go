package activities

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
	"turnus/store"
)

// knownIn is the part of a dataset that a set holds.
func knownIn(f avail.Frozen, name string) store.KnownSpan {
	return store.KnownSpan{Service: f.Service, Import: f.Dataset(name).Import, From: f.Reads.From, To: f.Reads.To}
}

// availabilitySource reads the data of a set, and holds it against the set in the
// same pass.
func (s *Set) availabilitySource(ctx context.Context, f avail.Frozen) avail.Source {
	return avail.Source{
		Outages: knownAsFrozen(f, dataset.Outages, s.store.Outages(ctx, knownIn(f, dataset.Outages))),
		Windows: knownAsFrozen(f, dataset.Maintenance, s.store.Windows(ctx, knownIn(f, dataset.Maintenance))),
		Days:    knownAsFrozen(f, dataset.Probes, s.store.ProbeDays(ctx, knownIn(f, dataset.Probes))),
	}
}

// knownAsFrozen gives what is known of a dataset as it is read, and holds all of it,
// after the last key, against count and hash of the set.
func knownAsFrozen[T any](f avail.Frozen, name string, known iter.Seq2[dataset.Keyed[T], error]) iter.Seq2[dataset.Keyed[T], error] {
	return func(yield func(dataset.Keyed[T], error) bool) {
		set := ticket.NewSet()
		var b []byte
		for k, err := range known {
			if err == nil {
				b, err = addKnown(set, k, b)
			}
			if !yield(k, err) || err != nil {
				return
			}
		}
		frozen := f.Dataset(name)
		if set.Count != frozen.Count || set.Hash() != frozen.Hash {
			d, err := dataset.Find(name)
			if err == nil {
				err = alteredf("The data (%[1]s) isn't what round %[2]d froze: that was %[3]d %[4]s with the hash %.12[5]s…, and now it is %[6]d with %.12[7]s….",
					"Die Daten (%[1]s) sind nicht mehr die, die Freigaberunde %[2]d festgeschrieben hat: Das waren %[3]d %[4]s mit dem Hashwert %.12[5]s…, jetzt sind es %[6]d mit %.12[7]s….",
					d.Title, f.Round, frozen.Count, d.Cases, frozen.Hash, set.Count, set.Hash())
			}
			yield(dataset.Keyed[T]{}, err)
		}
	}
}

// addKnown adds what is known of a key, as store.KnownHash does; b is written over.
func addKnown[T any](set *ticket.Set, k dataset.Keyed[T], b []byte) ([]byte, error) {
	b, err := canonical.Append(b[:0], k.Is)
	sum := sha256.Sum256(b)
	ticket.AddTo(set, k.Key, hex.EncodeToString(sum[:]))
	return b, err
}
