package continuity

import "turnus/itsm/resource"

// References are the services that the plan is about or waits for, which are in
// use by it; and the persons whom it names, who have to be there when it is
// declared. They may leave all the same: then a drill says who is missing.
func (p Plan) References() []resource.Reference {
	refs := []resource.Reference{{Field: "service", Ref: resource.Service.Ref(p.Service)}}
	for i, d := range p.Dependencies {
		refs = append(refs, resource.Reference{Field: resource.Item("dependencies", i) + ".service", Ref: resource.Service.Ref(d.Service)})
	}
	person := func(field, name string) {
		refs = append(refs, resource.Reference{Field: field, Ref: resource.Person.Ref(name), MayLeave: true})
	}
	person("business", p.Business)
	for i, c := range p.Contacts {
		person(resource.Item("contacts", i)+".person", c.Person)
	}
	for i, s := range p.Steps {
		person(resource.Item("steps", i)+".owner", s.Owner)
	}
	for i, s := range p.Return {
		person(resource.Item("return", i)+".owner", s.Owner)
	}
	return refs
}
