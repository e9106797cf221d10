package guardrails

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFunctionInputs checks the inputs of functions, which may be no texts.
func TestFunctionInputs(t *testing.T) {
	const certificate, parameter = "aws:acm/getCertificate:getCertificate", "aws:ssm/getParameter:getParameter"
	for _, row := range []struct {
		token  string
		inputs pulumi.Map
		found  []string // inputs that are reported
	}{
		{certificate, pulumi.Map{"domain": pulumi.String("mi-cloud.example.com"), "tags": pulumi.StringMap{"Name": pulumi.String("oregon-entry-mi-cloud")}}, nil},
		{certificate, pulumi.Map{"statuses": pulumi.ToStringArray([]string{"EXPIRED"})}, nil},
		{certificate, pulumi.Map{"mostRecent": pulumi.Bool(true)}, []string{"mostRecent"}},
		{parameter, pulumi.Map{"name": pulumi.String("/multisite/services/oregon/mi-cloud")}, nil},
		{parameter, pulumi.Map{"name": pulumi.String("/multisite/sites/oregon")}, nil},
		{parameter, pulumi.Map{"name": pulumi.String("/elsewhere/multisite/sites/")}, []string{"name"}},
		{parameter, pulumi.Map{"name": pulumi.ToStringArray([]string{"/multisite/sites/oregon"})}, []string{"name"}},
		{parameter, pulumi.Map{"name": pulumi.Bool(true)}, []string{"name"}},
		{"aws:ssm/getParametersByPath:getParametersByPath", pulumi.Map{"path": pulumi.String("/multisite/services")}, []string{"path"}},
		{"aws:lb/getTargetGroup:getTargetGroup", pulumi.Map{}, []string{"function"}},
	} {
		s := newStands(t)[0]
		list, err := s.guard.refusedCall(t.Context(), &pulumi.InvokeTransformArgs{Token: row.token, Args: row.inputs})
		require.NoError(t, err)
		var found []string
		for _, f := range list {
			if f.property != "provider" { // the calls have none
				found = append(found, f.property)
			}
		}
		assert.Equal(t, row.found, found, "%s: %v", row.token, row.inputs)
	}
}
