package slo_test

import (
	"flag"
	"os"
	"testing"
)

// The comparisons with the formulas are cheap: a thousand cases each.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
