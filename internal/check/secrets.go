package check

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/siteconfig"
)

// checkSecretsProviders reports each stack's file whose secrets are not encrypted with the key that
// state/setup creates, in the region of the stack's state and the stack's account. A stack that
// was never created has no secrets provider.
func checkSecretsProviders(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "Pulumi.*.yaml"))
	if err != nil {
		return err
	}
	var problems []error
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		file := filepath.Base(path)
		var content struct{ SecretsProvider, EncryptedKey, EncryptionSalt string }
		_ = yaml.Unmarshal(data, &content) // siteconfig.LoadProject reports malformed files
		if content.SecretsProvider == "" && content.EncryptedKey == "" && content.EncryptionSalt == "" {
			continue
		}
		p := &config.Problems{File: file}
		if content.EncryptionSalt != "" {
			p.Add("encryptionsalt", content.EncryptionSalt, "none: a passphrase encrypts no secrets of a stack")
		}
		stack := strings.TrimSuffix(strings.TrimPrefix(file, "Pulumi."), ".yaml")
		regions, err := siteconfig.StateRegions(dir)
		if wanted := siteconfig.SecretsProvider(stack, regions[stack]); err == nil && content.SecretsProvider != wanted {
			p.Add("secretsprovider", content.SecretsProvider, wanted+", in the region of the state (state/regions.yaml)")
		}
		problems = append(problems, err, p.Err())
	}
	return errors.Join(problems...)
}
