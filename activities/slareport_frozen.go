package activities

import (
	"iter"

	"turnus/itsm/sla"
	"turnus/itsm/ticket"
)

// asFrozen gives the tickets of a frozen set as they are read, and holds them
// against it in the same pass: each against its hash, and all of them, after
// the last one, against count and hash of the set.
func asFrozen(f sla.Frozen, tickets iter.Seq2[ticket.Version, error]) iter.Seq2[ticket.Version, error] {
	return func(yield func(ticket.Version, error) bool) {
		set := ticket.NewSet()
		for v, err := range tickets {
			if err == nil && !v.Intact() {
				err = alteredf("Ticket %.200s isn't as import %d left it: its history doesn't have the hash on record.",
					"Ticket %.200s ist nicht mehr so, wie Import %d es hinterlassen hat: Sein Verlauf passt nicht zum gespeicherten Hashwert.", v.Number, v.Import)
			}
			ticket.AddTo(set, v.Number, v.Hash)
			if !yield(v, err) || err != nil {
				return
			}
		}
		if set.Count != f.Count || set.Hash() != f.Hash {
			yield(ticket.Version{}, alteredf("The tickets aren't those that round %d froze: these were %d with the hash %.12s…, and now there are %d with %.12s….",
				"Die Tickets sind nicht mehr die, die Freigaberunde %d festgeschrieben hat: Das waren %d mit dem Hashwert %.12s…, jetzt sind es %d mit %.12s….",
				f.Round, f.Count, f.Hash, set.Count, set.Hash()))
		}
	}
}
