package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/store"
)

const keyHeader = "Idempotency-Key"

// digest is kept with the answer to an upload, whose content is known at the
// end only; it is never sent.
const digest = "x-turnus-digest"

// once carries out a POST with an Idempotency-Key at most once: a repeat gets
// the recorded answer. A 5xx frees the key, and so does the refusal of an upload
// that wasn't read to its end: there is nothing to tell a repeat by. A trial of a
// file shows what is in it, so nothing of that is kept.
//
// What makes two requests the same is method, path, query and body. An upload
// is hashed while it is read, and a repeat is read through, and compared, before
// it gets the recorded answer.
func (s *server) once(op operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		key, given, err := idempotencyKey(ctx)
		if op.Method != http.MethodPost || !given && err == nil {
			next(ctx)
			return
		}
		if err == nil {
			err = s.keyed(ctx, op, key, next)
		}
		if err != nil {
			problem(ctx.Context(), err).write(ctx)
		}
	}
}

func (s *server) keyed(ctx huma.Context, op operation, key string, next func(huma.Context)) error {
	who := actorOf(ctx.Context())
	in := humaecho.Unwrap(ctx).Request()
	print, up, err := fingerprint(in, op)
	if err != nil {
		return err
	}
	requestOf(ctx.Context()).once = canonical.Sum([]byte(who.Person + "\n" + op.OperationID + "\n" + key + "\n" + print))
	old, err := s.Store.BeginKey(ctx.Context(), s.Now(), who.Person, op.OperationID, key, print)
	if err != nil {
		return err
	}
	if old != nil {
		return s.replay(ctx, op, *old)
	}

	rec := &recorder{inner: ctx, header: http.Header{}}
	done := false
	// The client may be gone, and the answer still counts.
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx.Context()), importTime+10*time.Second)
	defer cancel()
	defer func() {
		if !done {
			_ = s.Store.FreeKey(after, who.Person, op.OperationID, key) // free by itself after 30 s
		}
	}()
	next(rec)
	if requestOf(ctx.Context()).trial {
		rec.send()
		return nil
	}
	if rec.status < 400 || rec.status < 500 && (up == nil || up.whole) {
		a := rec.answer()
		if op.secret {
			a.Body = nil
		}
		if up != nil {
			a.Header[digest] = hex.EncodeToString(up.sum.Sum(nil))
		}
		if err := s.Store.FinishKey(after, who.Person, op.OperationID, key, a); err != nil {
			s.Log.Warn("an answer could not be kept under its Idempotency-Key", "request", requestOf(ctx.Context()).id, "error", withCause(err))
		} else {
			done = true
		}
	}
	rec.send()
	return nil
}

// idempotencyKey reads the header; given is false where there is none.
func idempotencyKey(ctx huma.Context) (key string, given bool, err error) {
	ctx.EachHeader(func(name, value string) {
		if strings.EqualFold(name, keyHeader) {
			key, given = value, true
		}
	})
	if !given {
		return "", false, nil
	}
	visible := strings.IndexFunc(key, func(r rune) bool { return r < '!' || r > '~' }) < 0
	if key == "" || len(key) > 255 || !visible {
		return "", true, fault.Invalidf("header."+keyHeader, "a key is 1 to 255 visible ASCII characters",
			"Ein Schlüssel hat 1 bis 255 sichtbare ASCII-Zeichen.")
	}
	return key, true, nil
}

// hashed is the body of an upload, whose hash grows while it is read.
type hashed struct {
	io.ReadCloser
	sum   hash.Hash
	whole bool
}

// Read implements io.Reader.
func (h *hashed) Read(p []byte) (int, error) {
	n, err := h.ReadCloser.Read(p)
	h.sum.Write(p[:n])
	h.whole = h.whole || err == io.EOF
	return n, err
}

// fingerprint tells requests apart. For an upload it leaves the content out
// and gives the body that is hashed.
func fingerprint(in *http.Request, op operation) (string, *hashed, error) {
	h := sha256.New()
	io.WriteString(h, in.Method+"\n"+in.URL.Path+"\n"+in.URL.RawQuery+"\n")
	if op.body == stream {
		up := &hashed{ReadCloser: in.Body, sum: sha256.New()}
		in.Body = up
		return hex.EncodeToString(h.Sum(nil)), up, nil
	}
	if op.body != noBody {
		b, err := io.ReadAll(in.Body) // in memory since takeBody
		if err != nil {
			return "", nil, err
		}
		h.Write(b)
		in.Body = io.NopCloser(bytes.NewReader(b))
	}
	return hex.EncodeToString(h.Sum(nil)), nil, nil
}

// replay answers a repeat.
func (s *server) replay(ctx huma.Context, op operation, old store.Answer) error {
	if op.secret {
		return fault.New(fault.Conflict, text.New("This key was used before, and the secret was shown then: use another key for another one.",
			"Dieser Schlüssel wurde schon verwendet, das Geheimnis wurde dabei gezeigt: Für ein weiteres einen anderen Schlüssel nehmen."))
	}
	if want, ok := old.Header[digest]; ok {
		place, err := s.uploads.Take(actorOf(ctx.Context()).Person) // nothing is kept in it, and it counts
		if err != nil {
			return err
		}
		defer place.Close()
		sum := sha256.New()
		if _, err := io.Copy(sum, s.newUpload(ctx, op.most)); err != nil {
			return err
		}
		if hex.EncodeToString(sum.Sum(nil)) != want {
			return fault.Invalidf("header."+keyHeader, "this key was used for another file: use another key",
				"Dieser Schlüssel wurde für eine andere Datei verwendet: Einen anderen nehmen.")
		}
	}
	for k, v := range old.Header {
		if k != digest {
			ctx.SetHeader(k, v)
		}
	}
	ctx.SetHeader("Idempotency-Replayed", "true")
	ctx.SetStatus(old.Status)
	_, _ = ctx.BodyWriter().Write(old.Body) // the client may be gone
	return nil
}

type inner = huma.Context

// recorder holds an answer back until it is kept.
type recorder struct {
	inner
	status int
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Unwrap() huma.Context        { return r.inner }
func (r *recorder) SetStatus(code int)          { r.status = code }
func (r *recorder) Status() int                 { return r.status }
func (r *recorder) SetHeader(name, v string)    { r.header.Set(name, v) }
func (r *recorder) AppendHeader(name, v string) { r.header.Add(name, v) }
func (r *recorder) BodyWriter() io.Writer       { return &r.body }

func (r *recorder) answer() store.Answer {
	a := store.Answer{Status: r.status, Header: map[string]string{}, Body: r.body.Bytes()}
	for _, k := range []string{"Content-Type", "Content-Language", "Location"} {
		if v := r.header.Get(k); v != "" {
			a.Header[k] = v
		}
	}
	return a
}

func (r *recorder) send() {
	for k, vs := range r.header {
		for _, v := range vs {
			r.inner.AppendHeader(k, v)
		}
	}
	r.inner.SetStatus(r.status)
	_, _ = r.inner.BodyWriter().Write(r.body.Bytes()) // the client may be gone
}
