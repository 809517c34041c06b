package receipt

import (
	"encoding/json"

	"turnus/itsm/canonical"
	"turnus/itsm/resource"
)

// CompareDeclared compares the version of a resource that figures were made
// with (kind, name, hash and spec, at a place of the frozen set) with the
// document that was declared, and that with the version's hash.
func CompareDeclared[T any](c *Comparison, place string, d resource.Raw, kind resource.Kind, name, hash string, spec T) error {
	sum, err := canonical.Hash(d)
	if err != nil {
		return Unreadable(place+".declared", err)
	}
	c.Texts(place+".hash", hash, sum)
	c.Texts(place+".declared.kind", string(d.Kind), string(kind))
	c.Texts(place+".name", name, d.Metadata.Name)
	var declared T
	if err := json.Unmarshal(d.Spec, &declared); err != nil {
		return Unreadable(place+".declared.spec", err)
	}
	if err := c.Values(place+".spec", spec, declared); err != nil {
		return Unreadable(place+".spec", err)
	}
	return nil
}
