package api

import (
	"context"
	"encoding/hex"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

func (s *server) backup() {
	register(s, operation{lasts: backupTime, Operation: huma.Operation{
		OperationID: "backup", Method: http.MethodGet, Path: "/v1/backup", Tags: []string{"Operation"},
		Summary: "A consistent copy of everything, as an archive for turnus restore",
		Description: "Sent while it is made, and complete only if the answer ends properly. It holds what the database holds: keep it as secret. " +
			"One at a time. Not offered by turnus api, whose database has its own backups.",
		Responses: map[string]*huma.Response{"200": {Description: "The archive",
			Content: map[string]*huma.MediaType{"application/gzip": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}},
	}}, func(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
		if s.Backup == nil {
			return nil, fault.New(notOffered, text.New(
				"This API stands on a database of your own: back that one up with its own means, Temporal's databases at the same instant.",
				"Diese API steht auf einer eigenen Datenbank: Diese mit deren Mitteln sichern, die Datenbanken von Temporal zum selben Zeitpunkt."))
		}
		return &huma.StreamResponse{Body: func(out huma.Context) { s.sendBackup(ctx, out) }}, nil
	})
}

// sendBackup makes a backup and sends it at the same time. What fails before
// the first byte is answered with a problem; what fails later cuts the
// connection, so that nobody takes a part for the whole.
func (s *server) sendBackup(ctx context.Context, out huma.Context) {
	if !s.copying.TryLock() {
		problem(ctx, fault.New(fault.Conflict, text.New("A backup is being made already: wait until it has ended.",
			"Es wird schon eine Sicherung erstellt: Warten, bis sie fertig ist."))).write(out)
		return
	}
	defer s.copying.Unlock()
	who := actorOf(ctx)
	// On record before anything is sent, whatever becomes of it.
	if err := s.Store.Record(ctx, who, s.Now(), "backup.begun", backupObject, nil); err != nil {
		problem(ctx, err).write(out)
		return
	}
	d := s.newDownload(out, "application/gzip", "turnus-backup.tar.gz")
	err := s.Backup(ctx, d)
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTime) // the client may be gone
	defer cancel()
	if err == nil {
		err = s.Store.Record(after, who, s.Now(), "backup.taken", backupObject,
			map[string]any{"bytes": d.bytes, "sha256": hex.EncodeToString(d.sum.Sum(nil))})

		if err == nil {
			return
		}
	}
	s.Log.Error("a backup failed", "request", requestOf(ctx).id, "person", who.Person, "bytes", d.bytes, "error", err)
	if unrecorded := s.Store.Record(after, who, s.Now(), "backup.failed", backupObject, map[string]any{"bytes": d.bytes}); unrecorded != nil {
		s.Log.Warn("that a backup failed could not be recorded", "request", requestOf(ctx).id, "error", withCause(unrecorded))
	}
	if d.bytes > 0 {
		panic(http.ErrAbortHandler)
	}
	problem(ctx, fault.New(fault.Unavailable, text.New("The backup could not begin: the log says why. Try again shortly.",
		"Die Sicherung konnte nicht beginnen: Der Grund steht im Protokoll. In Kürze erneut versuchen.")).Because(err)).write(out)
}

// backupObject is what the audit trail calls what is copied.
const backupObject = "backup"
