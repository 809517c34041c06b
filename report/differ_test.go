package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
)

// Figures that two documents say otherwise, in their order, in words; what is the
// same isn't said.
func TestDifferences(t *testing.T) {
	figure := func(name string, num, den int64, value string) Figure {
		return Figure{Group: Under("desk"), Name: name, Label: text.New(name, "die "+name), Value: &value, Unit: InPercent, Numerator: &num, Denominator: &den}
	}
	none := figure("none", 0, 0, "")
	none.Value = nil
	old := []Figure{figure("same", 9, 10, "90.000000"), figure("other", 8, 10, "80.000000"), figure("gone", 1, 4, "25.000000"), none}
	now := []Figure{figure("new", 1, 2, "50.000000"), figure("same", 9, 10, "90.000000"), figure("other", 1, 3, "33.333333"), figure("none", 1, 1, "100.000000")}
	var en, de []string
	for _, d := range Differences(old, now) {
		en, de = append(en, d.InWords().En), append(de, d.InWords().De)
	}
	require.Equal(t, []string{
		"new: not there → 1 of 2, 50.00\u00a0% (desk)", "other: 8 of 10, 80.00\u00a0% → 1 of 3, 33.33\u00a0% (desk)",
		"none: n/a → 1 of 1, 100.00\u00a0% (desk)", "gone: 1 of 4, 25.00\u00a0% → not there (desk)",
	}, en)
	require.Equal(t, "die other: 8 von 10, 80,00\u00a0% → 1 von 3, 33,33\u00a0% (desk)", de[1])
}
