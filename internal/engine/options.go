package engine

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// Object returns the object at a path within a configuration.
func Object(config map[string]any, path ...string) map[string]any {
	for _, key := range path {
		config = config[key].(map[string]any)
	}
	return config
}

// EveryOption sets every option of every-option.yaml in a stack's configuration.
func (p *Project) EveryOption(stack string) {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "internal", "engine", "every-option.yaml"))
	require.NoError(p.t, err)
	p.Edit(stack, func(config map[string]any) {
		options := map[string]any{}
		text := strings.ReplaceAll(string(data), "REGION", config["multisite:region"].(string))
		require.NoError(p.t, yaml.Unmarshal([]byte(text), &options))
		overlay(config, options)
	})
}

// TakeBack sets options of California to values to which AWS makes no change after EveryOption,
// and returns their keys.
func (p *Project) TakeBack() (keys []string) {
	p.t.Helper()
	p.Edit("california", func(config map[string]any) {
		for key, value := range map[string]any{
			"network.ipFamily":                               nil,
			"network.secondaryCidrBlocks":                    nil,
			"services.ecommerce.database.engineVersion":      "16",
			"services.ecommerce.database.storageGiB":         50,
			"services.ecommerce.database.maxStorageGiB":      105,
			"services.ecommerce.buckets.invoices.objectLock": nil,
		} {
			path := strings.Split("multisite:"+key, ".")
			last := len(path) - 1
			Object(config, path[:last]...)[path[last]] = value
			keys = append(keys, "multisite:"+key)
		}
		Object(config, "multisite:services", "ecommerce", "buckets", "invoices")["deletion"] = "never"
	})
	return keys
}

// overlay adds options to a configuration. Options under SERVICE and NAME are added to every
// service and every bucket.
func overlay(config, options map[string]any) {
	for key, option := range options {
		nested, isObject := option.(map[string]any)
		switch {
		case key == "SERVICE" || key == "NAME":
			for _, each := range config {
				overlay(each.(map[string]any), nested)
			}
		case isObject && config[key] != nil:
			overlay(config[key].(map[string]any), nested)
		case isObject && nested["NAME"] != nil: // options for buckets, of a service without buckets
		default:
			config[key] = option
		}
	}
}
