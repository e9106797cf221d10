package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// sizes lists how many services are added to a site.
var sizes = []int{1, 10, 50, 100}

// object is an object of a YAML file.
type object = map[string]any

// growth measures Oregon with added services. It uses a program whose register and residency
// files contain the added services.
func growth(b *bench) (string, error) {
	program, err := b.withServices(sizes[len(sizes)-1])
	if err != nil {
		return "", err
	}
	var table strings.Builder
	table.WriteString("| added services | resources | `preview`, per resource | `up`, per resource | the program's CPU time, per resource | its memory, per resource | most memory of any process |\n|---|---|---|---|---|---|---|\n")
	var least int64 // the program's memory without added services
	for _, size := range append([]int{0}, sizes...) {
		var previews, ups, cpus []time.Duration
		var resources, own, most int64
		for range b.rounds {
			x, err := b.grown(program, size)
			if err != nil {
				return "", err
			}
			took, err := x.timed()
			if err != nil {
				return "", err
			}
			preview, err := x.pulumi("preview", "--stack", "oregon")
			if err != nil {
				return "", err
			}
			cpu, memory, err := took()
			if err != nil {
				return "", err
			}
			up, err := x.pulumi("up", "--stack", "oregon", "--yes", "--skip-preview")
			if err != nil {
				return "", err
			}
			if resources, err = strconv.ParseInt(created.FindStringSubmatch(preview.output)[1], 10, 64); err != nil {
				return "", err
			}
			previews, ups, cpus = append(previews, preview.wall), append(ups, up.wall), append(cpus, cpu)
			own, most = memory, max(preview.memory, up.memory)
		}
		each := func(values []time.Duration) string {
			return fmt.Sprintf("%.1f ms", float64(median(values).Microseconds())/1000/float64(resources))
		}
		if size == 0 {
			least = own
		}
		fmt.Fprintf(&table, "| %d | %d | %s | %s | %s | %d KiB over %d MiB | %d MiB |\n", size, resources, each(previews), each(ups), each(cpus),
			max(0, own-least)/resources>>10, least>>20, most>>20)
	}
	return table.String(), nil
}

// grown returns a box in which Oregon has the given number of added services.
func (b *bench) grown(program string, services int) (*box, error) {
	x, err := b.box(program)
	if err != nil {
		return nil, err
	}
	x.env = []string{onceOnly}
	// Without the file of one site, the program does not require that every added service has a home
	// in each market.
	if err := os.Remove(filepath.Join(x.dir, "Pulumi.brazil.yaml")); err != nil {
		return nil, err
	}
	err = edit(filepath.Join(x.dir, "Pulumi.oregon.yaml"), filepath.Join(x.dir, "Pulumi.oregon.yaml"), func(file object) {
		hosted := file["config"].(object)["multisite:services"].(object)
		for n := range services {
			hosted[name(n)] = object{
				"markets":  []string{"MX"},
				"database": object{"instanceClass": "db.m7g.large", "storageGiB": 100, "maxStorageGiB": 200},
				"buckets":  object{"data": object{}},
			}
		}
	})
	return x, errors.Join(err, x.ready())
}

func name(n int) string { return fmt.Sprintf("service-%03d", n) }

// withServices builds the program with count added services in its register and residency
// files. The repository's files do not change.
func (b *bench) withServices(count int) (string, error) {
	replaced := map[string]string{}
	for file, entry := range map[string]func(n int) object{
		"register/register.yaml":            func(n int) object { return object{"name": name(n)} },
		"register/residency/residency.yaml": func(int) object { return object{"holds": []string{"orders"}} },
	} {
		from, to := filepath.Join(b.root, file), filepath.Join(b.dir, filepath.Base(file))
		replaced[from] = to
		if err := edit(from, to, func(reg object) {
			for n := range count {
				reg["services"].(object)[name(n)] = entry(n)
			}
		}); err != nil {
			return "", err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	path := filepath.Join(b.dir, "overlay.json")
	if err := os.WriteFile(path, overlay, 0o600); err != nil {
		return "", err
	}
	return b.build("example.com/multisite", "-overlay", path)
}

// edit writes a changed copy of the YAML file from to the file to.
func edit(from, to string, change func(file object)) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	content := object{}
	if err := yaml.Unmarshal(data, &content); err != nil {
		return err
	}
	change(content)
	data, err = yaml.Marshal(content)
	return errors.Join(err, os.WriteFile(to, data, 0o600))
}
