// Package adopt imports AWS resources that exist and that a stack's state lacks. A state lacks
// resources if an update was killed before it recorded them, or if an older state was restored.
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

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/command"
	"example.com/multisite/internal/pulumicli"
)

// stackName matches the names of this project's stacks.
var stackName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Command returns the command adopt.
func Command() *cobra.Command {
	return &cobra.Command{
		Use:   "adopt STACK",
		Short: "Import AWS resources that exist and that a stack's state lacks",
		Long: `Import AWS resources that exist and that the state of STACK, a site or global, lacks.

The command runs a preview to list the missing resources, searches AWS for them by the tags and
names that the program sets, and runs pulumi import. It changes nothing in AWS. It needs the
programs pulumi and aws, with their credentials.`,
		Args: command.Args("STACK"),
		RunE: func(_ *cobra.Command, args []string) error {
			if !stackName.MatchString(args[0]) {
				return command.Misused{Err: fmt.Errorf("STACK: found %q; allowed: a stack's name", args[0])}
			}
			return adopt(args[0])
		},
	}
}

// importFile is the content of a file for `pulumi import --file`.
type importFile struct {
	// NameTable maps the names of parents and providers to their URNs. The names here are
	// the URNs themselves, because logical names are not unique across types.
	NameTable map[string]string  `json:"nameTable"`
	Resources []importedResource `json:"resources"`
}

type importedResource struct {
	Type        string `json:"type"`
	Name        string `json:"name"` // unique within the file: the URN
	LogicalName string `json:"logicalName"`
	ID          string `json:"id"`
	Parent      string `json:"parent"`
	Provider    string `json:"provider"`
}

// adopt imports resources in rounds until a round finds none. A resource without tags is found
// only when the resource that it belongs to is in the state, such as a record of a hosted zone.
func adopt(stack string) error {
	var config map[string]struct{ Value string }
	if err := cli.JSON(&config, "pulumi", "config", "--stack", stack, "--json"); err != nil {
		return err
	}
	regions := []string{awstypes.EdgeRegion}
	if region := config["multisite:region"].Value; region != "" { // the global stack has none
		regions = append(regions, region)
	}
	dir, err := os.MkdirTemp("", "adopt")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for total := 0; ; {
		imported, err := importRound(stack, regions, filepath.Join(dir, "import.json"))
		if total += imported; err != nil || imported == 0 {
			fmt.Printf("%d resources imported.\n", total)
			return err
		}
	}
}

// importRound imports the missing resources that it finds in AWS, and returns their number. If it
// finds none, it returns the errors of the preview. It writes the import file to file.
func importRound(stack string, regions []string, file string) (int, error) {
	var preview pulumicli.Preview
	// The preview fails if a stateful resource is missing, and prints its steps all the same.
	if err := cli.JSON(&preview, "pulumi", "preview", "--stack", stack, "--json"); err != nil && len(preview.Steps) == 0 {
		return 0, err
	}
	ids, err := findResources(stack, regions, preview.Steps)
	if err != nil {
		return 0, err
	}
	content := importFile{NameTable: map[string]string{}}
	for _, s := range preview.Steps {
		u := urn.URN(s.URN)
		id := ids[typeAndName(u)]
		if s.Op != opCreate || id == "" {
			continue
		}
		resource, err := s.Resource()
		if err != nil {
			return 0, fmt.Errorf("%s: %w", s.URN, err)
		}
		parent, reference := string(resource.Parent), resource.Provider
		provider := reference[:max(0, strings.LastIndex(reference, "::"))] // without the provider's ID
		content.NameTable[parent], content.NameTable[provider] = parent, provider
		content.Resources = append(content.Resources, importedResource{string(u.Type()), s.URN, u.Name(), id, parent, provider})
		fmt.Println(typeAndName(u), id)
	}
	if len(content.Resources) == 0 {
		var failed error
		for _, message := range preview.Errors() {
			failed = errors.Join(failed, errors.New(strings.TrimSpace(message)))
		}
		return 0, failed
	}
	// Pulumi protects imported resources, so that no update replaces one. The next update
	// removes the protection where the program sets none.
	return len(content.Resources), importResources(stack, content, file)
}

// importResources writes the import file and runs `pulumi import` with it.
func importResources(stack string, content importFile, file string) error {
	data, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	args := []string{
		"import", "--stack", stack, "--file", file,
		"--generate-code=false", "--yes", "--skip-preview", "--suppress-outputs",
	}
	pulumi := exec.Command("pulumi", args...)
	if output, err := pulumi.CombinedOutput(); err != nil {
		return fmt.Errorf("pulumi %q: %w\n%s", args, err, output)
	}
	return nil
}
