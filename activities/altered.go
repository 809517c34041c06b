package activities

import (
	"context"
	"errors"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// altered says what isn't as it was put on record any more: a run that finds
// such a thing ends with it.
type altered struct{ what text.Text }

func alteredf(en, de string, args ...any) error {
	a := altered{text.F(en, de, args...)}
	a.what.En += " The records were changed from outside of Turnus: find out how and by whom, then start another attempt."
	a.what.De += " Der Datenbestand wurde außerhalb von Turnus geändert: klären, wie und von wem, dann einen weiteren Versuch starten."
	return a
}

// Error is what was found, in English.
func (a altered) Error() string { return a.what.En }

// Unwrap gives the fault.
func (a altered) Unwrap() error { return fault.New(fault.Conflict, a.what) }

// onRecord puts what was found altered on record; other errors pass.
func (s *Set) onRecord(ctx context.Context, st run.Step, err error) error {
	var a altered
	if !errors.As(err, &a) {
		return err
	}
	if err := s.store.Altered(ctx, s.now(), st, a.what); err != nil {
		return err
	}
	return a
}

// asDeclared holds a version of a resource against its hash.
func asDeclared(v resource.Version) error {
	if v.Intact() {
		return nil
	}
	return alteredf("Version %d of %s/%s isn't as it was declared: it doesn't have the hash on record.",
		"Version %d von %s/%s ist nicht mehr so, wie sie angelegt wurde: Sie passt nicht zum gespeicherten Hashwert.",
		v.Version, v.Resource.Kind, v.Resource.Metadata.Name)
}

// asPublished holds an earlier report against the hash under which it was
// approved.
func (s *Set) asPublished(ctx context.Context, runID string) error {
	if intact, err := s.store.PublishedIntact(ctx, runID); err != nil || intact {
		return err
	}
	return notAsPublished(runID)
}

func notAsPublished(runID string) error {
	return alteredf("The report %s isn't as it was published: its content doesn't have the hash on record.",
		"Der Bericht %s ist nicht mehr so, wie er veröffentlicht wurde: Sein Inhalt passt nicht zum gespeicherten Hashwert.", runID)
}
