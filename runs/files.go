package runs

import (
	"context"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/task"
)

// CheckFiles refuses whoever may not answer a task now, and files for a task
// that takes none: it is asked before anybody sends one. Refusals are on record.
func (r *Runs) CheckFiles(ctx context.Context, by person.Actor, taskID string) error {
	t, err := r.answerable(ctx, by, taskID, fileRefused)
	if err != nil {
		return err
	}
	if no := t.CheckTakesFiles(); no != nil {
		return r.refused(ctx, by, fileRefused, "task/"+taskID, no)
	}
	return nil
}

// AddFile keeps a file for a task; f says which task, its name and type. The
// same content again gives what is on record. Sending it took time, so CheckFiles
// is asked once more. Refusals are on record.
func (r *Runs) AddFile(ctx context.Context, by person.Actor, f task.File, content []byte) (_ task.File, added bool, err error) {
	if err := r.CheckFiles(ctx, by, f.Task); err != nil {
		return f, false, err
	}
	f, added, err = r.store.AddTaskFile(ctx, by, r.now(), f, content)
	if no := fault.As(err); no != nil && no.Code != fault.Unavailable {
		err = r.refused(ctx, by, fileRefused, "task/"+f.Task, no)
	}
	return f, added, err
}

const fileRefused = "file.refused"
