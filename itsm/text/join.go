package text

import "strings"

// Join puts texts one behind the other, with a separator between them.
func Join(all []Text, separator string) Text {
	en, de := make([]string, len(all)), make([]string, len(all))
	for i, t := range all {
		en[i], de[i] = t.In(En), t.In(De)
	}
	return New(strings.Join(en, separator), strings.Join(de, separator))
}
