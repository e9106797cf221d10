package simulation

import (
	"path/filepath"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// prove writes the records that prove a certificate's names into a zone of example.com.
func prove(c *client, arn, zoneID string) {
	c.t.Helper()
	for _, value := range at(c.read(certificate, arn), "domainValidationOptions[]") {
		proof := value.(map[string]any)
		c.create(record, "proof", Properties{
			"zoneId": zoneID, "name": hostname(proof["resourceRecordName"]), "type": "CNAME", "ttl": 300, "records": []any{proof["resourceRecordValue"]},
		})
	}
}

// issuedCertificate creates a certificate that is issued.
func issuedCertificate(c *client, name string) string {
	c.t.Helper()
	arn := c.create(certificate, name, Properties{"domainName": name, "validationMethod": "DNS"})
	prove(c, arn, c.create(zone, "z", Properties{"name": "example.com"}))
	return arn
}

func statusOf(c *client, arn string) any {
	c.t.Helper()
	return c.read(certificate, arn)["status"]
}

func TestACertificateIsIssuedOnceAllItsNamesAreProven(t *testing.T) {
	c := newAccount(t)
	zoneID := c.create(zone, "z", Properties{"name": "example.com"})
	one := c.create(certificate, "c", Properties{"domainName": "app.example.com", "subjectAlternativeNames": []any{"app.site.example.com"}})
	assert.Equal(t, "PENDING_VALIDATION", statusOf(c, one))
	assert.Len(t, at(c.read(certificate, one), "domainValidationOptions[]"), 2, "one proof per name")

	part := c.create(certificate, "d", Properties{"domainName": "app.example.com"})
	prove(c, part, zoneID)
	assert.Equal(t, issued, statusOf(c, part))
	assert.Equal(t, "PENDING_VALIDATION", statusOf(c, one), "app.site.example.com is not proven")

	proof := at(c.read(certificate, one), "domainValidationOptions[]")[1].(map[string]any)
	wrong := c.create(record, "r", Properties{"zoneId": zoneID, "name": hostname(proof["resourceRecordName"]), "type": "CNAME", "ttl": 300, "records": []any{"other."}})
	assert.Equal(t, "PENDING_VALIDATION", statusOf(c, one), "the record has another value")
	require.NoError(t, c.modify(record, wrong, Properties{"records": []any{proof["resourceRecordValue"]}}))
	assert.Equal(t, issued, statusOf(c, one))

	require.NoError(t, c.delete(record, wrong))
	require.NoError(t, c.modify(certificate, one, Properties{"tags": map[string]any{"A": "b"}}))
	assert.Equal(t, issued, statusOf(c, one), "an issued certificate stays issued")
}

func TestTheProofOfANameIsTheSameInAllRegionsOfAnAccount(t *testing.T) {
	proofs := func(c *client, inputs Properties) []any {
		return at(c.read(certificate, c.create(certificate, "c", inputs)), "domainValidationOptions[].resourceRecordName")
	}
	c := newAccount(t)
	inputs := Properties{"domainName": "app.example.com"}
	first := proofs(c, inputs)
	assert.Equal(t, first, proofs(c.in("us-east-1"), inputs))
	assert.Equal(t, first, proofs(c, Properties{"domainName": "*.app.example.com"}), "a wildcard has the proof of its parent")
	assert.NotEqual(t, first, proofs(c, Properties{"domainName": "web.example.com"}))

	account, err := Open(filepath.Join(t.TempDir(), Folder("111122223333")))
	require.NoError(t, err)
	assert.NotEqual(t, first, proofs((&client{t: t, p: NewProvider("aws", account)}).in("us-west-1"), inputs))
}

func TestAZoneOfAnotherAccountProvesACertificate(t *testing.T) {
	dir := t.TempDir()
	in := func(number string) *client {
		account, err := Open(filepath.Join(dir, Folder(number)))
		require.NoError(t, err)
		return (&client{t: t, p: NewProvider("aws", account)}).in("us-west-1")
	}
	site, global := in("111122223333"), in(AccountID)
	arn := site.create(certificate, "c", Properties{"domainName": "app.example.com"})
	zoneID := global.create(zone, "z", Properties{"name": "example.com"})
	proof := at(site.read(certificate, arn), "domainValidationOptions[]")[0].(map[string]any)
	global.create(record, "r", Properties{"zoneId": zoneID, "name": hostname(proof["resourceRecordName"]), "type": "CNAME", "ttl": 300, "records": []any{proof["resourceRecordValue"]}})
	assert.Equal(t, issued, statusOf(site, arn))
}

func TestOnlyTheNewestDelegatedZoneAnswers(t *testing.T) {
	c := newAccount(t)
	old := c.create(zone, "old", Properties{"name": "example.com"})
	time.Sleep(time.Millisecond) // zones are ordered by the time of their creation
	newest := c.create(zone, "new", Properties{"name": "example.com"})
	arn := c.create(certificate, "c", Properties{"domainName": "app.example.com"})
	prove(c, arn, old)
	assert.Equal(t, "PENDING_VALIDATION", statusOf(c, arn))

	fault, err := ParseFault("undelegated name=example.*")
	require.NoError(t, err)
	c.p.account.Suffer([]*Fault{fault})
	prove(c, arn, newest)
	assert.Equal(t, "PENDING_VALIDATION", statusOf(c, arn))
	c.p.account.Suffer(nil)
	assert.Equal(t, issued, statusOf(c, arn))
}

func TestTheDomainNameMayBeMissingInTheNamesOfACertificate(t *testing.T) {
	c := newAccount(t)
	arn := c.create(certificate, "c", Properties{"domainName": "app.example.com", "subjectAlternativeNames": []any{"b.example.com"}})
	state := c.read(certificate, arn)
	assert.Equal(t, []any{"app.example.com", "b.example.com"}, state["subjectAlternativeNames"])
	assert.NotEmpty(t, sameNames(state, Properties{"domainName": "app.example.com", "subjectAlternativeNames": []any{"b.example.com"}}))
	assert.Empty(t, sameNames(state, Properties{"domainName": "app.example.com", "subjectAlternativeNames": []any{"c.example.com"}}))
}

func TestGetCertificateFindsIssuedCertificatesByDomainAndTags(t *testing.T) {
	c := newAccount(t)
	get := func(args Properties) (string, error) {
		fields, err := marshal(args)
		require.NoError(t, err)
		answer, err := c.p.Invoke(c.ctx, &pulumirpc.InvokeRequest{Tok: "aws:acm/getCertificate:getCertificate", Args: fields})
		return answer.GetReturn().GetFields()["arn"].GetStringValue(), err
	}
	args := Properties{"domain": "app.example.com", "tags": map[string]any{"Name": "site-entry-app"}}
	arn := c.create(certificate, "c", Properties{"domainName": "app.example.com", "tags": map[string]any{"Name": "site-entry-app"}})
	_, err := get(args)
	require.EqualError(t, err, "reading ACM Certificates: empty result")
	found, err := get(merge(args, Properties{"statuses": []any{"PENDING_VALIDATION"}}))
	require.NoError(t, err)
	assert.Equal(t, arn, found)

	prove(c, arn, c.create(zone, "z", Properties{"name": "example.com"}))
	found, err = get(args)
	require.NoError(t, err)
	assert.Equal(t, arn, found)
	_, err = get(merge(args, Properties{"tags": map[string]any{"Name": "other"}}))
	require.EqualError(t, err, "reading ACM Certificates: empty result")
	c.create(certificate, "d", Properties{"domainName": "app.example.com", "tags": map[string]any{"Name": "site-entry-app"}})
	_, err = get(args)
	require.EqualError(t, err, "2 matching ACM Certificates found")
	_, err = get(merge(args, Properties{"mostRecent": true}))
	assert.NoError(t, err)
}

func TestACertificatesValidationWaitsForItsRecords(t *testing.T) {
	c := newAccount(t)
	arn := c.create(certificate, "c", Properties{"domainName": "app.example.com"})
	elsewhere := c.create(certificate, "d", Properties{"domainName": "app.example.org"})
	zoneID := c.create(zone, "z", Properties{"name": "example.com"})
	_, err := c.try(certificateValidation, "v", Properties{"certificateArn": arn})
	require.ErrorContains(t, err, "last state: 'PENDING_VALIDATION'")
	prove(c, arn, zoneID)
	c.create(certificateValidation, "v", Properties{"certificateArn": arn})
	c.create(certificateValidation, "w", Properties{"certificateArn": elsewhere})
	assert.Equal(t, issued, statusOf(c, elsewhere), "the zone is not in the account")
}

func TestADistributionNeedsAnIssuedCertificate(t *testing.T) {
	c := newAccount(t).in("us-east-1")
	arn := c.create(certificate, "c", Properties{"domainName": "static.example.com"})
	inputs := Properties{"viewerCertificate": map[string]any{"acmCertificateArn": arn}}
	_, err := c.try(distribution, "d", inputs)
	require.ErrorContains(t, err, "InvalidViewerCertificate")
	prove(c, arn, c.create(zone, "z", Properties{"name": "example.com"}))
	c.create(distribution, "d", inputs)
}
