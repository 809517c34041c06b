package calc

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A case that would become far more than it is, and a line without end.
func TestCasesThatAreTooMuch(t *testing.T) {
	var out strings.Builder
	began := time.Now()
	require.Error(t, Lines("clock", strings.NewReader(`{"id":1,"events":[`+strings.Repeat("{},", 4_000_000)+`{}]}`), &out))
	require.Contains(t, out.String(), "values at most")
	require.Less(t, time.Since(began), time.Minute)
	require.ErrorContains(t, Lines("clock", endless{}, io.Discard), "longer than")
	out.Reset()
	require.Error(t, Lines("availability", strings.NewReader(`{"id":1e999999999,"period":{"from":"2026-06-01","to":"2026-07-01","zone":"UTC"},"calendar":"24x7","outages":[],"maintenance":[],"maintenance_policy":"excused","target":"1e999999999"}`), &out))
	require.Contains(t, out.String(), `"field":"target"`)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '1'
	}
	return len(p), nil
}
