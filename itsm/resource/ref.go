package resource

// Ref names a resource.
type Ref struct {
	Kind Kind   `json:"kind" db:"kind"`
	Name string `json:"name" db:"name"`
}

// Ref names a resource of the kind.
func (k Kind) Ref(name string) Ref { return Ref{Kind: k, Name: name} }

// Ref names the resource.
func (r Resource[T]) Ref() Ref { return r.Kind.Ref(r.Metadata.Name) }

func (r Ref) String() string { return string(r.Kind) + "/" + r.Name }
