package engine

import "time"

// OriginHosts are the host names of the shop at the origin: of its database, its objects and its
// website.
var OriginHosts = []string{"shop-db.beijing.example", "objects.beijing.example", "shop.beijing.example"}

// certificate is the test certificate of the origin's certificate authority.
const certificate = "-----BEGIN CERTIFICATE-----\nMIIBijCCAS+gAwIBAgIUG0hJSM5Ss84Xw35FmkPTmpf/EIkwCgYIKoZIzj0EAwIw\n" +
	"GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTIyMTc0NjAyWhgPMjEy\nNjEwMjkxNzQ2MDJaMBkxFzAVBgNVBAMMDlRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI\n" +
	"zj0CAQYIKoZIzj0DAQcDQgAE7jnls9OUnqYECkiWAH8Eoz9p94aj68XEf2OFvIGZ\n9CedTCft71wdPTN73dmQP5OEeRKHPuUSnSHxGMHmVqWZUaNTMFEwHQYDVR0OBBYE\n" +
	"FNB+I8LjE2LZoMTUuQ2UtxAsBPC3MB8GA1UdIwQYMBaAFNB+I8LjE2LZoMTUuQ2U\ntxAsBPC3MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAJmRyRcG\n" +
	"3qS65kDgBghCP5z29+iuSBfivIpTTXTf4/7FAiEAkIalSDbixrEAw1vV/+TS+vhS\nTqMi1ug4mqoQ2pC0nHo=\n-----END CERTIFICATE-----\n"

// MoveShop configures a move of the market MX to California's shop, in its first phase, origin.
func (p *Project) MoveShop() {
	p.t.Helper()
	p.MoveShopTo("california", "MX")
}

// MoveShopTo configures a move of a market to a site's shop, in its first phase, origin.
func (p *Project) MoveShopTo(site, market string) {
	p.t.Helper()
	p.Edit(site, func(config map[string]any) {
		config["multisite:migration"] = map[string]any{
			"replication":  map[string]any{"instanceClass": "dms.c6i.large", "originCidrBlocks": []any{"203.0.113.0/28"}},
			"agents":       []any{"arn:aws:datasync:" + config["multisite:region"].(string) + ":123456789012:agent/agent-0123456789abcdef0"},
			"certificates": certificate,
			"services": map[string]any{"ecommerce": map[string]any{
				"origin": map[string]any{
					"database": map[string]any{"host": OriginHosts[0], "name": "shop", "username": "dms", "password": "hidden-word"},
					"objects": map[string]any{
						"host": OriginHosts[1], "accessKey": "key", "secretKey": "hidden-word",
						"buckets": map[string]any{"product-media": "shop-media", "invoices": "shop-invoices"},
					},
				},
				"markets": map[string]any{market: map[string]any{"phase": "origin"}},
			}},
		}
	})
	p.Edit("global", func(config map[string]any) {
		config["multisite:origins"] = map[string]any{"ecommerce": OriginHosts[2]}
	})
}

// Step writes a phase of the move of MoveShop to the configuration, with all evidence for it.
func (p *Project) Step(phase string) {
	p.t.Helper()
	p.StepOf("california", "MX", phase)
}

// StepOf is Step for the move of MoveShopTo.
func (p *Project) StepOf(site, market, phase string) {
	p.t.Helper()
	p.Edit(site, func(config map[string]any) {
		today := time.Now().UTC().Format(time.DateOnly)
		move := map[string]any{"phase": phase, "facts": map[string]any{
			"measured": today, "lagSeconds": 0, "rowsAtOrigin": 12, "rowsAtHome": 12, "objectsMissing": 0, "errorsPerMillion": 3,
			"for": phase, "homeEmpty": true, "writesForwarded": true, "writesPaused": true, "sequencesAdvanced": true, "restarted": true, "connectionsTested": true, "signedOffBy": "head of e-commerce", "signedOff": today,
		}}
		if phase == "canary" {
			move["sharePercent"] = 10
		}
		Object(config, "multisite:migration", "services", "ecommerce", "markets")[market] = move
	})
}
