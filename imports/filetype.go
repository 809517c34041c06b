package imports

import (
	"bytes"
	"encoding/json"
	"mime"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// fileType is a media type that files may have, with how names of such files
// end and what senders call it besides.
type fileType struct {
	media   string
	title   text.Text
	endings []string
	claims  []string
}

// fileTypes has a row for each of task.FileTypes.
func fileTypes() []fileType {
	return []fileType{
		{"application/pdf", text.New("a PDF document", "ein PDF-Dokument"), []string{".pdf"}, []string{"application/x-pdf"}},
		{"image/png", text.New("a PNG image", "ein PNG-Bild"), []string{".png"}, nil},
		{"image/jpeg", text.New("a JPEG image", "ein JPEG-Bild"), []string{".jpg", ".jpeg"}, []string{"image/jpg", "image/pjpeg"}},
		{plainText, text.New("plain text", "reiner Text"), []string{".txt", ".log", ".md"}, []string{"text/markdown"}},
		// Windows calls it by the program that opens it.
		{csvText, text.New("a CSV file", "eine CSV-Datei"), []string{".csv"}, []string{plainText, "application/csv", "application/vnd.ms-excel"}},
		{jsonText, text.New("JSON", "JSON"), []string{".json"}, []string{plainText, "text/json"}},
		{wordDocument, text.New("a Word document", "ein Word-Dokument"), []string{".docx"}, nil},
		{excelWorkbook, text.New("an Excel workbook", "eine Excel-Arbeitsmappe"), []string{".xlsx"}, nil},
		{openText, text.New("an OpenDocument text", "ein OpenDocument-Text"), []string{".odt"}, nil},
		{openSpreadsheet, text.New("an OpenDocument spreadsheet", "ein OpenDocument-Tabellendokument"), []string{".ods"}, nil},
	}
}

const (
	plainText  = "text/plain"
	csvText    = "text/csv"
	jsonText   = "application/json"
	markup     = "text/xml"
	zipArchive = "application/zip"
	unknown    = "application/octet-stream"
)

// FileType gives the media type of a file, as its content shows it: one of
// task.FileTypes. A name whose ending says otherwise, a type that the sender
// claims and that says otherwise, and content of any other type are refused:
// fault.Invalid, in the field name, type or content. An empty claim is none.
func FileType(name, claimed string, content []byte) (string, error) {
	if len(content) == 0 {
		return "", fault.Invalidf("content", "%.80q is empty.", "%.80q ist leer.", name)
	}
	ending := strings.ToLower(path.Ext(name))
	types := fileTypes()
	named := slices.IndexFunc(types, func(t fileType) bool { return slices.Contains(t.endings, ending) })
	media, isText := contentType(content)
	if named >= 0 && textual(types[named].media) && (isText || media == unknown) {
		if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
			return "", fault.Invalidf("content", "%.80q says that it is %s, and isn't UTF-8 without NUL characters: save it as UTF-8.",
				"%.80q ist dem Namen nach %s, aber kein UTF-8 ohne NUL-Zeichen: als UTF-8 speichern.", name, types[named].title)
		}
		if isText {
			// What kind of text it is shows the name alone, but for JSON.
			if media = types[named].media; media == jsonText && !json.Valid(content) {
				return "", fault.Invalidf("content", "%.80q says that it is JSON, and its content isn't.",
					"%.80q ist dem Namen nach JSON, der Inhalt ist es nicht.", name)
			}
		}
	}
	found := slices.IndexFunc(types, func(t fileType) bool { return t.media == media })
	switch {
	case named >= 0 && named != found:
		return "", fault.Invalidf("name", "%.80q says that it is %s, and its content is %s.",
			"%.80q ist dem Namen nach %s, der Inhalt ist aber %s.", name, types[named].title, titleOf(media))
	case found < 0:
		return "", fault.Invalidf("content", "%.80q isn't taken: its content is %s. Possible are files that end in %s.",
			"%.80q wird nicht angenommen: Der Inhalt ist %s. Möglich sind Dateien mit den Endungen %s.", name, titleOf(media), text.List(endings(types)))
	case named < 0:
		return "", fault.Invalidf("name", "The ending of %.80q doesn't say what it is, and its content is %s. Possible endings: %s.",
			"Die Endung von %.80q sagt nicht, was es ist; der Inhalt ist %s. Möglich als Endung: %s.", name, types[found].title, text.List(types[found].endings))
	}
	if !types[found].isCalled(claimed) {
		return "", fault.Invalidf("type", "It is sent as %.80q, and its content is %s: send it as %s, or leave its type out.",
			"Gesendet wird %.80q, der Inhalt ist aber %s: als %s senden oder den Typ weglassen.", claimed, types[found].title, media)
	}
	return media, nil
}

