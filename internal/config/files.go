package config

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// StackFile returns the name of a stack's configuration file.
func StackFile(stack string) string { return "Pulumi." + stack + ".yaml" }

// Decode decodes a YAML file of the register. It refuses keys that the target does not have.
func Decode(path string, data []byte, target any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(target); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
