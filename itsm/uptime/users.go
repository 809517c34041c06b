package uptime

import (
	"strings"

	"turnus/itsm/dataset"
	"turnus/itsm/text"
)

// Names looks at the names of users that outages of a file concern: a number
// where names belong is one user of that name, and hardly meant so.
type Names struct{ named, numbers int64 } // outages with names; those with a single one, in digits

// See takes in what the file says of an outage.
func (n *Names) See(rows []Outage) {
	for _, o := range rows {
		if len(o.Users) == 0 {
			continue
		}
		n.named++
		if len(o.Users) == 1 && strings.Trim(o.Users[0], "-0123456789") == "" {
			n.numbers++
		}
	}
}

// Warnings says that the names look like numbers of users, where all do.
func (n *Names) Warnings() []dataset.Warning {
	if n.named == 0 || n.numbers < n.named {
		return nil
	}
	return []dataset.Warning{{Code: dataset.NumbersAsNames, Detail: text.New(
		"The users of each outage are a single number, which counts as the name of one user. If it says how many they are, map the column as affected.",
		"Die Benutzer jedes Ausfalls sind eine einzelne Zahl, sie gilt als Name eines Benutzers. Gibt sie deren Anzahl an, die Spalte als affected zuordnen.")}}
}
