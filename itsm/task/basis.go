package task

import (
	"time"

	"turnus/itsm/resource"
)

// Basis is what the content of a round stands on, as far as somebody brought
// it: who did, is involved. What a round freezes gives its basis.
type Basis struct {
	About     resource.Ref     // what it is about; it stands on how that and its calendar are declared, too
	At        time.Time        // whose versions count where none is named
	Import    int64            // all imports of that service up to this one, since one adds to what others brought; 0: none
	Datasets  []string         // of these imports; none: tickets
	Resources []DeclaredIn     // besides what it is about
	Conducts  []string         // persons who lead what the content plans or reports
	Proposals []ProposalBehind // that the content uses; the change that a run decides on is found by its run
}

// DeclaredIn is a resource in one version; 0 is the one that is valid at the
// basis's instant, and the newest.
type DeclaredIn struct {
	Kind    resource.Kind
	Name    string
	Version int
}

// ProposalBehind is a proposal that a content uses.
type ProposalBehind struct {
	About  string // as in exclusion/desk/7
	By     string
	Issuer string // of the token; empty: nobody
}
