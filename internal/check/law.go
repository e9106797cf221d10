package check

import (
	"go.yaml.in/yaml/v3"

	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// lawFile is a file that decides where data may be.
type lawFile struct {
	path string
	// prefix begins the file's keys in the register's history. It is empty for the files whose
	// equal keys name the same site, market or service.
	prefix string
	// rules are the changes that need no entry in the history. Every other change needs one.
	rules []rule
	// prepare returns the contents in the form that rules describe; nil keeps them.
	prepare func(before, after map[string]any) (map[string]any, map[string]any)
}

// rule allows changes of the keys with a path, in which * stands for any name. The keys within a
// value may have rules in addition.
type rule struct {
	path    string
	allowed change
}

// lawFiles are the files that a change may loosen. The files of stacks have stackRules.
var lawFiles = []lawFile{
	{path: residency.Path, prepare: prepareResidency, rules: []rule{
		{path: "classes.*.name", allowed: anything},
		{path: "classes.*.public", allowed: neverTrue},
		{path: "classes.*.everyService", allowed: toTrue},
		{path: "services.*", allowed: neitherAddedNorRemoved},
		{path: "services.*.holds", allowed: losesNothing},
		{path: "services.*.buckets.*", allowed: losesNothing},
		{path: "sites.*", allowed: notAdded}, // every site may store public content
		{path: "flows.*.*", allowed: noWiderFlow},
		{path: "markets.*", allowed: notRemoved},
		{path: "markets.*.sites", allowed: addsNothing},
		{path: "markets.*.only.*", allowed: limitsMore},
		{path: "markets.*.reason", allowed: anything},
	}},
	{path: register.Path, rules: []rule{
		{path: "global.account", allowed: setOnce},
		{path: "sites.*", allowed: notAdded},
		{path: "sites.*.cidrBlock", allowed: anything},
		{path: "sites.*.*", allowed: setOnce},
		{path: "origin.country", allowed: setOnce},
		{path: "origin.hosts", allowed: addsNothing},
		{path: "services.*.name", allowed: anything},
		{path: "deadlines", allowed: anything},
		{path: "markets.*", allowed: notRemoved}, // its users would be in the rest of the world
		{path: "markets.*.name", allowed: anything},
		{path: "markets.*.priceClass", allowed: anything},
		{path: "markets.*.unserved.*", allowed: notRemoved},
		{path: "markets.*.law.neverTo", allowed: losesNothing},
		{path: "markets.*.law.*", allowed: setOnce},
	}},
	{path: "state/regions.yaml", prefix: "state/regions.yaml ", rules: []rule{{path: "*", allowed: setOnce}}},
}

// stackFile returns the rules for a stack's file, of which onlyPlace keeps a part.
func stackFile(file string) lawFile {
	return lawFile{path: file, prefix: file + " ", prepare: onlyPlace, rules: []rule{
		{path: "encryptedkey", allowed: setOnce},
		{path: "multisite:partner.city", allowed: anything}, // the register fixes it
		{path: "multisite:partner.contact", allowed: anything},
		{path: "multisite:partner.plannedDate", allowed: anything},
	}}
}

// onlyPlace returns the parts of a stack's file that decide where its data is and which key
// encrypts its secrets, apart from what the register fixes: the encrypted data key and, for a
// local site, the domain and the partner.
func onlyPlace(before, after map[string]any) (map[string]any, map[string]any) {
	place := func(content map[string]any) map[string]any {
		kept := map[string]any{}
		if key, found := content["encryptedkey"]; found {
			kept["encryptedkey"] = key
		}
		settings := object(content["config"])
		for _, key := range []string{"multisite:domain", "multisite:partner"} {
			if value, found := settings[key]; found && settings["multisite:provider"] == register.ProviderLocal {
				kept[key] = value
			}
		}
		return kept
	}
	return place(before), place(after)
}

// prepareResidency gives sites the key sites.SITE and flows the key flows.FROM.TO. It writes out the
// classes of each bucket that has its own list on one side only: on the other it holds what its
// service holds.
func prepareResidency(before, after map[string]any) (map[string]any, map[string]any) {
	for _, content := range []map[string]any{before, after} {
		flows, isList := content["flows"].([]any)
		byPlaces := map[string]any{}
		for _, flow := range flows {
			from, to := text(object(flow)["from"]), text(object(flow)["to"])
			target := object(byPlaces[from])
			list, _ := target[to].([]any)
			target[to] = append(list, flow)
			byPlaces[from] = target
		}
		if isList {
			content["flows"] = byPlaces
		}
		if sites, isList := content["sites"].([]any); isList {
			byName := map[string]any{}
			for _, site := range sites {
				byName[text(site)] = map[string]any{}
			}
			content["sites"] = byName
		}
	}
	for _, sides := range [][2]map[string]any{{before, after}, {after, before}} {
		for name, service := range object(sides[0]["services"]) {
			other := object(object(sides[1]["services"])[name])
			for bucket := range object(object(service)["buckets"]) {
				if buckets := object(other["buckets"]); buckets[bucket] == nil && other["holds"] != nil {
					buckets[bucket] = other["holds"]
					other["buckets"] = buckets
				}
			}
		}
	}
	return before, after
}

// loosening is a change of a law's file that may allow data in another place.
type loosening struct {
	// file has the key, and name is the key in the register's history.
	file, key, name string
	before, after   any
}

// compareFile returns the loosenings of a law's file, sorted by key. Files that cannot be compared
// are a loosening. A nil file does not exist.
func compareFile(law lawFile, old, data []byte) (list []loosening) {
	if old == nil {
		return nil // the change that deleted the file was a loosening
	}
	before, wasObject := parse(old)
	after, isObject := parse(data)
	switch {
	case data == nil:
		return []loosening{{law.path, "the file", law.path, "the file", nil}}
	case !wasObject || !isObject:
		return []loosening{{law.path, "the file", law.path, "a file", "a file that cannot be compared"}}
	}
	if law.prepare != nil {
		before, after = law.prepare(before, after)
	}
	walk(law.rules, nil, before, after, func(path string, before, after any) {
		list = append(list, loosening{law.path, path, law.prefix + path, before, after})
	})
	return list
}

// parse returns the content of a YAML file, and whether it is an object.
func parse(data []byte) (map[string]any, bool) {
	var content any
	err := yaml.Unmarshal(data, &content)
	found, isObject := normalized(content).(map[string]any)
	return found, err == nil && isObject
}
