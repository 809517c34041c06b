package resource

// Ref names a resource.
type Ref struct {
	Kind Kind   `json:"kind" db:"kind"`
	Name string `json:"name" db:"name"`
}

func (r Ref) String() string { return string(r.Kind) + "/" + r.Name }
