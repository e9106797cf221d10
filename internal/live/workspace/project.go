package workspace

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// object is a mapping in a YAML or JSON document.
type object = map[string]any

// ConfigFile returns the name of a stack's configuration file.
func ConfigFile(stack string) string { return "Pulumi." + stack + ".yaml" }

func (w *Workspace) project() string { return w.File("project") }

// configFile returns the path of a stack's configuration file in the working copy.
func (w *Workspace) configFile(stack string) string {
	return filepath.Join(w.project(), ConfigFile(stack))
}

// CreateProject creates the working copy of the project, with its own local state, and
// sets the environment of pulumi to it. Repeated calls keep state and passphrase.
func (w *Workspace) CreateProject() error {
	if _, err := os.Stat(w.File("passphrase")); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(w.File("passphrase"), []byte(RandomHex(32)), 0o600); err != nil {
			return err
		}
	}
	if err := errors.Join(os.MkdirAll(w.project(), 0o700), os.MkdirAll(w.File("state"), 0o700), w.setenv()); err != nil {
		return err
	}
	project, err := readYAML(filepath.Join(w.Root, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	project["runtime"] = object{"name": "go", "options": object{"binary": w.Program}}
	return writeYAML(filepath.Join(w.project(), "Pulumi.yaml"), project)
}

// setenv sets the environment variables by which pulumi finds state and passphrase.
func (w *Workspace) setenv() error {
	return errors.Join(
		os.Setenv("PULUMI_BACKEND_URL", "file://"+w.File("state")),
		os.Setenv("PULUMI_CONFIG_PASSPHRASE_FILE", w.File("passphrase")),
		os.Unsetenv("PULUMI_CONFIG_PASSPHRASE"),
		os.Setenv("PULUMI_SKIP_UPDATE_CHECK", "true"),
	)
}

// Config reads a stack's configuration in the repository; nil if there is none.
func (w *Workspace) Config(stack string) (map[string]any, error) {
	content, err := readYAML(filepath.Join(w.Root, ConfigFile(stack)))
	config, _ := content["config"].(object)
	return config, err
}

// Configure writes a stack's changed configuration to the working copy, unless the
// working copy already has the stack's configuration.
func (w *Workspace) Configure(stack string, change func(config map[string]any) error) error {
	if _, err := os.Stat(w.configFile(stack)); err == nil {
		return nil
	}
	config, err := w.Config(stack)
	if err != nil {
		return err
	}
	if config == nil {
		return fmt.Errorf("%s: config: found none; allowed: a stack's configuration", ConfigFile(stack))
	}
	if err := change(config); err != nil {
		return err
	}
	return writeYAML(w.configFile(stack), object{"config": config})
}

// Edit changes a stack's configuration in the working copy. It keeps the other keys of
// the file, such as the salt of the secrets.
func (w *Workspace) Edit(stack string, change func(config map[string]any)) error {
	content, err := readYAML(w.configFile(stack))
	if err != nil {
		return err
	}
	config, _ := content["config"].(object)
	if config == nil {
		config = object{}
	}
	change(config)
	content["config"] = config
	return writeYAML(w.configFile(stack), content)
}

// readYAML reads a file. A file that does not exist is an empty object.
func readYAML(file string) (object, error) {
	content := object{}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return content, nil
	}
	if err := errors.Join(err, yaml.Unmarshal(data, &content)); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return content, nil
}

func writeYAML(file string, content object) error {
	data, err := yaml.Marshal(content)
	return errors.Join(err, os.WriteFile(file, data, 0o600))
}

// RandomHex returns random bytes in hexadecimal digits.
func RandomHex(bytes int) string {
	random := make([]byte, bytes)
	_, _ = rand.Read(random) // never fails
	return hex.EncodeToString(random)
}
