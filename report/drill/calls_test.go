package drill

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/drill"
	"turnus/itsm/text"
)

// No number or address of a contact is published, however it was written: by the
// plan without its kind, or typed other than the plan has it.
func TestNumbersOfContactsAreNotPublished(t *testing.T) {
	for name, change := range map[string]func(*drill.Frozen){
		"an address alone, as the plan has it": func(f *drill.Frozen) {
			f.Plan.Spec.Contacts[3].By = []string{"press@example.org"}
			f.Happened.Calls[3].By, f.Happened.Calls[3].Reached = "press@example.org", true
		},
		"a number alone, as the plan has it": func(f *drill.Frozen) {
			f.Plan.Spec.Contacts[0].By = []string{"+49 30 1234"}
			f.Happened.Calls[0].By = "+49 30 1234"
		},
		"the plan's number, typed without its kind": func(f *drill.Frozen) { f.Happened.Calls[0].By = "+49 30 1234" },
		"the plan's way, typed with a capital":      func(f *drill.Frozen) { f.Happened.Calls[0].By = "Phone +49 30 1234" },
		"in a correction": func(f *drill.Frozen) {
			f.Happened.Calls[0].Corrections = []drill.CallCorrection{{Was: drill.Reach{Reached: true, By: "+49 30 1234"}, Is: f.Happened.Calls[0].Reach, Reason: "x", By: "carla", At: in(30)}}
		},
	} {
		f := passed()
		change(&f)
		got := string(lines(drafted(t, f), text.En))
		for _, secret := range []string{"+49", "press@"} {
			if i := strings.Index(got, secret); i >= 0 {
				from := strings.LastIndexByte(got[:i], '\n') + 1
				to := i + strings.IndexByte(got[i:], '\n')
				t.Errorf("%s: %s", name, got[from:to])
			}
		}
	}
}

// How many were reached was corrected by somebody else, later: whoever entered the
// calls isn't said to have entered that.
func TestWhoEnteredTheCalls(t *testing.T) {
	f := passed()
	c := &f.Happened.Calls[3]
	c.Corrections = []drill.CallCorrection{{Was: c.Reach, Is: drill.Reach{Reached: true, When: on(23), By: "mail"}, Reason: "They answered.", By: "dirk", At: in(500), Round: 3}}
	c.Reach = c.Corrections[0].Is
	said := section(t, drafted(t, evaluated(f)), "Call tree").Paragraphs
	require.Contains(t, said[0].En, "4 of 4")
	require.Regexp(t, "(?i)correct|first", said[0].En+said[1].En, "carla entered 3 of 4")
}
