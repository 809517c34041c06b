package imports

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Types of files that are zip archives with documents in them.
const (
	wordDocument    = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	excelWorkbook   = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	openText        = "application/vnd.oasis.opendocument.text"
	openSpreadsheet = "application/vnd.oasis.opendocument.spreadsheet"
)

// What is unpacked of such a file at most: the part that says what it is.
const (
	maxTypePart = 256 << 10
	maxParts    = 10_000
)

// packedType is what the document in a zip archive says it is, or what it was
// taken for where that is nothing of ours. Of one with macros the parts name
// a type that isn't taken.
func packedType(content []byte, taken string) string {
	if taken == wordDocument || taken == excelWorkbook || taken == openText || taken == openSpreadsheet {
		taken = zipArchive // by its first bytes, which don't say much
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || len(archive.File) > maxParts {
		return taken
	}
	for _, f := range archive.File {
		switch f.Name {
		case "mimetype":
			if said := strings.TrimSpace(string(part(f))); said == openText || said == openSpreadsheet {
				return said
			}
		case "[Content_Types].xml":
			if main := mainPart(part(f)); main != "" {
				return main
			}
		}
	}
	return taken
}

// part is a file of an archive; nothing, if it is too large or broken.
func part(f *zip.File) []byte {
	r, err := f.Open()
	if err != nil {
		return nil
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxTypePart+1))
	if err != nil || len(b) > maxTypePart {
		return nil
	}
	return b
}

// mainPart is the type of an Office Open XML document, from the list of its
// parts; empty, where it is none of ours, or has macros beside it.
func mainPart(list []byte) (media string) {
	for d := xml.NewDecoder(bytes.NewReader(list)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return media
		}
		if err != nil {
			return ""
		}
		e, is := token.(xml.StartElement)
		if !is {
			continue
		}
		for _, a := range e.Attr {
			switch {
			case a.Name.Local != "ContentType":
			case a.Value == wordDocument+".main+xml":
				media = wordDocument
			case a.Value == excelWorkbook+".main+xml":
				media = excelWorkbook
			case a.Value == "application/vnd.ms-office.vbaProject":
				return ""
			}
		}
	}
}
