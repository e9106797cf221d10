package dns

import (
	"sync"
	"testing"

	propertymap "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// created collects the inputs of resources, by name.
type created struct {
	mutex  sync.Mutex
	inputs map[string]map[string]any
}

func (c *created) NewResource(args pulumi.MockResourceArgs) (string, propertymap.PropertyMap, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.inputs[args.Name] = args.Inputs.Mappable()
	return "id-of-" + args.Name, args.Inputs, nil
}

func (*created) Call(pulumi.MockCallArgs) (propertymap.PropertyMap, error) { return nil, nil }

// TestHealthChecks checks which Route 53 health check a record gets, and what the alarms report.
func TestHealthChecks(t *testing.T) {
	topic := pulumi.String("arn:aws:sns:us-east-1:123456789012:alarms")
	for name, row := range map[string]struct {
		claimed, standsBy bool
		id                string
		children          any
		alarm             any // the dimension of the host's alarm
	}{
		"a site that no other recovers": {false, false, "id-of-host", nil, "id-of-host"},
		"a site with a recovery site":   {true, false, "id-of-host-unclaimed", []any{"id-of-host", "id-of-claim"}, "id-of-host"},
		"a recovery site":               {false, true, "id-of-host", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := &created{inputs: map[string]map[string]any{}}
			ids := make(chan pulumi.ID, 1)
			require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
				args := &HealthCheckArgs{Host: "shop.oregon.example.com", Path: "/health", StandsBy: row.standsBy, AlarmTopicARN: topic}
				if row.claimed {
					claim, err := NewClaimCheck(ctx, "claim", &ClaimCheckArgs{Host: "claims.ohio.example.com", Path: "/oregon", AlarmTopicARN: topic})
					if err != nil {
						return err
					}
					args.Unless = claim.ID.ToStringOutput()
				}
				check, err := NewHealthCheck(ctx, "host", args)
				if err == nil {
					check.ID.ApplyT(func(id pulumi.ID) pulumi.ID { ids <- id; return id })
				}
				return err
			}, pulumi.WithMocks("multisite", "global", c)))
			assert.Equal(t, pulumi.ID(row.id), <-ids)
			assert.NotContains(t, c.inputs["host"], "invertHealthcheck")
			alarmOn := func(alarm string) any {
				dimensions, _ := c.inputs[alarm]["dimensions"].(map[string]any)
				return dimensions["HealthCheckId"]
			}
			assert.Equal(t, row.alarm, alarmOn("host-unhealthy"))
			assert.Equal(t, row.children, c.inputs["host-unclaimed"]["childHealthchecks"])
			if row.claimed {
				assert.Equal(t, map[string]any{"type": "CALCULATED", "threshold": 2.0}, map[string]any{"type": c.inputs["host-unclaimed"]["type"], "threshold": c.inputs["host-unclaimed"]["childHealthThreshold"]})
				assert.Equal(t, true, c.inputs["claim"]["invertHealthcheck"], "no claim, or no answer, is healthy")
				assert.Equal(t, "id-of-claim", alarmOn("claim-claimed"))
			}
		})
	}
}
