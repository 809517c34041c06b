package store

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// askFiles opens tasks, each of a run of its own, that ask the owner for a file.
func askFiles(t *testing.T, s *Store, n int) []task.Task {
	apply1(t, s, declared, personDoc("olga", person.ProcessOwner), personDoc("anton", person.Approver), officeDoc("Europe/Berlin"), serviceOf("olga", "anton"))
	list := make([]task.Task, n)
	for i := range list {
		r, _, err := s.Begin(t.Context(), declared, NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: fmt.Sprintf("2026-0%d", i+1)}, Owner: "olga", By: person.Actor{Person: "olga"}})
		require.NoError(t, err)
		list[i], _, err = process.Ask(run.Step{Run: r.ID, Round: 1}, process.Findings, "", task.Question{
			Fields: []task.Field{{Name: "evidence", Title: text.Same("Evidence"), Type: task.FileField, Required: true}}})
		require.NoError(t, err)
		list[i].Opened, list[i].Due, list[i].Remind, list[i].Escalate = declared, declared, declared, declared
		require.NoError(t, errOf(s.OpenTask(t.Context(), list[i])))
	}
	return list
}

// A file that many send at the same time is kept once, and each of them hears
// what is on record.
func TestAFileIsKeptOnce(t *testing.T) {
	s := New(pgtest.New(t))
	a := askFiles(t, s, 1)[0]
	content := []byte(strings.Repeat("evidence ", 1000))
	var all sync.WaitGroup
	var kept atomic.Int32
	for i := range 8 {
		all.Go(func() {
			f, added, err := s.AddTaskFile(t.Context(), person.Actor{Person: "olga"}, declared.Add(time.Duration(i)*time.Second),
				task.File{Task: a.ID, Name: fmt.Sprintf("%d.txt", i), Type: "text/plain"}, content)
			if err != nil || f.SHA256 != fileSum(content) || f.Bytes != len(content) {
				t.Errorf("%v: %v", f, err)
			}
			if added {
				kept.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, kept.Load())
	shown, err := s.Task(t.Context(), a.ID)
	require.NoError(t, err)
	require.Len(t, shown.Files, 1)
	got, err := s.FileContent(t.Context(), shown.Files[0])
	require.NoError(t, err)
	require.Equal(t, content, got)
	trail, _, err := s.Audit(t.Context(), Trail{Object: "task/" + a.ID}, Page{})
	require.NoError(t, err)
	require.Len(t, trail, 2, "opened, and one file sent")
	require.NotContains(t, string(trail[1].After), "evidence evidence", "not its content")

	_, _, err = s.AddTaskFile(t.Context(), person.Actor{Person: "olga"}, declared, task.File{Task: a.ID, Name: "a/b.txt", Type: "text/plain"}, content)
	require.Equal(t, "name", fault.As(err).Field)
	_, err = s.TaskFile(t.Context(), a.ID, strings.Repeat("0", 64))
	require.True(t, fault.Is(err, fault.NotFound))
}

// A page of the inbox shows the files of all its tasks, with one statement for
// them, and none where nothing asks for files.
func TestFilesOfAPage(t *testing.T) {
	db, sent := pgtest.Counted(t, pgtest.New(t))
	s := New(db)
	tasks := askFiles(t, s, 6)
	for i, a := range tasks {
		for n := range i {
			_, _, err := s.AddTaskFile(t.Context(), person.Actor{Person: "olga"}, declared, task.File{Task: a.ID, Name: "a.txt", Type: "text/plain"}, []byte{'a', byte('0' + n)})
			require.NoError(t, err)
		}
	}
	before := sent("FROM task_file")
	list, _, err := s.Tasks(t.Context(), Tasks{State: "open", Mine: "olga"}, Page{})
	require.NoError(t, err)
	require.Len(t, list, len(tasks))
	for i, shown := range list {
		require.Len(t, shown.Files, i)
	}
	require.Equal(t, 1, sent("FROM task_file")-before)
}
