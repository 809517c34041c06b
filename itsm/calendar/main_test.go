package calendar_test

import (
	"flag"
	"os"
	"testing"
)

// The comparisons with counting are cheap: a few thousand cases each.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "2000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
