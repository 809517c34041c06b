//go:build !sample

package workflows_test

// neverReleased is the process that exists in tests only, so that no history of
// it has to be replayed; here there is none.
const neverReleased = ""
