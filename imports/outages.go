package imports

import (
	"fmt"
	"io"
	"iter"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"turnus/itsm/dataset"
	"turnus/itsm/uptime"
)

// Bounds of whom an outage concerns.
const (
	maxUsers    = 1_000         // by name
	maxAffected = 1_000_000_000 // by number
)

// CheckOutages refuses options that no file can be read with.
func CheckOutages(o Options) error { return checkOptions(dataset.Outages, o) }

// Outages reads a record of outages: a table with a mapping, which may be packed
// as .gz or .zip. A row that makes no sense comes as *dataset.Reject and reading
// goes on; any other error is the last thing that comes.
//
// An end that is empty or a dash says that the outage wasn't over. Outages may
// overlap. The share that was gone is a decimal (0.5) or per cent (50 %); whom
// it concerned are names, separated by semicolons, else by commas, else by
// blanks, or a number.
func Outages(r io.Reader, o Options) iter.Seq2[uptime.Outage, error] {
	if err := CheckOutages(o); err != nil {
		return failed[uptime.Outage](err)
	}
	return rows(r, o, o.Mapping.Table, func(t *table) (parser[uptime.Outage], error) {
		at, err := t.named(o.Mapping, "reference", "component", "start", "end", "cause", "severity", "gone", "users", "affected")
		if err != nil {
			return nil, err
		}
		p := outages{at["reference"], at["component"], at["start"], at["end"], at["cause"], at["severity"], at["gone"], at["users"], at["affected"]}
		t.number = p.reference
		return p.row, nil
	})
}

// outages are the columns of a record of outages, -1 for those that it doesn't
// have.
type outages struct{ reference, component, start, end, cause, severity, gone, users, affected int }

func (p outages) row(t *table, c []string) (o uptime.Outage, err error) {
	o.Row = t.row
	if o.Reference, err = t.key(c, "", p.reference); err != nil {
		return o, err
	}
	bad := func(column int, en, de string, args ...any) error {
		return t.reject(o.Reference, t.heading[column], strings.TrimSpace(c[column]), en, de, args...)
	}
	if o.From, o.To, err = t.span(c, o.Reference, p.start, p.end); err != nil {
		return o, err
	}
	switch {
	case t.future(o.From):
		return o, bad(p.start, toCome, toComeDe)
	case t.future(o.To):
		return o, bad(p.end, toCome, toComeDe)
	}
	if o.Component, err = t.key(c, o.Reference, p.component); err != nil {
		return o, err
	}
	if o.Cause, err = t.text(c, o.Reference, p.cause, maxText); err != nil {
		return o, err
	}
	if o.Severity, err = t.text(c, o.Reference, p.severity, maxText); err != nil {
		return o, err
	}
	if p.gone >= 0 {
		var ok bool
		if o.Gone, ok = shareOf(known(c[p.gone])); !ok {
			return o, bad(p.gone, "this isn't a share above 0 and up to 1 with 6 decimals at most, written like 0.5 or 50 %%",
				"das ist kein Anteil über 0 und bis 1 mit höchstens 6 Nachkommastellen, geschrieben wie 0.5 oder 50\u202f%%")
		}
	}
	return o, p.concerned(t, c, &o)
}

// concerned reads whom the outage concerned.
func (p outages) concerned(t *table, c []string, o *uptime.Outage) error {
	bad := func(column int, en, de string, args ...any) error {
		return t.reject(o.Reference, t.heading[column], strings.TrimSpace(c[column]), en, de, args...)
	}
	if p.users >= 0 {
		o.Users = namesIn(known(c[p.users]))
		switch {
		case len(o.Users) > maxUsers:
			return bad(p.users, "these are more than %d names: give their number as affected", "das sind mehr als %d Namen: ihre Anzahl als affected angeben", maxUsers)
		case slices.ContainsFunc(o.Users, func(s string) bool { return len(s) > maxKey || !plain(s) }):
			return bad(p.users, "a name has %d bytes at most, on one line", "ein Name hat höchstens %d Byte, auf einer Zeile", maxKey)
		}
	}
	if p.affected < 0 {
		return nil
	}
	if cell := known(c[p.affected]); cell != "" {
		n, err := strconv.ParseInt(cell, 10, 64)
		if err != nil || n > maxAffected || strings.Trim(cell, "0123456789") != "" {
			return bad(p.affected, "this isn't a number of users from 0 to %d, in digits alone", "das ist keine Anzahl von Benutzern von 0 bis %d, nur in Ziffern", maxAffected)
		}
		if o.Users != nil {
			return bad(p.affected, "the row has the users by name, too: one of the two is enough, and which counts isn't clear",
				"die Zeile nennt die Benutzer auch mit Namen: eines von beiden genügt, und was zählt, ist nicht klar")
		}
		o.Affected = &n
	}
	return nil
}

// namesIn cuts a list of names at semicolons; without any at commas; without
// those at blanks. Each comes once, in their order; nil without one.
func namesIn(cell string) []string {
	var names []string
	switch {
	case strings.Contains(cell, ";"):
		names = strings.Split(cell, ";")
	case strings.Contains(cell, ","):
		names = strings.Split(cell, ",")
	default:
		names = strings.Fields(cell)
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(s string) bool { return s == "" })
	if len(names) == 0 {
		return nil
	}
	return names
}

var shares = regexp.MustCompile(`^([0-9]{1,9})(?:[.,]([0-9]{1,9}))?[ \x{a0}\x{202f}]*(%?)$`)

// shareOf reads 0.5 or 50 %, exactly, as a decimal without zeros at its end. Where
// 1,000 is read as 1 no other reading is a share.
func shareOf(cell string) (share string, ok bool) {
	if cell == "" {
		return "", true
	}
	m := shares.FindStringSubmatch(cell)
	if m == nil {
		return "", false
	}
	millionths, _ := new(big.Rat).SetString(m[1] + "." + m[2] + "0")
	factor := int64(1_000_000)
	if m[3] != "" {
		factor /= 100
	}
	millionths.Mul(millionths, big.NewRat(factor, 1))
	if n := millionths.Num(); !millionths.IsInt() || n.Sign() == 0 || n.Cmp(big.NewInt(1_000_000)) > 0 {
		return "", false
	}
	n := millionths.Num().Int64()
	if n == 1_000_000 {
		return "", true // all of it, as where nothing is said
	}
	return strings.TrimRight(fmt.Sprintf("0.%06d", n), "0"), true
}
