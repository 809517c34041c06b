package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// takeBody reads a body whole, within its limits, before anything looks at it,
// and refuses what can't be read. huma would answer 500 to a body that is cut
// off, and PostgreSQL to a NUL character.
func (s *server) takeBody(op operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		in := humaecho.Unwrap(ctx).Request()
		if op.body == jsonBody || op.body == documents {
			b, done, err := s.readBody(ctx, op.body)
			defer done()
			if err == nil && op.body == jsonBody {
				err = checkJSON(b)
				in.Header.Set("Content-Type", "application/json") // whichever of its names was used
			}
			if err != nil {
				problem(ctx.Context(), err).write(ctx)
				return
			}
			in.Body = io.NopCloser(bytes.NewReader(b))
		}
		next(ctx)
	}
}

// readBody gives a body, and what to call when it isn't needed any more: who
// sends a large one takes a place, however slowly they go on.
func (s *server) readBody(ctx huma.Context, kind bodyKind) (_ []byte, done func(), err error) {
	limit := int64(maxBody)
	if kind == documents {
		limit = maxApply
	}
	done = func() {}
	_ = ctx.SetReadDeadline(time.Now().Add(bodyTime)) // not every transport has deadlines
	var body bytes.Buffer
	n, err := body.ReadFrom(io.LimitReader(ctx.BodyReader(), largeBody+1))
	if err == nil && n > largeBody {
		leave, full := s.large.take(actorOf(ctx.Context()).Person)
		if full != nil {
			return nil, done, full
		}
		done = leave
		_, err = body.ReadFrom(io.LimitReader(ctx.BodyReader(), limit-largeBody))
	}
	_ = ctx.SetReadDeadline(time.Time{})
	b := body.Bytes()
	switch {
	case err != nil:
		return nil, done, unread(err)
	case int64(len(b)) > limit:
		return nil, done, fault.New(tooLarge, text.F("The body is larger than %d bytes.", "Der Inhalt ist größer als %d Byte.", limit))
	case !utf8.Valid(b):
		return nil, done, fault.New(fault.Malformed, text.New("The body isn't UTF-8.", "Der Inhalt ist kein UTF-8."))
	case len(b) == 0:
		return b, done, nil
	}
	return b, done, mediaType(ctx.Header("Content-Type"), kind)
}

// unread says why a body couldn't be read to its end.
func unread(err error) error {
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return fault.New(tooSlow, text.New("The body came too slowly.", "Der Inhalt kam zu langsam.")).Because(err)
	}
	return fault.New(fault.Malformed, text.New("The body ended before it was complete.", "Der Inhalt brach ab, bevor er vollständig war.")).Because(err)
}

// mediaType refuses bodies that say they are something else.
func mediaType(header string, kind bodyKind) error {
	if header == "" {
		return nil
	}
	t, _, err := mime.ParseMediaType(header)
	isJSON := t == "application/json" || strings.HasSuffix(t, "+json")
	isYAML := t == "application/yaml" || t == "text/yaml" || t == "application/x-yaml" || t == "text/x-yaml"
	if err == nil && (isJSON || kind == documents && isYAML) {
		return nil
	}
	want := "application/json"
	if kind == documents {
		want += ", application/yaml"
	}
	return fault.New(unsupported, text.F("The body is sent as %.80q: send it as %s.", "Der Inhalt kommt als %.80q: Als %s senden.", header, want))
}

// checkJSON refuses what isn't one JSON value, holds far more than any body
// needs, or NUL characters.
func checkJSON(b []byte) error {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil // whether a body is needed, huma knows
	}
	if resource.Values(b) > maxValues {
		return fault.Invalidf("body", "A body holds %d values at most.", "Ein Inhalt hat höchstens %d Werte.", maxValues)
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	err := d.Decode(&v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("more than one value")
		}
	}
	if err != nil {
		return fault.New(fault.Malformed, text.F("The body isn't JSON: %[1]v.", "Der Inhalt ist ab Byte %[2]d kein JSON: Dort Anführungszeichen, Kommas und Klammern prüfen.",
			err, d.InputOffset())).Because(err)
	}
	return noNUL("body", v)
}

// noNUL finds NUL characters in a decoded JSON value, which jsonb can't hold.
func noNUL(at string, v any) error {
	refuse := func(at string) error {
		return fault.Invalidf(at, "there is a NUL character in it", "Darin steht ein NUL-Zeichen.")
	}
	switch v := v.(type) {
	case string:
		if !clean(v) {
			return refuse(at)
		}
	case []any:
		for i, e := range v {
			if err := noNUL(resource.Item(at, i), e); err != nil {
				return err
			}
		}
	case map[string]any:
		for k, e := range v {
			if !clean(k) {
				return refuse(at)
			}
			if err := noNUL(resource.Below(at, k), e); err != nil {
				return err
			}
		}
	}
	return nil
}
