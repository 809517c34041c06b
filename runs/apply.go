package runs

import (
	"context"
	"strings"

	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/store"
)

// Apply declares resources, all or none; what needs an approval it proposes, and
// starts the runs that decide. A dry run changes nothing.
func (r *Runs) Apply(ctx context.Context, by person.Actor, docs []resource.Raw, dryRun bool) ([]store.Change, error) {
	changes, err := r.store.Apply(ctx, by, r.now(), docs, dryRun)
	if fault.Is(err, fault.Forbidden) {
		f := fault.As(err)
		return nil, r.refused(ctx, by, "propose.refused", proposedObject(f.Field), f)
	}
	if err != nil || dryRun {
		return changes, err
	}
	ctx, stop := context.WithTimeout(ctx, launchWithin) // for all of them: the sweep does the rest
	defer stop()
	for _, c := range changes {
		if c.Change != store.Proposed {
			continue
		}
		if err := r.launchProposed(ctx, c.Run); err != nil {
			return changes, err
		}
	}
	return changes, nil
}

// proposedObject is what a refused proposal was about, as the audit trail names
// it, by the field of the fault.
func proposedObject(field string) string {
	ref, _, _ := strings.Cut(field, " ")
	kind, _, _ := strings.Cut(ref, "/")
	if row, _ := declaration.Find(resource.Kind(kind)); row.Decided != declaration.Never && !row.Stays {
		return ref
	}
	return "plan"
}

// launchProposed starts a run that decides on a proposal.
func (r *Runs) launchProposed(ctx context.Context, id string) error {
	key, attempt, err := run.ParseID(id)
	if err != nil {
		return err
	}
	p, _ := process.Find(key.Process)
	r.launchSoon(ctx, p, store.NewRun{Key: key}.Input(attempt))
	return nil
}
