package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"turnus/itsm/fault"
)

// awayTime bounds how long the rest of a form is taken whose file isn't wanted:
// browsers look for the answer when they have sent all.
const awayTime = 5 * time.Minute

// upload is the file of a form that is still being sent: what stands before it in
// the form has been read, and it itself is read from the connection once.
type upload struct {
	*multipart.Part
	Name string
}

// upload reads a form up to its file. The values before it are those of v.form.
func (v *visit) upload() (*upload, error) {
	if !v.isUpload() {
		return nil, noFile() // one that was resumed after a sign-in has lost it
	}
	v.r.PostForm = url.Values{} // from here on nobody else reads the form
	v.r.Form = v.r.PostForm
	parts, err := v.r.MultipartReader()
	if err != nil {
		return nil, unreadable(err)
	}
	for left := int64(maxForm); ; {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, noFile()
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if p.FormName() == "file" {
			if p.FileName() == "" {
				return nil, noFile()
			}
			return &upload{p, p.FileName()}, nil
		}
		b, err := io.ReadAll(io.LimitReader(p, left+1))
		if err != nil {
			return nil, unreadable(err)
		}
		if left -= int64(len(b)); left < 0 {
			return nil, unreadable(&http.MaxBytesError{Limit: maxForm})
		}
		v.r.PostForm.Add(p.FormName(), strings.ToValidUTF8(string(b), "\uFFFD"))
	}
}

func noFile() error {
	return fault.Invalidf("file", "No file is chosen. Choose one.", "Es ist keine Datei ausgewählt. Eine Datei auswählen.")
}

// takeRest reads what is still being sent of a form with a file, and drops it.
func (v *visit) takeRest() {
	for until := time.Now().Add(awayTime); time.Now().Before(until); {
		if _, err := io.CopyN(io.Discard, v.r.Body, 64<<10); err != nil {
			return // the end, or whoever sent it has gone, or is too slow
		}
	}
}

// isUpload says that a request is a form with a file.
func (v *visit) isUpload() bool {
	return v.r.Method == http.MethodPost && strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/")
}
