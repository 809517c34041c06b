package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"turnus/store"
)

// revokeMark is the file by which a restore asks the next start to revoke all
// tokens before anybody is let in. It goes when that is done: a start that was
// cut off before does it again, and then there is nothing left to revoke, since
// nothing is issued before.
const revokeMark = "revoke-tokens"

func (s site) revokeRestored(ctx context.Context, st *store.Store) error {
	mark := s.data.file(revokeMark)
	if _, err := os.Stat(mark); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	n, err := st.RevokeEverything(ctx, now())
	if err != nil {
		return err
	}
	if err := os.Remove(mark); err != nil {
		return unwritable(s.data.path, err)
	}
	say("After the restore: %d tokens revoked, %d feeds withdrawn; the administrator issues new ones (turnus token PERSON)", n.Tokens, n.Feeds)
	return syncDir(s.data.path) // back after a power cut it would revoke what is issued from now on
}
