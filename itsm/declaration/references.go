package declaration

import (
	"slices"

	"turnus/itsm/calendar"
	"turnus/itsm/resource"
)

// References are the names of other resources in a document that was checked:
// what has to be there when it is declared, and is in use as long as it counts.
func References(r resource.Raw) ([]resource.Reference, error) {
	row, ok := Find(r.Kind)
	if !ok {
		return nil, nil
	}
	refs, err := row.references(r.Spec)
	// A field may be left out, and 24x7 is a calendar that nobody declares.
	return slices.DeleteFunc(refs, func(ref resource.Reference) bool {
		return ref.Name == "" || ref.Kind == resource.Calendar && ref.Name == calendar.AlwaysOpen
	}), err
}

// CheckApprovers refuses a document about whose runs nobody could ever decide;
// its fault has the whole place.
func CheckApprovers(r resource.Raw) error {
	row, ok := Find(r.Kind)
	if !ok || row.approvers == nil {
		return nil
	}
	return At(Place(r.Kind, r.Metadata.Name), row.approvers(r.Spec))
}
