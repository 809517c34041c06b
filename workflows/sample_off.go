//go:build !sample

package workflows

// samples is the code of processes that exist in tests only.
func samples() []Process { return nil }
