package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"turnus/api/spool"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// receive reads a file to its end before anything else is done with it: while
// somebody sends, at their own pace, no connection to the database is held, and
// little memory. most is how many bytes it may have; also gets them as they were
// sent, to hash them. The caller closes it.
func (s *server) receive(ctx context.Context, in huma.Context, most int64, also ...io.Writer) (*spool.File, error) {
	f, err := s.uploads.Take(actorOf(ctx).Person)
	if err != nil {
		return nil, err
	}
	if _, err := io.CopyBuffer(io.MultiWriter(append(also, f)...), s.newUpload(in, most), make([]byte, 256<<10)); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// upload is a file that arrives: within a limit, at no less than the least pace.
type upload struct {
	body     io.Reader
	deadline func(time.Time) error // of the connection, so by the machine's own clock
	until    time.Time
	pace     *pace
	most     int64
	bytes    int64 // so far
}

func (s *server) newUpload(ctx huma.Context, most int64) *upload {
	now := time.Now()
	// The answer comes when the file is merged, long after the server's usual limit.
	_ = http.NewResponseController(humaecho.Unwrap(ctx).Response()).SetWriteDeadline(now.Add(importTime + time.Minute))
	return &upload{body: ctx.BodyReader(), deadline: ctx.SetReadDeadline, until: now.Add(uploadTime), pace: newPace(s.pace), most: most}
}

// Read implements io.Reader.
func (u *upload) Read(p []byte) (int, error) {
	began := time.Now()
	end := u.pace.deadline(began)
	if end.After(u.until) {
		end = u.until
	}
	_ = u.deadline(end) // not every transport has deadlines
	n, err := u.body.Read(p)
	u.pace.passed(n, time.Since(began))
	u.bytes += int64(n)
	switch {
	case u.bytes > u.most:
		return 0, fault.New(tooLarge, text.F("The file is larger than %d bytes: split it.", "Die Datei ist größer als %d Byte: Auf mehrere Dateien verteilen.", u.most))
	case errors.Is(err, io.EOF):
		_ = u.deadline(time.Time{}) // the merge may take longer than a read may
		return n, io.EOF
	case err != nil:
		return n, slowFile(unread(err))
	}
	return n, nil
}

// slowFile says what pace is wanted, where a file was too slow.
func slowFile(err error) error {
	if !fault.Is(err, tooSlow) {
		return err
	}
	return fault.New(tooSlow, text.F("The file came too slowly: %d kB or more are wanted every %d seconds. Send it from a disk, packed, or over a faster line.",
		"Die Datei kam zu langsam: mindestens %d kB alle %d Sekunden. Von einem Datenträger, gepackt oder über eine schnellere Leitung senden.",
		paceBytes>>10, int(paceTime.Seconds()))).Because(err)
}
