package acceptance_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/engine"
)

// simulationGaps holds the output properties of the real provider that the simulated cloud
// does not have, with the reason.
var simulationGaps = map[string]string{
	"* __meta":                            "internal data of Pulumi's bridge to the Terraform provider",
	"* __pulumi_raw_state_delta":          "internal data of Pulumi's bridge to the Terraform provider",
	"aws:ec2:DefaultNetworkAcl subnetIds": "the subnets without another ACL at the time of the read, which may be none",
	"aws:cloudfront:Distribution defaultCacheBehavior.forwardedValues": "set by the emulator only, see emulatorGaps",
	"aws:lb:TargetGroup deregistrationDelay":                           "a number that the provider stores as text",
	"aws:route53:Record records":                                       "an empty list remains after a change to an alias",
	"aws:s3:BucketLoggingV2 targetObjectKeyFormat":                     "not stored by the emulator, see emulatorGaps",
	"aws:s3:BucketReplicationConfig rules[].sourceSelectionCriteria":   "not stored by the emulator, see emulatorGaps",
	"aws:cloudfront:Distribution viewerCertificate.sslSupportMethod":   "set by the emulator only, see emulatorGaps",
}

// compare compares the simulated cloud with the real provider: both must receive the same
// inputs for every resource of a site, and return outputs with the same names and types.
func compare(t *testing.T, emulated, simulated map[string]engine.Resource) {
	t.Helper()
	emulated, simulated = numbered(emulated), numbered(simulated)
	for name, r := range emulated {
		model, known := simulated[name]
		if !assert.True(t, known, "only the real provider has %s", name) || !r.Custom {
			continue
		}
		typ, _, _ := strings.Cut(name, " ")
		assert.Empty(t, differences("", r.Inputs, model.Inputs), "inputs of %s", name)
		for _, difference := range differences("", r.Outputs, model.Outputs) {
			path, kind, _ := strings.Cut(difference, " ")
			// A provider that was built from source may repeat the ID under the type's name,
			// such as vpcId. The published provider does not.
			repeated := kind == alone && strings.HasSuffix(path, "Id") && r.Outputs[path] == r.ID
			if simulationGaps[typ+" "+path] == "" && simulationGaps["* "+path] == "" && !repeated {
				assert.Fail(t, "outputs of "+name, difference)
			}
		}
	}
	assert.Len(t, simulated, len(emulated))
}

// drawnLabel matches the label that ACM draws for the record of a certificate's name.
var drawnLabel = regexp.MustCompile(`_[0-9a-f]{32}\.`)

// numbered replaces the letters of availability zones by numbers, since the emulator and the
// simulated cloud offer different zones. It removes drawn labels.
func numbered(state map[string]engine.Resource) map[string]engine.Resource {
	var letters []string
	for name := range state {
		if rest, isSubnet := strings.CutPrefix(name, "aws:ec2:Subnet "); isSubnet && strings.Contains(rest, "-public-") {
			letters = append(letters, rest[len(rest)-1:])
		}
	}
	slices.Sort(letters)
	renamed := map[string]engine.Resource{}
	for name, r := range state {
		parts := strings.Split(drawnLabel.ReplaceAllString(name, ""), "-")
		for i, part := range parts {
			if n := slices.Index(letters, part); n >= 0 {
				parts[i] = fmt.Sprint(n)
			}
		}
		renamed[strings.Join(parts, "-")] = r
	}
	return renamed
}

// alone follows the path of a property that the simulated cloud lacks.
const alone = "exists only in the real provider"

// differences lists the differences between names or types of properties, by path.
func differences(path string, emulated, model any) []string {
	switch emulated := emulated.(type) {
	case map[string]any:
		object, ok := model.(map[string]any)
		if !ok {
			break
		}
		var found []string
		for name := range emulated {
			below := strings.TrimPrefix(path+"."+name, ".")
			if value, has := object[name]; has {
				found = append(found, differences(below, emulated[name], value)...)
			} else {
				found = append(found, below+" "+alone)
			}
		}
		for name := range object {
			if _, has := emulated[name]; !has {
				found = append(found, strings.TrimPrefix(path+"."+name, ".")+" exists only in the simulated cloud")
			}
		}
		slices.Sort(found)
		return found
	case []any:
		list, ok := model.([]any)
		if !ok {
			break
		}
		emulated, list = inOrder(emulated), inOrder(list)
		var found []string
		for i := range min(len(emulated), len(list)) {
			found = append(found, differences(path+"[]", emulated[i], list[i])...)
		}
		return found
	}
	if fmt.Sprintf("%T", emulated) != fmt.Sprintf("%T", model) {
		return []string{fmt.Sprintf("%s is %T, but %T in the simulated cloud", path, emulated, model)}
	}
	return nil
}

// inOrder sorts the elements of a set, which the provider may return in another order, by their
// priority or ID. Other lists keep their order.
func inOrder(list []any) []any {
	for _, key := range []string{"priority", "id"} {
		of := func(element any) string {
			object, _ := element.(map[string]any)
			return fmt.Sprint(object[key])
		}
		if !slices.ContainsFunc(list, func(element any) bool { return of(element) == fmt.Sprint(nil) }) {
			return slices.SortedStableFunc(slices.Values(list), func(x, y any) int { return strings.Compare(of(x), of(y)) })
		}
	}
	return list
}
