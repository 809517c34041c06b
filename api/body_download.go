package api

import (
	"crypto/sha256"
	"hash"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
)

// download sends a file, which has to be taken at no less than the least pace.
// What fails before the first byte can be answered with a problem;
// what fails later has to cut the connection, so that nobody takes a part for
// the whole.
type download struct {
	out     huma.Context
	control *http.ResponseController
	media   string
	name    string // of the file, where the client keeps it
	size    int64  // 0: not known before its end
	pace    *pace
	sum     hash.Hash
	bytes   int64
}

func (s *server) newDownload(out huma.Context, media, name string) *download {
	d := &download{out: out, pace: newPace(s.pace), control: http.NewResponseController(humaecho.Unwrap(out).Response()), media: media, name: name, sum: sha256.New()}
	// The server takes the end of the time to read a request for the client's.
	_ = d.control.SetReadDeadline(time.Time{})
	// And what is refused after long work has to be said, too.
	_ = d.control.SetWriteDeadline(time.Time{})
	return d
}

// Write implements io.Writer.
func (d *download) Write(p []byte) (int, error) {
	began := time.Now()
	_ = d.control.SetWriteDeadline(d.pace.deadline(began)) // not every transport has deadlines
	if d.bytes == 0 {
		if d.size > 0 {
			d.out.SetHeader("Content-Length", strconv.FormatInt(d.size, 10))
		}
		d.out.SetHeader("Content-Type", d.media)
		d.out.SetHeader("Content-Disposition", attachment(d.name))
		d.out.SetStatus(http.StatusOK)
	}
	n, err := d.out.BodyWriter().Write(p)
	d.pace.passed(n, time.Since(began))
	d.bytes += int64(n)
	d.sum.Write(p[:n])
	return n, err
}
