package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// terraform compares Pulumi with Terraform, with the same resources, provider version and
// emulator. It uses the resources of Oregon that translate property by property.
func terraform(b *bench) (string, error) {
	tools := map[string]string{}
	for _, tool := range []string{"terraform", "moto_server", "pulumi-resource-aws", "terraform-provider-aws"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			return "Not compared with Terraform: `" + tool + "` is not on PATH.\n", nil
		}
		tools[tool] = path
	}
	resources, err := b.translatable()
	if err != nil {
		return "", err
	}
	declared, err := b.build("./test/bench/declared")
	if err != nil {
		return "", err
	}
	list := filepath.Join(b.dir, "resources.json")
	data, err := json.Marshal(resources)
	if err := errors.Join(err, os.WriteFile(list, data, 0o600)); err != nil {
		return "", err
	}
	folder := filepath.Join(b.dir, "terraform")
	if err := configure(folder, filepath.Dir(tools["terraform-provider-aws"]), resources); err != nil {
		return "", err
	}
	steps := []struct {
		name              string
		terraform, pulumi []string
	}{
		{"first plan", []string{"plan"}, []string{"preview"}},
		{"apply", []string{"apply", "-auto-approve"}, []string{"up", "--yes", "--skip-preview"}},
		{"plan without changes", []string{"plan"}, []string{"preview"}},
		{"the same, both reading the account", []string{"plan"}, []string{"preview", "--refresh"}},
		{"the same, neither reading the account", []string{"plan", "-refresh=false"}, []string{"preview"}},
		{"destroy", []string{"destroy", "-auto-approve"}, []string{"destroy", "--yes", "--skip-preview"}},
	}
	took := make([][2][]time.Duration, len(steps))
	for range b.rounds {
		for side := range 2 {
			x, err := b.emulated(declared, "BENCH_RESOURCES="+list, "TF_CLI_CONFIG_FILE="+filepath.Join(folder, "terraform.rc"))
			if err != nil {
				return "", err
			}
			for i, step := range steps {
				var r result
				if side == 0 {
					r, err = x.run(append([]string{"terraform", "-chdir=" + folder}, step.terraform...)...)
				} else {
					r, err = x.pulumi(append(step.pulumi, "--stack", "oregon")...)
				}
				if err != nil {
					_, stop := x.run("reset")
					return "", errors.Join(err, stop)
				}
				took[i][side] = append(took[i][side], r.wall)
			}
			if _, err := x.run("reset"); err != nil {
				return "", err
			}
		}
	}
	start, err := b.providerStart(tools["pulumi-resource-aws"])
	if err != nil {
		return "", err
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%d resources of Oregon, of %d types.\n\n| | Terraform | Pulumi | of Terraform |\n|---|---|---|---|\n", len(resources), len(terraformTypes))
	for i, step := range steps {
		mine, theirs := median(took[i][1]), median(took[i][0])
		fmt.Fprintf(&table, "| %s | %s | %s | %.2f |\n", step.name, seconds(theirs), seconds(mine), mine.Seconds()/theirs.Seconds())
	}
	fmt.Fprintf(&table, "\nPulumi's provider needs %s to answer, of every command.\n", seconds(start))
	return table.String(), nil
}

// emulated returns a box with its own emulator, which is already running.
func (b *bench) emulated(program string, env ...string) (*box, error) {
	x, err := b.box(program)
	if err != nil {
		return nil, err
	}
	x.cloud, x.env = "emulated", env
	return x, x.ready()
}

// providerStart returns how long a provider plugin takes until it serves requests. The
// plugin then prints its port.
func (b *bench) providerStart(plugin string) (time.Duration, error) {
	var starts []time.Duration
	for range b.rounds {
		command := exec.Command(plugin, "127.0.0.1:1") // the plugin starts without an engine at this address
		command.Dir = b.dir
		stdout, err := command.StdoutPipe()
		if err != nil {
			return 0, err
		}
		began := time.Now()
		if err := command.Start(); err != nil {
			return 0, err
		}
		_, err = stdout.Read(make([]byte, 1))
		starts = append(starts, time.Since(began))
		_ = command.Process.Kill()
		_ = command.Wait()
		if err != nil {
			return 0, err
		}
	}
	return median(starts), nil
}
