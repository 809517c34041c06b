package runs

import (
	"context"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/store"
)

// Apply declares resources, all or none; of the kinds that need an approval it
// proposes them, and starts the runs that decide. A dry run changes nothing.
func (r *Runs) Apply(ctx context.Context, by person.Actor, docs []resource.Raw, dryRun bool) ([]store.Change, error) {
	changes, err := r.store.Apply(ctx, by, r.now(), docs, dryRun)
	if fault.Is(err, fault.Forbidden) {
		return nil, r.refused(ctx, by, "propose.refused", "plan", fault.As(err))
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
		key, attempt, err := run.ParseID(c.Run)
		if err != nil {
			return changes, err
		}
		p, _ := process.Find(key.Process)
		r.launchSoon(ctx, p, store.NewRun{Key: key}.Input(attempt))
	}
	return changes, nil
}
