package testbench

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// DefaultStore is the directory, below the present one, in which runs leave their files.
const DefaultStore = "store"

// NewRunDir makes the directory of a run, store/<workload>/<time>, with a place for the nodes' logs, and
// gives its path. Two runs of one millisecond get different ones.
func NewRunDir(store, workload string, start time.Time) (string, error) {
	name := start.Format("20060102T150405.000Z0700")
	parent := filepath.Join(store, workload)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", fmt.Errorf("make a directory for the run: %w", err)
	}
	for attempt := 2; ; attempt++ {
		dir := filepath.Join(parent, name)
		err := os.Mkdir(dir, 0o755)
		if err == nil {
			err = os.Mkdir(filepath.Join(dir, LogDir), 0o755)
		}
		switch {
		case err == nil:
			return dir, nil
		case !errors.Is(err, fs.ErrExist) || attempt > 1000:
			return "", fmt.Errorf("make a directory for the run: %w", err)
		}
		name = fmt.Sprintf("%s-%d", start.Format("20060102T150405.000Z0700"), attempt)
	}
}

// PointLatest makes store/latest a link to the directory of a run. The link is there at every moment,
// pointing to the old or to the new.
func PointLatest(store, dir string) error {
	target, err := filepath.Rel(store, dir)
	if err != nil {
		return fmt.Errorf("point store/latest to the run: %w", err)
	}
	link := filepath.Join(store, "latest")
	fresh := fmt.Sprintf("%s.%d", link, os.Getpid())
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("point store/latest to the run: %w", err)
	}
	if err := os.Symlink(target, fresh); err != nil {
		return fmt.Errorf("point store/latest to the run: %w", err)
	}
	if err := os.Rename(fresh, link); err != nil {
		return fmt.Errorf("point store/latest to the run: %w", err)
	}
	return nil
}
