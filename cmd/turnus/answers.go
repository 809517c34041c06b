package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"turnus/client"
	"turnus/itsm/task"
)

// byField splits NAME=VALUE, each name once.
func byField(flag string, given []string) (map[string]string, error) {
	all := map[string]string{}
	for _, one := range given {
		name, value, ok := strings.Cut(one, "=")
		if !ok || name == "" {
			return nil, misused("%s %q isn't NAME=VALUE, where NAME is a field of the task", flag, one)
		}
		if _, twice := all[name]; twice {
			return nil, misused("%s %s is given twice", flag, name)
		}
		all[name] = value
	}
	return all, nil
}

// answers are the values of a task's fields, each written as its type is, with
// the files sent that it doesn't have yet. What is wrong with them the server says.
func answers(ctx context.Context, api *client.Client, id string, values, paths map[string]string) (task.Values, error) {
	t, err := api.Task(ctx, id)
	if err != nil {
		return nil, err
	}
	all := task.Values{}
	for name, value := range values {
		numeric := slices.ContainsFunc(t.Fields, func(f task.Field) bool { return f.Name == name && f.Type == task.IntegerField })
		if b := []byte(strings.TrimSpace(value)); numeric && json.Valid(b) {
			all[name] = b
		} else {
			all[name], _ = json.Marshal(value) // a string always marshals
		}
	}
	files := slices.Sorted(maps.Keys(paths))
	for _, name := range files { // before any is sent: what was sent stays
		if !slices.ContainsFunc(t.Fields, func(f task.Field) bool { return f.Name == name && f.Type == task.FileField }) {
			return nil, fmt.Errorf("--file %s: the task has no such field for a file; turnus tasks %s lists its fields", name, t.ID)
		}
	}
	for _, name := range files {
		sum, err := sent(ctx, api, t, paths[name])
		if err != nil {
			return nil, err
		}
		all[name], _ = json.Marshal(sum)
	}
	return all, nil
}

// sent is the SHA-256 of a file that a task has afterwards. One that isn't open
// any more takes none, and its answer is only looked up.
func sent(ctx context.Context, api *client.Client, t task.Task, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s can't be read: %w", path, bare(err))
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, task.MaxFile+1))
	if err != nil {
		return "", fmt.Errorf("%s can't be read: %w", path, bare(err))
	}
	if len(content) > task.MaxFile {
		return "", fmt.Errorf("%s has more than the %d bytes that a file of a task may have", path, task.MaxFile)
	}
	hash := sha256.Sum256(content)
	sum := hex.EncodeToString(hash[:])
	if t.State != task.Open || slices.ContainsFunc(t.Files, func(f task.File) bool { return f.SHA256 == sum }) {
		return sum, nil
	}
	kept, err := api.SendFile(ctx, t.ID, filepath.Base(path), bytes.NewReader(content))
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return kept.SHA256, nil
}
