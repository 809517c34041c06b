package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/store"
)

// kept seals what was typed into a form whose session has ended, so that it
// travels through the page that signs in and is read by the same person alone;
// empty if there is nothing, or nobody whose it was.
func (v *visit) kept() string {
	if v.ended == nil || len(v.r.PostForm) == 0 {
		return ""
	}
	box, err := sealing(*v.ended)
	if err != nil {
		return ""
	}
	nonce := make([]byte, box.NonceSize())
	rand.Read(nonce) //nolint:errcheck // crypto/rand never fails
	sealed := box.Seal(nonce, nonce, []byte(v.r.PostForm.Encode()), []byte(v.resumes()))
	return v.ended.ID + "." + base64.RawURLEncoding.EncodeToString(sealed)
}

// readTyped reads what was typed into a form with files, and leaves the files
// away: they have to be chosen again.
func (v *visit) readTyped() error {
	v.r.PostForm = url.Values{}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxLeft)
	parts, err := v.r.MultipartReader()
	if err != nil {
		return unreadable(err)
	}
	for left := int64(maxForm); ; {
		part, err := parts.NextPart()
		if err != nil {
			return nil //nolint:nilerr // the end, or what can't be read: what was read so far is kept
		}
		if part.FileName() != "" || part.FormName() == "" {
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		if left -= int64(len(value)); err != nil || left < 0 {
			return nil //nolint:nilerr // likewise
		}
		v.r.PostForm.Add(part.FormName(), string(value))
	}
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
	Address string // where the form goes on
	Typed   url.Values
}

// resume goes on where a session had ended: with what was typed, if it was the
// same person's; nothing is sent by itself.
func (v *visit) resume(s store.Session, back, kept string) error {
	id, sealed, found := strings.Cut(kept, ".")
	if !found {
		return v.to(v.shownAt(back))
	}
	seal, err := v.Store.SealOf(v.r.Context(), s.Person, id)
	if fault.Is(err, fault.NotFound) {
		return v.to(v.shownAt(back)) // somebody else's
	}
	if err != nil {
		return err
	}
	typed, ok := unseal(seal, sealed, back)
	if !ok {
		return v.to(v.shownAt(back))
	}
	v.session, v.lang = &s, v.languageOf(s)
	v.api = v.Client(v.w, v.r, s.Actor, v.lang)
	return v.show(http.StatusOK, "resume", text.New("Your entry is still here", "Die Eingaben sind noch da"), resumed{v.checkedAt(back), typed})
}

// checkedAt is where a form goes on that was sent to an address: what counts at
// …/done is checked at …/check before, however often it was checked already.
func (p *Pages) checkedAt(path string) string {
	if before, counts := strings.CutSuffix(path, "/done"); counts && p.has(http.MethodPost, before+"/check") {
		return before + "/check"
	}
	return path
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
	if err != nil {
		return nil, false
	}
	typed, err = url.ParseQuery(string(plain))
	return typed, err == nil
}

// newKey names a form to its repeat.
func newKey() string { return rand.Text() }
