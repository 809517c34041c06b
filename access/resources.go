package access

import (
	"context"
	"encoding/json"

	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/store"
)

// ReadResource gives the newest version of a resource to those who see it, as
// they see it.
func (c *Caller) ReadResource(ctx context.Context, k resource.Kind, name string) (resource.Version, error) {
	v, err := c.store.Resource(ctx, k, name)
	if err != nil {
		return v, err
	}
	sees, err := c.store.Sees(ctx, c.concerning(), k, name)
	if err == nil && !sees {
		err = refusal{fault.As(store.NotFound(k, name))}
	}
	if err != nil {
		return resource.Version{}, err
	}
	return c.ShowVersion(v), nil
}

// ListResources lists the newest versions of a kind that the caller sees, as
// they see them: all, or those whose spec names a service.
func (c *Caller) ListResources(ctx context.Context, k resource.Kind, service string, p store.Page) ([]resource.Version, string, error) {
	vs, next, err := c.store.Resources(ctx, c.concerning(), k, service, p)
	return c.showVersions(vs), next, err
}

// ListVersions lists the versions of a resource to those who see it. Those of a
// person say more than a name: they are for themself.
func (c *Caller) ListVersions(ctx context.Context, k resource.Kind, name string, p store.Page) ([]resource.Version, string, error) {
	vs, next, err := c.store.Versions(ctx, c.concerning(), k, name, p)
	switch {
	case err != nil:
	case len(vs) == 0 && p.Cursor == "":
		err = refusal{fault.As(store.NotFound(k, name))}
	case k == resource.Person && c.seesOnlyNameOf(name):
		err = refuse(text.F("Of %[1]s %[2]s reads the name alone: administrators and auditors read more.",
			"Von %[1]s liest %[2]s nur den Namen: Mehr lesen Administration und Auditierende.", name, c.Person))
	}
	if err != nil {
		return nil, "", err
	}
	return c.showVersions(vs), next, nil
}

// ShowVersion is what the caller is shown of a version that they see: all, but
// of other persons the name alone, without the hash that would confirm a guess.
func (c *Caller) ShowVersion(v resource.Version) resource.Version {
	if m := v.Resource.Metadata; v.Resource.Kind == resource.Person && c.seesOnlyNameOf(m.Name) {
		v.Resource.Metadata = resource.Metadata{Name: m.Name, DisplayName: m.DisplayName}
		v.Resource.Spec, v.Hash, v.By, v.TokenIssuer = json.RawMessage("{}"), "", "", ""
	}
	return v
}

func (c *Caller) showVersions(vs []resource.Version) []resource.Version {
	shown := make([]resource.Version, len(vs))
	for i, v := range vs {
		shown[i] = c.ShowVersion(v)
	}
	return shown
}

// seesOnlyNameOf says that of a person the caller sees the name alone.
func (c *Caller) seesOnlyNameOf(name string) bool { return !c.seesAll() && c.Person != name }

// CheckDeclares refuses who may not declare all of some resources:
// administrators declare, owners propose what needs an approval. Where that
// depends on what is published both may ask, and the store looks.
func (c *Caller) CheckDeclares(docs []resource.Raw) error {
	for _, d := range docs {
		roles := declares(declaration.Approval(d.Kind))
		if !c.Has(roles...) {
			why := text.F("This is for the role %s; %s has %s.", "Das steht der Rolle %s zu; %s hat %s.", text.List(roles), c.Person, rolesOf(c.Actor))
			return refusal{fault.New(fault.Forbidden, why).At(string(d.Kind) + "/" + d.Metadata.Name)}
		}
	}
	return nil
}

// declares are the roles that declare, or propose, what is decided on so.
func declares(when declaration.Decided) []person.Role {
	switch when {
	case declaration.Always:
		return []person.Role{person.ProcessOwner}
	case declaration.WherePublished:
		return []person.Role{person.Administrator, person.ProcessOwner}
	}
	return []person.Role{person.Administrator}
}

// CheckDeclaresMapping refuses a mapping that comes with a file, and isn't what
// is declared, to whoever may not declare it.
func (c *Caller) CheckDeclaresMapping(name string) error {
	if c.Has(person.Administrator) {
		return nil
	}
	return refuse(text.F("The mapping %[1]s isn't declared as it was sent, and %[2]s may not declare it: an administrator does (turnus apply -f FILE). A dry run doesn't need that.",
		"Die Zuordnung %[1]s ist nicht so angelegt, wie sie gesendet wurde, und %[2]s darf sie nicht anlegen: Das steht der Rolle administrator zu (turnus apply -f FILE). Für einen Probelauf ist es nicht nötig.", name, c.Person))
}
