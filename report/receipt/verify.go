package receipt

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/run"
	"turnus/report"
)

// Verdict is what verifying found.
type Verdict struct {
	Identical   bool         `json:"identical"`
	Run         string       `json:"run"`
	Round       int          `json:"round"`
	Version     int          `json:"version"`            // of the report; 0: not published
	Report      string       `json:"report"`             // the hash of its content: to be held against the report itself
	Expected    string       `json:"expected,omitempty"` // the hash that Expect held it against
	Figures     int          `json:"figures"`
	Cases       int64        `json:"cases"`
	Kind        string       `json:"kind"` // of the cases: tickets
	TZData      string       `json:"tzdata"`
	TZDataHere  string       `json:"tzdata_here"`        // that this binary computes with
	Unproven    []string     `json:"unproven,omitempty"` // versions of what was agreed that couldn't be held against their hashes
	Differences []Difference `json:"differences"`        // the first ones
	More        int64        `json:"more"`               // that aren't listed
}

// Difference is a place at which the file isn't what its own inputs give.
type Difference struct {
	Place      string `json:"place"` // as in tickets[INC0000045].targets[desk p1].counts[0].clock.segments[4].to
	File       string `json:"file"`
	Recomputed string `json:"recomputed"`
}

// Verify computes everything in a file of receipts anew from its inputs, and
// writes it anew to compare it byte by byte. What can't be read as such a file
// to its end is an error; what is read and wrong is in the verdict.
func Verify(r io.Reader) (Verdict, error) {
	x, err := Open(r)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Run: x.Head.Run, Round: x.Head.Round, Version: x.Head.Report.Version, Report: x.Head.Report.Hash,
		Figures: len(x.Head.Figures), Kind: x.List, TZDataHere: calendar.TZData}
	found := &findings{}
	switch x.Head.Process {
	case SLAReport:
		err = verifySLA(x, &v, found)
	default:
		err = malformed("these are receipts of %.60q, which this turnus can't verify: use one that knows that process",
			"Das sind Belege von %.60q, die diese Turnus-Version nicht prüfen kann: Eine verwenden, die den Prozess kennt.", x.Head.Process)
	}
	if err != nil {
		return v, err
	}
	found.equal("verification.sha256", x.said, x.seal)
	v.Differences, v.More = found.list, found.more
	v.Identical = len(found.list) == 0
	return v, nil
}

// ReportHash is the place of the report's hash in a difference.
const ReportHash = "report.hash"

// Expect holds the report's hash against the one that is known from elsewhere:
// under the decision, on the report. Without that a file that somebody made
// anew from other inputs, all of it, can't be told from the original.
func (v *Verdict) Expect(hash string) {
	v.Expected = hash
	if hash == v.Report {
		return
	}
	v.Identical = false
	v.Differences = append([]Difference{{ReportHash, strconv.Quote(shortened(v.Report)), strconv.Quote(hash)}}, v.Differences...)
	if n := len(v.Differences); n > maxListed {
		v.Differences, v.More = v.Differences[:maxListed], v.More+int64(n-maxListed)
	}
}

// document checks what is common to all processes before the list: that the
// members are written as they would be anew, that the document is the one with
// the report's hash, and that it is about this run, has these figures, and
// stands on this frozen set.
func (x *Reader) document(found *findings) error {
	h := x.Head
	again, err := h.members()
	if err != nil {
		return err
	}
	for i, name := range members {
		if name != "frozen" { // which the process decodes
			found.compare(name, x.raw[name], again[i])
		}
	}
	found.equal(ReportHash, h.Report.Hash, canonical.Sum(h.Report.Document))
	d, err := report.Decode(h.Report.Document)
	if err != nil {
		return unreadable("report.document", err)
	}
	key, _, err := run.ParseID(h.Run)
	if err != nil {
		return unreadable("run", err)
	}
	found.equal("process", h.Process, key.Process)
	found.equal("report.document.run", d.Run, h.Run)
	found.equal("report.document.process", d.Process, key.Process)
	found.equal("report.document.scope", d.Scope, key.Scope)
	found.equal("report.document.period", d.Period, key.Period)
	mine, err := canonical.JSON(d.Figures)
	if err != nil {
		return err
	}
	found.compare("report.document.figures", mine, x.raw["figures"])
	stands := "no frozen set"
	for _, s := range d.Sources {
		if s.Kind == report.FrozenSet {
			stands = s.Hash
		}
	}
	found.equal("report.document.sources", stands, canonical.Sum(h.Frozen))
	return nil
}

// listed differences, and how much of a value is shown with them.
const (
	maxListed = 10
	maxShown  = 120
	maxTree   = 4 << 20 // bytes of values that are compared member by member
)

type findings struct {
	list []Difference
	more int64
}

func (f *findings) add(place, file, again string) {
	if len(f.list) == maxListed {
		f.more++
		return
	}
	f.list = append(f.list, Difference{shortened(place), shortened(file), shortened(again)})
}

func (f *findings) total() int64 { return int64(len(f.list)) + f.more }

func (f *findings) equal(place, file, again string) {
	if file != again {
		f.add(place, strconv.Quote(file), strconv.Quote(again))
	}
}

func (f *findings) numbers(place string, file, again int64) {
	if file != again {
		f.add(place, strconv.FormatInt(file, 10), strconv.FormatInt(again, 10))
	}
}

// compare finds where two values in JSON differ: in a member, or else in how
// they are written.
func (f *findings) compare(place string, file, again []byte) {
	if bytes.Equal(file, again) {
		return
	}
	before := f.total()
	if len(file) <= maxTree && len(again) <= maxTree {
		var a, b any
		if tree(file, &a) == nil && tree(again, &b) == nil {
			f.trees(place, a, b)
		}
	}
	if f.total() == before {
		i := 0
		for i < min(len(file), len(again)) && file[i] == again[i] {
			i++
		}
		from := max(0, i-maxShown/4)
		f.add(place+", byte "+strconv.Itoa(i), string(file[from:]), string(again[from:]))
	}
}

func tree(raw []byte, into *any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}

// shortened keeps a value to what a line can show.
func shortened(s string) string {
	if len(s) <= maxShown {
		return s
	}
	cut := maxShown
	for cut > 0 && s[cut]&0xc0 == 0x80 { // not within a rune
		cut--
	}
	return s[:cut] + "…"
}
