//go:build !linux

package postgres

import "syscall"

// dieWithParent: only Linux can tell a child. Elsewhere the next start stops
// what a killed process has left behind.
func dieWithParent(*syscall.SysProcAttr) {}
