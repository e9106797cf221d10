package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// copyFile copies a project or stack file, unless the copy is up to date.
func (s *sandbox) copyFile(file string) error {
	wanted, found, err := s.compare(file)
	if err != nil || bytes.Equal(wanted, found) {
		return err
	}
	copied := s.copied(file)
	if err := os.WriteFile(copied+".new", wanted, 0o600); err != nil {
		return err
	}
	return os.Rename(copied+".new", copied)
}

func (s *sandbox) copied(file string) string { return filepath.Join(s.project(), filepath.Base(file)) }

// compare returns the wanted and the actual content of a file's copy. The copy keeps its own
// encryption keys for secrets, since the keys in the stack's file belong to another backend.
func (s *sandbox) compare(file string) (wanted, found []byte, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	var content, old map[string]any
	if err := yaml.Unmarshal(data, &content); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	found, err = os.ReadFile(s.copied(file))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	if err := yaml.Unmarshal(found, &old); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", s.copied(file), err)
	}
	if content == nil {
		content = map[string]any{}
	}
	for _, key := range []string{"secretsprovider", "encryptedkey", "encryptionsalt"} {
		delete(content, key)
		if value, ok := old[key]; ok {
			content[key] = value
		}
	}
	wanted, err = yaml.Marshal(content)
	return wanted, found, err
}

// changed returns the names of the files whose copies the command changed.
func (s *sandbox) changed() (names []string) {
	for _, file := range s.files() {
		if wanted, found, err := s.compare(file); err == nil && !equalYAML(wanted, found) {
			names = append(names, filepath.Base(file))
		}
	}
	return names
}

func equalYAML(a, b []byte) bool {
	var one, other any
	return yaml.Unmarshal(a, &one) == nil && yaml.Unmarshal(b, &other) == nil && reflect.DeepEqual(one, other)
}

// files returns the files of the project and its stacks.
func (s *sandbox) files() []string {
	files, _ := filepath.Glob(filepath.Join(s.root, "Pulumi*.yaml")) // the pattern is well formed
	return files
}
