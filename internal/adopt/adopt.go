// Package adopt imports into a stack's state what the account has and the state lacks:
// resources of an update that was killed before it could write its state, or resources
// newer than a state that was restored.
package adopt

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
	"github.com/spf13/cobra"

	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/command"
)

// stackName is the form of a stack's name.
var stackName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Command returns the command adopt.
func Command() *cobra.Command {
	return &cobra.Command{
		Use:   "adopt STACK",
		Short: "Import into a stack's state what exists in AWS and the state lacks",
		Long: `Import into the state of STACK, a site or global, what exists in AWS and the state lacks.

It runs a preview to find what is missing, searches for it by the tags and names that the
program sets, with the AWS CLI, and runs pulumi import. It changes nothing in AWS.
pulumi, aws and their credentials must be available.`,
		Args: command.Args("STACK"),
		RunE: func(_ *cobra.Command, args []string) error {
			if !stackName.MatchString(args[0]) {
				return command.Misused{Err: fmt.Errorf("STACK: found %q; allowed: a stack's name", args[0])}
			}
			return adopt(args[0])
		},
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
	found, err := inspect(stack, regions, preview.Steps)
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
