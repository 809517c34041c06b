package temporal

import (
	"bytes"
	"context"
	"regexp"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// masking hides secrets in whatever Temporal answers, before the Web UI makes
// JSON of it: in payloads, which are bytes, in texts, and in messages within
// bytes. What hides them is as long as they are, so that it fits there, too.
func masking(secret *regexp.Regexp) grpc.UnaryClientInterceptor {
	hide := func(b []byte) []byte {
		return secret.ReplaceAllFunc(b, func(found []byte) []byte {
			kind := bytes.IndexByte(found, '_') + 1 // as in pass_…
			return append(bytes.Clone(found[:kind]), bytes.Repeat([]byte("*"), len(found)-kind)...)
		})
	}
	return func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
		err := invoke(ctx, method, req, reply, cc, opts...)
		if err != nil {
			said := status.Convert(err).Proto()
			mask(said.ProtoReflect(), hide)
			return status.FromProto(said).Err()
		}
		if m, ok := reply.(proto.Message); ok {
			mask(m.ProtoReflect(), hide)
		}
		return nil
	}
}

// mask applies hide to all texts and bytes of a message, however deep.
func mask(m protoreflect.Message, hide func([]byte) []byte) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap():
			v.Map().Range(func(k protoreflect.MapKey, one protoreflect.Value) bool {
				if now, changed := masked(f.MapValue(), one, hide); changed {
					v.Map().Set(k, now)
				}
				return true
			})
		case f.IsList():
			for i := range v.List().Len() {
				if now, changed := masked(f, v.List().Get(i), hide); changed {
					v.List().Set(i, now)
				}
			}
		default:
			if now, changed := masked(f, v, hide); changed {
				m.Set(f, now)
			}
		}
		return true
	})
}

// masked is one value; it says whether it has to be put in place of the old one.
func masked(f protoreflect.FieldDescriptor, v protoreflect.Value, hide func([]byte) []byte) (protoreflect.Value, bool) {
	switch f.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		mask(v.Message(), hide)
	case protoreflect.StringKind:
		now := string(hide([]byte(v.String())))
		return protoreflect.ValueOfString(now), now != v.String()
	case protoreflect.BytesKind:
		now := hide(v.Bytes())
		return protoreflect.ValueOfBytes(now), !bytes.Equal(now, v.Bytes())
	}
	return v, false
}
