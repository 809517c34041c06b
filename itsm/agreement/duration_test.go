package agreement_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
)

func TestDurations(t *testing.T) {
	for in, want := range map[string]int64{"PT4H": 14400, "PT1H30M": 5400, "P2D": 172800, "P1DT1S": 86401, "PT0S": 0, "PT90M": 5400, "PT24H": 86400} {
		d, err := agreement.ParseDuration(in)
		require.NoError(t, err)
		require.Equal(t, want, d.Seconds(), in)
	}
	for _, in := range []string{"", "P", "PT", "P1DT", "4H", "PT4h", "P1M", "P1Y", "P1W", "PT1.5H", "-PT1H", "PT1H ", "PT1M1H", "PT1234567H", "T1H", "P1H"} {
		_, err := agreement.ParseDuration(in)
		require.ErrorContains(t, err, "isn't a duration", in)
	}
}

func TestDurationsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := agreement.Duration(rapid.Int64Range(0, 999_999*3600+3599).Draw(t, "seconds"))
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back agreement.Duration
		if err := json.Unmarshal(b, &back); err != nil || back != d {
			t.Fatalf("%d became %s and then %d: %v", d, b, back, err)
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"PT4H", "P2DT1S", "PT", "P1M"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := agreement.ParseDuration(s)
		if err == nil && d < 0 {
			t.Fatalf("%q is negative", s)
		}
	})
}
