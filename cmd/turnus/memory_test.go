package main

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// The narrowest bound counts: of the machine, the control group, or one that it
// is in, in either version.
func TestMemoryThatThereIs(t *testing.T) {
	machine := "MemTotal:       24684092 kB\nMemFree:         1 kB\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"nothing is known": {nil, 0},
		"the machine":      {map[string]string{"proc/meminfo": machine}, 24684092 << 10},
		"a group": {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "1073741824\n"}, 1 << 30},
		"a container": {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "0::/system.slice/docker-1.scope\n",
			"sys/fs/cgroup/memory.max": "536870912\n"}, 512 << 20},
		"version 1": {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "9:name=systemd:/x\n4:memory:/c\n0::/\n",
			"sys/fs/cgroup/memory/c/memory.limit_in_bytes": "268435456\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 256 << 20},
		"no bound": {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "4:memory:/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 24684092 << 10},
	} {
		root := fstest.MapFS{}
		for path, text := range c.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		require.Equal(t, c.want, memory(root), name)
	}
}
