package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// writeWhole has a file written beside its place, and puts it there when it is
// whole: what stood there before stays until then, and if anything fails.
func writeWhole(to string, mode os.FileMode, write func(*os.File) error) error {
	if info, err := os.Stat(to); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a directory: name a file in it", to)
	}
	f, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".part-*") // mode 0600
	if err != nil {
		return fmt.Errorf("%s can't be written: %w", to, bare(err))
	}
	defer func() {
		f.Close()
		_ = os.Remove(f.Name()) // gone already when all went well
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}
