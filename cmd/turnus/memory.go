package main

import (
	"io/fs"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// The share of the machine's memory, or of what its control group may use,
// from which on this process collects garbage more often, in per cent. `up` has
// PostgreSQL beside it.
const (
	alone  = 80
	beside = 50
)

// limitMemory sets the soft limit, unless GOMEMLIMIT has.
func limitMemory(share int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	if most := memory(os.DirFS("/")); most > 0 {
		debug.SetMemoryLimit(most / 100 * share)
	}
}

// memory is how many bytes this process may use at the most: those of the
// machine, or of the narrowest control group that it is in; 0: not known.
func memory(root fs.FS) int64 {
	most := int64(0)
	narrow := func(n int64) {
		if n > 0 && (most == 0 || n < most) {
			most = n
		}
	}
	for line := range strings.Lines(content(root, "proc/meminfo")) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "MemTotal:" {
			narrow(number(f[1]) << 10)
		}
	}
	for line := range strings.Lines(content(root, "proc/self/cgroup")) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		base, file := "sys/fs/cgroup", "memory.max"
		switch {
		case parts[1] == "memory": // version 1
			base, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		case parts[1] != "":
			continue
		}
		// In a container the path may be the host's: the root is looked at, too.
		for at := path.Join("/", parts[2]); ; at = path.Dir(at) {
			narrow(number(content(root, path.Join(base, at, file))))
			if at == "/" {
				break
			}
		}
	}
	return most
}

func content(root fs.FS, name string) string {
	b, err := fs.ReadFile(root, name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// number of bytes; 0 of what is none, as in max.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
