package dataset

import (
	"encoding/json"
	"math/big"

	"turnus/itsm/text"
)

// SharesForPercents finds percentages of an agreement below 1, which are valid
// and hardly meant so: 0.995 is what a share of 99.5 % looks like, and a target
// of 0.995 % is always met.
func SharesForPercents(a Agreed) (list []Warning) {
	look := func(target, field string, n json.Number) {
		r, ok := new(big.Rat).SetString(n.String())
		if !ok || r.Sign() <= 0 || r.Cmp(big.NewRat(1, 1)) >= 0 {
			return
		}
		list = append(list, Warning{Code: ShareForPercent, Detail: text.F("%[1]s/%[2]s: %[3]s is %[4]s, which is per cent: %[4]s\u202f%%. Is a share meant? Then a hundred times as much is right.",
			"%[1]s/%[2]s: %[3]s ist %[4]s, und das sind Prozent: %[4]s\u202f%%. Ist ein Anteil gemeint? Dann ist das Hundertfache richtig.", a.Name, target, field, n.String())})
	}
	for _, t := range a.Spec.Targets {
		look(t.Name, "attain", t.Attain)
		if t.Availability != nil {
			look(t.Name, "availability.coverage", t.Availability.Coverage)
		}
	}
	return list
}
