package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"turnus/deploy"
	"turnus/imports"
	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/mapping"
	"turnus/itsm/resource"
)

// usedMapping is what a file is read with.
type usedMapping struct {
	spec    mapping.Spec
	named   *dataset.Mapping // nil: none was named
	declare *resource.Raw    // what the import declares first; nil: nothing
}

// mappingFor finds the mapping that an import names or brings along.
func (s *server) mappingFor(ctx context.Context, in *importInput) (usedMapping, error) {
	if in.Inline != "" {
		return s.inlineMapping(ctx, in)
	}
	if in.Mapping == "" {
		return usedMapping{}, nil
	}
	m, found, err := s.namedMapping(ctx, in.Mapping)
	if err == nil && !found {
		err = fault.Invalidf("mapping", "there is no mapping %.80q, declared or ready: declare it first, PUT /v1/mappings/NAME, or take one of %s",
			"Eine Zuordnung %.80q gibt es nicht, weder angelegt noch mitgeliefert: Zuerst anlegen, PUT /v1/mappings/NAME, oder eine davon nehmen: %s.",
			in.Mapping, strings.Join(deploy.Mappings(), ", "))
	}
	return m, err
}

// namedMapping is the one that is declared under a name or, where none is, the
// ready one that comes with Turnus.
func (s *server) namedMapping(ctx context.Context, name string) (_ usedMapping, found bool, err error) {
	v, err := s.Store.Resource(ctx, resource.Mapping, name)
	switch {
	case err == nil && !v.Retired:
		m, err := mappingOf(v.Resource, v.Version)
		return m, true, err
	case err != nil && !fault.Is(err, fault.NotFound):
		return usedMapping{}, false, err
	}
	doc, ok := deploy.Mapping(name)
	if !ok {
		return usedMapping{}, false, nil
	}
	docs, err := imports.Resources(doc)
	if err != nil {
		return usedMapping{}, false, err
	}
	m, err := mappingOf(docs[0], 0)
	if err == nil {
		m.named.Ready = true
	}
	return m, true, err
}

// mappingOf is what a resource declares, in a version: 0 if it isn't declared.
func mappingOf(doc resource.Raw, version int) (m usedMapping, err error) {
	if m.spec, err = resource.Decode[mapping.Spec]("spec", doc.Spec); err != nil {
		return m, err
	}
	spec, err := canonical.JSON(doc.Spec)
	if err != nil {
		return m, err
	}
	m.named = &dataset.Mapping{Name: doc.Metadata.Name, Version: version, Hash: canonical.Sum(spec), Spec: spec}
	return m, nil
}

// inlineMapping is one that comes with the file. To try it, it needs no
// declaration; an import stands on what is declared, or ready.
func (s *server) inlineMapping(ctx context.Context, in *importInput) (usedMapping, error) {
	doc, err := readMapping(in.Inline, in.Mapping)
	if err != nil {
		return usedMapping{}, err
	}
	m, err := mappingOf(doc, 0)
	if err != nil {
		return m, err
	}
	known, found, err := s.namedMapping(ctx, m.named.Name)
	switch {
	case err != nil:
		return m, err
	case found && known.named.Hash == m.named.Hash:
		return known, nil
	case in.DryRun:
		return m, nil
	}
	m.declare = &doc
	return m, s.caller(ctx).CheckDeclaresMapping(m.named.Name)
}

// readMapping reads a Mapping resource, or only its spec, which then is named.
func readMapping(given, name string) (resource.Raw, error) {
	var whole struct{ Kind any }
	if err := json.Unmarshal([]byte(given), &whole); err != nil {
		return resource.Raw{}, fault.Invalidf("inline_mapping", "this isn't an object in JSON: send one Mapping resource, or its spec",
			"Das ist kein Objekt in JSON: Ein einzelnes Objekt der Art Mapping oder dessen spec senden.").Because(err)
	}
	switch whole.Kind {
	case nil:
		if name == "" {
			return resource.Raw{}, fault.Invalidf("mapping", "this is a mapping's spec alone: give it a name with mapping",
				"Das ist nur der spec einer Zuordnung: Mit mapping einen Namen dafür angeben.")
		}
		given = fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"metadata":{"name":%s},"spec":%s}`, resource.APIVersion, resource.Mapping, quoted(name), given)
	case string(resource.Mapping):
	default:
		return resource.Raw{}, fault.Invalidf("inline_mapping", "this is of the kind %.80q: send a Mapping", "Das ist ein Objekt der Art %.80q: Eines der Art Mapping senden.", fmt.Sprint(whole.Kind))
	}
	docs, err := imports.Resources([]byte(given))
	switch {
	case err != nil:
		return resource.Raw{}, declaration.At("inline_mapping", err)
	case len(docs) != 1 || docs[0].Kind != resource.Mapping: // {"kind": "Mapping", "items": …}
		return resource.Raw{}, fault.Invalidf("inline_mapping", "one resource of the kind Mapping belongs here", "Hierher gehört ein einzelnes Objekt der Art Mapping.")
	case name != "" && docs[0].Metadata.Name != name:
		return resource.Raw{}, fault.Invalidf("mapping", "the mapping that was sent is called %.80q: give that name, or none",
			"Die gesendete Zuordnung heißt %.80q: Diesen Namen angeben oder keinen.", docs[0].Metadata.Name)
	}
	return docs[0], declaration.At("inline_mapping", declaration.Check(docs[0]))
}

func quoted(s string) []byte {
	b, _ := json.Marshal(s) // a string
	return b
}