// isCalled says whether what a sender claims is the type, or nothing: some
// programs name a type where nobody said one.
func (t fileType) isCalled(claimed string) bool {
	if claimed == "" {
		return true
	}
	said, _, err := mime.ParseMediaType(claimed)
	return err == nil && (said == t.media || slices.Contains(t.claims, said) || said == unknown || said == "application/x-www-form-urlencoded")
}

func textual(media string) bool { return media == plainText || media == csvText || media == jsonText }

func endings(types []fileType) []string {
	var all []string
	for _, t := range types {
		all = append(all, t.endings...)
	}
	return all
}

// contentType is what a content shows itself to be. Of text it says no more
// than that it is some, unless it is markup or a program's, which a browser or a
// shell might carry out.
func contentType(content []byte) (media string, isText bool) {
	found := mimetype.Detect(content)
	media, _, _ = strings.Cut(found.String(), ";")
	below := func(kind string) bool {
		for m := found; m != nil; m = m.Parent() {
			if m.Is(kind) {
				return true
			}
		}
		return false
	}
	switch {
	case below(zipArchive):
		return packedType(content, media), false
	case !below(plainText):
		return media, false
	case isMarkup(content):
		if media == plainText {
			media = markup
		}
		return media, false
	}
	switch media {
	case plainText, csvText, "text/tab-separated-values", jsonText, "application/geo+json", "application/x-ndjson", "application/vnd.cyclonedx+json",
		"application/x-subrip", "text/vtt", "text/vcard", "text/calendar", "message/rfc822":
		return plainText, true
	}
	return media, false
}

// isMarkup says that a text begins with a tag or its like, after blanks. More
// begins with a smaller-than sign: the lines of syslog do, with a number.
func isMarkup(content []byte) bool {
	t := bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")))
	return len(t) > 1 && t[0] == '<' && (t[1] == '!' || t[1] == '?' || t[1] == '/' || t[1]|0x20 >= 'a' && t[1]|0x20 <= 'z')
}

// titleOf a type that content may have, taken or not.
func titleOf(media string) text.Text {
	types := fileTypes()
	if i := slices.IndexFunc(types, func(t fileType) bool { return t.media == media }); i >= 0 {
		return types[i].title
	}
	switch media {
	case "text/html", "application/xhtml+xml":
		return text.New("an HTML page", "eine HTML-Seite")
	case "image/svg+xml":
		return text.New("an SVG image", "ein SVG-Bild")
	case markup:
		return text.New("markup, as in XML", "eine Auszeichnungssprache wie XML")
	case zipArchive:
		return text.New("a ZIP archive", "ein ZIP-Archiv")
	case "application/x-elf", "application/x-executable", "application/x-sharedlib", "application/vnd.microsoft.portable-executable",
		"application/x-mach-binary", "text/x-shellscript":
		return text.New("a program", "ein Programm")
	case unknown:
		return text.New("of no type that is known here", "von keinem hier bekannten Typ")
	}
	return text.F("of the type %s", "vom Typ %s", media)
}
