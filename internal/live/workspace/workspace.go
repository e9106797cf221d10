// Package workspace manages the folder .live/SITE of a test on AWS. The folder holds the
// record of the run and a working copy of the Pulumi project with its own local state;
// the package runs pulumi and aws with both.
package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Workspace is the folder of one site's run, with the settings of the current command.
type Workspace struct {
	// Site is the name of the site.
	Site string
	// Root is the repository, Program the Pulumi program, Sites the tool sites and Dir
	// the folder that holds a folder per site. All are absolute paths.
	Root, Program, Sites, Dir string
	// Out receives the output of pulumi and of the command itself.
	Out   io.Writer
	Clock Clock
	// Abort is done at the second signal: it interrupts running commands once more.
	Abort context.Context
	// Record is nil until a run has begun.
	Record *Record
}

// Folder returns the path of the run's folder.
func (w *Workspace) Folder() string { return filepath.Join(w.Dir, w.Site) }

// File returns the path of a file in the run's folder.
func (w *Workspace) File(name string) string { return filepath.Join(w.Folder(), name) }

// Open locks the folder and reads the record of a run that has not ended, if there is
// one. It fails if another process has the lock.
func (w *Workspace) Open() (unlock func(), err error) {
	if err := os.MkdirAll(w.Folder(), 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(w.File("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	unlock = func() { _ = lock.Close() }
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		unlock()
		return nil, fmt.Errorf("%s: another live command is running for %s", w.Folder(), w.Site)
	}
	data, err := os.ReadFile(w.File("run.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return unlock, nil
	}
	r := &Record{}
	if err := errors.Join(err, json.Unmarshal(data, r)); err != nil {
		unlock()
		return nil, fmt.Errorf("%s: %w", w.File("run.json"), err)
	}
	if !r.Ended {
		w.Record = r
	}
	return unlock, nil
}

// Save writes the record to run.json. It replaces the file in one step, so that a kill
// leaves the old or the new record.
func (w *Workspace) Save() error {
	data, err := json.MarshalIndent(w.Record, "", "  ")
	if err != nil {
		return err
	}
	next := w.File("run.json.next")
	return errors.Join(os.WriteFile(next, append(data, '\n'), 0o600), os.Rename(next, w.File("run.json")))
}

// Forget deletes the files of a run, except for its record and reports.
func (w *Workspace) Forget() error {
	var problems []error
	for _, name := range []string{"project", "state", "passphrase", "template.yaml", "versions.json", "body"} {
		problems = append(problems, os.RemoveAll(w.File(name)))
	}
	return errors.Join(problems...)
}

// Resume returns the command that runs a step of the run: up, check or down.
func (w *Workspace) Resume(step string) string {
	return fmt.Sprintf("make live SITE=%s STEP=%s", w.Site, step)
}
