package uptime

import "strings"

// KeyInWords is a key as people read it: the reference or UID, or the parts that
// it is made of.
func KeyInWords(key string) string {
	if !strings.Contains(key, separator) {
		return strings.TrimPrefix(key, "#")
	}
	var parts []string
	for part := range strings.SplitSeq(key, separator) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}
