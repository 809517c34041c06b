package mapping_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/mapping"
	"turnus/itsm/resource"
)

// read gives the faults of a spec as it is declared, as field and message.
func read(t *testing.T, spec string) (faults []string) {
	t.Helper()
	s, err := resource.Decode[mapping.Spec]("spec", json.RawMessage(spec))
	if err == nil {
		err = s.Check()
	}
	for _, f := range fault.All(err) {
		require.NotEqual(t, f.Message.En, f.Message.De)
		require.NotContains(t, f.Message.En+f.Message.De, "%!")
		faults = append(faults, f.Error())
	}
	return faults
}

func TestMappingsOfEachDataset(t *testing.T) {
	for _, spec := range []string{
		`{"number":"Key","opened":"From","stopped":"To"}`,
		`{"dataset":"tickets","number":"Key","opened":"From","stopped":"To","time":"2006-01-02 15:04","fields":{"a":"b"}}`,
		`{"dataset":"outages","columns":{"start":"From","end":"To"},"separator":";","encoding":"cp1252","time":"02.01.2006 15:04"}`,
		`{"dataset":"maintenance","columns":{"start":"From","end":"To","status":"State"},"values":{"status":{"cancelled":["gone","off"]}}}`,
		`{"dataset":"probes","columns":{"at":"At","is":"Is","component":"Is"},"values":{"is":{"up":["1"],"down":["0","2"]}}}`,
	} {
		require.Empty(t, read(t, spec), spec)
	}
	// Every dataset that a mapping can be about can be mapped as a whole.
	for _, d := range dataset.All() {
		if d.Columns == nil {
			continue
		}
		columns := map[string]string{}
		for _, m := range d.Columns {
			columns[m.Name] = "column " + m.Name
		}
		b, err := json.Marshal(map[string]any{"dataset": d.Name, "columns": columns})
		require.NoError(t, err)
		require.Empty(t, read(t, string(b)), d.Name)
	}
}

func TestMappingsThatCantBeMeantSo(t *testing.T) {
	for _, c := range []struct{ spec, want string }{
		{`{}`, "number: name the column that holds it"},
		{`{"number":"Key","opened":"From","stopped":"To","columns":{"start":"From"}}`, "columns: this belongs to a mapping of another dataset: of tickets, number, opened, stopped and the others stand by themselves"},
		{`{"number":"Key","opened":"From","stopped":"To","values":{}}`, "values: this belongs to a mapping of another dataset"},
		{`{"dataset":"weather"}`, `dataset: "weather" isn't a dataset: there are tickets, outages, maintenance, probes`},
		{`{"dataset":"outages","columns":{"start":"From","end":"To"},"number":"Key"}`, "number: this belongs to a mapping about tickets: one about outages has columns, named reference, component, start (needed), end (needed), cause"},
		{`{"dataset":"outages","columns":{"start":"From","end":"To"},"states":{"stop":["x"]}}`, "states: this belongs to a mapping about tickets"},
		{`{"dataset":"outages","columns":{"start":"From","end":"To"},"delivery":"full"}`, "delivery: this belongs to a mapping about tickets"},
		{`{"dataset":"outages","columns":{"start":"From"}}`, "columns.end: name the column that holds it"},
		{`{"dataset":"outages"}`, "columns.start: name the column that holds it"},
		{`{"dataset":"outages","columns":{"start":"From","end":" "}}`, "columns.end: name the column that holds it"},
		{`{"dataset":"outages","columns":{"start":"From","end":"To","begin":"From"}}`, `columns.begin: "begin" is nothing that outages have; there are: reference, component, start (needed)`},
		{`{"dataset":"outages","columns":{"start":"At","end":" At "}}`, `columns.start: end and start are taken from one column, "At", so that no time lies between them`},
		{`{"dataset":"outages","columns":{"start":"From","end":"` + strings.Repeat("x", 1001) + `"}}`, "columns.end: the name of a column has 1000 bytes at most"},
		{`{"dataset":"outages","columns":{"start":"From","end":"To"},"values":{"cause":{"a":["b"]}}}`, "values.cause: no values are named for it; for outages there are values of: nothing"},
		{`{"dataset":"probes","columns":{"at":"At","is":"Is"},"values":{"probe":{"a":["b"]}}}`, "values.probe: no values are named for it; for probe samples there are values of: is"},
		{`{"dataset":"probes","columns":{"at":"At","is":"Is"},"values":{"is":{"well":["b"]}}}`, `values.is.well: "well" is nothing that it can mean; there is: up, down, unknown`},
		{`{"dataset":"probes","columns":{"at":"At","is":"Is"},"values":{"is":{"up":[]}}}`, "values.is.up: list 1 to 200 values, as they stand in the file"},
		{`{"dataset":"probes","columns":{"at":"At","is":"Is"},"values":{"is":{"up":["1"],"down":["1 "]}}}`, `values.is.up: "1" already means down`},
		{`{"dataset":"maintenance","columns":{"start":"A","end":"B"},"values":{"status":{"cancelled":["x"]}}}`, "values.status: name its column, too, below columns"},
		{`{"dataset":"probes","columns":{"at":"At","is":"Is"},"encoding":"utf-16"}`, `encoding: "utf-16" isn't read`},
		{`{"dataset":"probes","columns":{"at":"At","is":"Is"},"time":"2006-01-02"}`, "time: "},
		{`{"dataset":"probes","columns":{"at":"At","is":1}}`, "spec.columns.is: What stands here is the number 1; right would be a text in quotes."},
		{`{"dataset":"probes","column":{}}`, "spec.column: There is no such field; there are: dataset, columns, values, separator, encoding, time, number"},
	} {
		faults := read(t, c.spec)
		require.NotEmpty(t, faults, c.spec)
		require.True(t, strings.HasPrefix(faults[0], c.want), "%s\n%s", faults[0], c.want)
	}
}
