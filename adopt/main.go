// Command adopt gives back to a stack's state what the account has and the state
// has not: what an update made that was killed before it could write it down, or what
// was made after the version of the state that had to be gone back to.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"multisite/internal/cli"
)

const usage = `Imports into the state of a stack what exists in AWS and the state lacks.

  adopt STACK        a site, or global

It asks a preview what is missing, looks for it by the tags and names that the
program gives, with the AWS CLI, and runs pulumi import. It changes nothing in AWS.
pulumi, aws and their credentials have to be there; run it beside Pulumi.yaml.
`

func main() {
	if len(os.Args) != 2 || !regexp.MustCompile(`^[a-z][a-z0-9-]*$`).MatchString(os.Args[1]) {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err := adopt(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "adopt:", err)
		os.Exit(1)
	}
}

// importFile is what `pulumi import --file` reads.
type importFile struct {
	// NameTable has the URNs of parents and providers, under themselves: their names
	// are those of other resources too.
	NameTable map[string]string `json:"nameTable"`
	Resources []imported        `json:"resources"`
}

type imported struct {
	Type        string `json:"type"`
	Name        string `json:"name"` // within the file
	LogicalName string `json:"logicalName"`
	ID          string `json:"id"`
	Parent      string `json:"parent"`
	Provider    string `json:"provider"`
}

// adopt repeats itself until it finds nothing: what hangs on a resource without a
// tag can be told only when the resource is in the state.
func adopt(stack string) error {
	var config map[string]struct{ Value string }
	if err := cli.JSON(&config, "pulumi", "config", "--stack", stack, "--json"); err != nil {
		return err
	}
	regions := []string{edgeRegion}
	if region := config["multisite:region"].Value; region != "" { // the global stack has none
		regions = append(regions, region)
	}
	dir, err := os.MkdirTemp("", "adopt")
	if err != nil {
		return err
	}
	// What a preview says of secrets stays in there.
	defer func() { _ = os.RemoveAll(dir) }()
	for all := 0; ; {
		found, err := round(stack, regions, filepath.Join(dir, "import.json"))
		if all += found; err != nil || found == 0 {
			fmt.Printf("%d resources adopted.\n", all)
			return err
		}
	}
}

// round imports what can be told now, and returns how much.
func round(stack string, regions []string, file string) (int, error) {
	var preview struct {
		Steps       []step
		Diagnostics []struct{ Severity, Message string }
	}
	// It fails where something stateful is gone, and tells the steps all the same.
	if err := cli.JSON(&preview, "pulumi", "preview", "--stack", stack, "--json"); err != nil && len(preview.Steps) == 0 {
		return 0, err
	}
	var failed error
	for _, d := range preview.Diagnostics {
		if d.Severity == "error" {
			failed = errors.Join(failed, errors.New(strings.TrimSpace(d.Message)))
		}
	}
	found, err := look(stack, regions, preview.Steps)
	if err != nil {
		return 0, err
	}
	existing := importFile{NameTable: map[string]string{}}
	for _, s := range preview.Steps {
		u := urn.URN(s.URN)
		id := found[label(u)]
		if s.Op != "create" || id == "" {
			continue
		}
		parent, _ := s.NewState["parent"].(string)
		reference, _ := s.NewState["provider"].(string)
		provider := reference[:max(0, strings.LastIndex(reference, "::"))] // without the ID
		existing.NameTable[parent], existing.NameTable[provider] = parent, provider
		existing.Resources = append(existing.Resources, imported{string(u.Type()), s.URN, u.Name(), id, parent, provider})
		fmt.Println(label(u), id)
	}
	if len(existing.Resources) == 0 {
		return 0, failed
	}
	// All of it is protected, so that an update replaces none of it. Of what the
	// program does not protect, the first update lifts that.
	return len(existing.Resources), feed(existing, file, "pulumi", "import", "--stack", stack, "--file", file,
		"--generate-code=false", "--yes", "--skip-preview", "--suppress-outputs")
}

// feed gives a command a file of JSON.
func feed(content any, file, name string, args ...string) error {
	data, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	command := exec.Command(name, args...) //nolint:gosec // pulumi or aws
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %q: %w\n%s", name, args, err, output)
	}
	return nil
}
