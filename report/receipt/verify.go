package receipt

import (
	"encoding/json"
	"io"
	"slices"
	"strconv"

	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

// Result is what verifying found.
type Result struct {
	Identical   bool         `json:"identical"`
	Run         string       `json:"run"`
	Round       int          `json:"round"`
	Version     int          `json:"version"`            // of the report; 0: not published
	Report      string       `json:"report"`             // the hash of its content: to be held against the report itself
	Expected    string       `json:"expected,omitempty"` // the hash that Expect held it against
	Wording     int          `json:"wording"`            // of the document
	WordingHere int          `json:"wording_here"`       // that this binary drafts in
	Words       bool         `json:"words_compared"`     // all of them: of another wording none, and not those of a restatement whose figures the file lacks
	Figures     int          `json:"figures"`
	Cases       int64        `json:"cases"`
	Kind        string       `json:"kind"` // of the cases: tickets, keys of datasets
	TZData      string       `json:"tzdata"`
	TZDataHere  string       `json:"tzdata_here"`        // that this binary computes with
	Unproven    []string     `json:"unproven,omitempty"` // versions of what was agreed that couldn't be held against their hashes
	Differences []Difference `json:"differences"`        // the first ones
	More        int64        `json:"more"`               // that aren't listed
}

// Verify computes everything in a file of receipts anew from its inputs, and
// writes it anew to compare it byte by byte; find gives what its process brings.
// Values and verdicts are always compared, words where this binary drafts the
// document in the same wording. What can't be read as such a file to its end is
// an error; what is read and wrong is in the verdict.
func Verify(r io.Reader, find func(process string) (Process, bool)) (Result, error) {
	x, err := Open(r)
	if err != nil {
		return Result{}, err
	}
	v := Result{Run: x.Head.Run, Round: x.Head.Round, Version: x.Head.Report.Version, Report: x.Head.Report.Hash,
		Figures: len(x.Head.Figures), Kind: x.List, TZDataHere: calendar.TZData}
	p, ok := find(x.Head.Process)
	if !ok {
		return v, malformed("these are receipts of %.60q, which this turnus can't verify: use one that knows that process",
			"Das sind Belege von %.60q, die diese Turnus-Version nicht prüfen kann: Eine verwenden, die den Prozess kennt.", x.Head.Process)
	}
	if x.List != p.List {
		return v, x.strange(x.List, p.List)
	}
	c := &Comparison{}
	said, err := x.document(c)
	if err != nil {
		return v, err
	}
	right, inForce, err := p.Verify(x, said, &v, c)
	if err != nil {
		return v, err
	}
	if err := c.Figures(x.Head.Figures, right.Figures); err != nil {
		return v, err
	}
	if err := v.document(c, x.Head.Report.Document, said, right, inForce); err != nil {
		return v, err
	}
	c.Texts("verification.sha256", x.said, x.seal)
	v.Differences, v.More = c.list, c.more
	v.Identical = len(c.list) == 0
	return v, nil
}

// document compares a file's document with the one that its inputs give: all
// of it in the same wording, else what isn't words. A set that 0.1.0 froze
// doesn't hold what a restatement was compared with: that section is taken as it
// stands.
func (v *Result) document(c *Comparison, raw json.RawMessage, said, right report.Document, inForce *run.InForce) error {
	v.Wording, v.WordingHere = said.Wording, right.Wording
	same := said.Wording == right.Wording
	v.Words = same
	switch {
	case inForce != nil:
		if err := right.Restate(*inForce); err != nil {
			return Unreadable("frozen.in_force", err)
		}
	case said.Restates != nil:
		right.Restates, v.Words = said.Restates, false
		if len(said.Sections) > 0 {
			right.Sections = append([]report.Section{said.Sections[0]}, right.Sections...)
		}
	}
	right.Findings = ofAsSaid(right.Findings, said.Findings)
	if !same {
		return c.Values("report.document", wordless(said), wordless(right))
	}
	return c.Values("report.document", raw, right)
}

// ofAsSaid are findings without Of where the document has none: it may have been
// drafted before there was any, and its evidence names the outages.
func ofAsSaid(right, said []report.Finding) []report.Finding {
	right = slices.Clone(right)
	for i := range min(len(right), len(said)) {
		if said[i].Of == "" {
			right[i].Of = ""
		}
	}
	return right
}

// wordless is a document without its words, and without its sources, of which
// another wording may name others. What an outage is called, and what a finding is
// and says, are words as well: what they are about is in their other members.
func wordless(d report.Document) report.Document {
	d.Title, d.Subject, d.Notice = text.Text{}, text.Text{}, text.Text{}
	d.Notes, d.Summary, d.Sections, d.Sources, d.Wording = nil, nil, nil, nil, 0
	d.Figures, d.Answers = unlabelled(d.Figures), slices.Clone(d.Answers)
	for i := range d.Answers {
		d.Answers[i].Title = text.Text{}
	}
	d.Evidence, d.Findings = slices.Clone(d.Evidence), slices.Clone(d.Findings)
	for i := range d.Evidence {
		d.Evidence[i].Title = text.Text{}
	}
	for i := range d.Findings {
		d.Findings[i].Title, d.Findings[i].Detail = text.Text{}, text.Text{}
	}
	return d
}

// ReportHash is the place of the report's hash in a difference.
const ReportHash = "report.hash"

// Expect holds the report's hash against the one that is known from elsewhere:
// under the decision, on the report. Without that a file that somebody made
// anew from other inputs, all of it, can't be told from the original.
func (v *Result) Expect(hash string) {
	v.Expected = hash
	if hash == v.Report {
		return
	}
	v.Identical = false
	v.Differences = append([]Difference{{ReportHash, strconv.Quote(shorten(v.Report)), strconv.Quote(hash)}}, v.Differences...)
	if n := len(v.Differences); n > maxListed {
		v.Differences, v.More = v.Differences[:maxListed], v.More+int64(n-maxListed)
	}
}

// document checks what is common to all processes before the list: that the
// members are written as they would be anew, that the document is the one with
// the report's hash, and that it is about this run, has these figures, and
// stands on this frozen set. It gives the document.
func (x *Reader) document(c *Comparison) (d report.Document, err error) {
	h := x.Head
	again, err := h.members()
	if err != nil {
		return d, err
	}
	for i, name := range members {
		if name != "frozen" { // which the process decodes
			c.JSON(name, x.raw[name], again[i])
		}
	}
	c.Texts(ReportHash, h.Report.Hash, canonical.Sum(h.Report.Document))
	if d, err = report.Decode(h.Report.Document); err != nil {
		return d, Unreadable("report.document", err)
	}
	key, _, err := run.ParseID(h.Run)
	if err != nil {
		return d, Unreadable("run", err)
	}
	c.Texts("process", h.Process, key.Process)
	c.Texts("report.document.run", d.Run, h.Run)
	c.Texts("report.document.process", d.Process, key.Process)
	c.Texts("report.document.scope", d.Scope, key.Scope)
	c.Texts("report.document.period", d.Period, key.Period)
	mine, err := canonical.JSON(d.Figures)
	if err != nil {
		return d, err
	}
	c.JSON("report.document.figures", mine, x.raw["figures"])
	stands := "no frozen set"
	for _, s := range d.Sources {
		if s.Kind == report.FrozenSet {
			stands = s.Hash
		}
	}
	c.Texts("report.document.sources", stands, canonical.Sum(h.Frozen))
	return d, nil
}
