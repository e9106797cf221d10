package dns

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/componenttest"
)

func TestRefusals(t *testing.T) {
	componenttest.Refusals(t, map[string]componenttest.Refusal{
		"Zone": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewZone(ctx, "z", &ZoneArgs{DomainName: "example", AccountID: "root"})
				return err
			},
			Messages: []string{`Zone z: DomainName: found "example"`, `AccountID: found "root"`, `AlarmTopicARN: found none`},
		},
		"HealthCheck": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewHealthCheck(ctx, "h", &HealthCheckArgs{Host: "https://example.com", Path: "health"})
				return err
			},
			Messages: []string{`HealthCheck h: Host: found "https://example.com"`, `Path: found "health"`, `AlarmTopicARN: found none`},
		},
		"ClaimCheck": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewClaimCheck(ctx, "c", &ClaimCheckArgs{Host: "https://example.com", Path: "oregon"})
				return err
			},
			Messages: []string{`ClaimCheck c: Host: found "https://example.com"`, `Path: found "oregon"`, `AlarmTopicARN: found none`},
		},
		"Alias": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewAlias(ctx, "a", &AliasArgs{Hostname: "www", Host: "10.0.0.1", HostZoneID: "/hostedzone/Z1"})
				return err
			},
			Messages: []string{`Alias a: ZoneID: found none`, `Hostname: found "www"`, `Host: found "10.0.0.1"`, `HostZoneID: found "/hostedzone/Z1"`},
		},
		"CertificateRecords": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewCertificateRecords(ctx, "c", &CertificateRecordsArgs{Records: map[string]string{"www": "10.0.0.1"}})
				return err
			},
			Messages: []string{`CertificateRecords c: ZoneID: found none`, `Records: found "www"`, `Records[www]: found "10.0.0.1"`},
		},
		"Routes": {
			Create: func(ctx *pulumi.Context) error {
				_, err := NewRoutes(ctx, "r", &RoutesArgs{
					Hostname: "www", China: "x", Sites: map[string]SiteEndpoint{"singapore": {Host: "singapore"}},
					Markets: map[string]MarketRoute{
						"CN": {Home: "singapore", Failover: "singapore"}, "sg": {Failover: "singapore"}, "TW": {Home: "ohio", Origin: "x", HomePercent: 101},
					},
				})
				return err
			},
			Messages: []string{
				`Routes r: ZoneID: found none`, `Hostname: found "www"`, `Sites[singapore].Host: found "singapore"`, `Sites[singapore].HealthCheckID: found none`,
				`Markets: found "CN"; allowed: ISO 3166 codes other than CN, mainland China`, `Markets[CN].Failover: found "singapore"; allowed: a site other than the home`,
				`Markets: found "sg"`, `Markets[sg].Failover: found "singapore"`, `Markets[TW].Home: found "ohio"; allowed: one of ["singapore"]`,
				`Markets[TW].Origin: found "x"`, `Markets[TW].HomePercent: found 101`, `China: found "x"`,
			},
		},
	})
}
