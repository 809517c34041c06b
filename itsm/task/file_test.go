package task_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/task"
)

func TestFileNames(t *testing.T) {
	for _, name := range []string{"evidence.pdf", "Prüfung März (2).xlsx", "עברית\u200f.txt", strings.Repeat("x", task.MaxFileName)} {
		require.Nil(t, task.CheckFileName(name), name)
	}
	for name, want := range map[string]string{
		"": "needs a name", " \t": "needs a name", strings.Repeat("ä", 101): "202 bytes, and 200 at most", "a/b.pdf": "leave out slashes", `..\b.pdf`: "leave out slashes",
		"a\r\nb.pdf": "line breaks", "a\x00.pdf": "control characters", "a\x1b.pdf": "control characters", "a\xff.pdf": "isn't the name of a file",
	} {
		no := task.CheckFileName(name)
		require.NotNil(t, no, "%q", name)
		require.Equal(t, "name", no.Field)
		require.Contains(t, no.Message.En, want)
		require.NotEqual(t, no.Message.En, no.Message.De)
	}
}

// A file is one that a field asks for, within its types and its size; a task
// that takes none says so.
func TestFilesThatATaskTakes(t *testing.T) {
	pictures := func(f *task.Field) { f.Types = []string{"image/png"} }
	small := func(f *task.Field) { f.Max = "100" }
	huge := func(f *task.Field) { f.Max = "99999999999" }
	open := func(fields ...task.Field) task.Task { return task.Task{State: task.Open, Fields: fields} }
	png := task.File{Name: "a.png", Type: "image/png", Bytes: 100}
	pdf := task.File{Name: "a.pdf", Type: "application/pdf", Bytes: 101}
	for _, c := range []struct {
		of   task.Task
		file task.File
		want string
		code fault.Code
	}{
		{open(field("note", task.TextField), field("any", task.FileField)), png, "", ""},
		{open(field("picture", task.FileField, pictures, small)), png, "", ""},
		{open(field("picture", task.FileField, pictures), field("small", task.FileField, small)), pdf, `fields.small: "a.pdf" has 101 bytes, and 100 at most are taken.`, fault.Invalid},
		{open(field("picture", task.FileField, pictures)), pdf, `fields.picture: "a.pdf" is of the type application/pdf; possible are image/png.`, fault.Invalid},
		{open(field("any", task.FileField)), task.File{Name: "a.html", Type: "text/html", Bytes: 1}, "is of the type text/html; possible are application/pdf, ", fault.Invalid},
		{open(field("any", task.FileField)), task.File{Name: "a.txt", Type: "text/plain"}, `"a.txt" is empty`, fault.Invalid},
		{open(field("any", task.FileField, huge)), task.File{Name: "a.txt", Type: "text/plain", Bytes: task.MaxFile + 1}, "10485760 at most", fault.Invalid},
		{open(field("note", task.TextField)), png, "This task asks for no file.", fault.Invalid},
		{open(), png, "This task asks for no file.", fault.Invalid},
		{task.Task{State: task.Decided, Fields: []task.Field{field("any", task.FileField)}}, png, "isn't open any more", fault.Conflict},
	} {
		err := c.of.CheckFile(c.file)
		if c.want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, c.want)
		require.True(t, fault.Is(err, c.code))
	}
}
