package siteconfig

import (
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// StateRegions returns the AWS region of each stack's state, from state/regions.yaml in a project's
// folder.
func StateRegions(dir string) (map[string]string, error) {
	const name = "state/regions.yaml"
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	var regions map[string]string
	if err := yaml.Unmarshal(data, &regions); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return regions, nil
}

// SecretsProvider returns the required secretsprovider of a stack's file: the key that state/setup
// creates in the region of the stack's state. AWS resolves the alias in the account of the
// credentials, which the register fixes.
func SecretsProvider(stack, stateRegion string) string {
	return "awskms://alias/pulumi-secrets-" + stack + "?region=" + stateRegion
}
