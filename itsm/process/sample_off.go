//go:build !sample

package process

// samples are processes that exist in tests only.
func samples() []Process { return nil }
