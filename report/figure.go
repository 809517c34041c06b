package report

import (
	"bytes"
	"encoding/json"

	"turnus/itsm/text"
)

// Figure is one value of a report, identified by its group and name.
type Figure struct {
	Group       Group      `json:"-"`    // what it is listed under; JSON has `agreement` or `group`
	Name        string     `json:"name"` // as in p1-resolution.attainment
	Label       text.Text  `json:"label"`
	Value       *string    `json:"value"` // an exact decimal, per cent with six decimals; null is not applicable
	Unit        Unit       `json:"unit"`
	Numerator   *int64     `json:"numerator"`
	Denominator *int64     `json:"denominator"`
	Of          Unit       `json:"of,omitempty"`     // numerator and denominator, where they aren't cases
	N           int64      `json:"n"`                // how many cases it stands on
	Target      string     `json:"target,omitempty"` // as agreed
	Verdict     Assessment `json:"verdict,omitempty"`
	Formula     string     `json:"formula"` // with its version: sla.attainment/1
}

// Group is what figures are listed under. The zero Group is the whole report.
type Group struct {
	Kind GroupKind `json:"kind"`
	Name string    `json:"name"`
}

// Under is the group of an agreement's figures.
func Under(agreement string) Group { return Group{Kind: OfAgreement, Name: agreement} }

// written is a figure in JSON: that of an agreement names it as `agreement`, as
// the first release did, that of another group names `group`.
type written struct {
	Agreement *string `json:"agreement,omitempty"`
	Group     *Group  `json:"group,omitempty"`
	plain
}

type plain Figure

// MarshalJSON writes an agreement as `agreement`, another group as `group`.
func (f Figure) MarshalJSON() ([]byte, error) {
	out := written{plain: plain(f)}
	switch f.Group.Kind {
	case OfAgreement:
		out.Agreement = &f.Group.Name
	case "":
	default:
		out.Group = &f.Group
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // which whoever writes the whole decides
	err := e.Encode(out)
	return b.Bytes(), err
}

// UnmarshalJSON reads what MarshalJSON, or the first release, wrote.
func (f *Figure) UnmarshalJSON(b []byte) error {
	var in written
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*f = Figure(in.plain)
	switch {
	case in.Agreement != nil:
		f.Group = Under(*in.Agreement)
	case in.Group != nil:
		f.Group = *in.Group
	}
	return nil
}
