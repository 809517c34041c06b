package imports

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/memtest"
	"turnus/itsm/fault"
	"turnus/itsm/task"
)

// packed is a zip archive of names and contents.
func packed(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		method := zip.Deflate
		if pairs[i] == "mimetype" {
			method = zip.Store
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: pairs[i], Method: method})
		require.NoError(t, err)
		_, err = f.Write([]byte(pairs[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// office is an Office Open XML document whose parts have some types.
func office(t testing.TB, types ...string) []byte {
	var list strings.Builder
	for _, one := range types {
		list.WriteString(`<Override PartName="/part" ContentType="` + one + `"/>`)
	}
	return packed(t, "_rels/.rels", "<Relationships/>", "[Content_Types].xml",
		`<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`+list.String()+`</Types>`, "word/document.xml", "<w/>")
}

const (
	pngStart  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
	jpegStart = "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
	pdfStart  = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
	elfStart  = "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00>\x00"
	exeStart  = "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff"
)

// Each type that a task's files may have is found, under its names, and whatever
// its senders call it.
func TestFileTypes(t *testing.T) {
	var known []string
	for _, row := range fileTypes() {
		known = append(known, row.media)
	}
	require.ElementsMatch(t, task.FileTypes(), known)

	word, excel := office(t, wordDocument+".main+xml"), office(t, "application/xml", excelWorkbook+".main+xml")
	for _, c := range []struct {
		name, claimed string
		content       []byte
		want          string
	}{
		{"evidence.pdf", "", []byte(pdfStart), "application/pdf"},
		{"EVIDENCE.PDF", "application/octet-stream", []byte(pdfStart), "application/pdf"},
		{"evidence.pdf", "application/x-www-form-urlencoded", []byte(pdfStart), "application/pdf"},
		{"a.png", "image/png", []byte(pngStart), "image/png"},
		{"a.jpeg", "image/jpg", []byte(jpegStart), "image/jpeg"},
		{"a.txt", "text/plain; charset=UTF-8", []byte("Grüße\n"), "text/plain"},
		{"a.txt", "", []byte("a,b\n1,2\n3,4\n"), "text/plain"},
		{"a.txt", "", []byte("\xef\xbb\xbfwith a mark\n"), "text/plain"},
		{"sys.log", "", []byte("<34>Oct 11 22:14:15 host su: failed\n"), "text/plain"},
		{"a.md", "text/markdown", []byte("# Heading\n"), "text/plain"},
		{"a.csv", "application/vnd.ms-excel", []byte("a;b\n1;2\n"), "text/csv"},
		{"a.json", "application/json", []byte(` {"a": [1, 2]}`), "application/json"},
		{"a.docx", "", word, wordDocument},
		{"a.xlsx", excelWorkbook, excel, excelWorkbook},
		{"a.odt", "", packed(t, "mimetype", openText, "content.xml", "<x/>"), openText},
		{"a.ods", "", packed(t, "mimetype", openSpreadsheet, "content.xml", "<x/>"), openSpreadsheet},
	} {
		got, err := FileType(c.name, c.claimed, c.content)
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, got, c.name)
	}
}

// A file that isn't what its name or its sender says, or that nobody takes, is
// refused with what it says and what it is.
func TestFilesThatLie(t *testing.T) {
	for _, c := range []struct {
		name, claimed, content, field, en, de string
	}{
		{"evidence.pdf", "", pngStart, "name", `"evidence.pdf" says that it is a PDF document, and its content is a PNG image.`,
			`„evidence.pdf“ ist dem Namen nach ein PDF-Dokument, der Inhalt ist aber ein PNG-Bild.`},
		{"evidence.pdf", "", "hello", "name", "its content is plain text", "der Inhalt ist aber reiner Text"},
		{"evidence.pdf", "", elfStart, "name", "its content is a program", "der Inhalt ist aber ein Programm"},
		{"a.png", "", exeStart, "name", "a program", "ein Programm"},
		{"run.exe", "", exeStart, "content", `"run.exe" isn't taken: its content is a program. Possible are files that end in .pdf, `, "wird nicht angenommen: Der Inhalt ist ein Programm"},
		{"run", "", elfStart, "content", "a program", "ein Programm"},
		{"run.sh", "", "#!/bin/sh\nrm -rf /\n", "content", "a program", "ein Programm"},
		{"run.txt", "", "#!/bin/sh\nrm -rf /\n", "name", "a program", "ein Programm"},
		{"a.zip", "", string(packed(t, "a", "b")), "content", "a ZIP archive", "ein ZIP-Archiv"},
		{"a.docx", "", string(packed(t, "word/document.xml", "b")), "name", "a Word document, and its content is a ZIP archive", "ein ZIP-Archiv"},
		{"a.docx", "", string(office(t, excelWorkbook+".main+xml")), "name", "its content is an Excel workbook", "eine Excel-Arbeitsmappe"},
		{"a.docx", "", string(office(t, "application/vnd.ms-word.document.macroEnabled.main+xml")), "name", "a ZIP archive", "ein ZIP-Archiv"},
		{"a.docx", "", string(office(t, wordDocument+".main+xml", "application/vnd.ms-office.vbaProject")), "name", "a ZIP archive", "ein ZIP-Archiv"},
		{"a.odt", "", string(packed(t, "mimetype", openSpreadsheet)), "name", "an OpenDocument spreadsheet", "ein OpenDocument-Tabellendokument"},
		{"a.docx", "", "PK\x03\x04 broken", "name", "a Word document", "ein Word-Dokument"},
		{"evidence", "", pdfStart, "name", `The ending of "evidence" doesn't say what it is, and its content is a PDF document. Possible endings: .pdf.`, "Möglich als Endung: .pdf."},
		{"evidence.html", "", pdfStart, "name", "Possible endings: .pdf", "Möglich als Endung"},
		{"evidence.pdf.exe", "", pdfStart, "name", "Possible endings: .pdf", "Möglich als Endung"},
		{"run.bat", "", "del *\n", "name", "its content is plain text. Possible endings: .txt, .log and .md", "reiner Text"},
		{"evidence.pdf", "image/png", pdfStart, "type", `It is sent as "image/png", and its content is a PDF document: send it as application/pdf, or leave its type out.`,
			`Gesendet wird „image/png“, der Inhalt ist aber ein PDF-Dokument: als application/pdf senden oder den Typ weglassen.`},
		{"evidence.pdf", "no type", pdfStart, "type", "send it as application/pdf", "als application/pdf senden"},
		{"a.csv", "", "a;\xe4\n", "content", `"a.csv" says that it is a CSV file, and isn't UTF-8 without NUL characters: save it as UTF-8.`,
			`„a.csv“ ist dem Namen nach eine CSV-Datei, aber kein UTF-8 ohne NUL-Zeichen: als UTF-8 speichern.`},
		{"a.txt", "", "\xff\xfea\x00b\x00", "content", "save it as UTF-8", "als UTF-8 speichern"},
		{"a.txt", "", strings.Repeat("text ", 2000) + "\x00", "content", "NUL", "NUL"},
		{"a.json", "", `{"a":`, "content", "says that it is JSON, and its content isn't", "ist dem Namen nach JSON, der Inhalt ist es nicht"},
		{"a.txt", "", "", "content", `"a.txt" is empty`, "ist leer"},
	} {
		got, err := FileType(c.name, c.claimed, []byte(c.content))
		require.Empty(t, got, c.name)
		f := fault.As(err)
		require.NotNil(t, f, "%s as %q", c.name, c.claimed)
		require.Equal(t, fault.Invalid, f.Code)
		require.Equal(t, c.field, f.Field, f)
		require.Contains(t, f.Message.En, c.en)
		require.Contains(t, f.Message.De, c.de)
	}
}

// Pages and drawings don't pass as text, however they begin.
func TestMarkupIsNoText(t *testing.T) {
	for _, content := range []string{
		"<!DOCTYPE html><p>x", "\n\t <html><script>alert(1)</script>", "<!-- c --><html>", "\xef\xbb\xbf<HTML>", "<script>alert(1)</script>", "<p>x",
		`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, `<?xml version="1.0"?><svg/>`, "<?php system($_GET[0]);", "</x><script>",
		"<!-- " + strings.Repeat("long ", 2000) + "--><svg/>",
	} {
		for _, name := range []string{"a.txt", "a.csv", "a.json", "a.html", "a.svg", "a.pdf"} {
			got, err := FileType(name, "", []byte(content))
			require.True(t, fault.Is(err, fault.Invalid), "%s: %s", name, content)
			require.Empty(t, got)
		}
	}
}

// A small archive that unpacks to much, or that has very many parts, costs no
// more than the part that says what it is.
func TestBombsInDocuments(t *testing.T) {
	bomb := packed(t, "[Content_Types].xml", strings.Repeat(" ", 100<<20), "mimetype", openSpreadsheet)
	var many []string
	for range 60_000 {
		many = append(many, "a", "")
	}
	for _, content := range [][]byte{bomb, packed(t, slices.Concat(many, []string{"mimetype", openText})...)} {
		require.Less(t, len(content), task.MaxFile)
		var err error
		took, grown := memtest.Measure(func() { _, err = FileType("a.odt", "", content) })
		require.True(t, fault.Is(err, fault.Invalid))
		require.Less(t, grown, int64(64<<20))
		require.Less(t, took.Seconds(), 5.0)
	}
}
