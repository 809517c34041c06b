package postgres

import "syscall"

// dieWithParent lets the server stop, in order, when our process is killed.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGINT }
