package improvement

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
)

// What a person reports says enough, in bounds; each fault names its field.
func TestReportIsChecked(t *testing.T) {
	good := Report{Type: Nonconformity, Title: " Access list not reviewed ", Detail: "Not reviewed since May.", Source: Source{Kind: FromAudit, Name: "2026-2"}}
	require.NoError(t, good.Check())
	require.Equal(t, "Access list not reviewed", good.Trimmed().Title)
	require.NoError(t, Report{Type: Opportunity, Title: "Fewer forms"}.Check(), "an opportunity needs no evidence")
	require.Equal(t, []string{string(Minor), string(FromPerson)}, []string{string(Report{}.Trimmed().Severity), string(Report{}.Trimmed().Source.Kind)})
	for field, break_ := range map[string]func(*Report){
		"type":        func(r *Report) { r.Type = "idea" },
		"severity":    func(r *Report) { r.Severity = "grave" },
		"title":       func(r *Report) { r.Title = " " },
		"title ":      func(r *Report) { r.Title = "two\nlines" },
		"title  ":     func(r *Report) { r.Title = strings.Repeat("ä", MaxTitle+1) },
		"detail":      func(r *Report) { r.Detail = " \n" },
		"detail ":     func(r *Report) { r.Detail = strings.Repeat("ä", MaxDetail+1) },
		"detail  ":    func(r *Report) { r.Detail = "a\x00b" },
		"source.kind": func(r *Report) { r.Source.Kind = FromRun },
		"source.name": func(r *Report) { r.Source.Name = "a\tb" },
		"key":         func(r *Report) { r.Key = strings.Repeat("k", MaxName+1) },
	} {
		r := good
		break_(&r)
		f := fault.As(r.Check())
		require.NotNil(t, f, field)
		require.Equal(t, []string{string(fault.Invalid), strings.TrimSpace(field)}, []string{string(f.Code), f.Field})
	}
}
