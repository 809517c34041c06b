package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/store"
)

// maxKept bounds what is carried through a sign-in, before it is sealed.
const maxKept = 256 << 10

// kept seals what was typed into a form whose session has ended, so that it
// travels through the page that signs in and is read by the same person alone;
// empty if there is nothing, or nobody whose it was.
func (v *visit) kept() string {
	if v.ended == nil || len(v.r.PostForm) == 0 {
		return ""
	}
	typed, err := json.Marshal(v.r.PostForm)
	if err != nil || len(typed) > maxKept {
		return ""
	}
	box, err := sealing(*v.ended)
	if err != nil {
		return ""
	}
	nonce := make([]byte, box.NonceSize())
	rand.Read(nonce) //nolint:errcheck // crypto/rand never fails
	sealed := box.Seal(nonce, nonce, typed, []byte(v.resumes()))
	return v.ended.ID + "." + base64.RawURLEncoding.EncodeToString(sealed)
}

func sealing(s store.Session) (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.Seal)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// resumed is the page that gives back what was typed before the sign-in.
type resumed struct {
	Address string
	Typed   url.Values
	Person  string
}

// resume goes on where a session had ended: with what was typed, if it was the
// same person's; nothing is sent by itself.
func (v *visit) resume(s store.Session, back, kept string) error {
	id, sealed, found := strings.Cut(kept, ".")
	if !found {
		return v.to(back)
	}
	seal, err := v.Store.SealOf(v.r.Context(), s.Person, id)
	if fault.Is(err, fault.NotFound) {
		return v.to(back) // somebody else's
	}
	if err != nil {
		return err
	}
	typed, ok := unseal(seal, sealed, back)
	if !ok {
		return v.to(back)
	}
	v.session, v.lang = &s, v.languageOf(s)
	return v.show(http.StatusOK, "resume", text.New("Your entry is still here", "Die Eingaben sind noch da"), resumed{back, typed, s.Person})
}

func unseal(key []byte, sealed, path string) (typed url.Values, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return nil, false
	}
	box, err := sealing(store.Session{Seal: key})
	if err != nil || len(b) < box.NonceSize() {
		return nil, false
	}
	plain, err := box.Open(nil, b[:box.NonceSize()], b[box.NonceSize():], []byte(path))
	if err != nil || json.Unmarshal(plain, &typed) != nil {
		return nil, false
	}
	return typed, true
}

// newKey names a form to its repeat.
func newKey() string { return rand.Text() }
