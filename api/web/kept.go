package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"

	"turnus/store"
)

// kept seals what was typed into a form whose session has ended, or whose page is
// asked for in the other language, so that it travels through that and is read by
// the same person alone; empty if there is nothing, or nobody whose it was.
func (v *visit) kept() string {
	whose := v.session
	if whose == nil {
		whose = v.ended
	}
	if whose == nil || len(v.r.PostForm) == 0 {
		return ""
	}
	box, err := sealing(*whose)
	if err != nil {
		return ""
	}
	nonce := make([]byte, box.NonceSize())
	rand.Read(nonce) //nolint:errcheck // crypto/rand never fails
	sealed := box.Seal(nonce, nonce, []byte(v.r.PostForm.Encode()), []byte(v.resumes()))
	return whose.ID + "." + base64.RawURLEncoding.EncodeToString(sealed)
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
