package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"turnus/itsm/fault"
	"turnus/itsm/text"
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
		if err := v.takeValue(p, &left); err != nil {
			return nil, err
		}
	}
}

// readParts reads a form that may have files, of so many bytes: its values as of
// any form, and each file by what is given.
func (v *visit) readParts(most int64, file func(*multipart.Part) error) error {
	if !strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/form-data") {
		return nil
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, most)
	parts, err := v.r.MultipartReader()
	if err != nil {
		return unreadable(err)
	}
	v.r.PostForm = url.Values{}
	v.r.Form = v.r.PostForm
	left := int64(maxForm)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		if _, isFile := part.Header["Content-Type"]; isFile || part.FileName() != "" {
			if err := file(part); err != nil {
				return err
			}
			continue
		}
		if err := v.takeValue(part, &left); err != nil {
			return err
		}
	}
}

// takeValue reads a value that stands beside files, of the bytes that are left
// for such.
func (v *visit) takeValue(part *multipart.Part, left *int64) error {
	b, err := io.ReadAll(io.LimitReader(part, *left+1))
	if err != nil {
		return unreadable(err)
	}
	if *left -= int64(len(b)); *left < 0 {
		return unreadable(&http.MaxBytesError{Limit: maxForm})
	}
	if !utf8.Valid(b) {
		return fault.New(fault.Malformed, text.New("The form isn't UTF-8. Nothing was done.", "Das Formular ist kein UTF-8. Es wurde nichts ausgeführt."))
	}
	v.r.PostForm.Add(part.FormName(), string(b))
	if part.FormName() == fieldFrom {
		return v.sentBy(string(b))
	}
	return nil
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
