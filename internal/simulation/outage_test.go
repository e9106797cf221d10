package simulation

import (
	"context"
	"net"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/peer"
)

// callsOf makes every kind of call that reaches an API of a client's region.
func (c *client) callsOf(token, id string) map[string]error {
	c.t.Helper()
	state, err := marshal(Properties{"name": "/a", "type": "String", "value": "v"})
	require.NoError(c.t, err)
	calls := map[string]error{}
	_, calls["create"] = c.p.Create(c.ctx, &pulumirpc.CreateRequest{Urn: urn(token, "n"), Properties: state})
	_, calls["read"] = c.p.Read(c.ctx, &pulumirpc.ReadRequest{Urn: urn(token, "n"), Id: id})
	_, calls["update"] = c.p.Update(c.ctx, &pulumirpc.UpdateRequest{Urn: urn(token, "n"), Id: id, Olds: state, News: state})
	_, calls["delete"] = c.p.Delete(c.ctx, &pulumirpc.DeleteRequest{Urn: urn(token, "n"), Id: id})
	return calls
}

func (c *client) invoke(token string, args Properties) error {
	c.t.Helper()
	fields, err := marshal(args)
	require.NoError(c.t, err)
	_, err = c.p.Invoke(c.ctx, &pulumirpc.InvokeRequest{Tok: token, Args: fields})
	return err
}

func TestNoCallReachesARegionThatIsDown(t *testing.T) {
	c := newAccount(t)
	other := c.in("us-west-2")
	id := c.create(parameter, "p", Properties{"name": "/p", "type": "String", "value": "v"})
	same := other.create(parameter, "p", Properties{"name": "/p", "type": "String", "value": "v"})
	require.NoError(t, c.p.account.TakeDown("us-west-1"))
	for call, err := range c.callsOf(parameter, id) {
		require.ErrorContains(t, err, `RequestID: , request send failed, Post "https://ssm.us-west-1.amazonaws.com/": dial tcp: i/o timeout`, call)
		require.ErrorContains(t, err, "ssm.Parameter", call)
	}
	for token := range invoked {
		require.ErrorContains(t, c.invoke(token, Properties{"name": "/p"}), ".us-west-1.amazonaws.com/\": dial tcp: i/o timeout", token)
	}
	assert.NotEmpty(t, other.read(parameter, same), "another region answers")
	require.NoError(t, other.invoke("aws:ssm/getParameter:getParameter", Properties{"name": "/p"}))

	require.NoError(t, c.p.account.BringUp("us-west-1"))
	assert.Equal(t, "v", c.read(parameter, id)["value"], "all is as before")
}

func TestPreviewsCallNoAPI(t *testing.T) {
	c := newAccount(t)
	id := c.create(parameter, "p", Properties{"name": "/p", "type": "String", "value": "v"})
	require.NoError(t, c.p.account.TakeDown("us-west-1"))
	state, err := marshal(Properties{"name": "/p", "type": "String", "value": "v"})
	require.NoError(t, err)
	_, err = c.p.Create(c.ctx, &pulumirpc.CreateRequest{Urn: urn(parameter, "n"), Properties: state, Preview: true})
	require.NoError(t, err)
	_, err = c.p.Update(c.ctx, &pulumirpc.UpdateRequest{Urn: urn(parameter, "n"), Id: id, Olds: state, News: state, Preview: true})
	require.NoError(t, err)
}

func TestGlobalResourcesDependOnVirginia(t *testing.T) {
	c := newAccount(t)
	id := c.create(role, "r", Properties{"name": "r", "assumeRolePolicy": `{"Statement": []}`})
	require.NoError(t, c.p.account.TakeDown("us-west-1"))
	assert.NotEmpty(t, c.read(role, id), "the region of the provider does not matter")
	require.NoError(t, c.p.account.TakeDown("us-east-1"))
	for call, err := range c.callsOf(role, id) {
		require.ErrorContains(t, err, `Post "https://iam.amazonaws.com/": dial tcp: i/o timeout`, call)
	}
	passwords := NewProvider("random", c.p.account)
	_, err := passwords.Create(context.Background(), &pulumirpc.CreateRequest{Urn: urn("random:index/randomId:RandomId", "n")})
	require.NoError(t, err, "random calls no API")
}

// TestProvidersAreConfiguredWithoutTheirRegion checks which settings let a provider start whose
// region is down.
func TestProvidersAreConfiguredWithoutTheirRegion(t *testing.T) {
	c := newAccount(t)
	require.NoError(t, c.p.account.TakeDown("us-west-1"))
	for name, test := range map[string]struct {
		settings Properties
		problem  string
	}{
		"defaults": {nil, `unable to validate AWS credentials.
Details: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, exceeded maximum number of attempts, 25, https`},
		"maxRetries":                {Properties{"maxRetries": "2"}, "exceeded maximum number of attempts, 2, https"},
		"another STS":               {Properties{"stsRegion": "us-west-2"}, "https://sts.us-west-1.amazonaws.com/"},
		"no validation":             {Properties{"skipCredentialsValidation": "true"}, "retrieving AWS account details"},
		"no account":                {Properties{"skipCredentialsValidation": "true", "skipRequestingAccountId": "true"}, ""},
		"no account, one allowed":   {Properties{"skipCredentialsValidation": "true", "skipRequestingAccountId": "true", "allowedAccountIds": `["123456789012"]`}, "AWS account ID not allowed: "},
		"another STS, one allowed":  {Properties{"skipCredentialsValidation": "true", "stsRegion": "us-west-2", "allowedAccountIds": `["123456789012"]`}, ""},
		"another STS, others too":   {Properties{"skipCredentialsValidation": "true", "stsRegion": "us-west-2", "allowedAccountIds": `["210987654321"]`}, "AWS account ID not allowed: 123456789012"},
		"an STS that is down, too":  {Properties{"skipCredentialsValidation": "true", "stsRegion": "us-west-1"}, "https://sts.us-west-1.amazonaws.com/"},
		"validation by both STS":    {Properties{"region": "us-west-2", "stsRegion": "us-west-1"}, "https://sts.us-west-1.amazonaws.com/"},
		"a region that is not down": {Properties{"region": "us-west-2"}, ""},
	} {
		args, err := marshal(merge(Properties{"region": "us-west-1"}, test.settings))
		require.NoError(t, err)
		ctx := peer.NewContext(context.Background(), &peer.Peer{Addr: &net.UnixAddr{Name: "x"}})
		_, err = c.p.Configure(ctx, &pulumirpc.ConfigureRequest{Args: args})
		if test.problem == "" {
			assert.NoError(t, err, name)
		} else {
			assert.ErrorContains(t, err, test.problem, name)
		}
	}
}

func TestTheAWSCLIReachesNoRegionThatIsDown(t *testing.T) {
	c := newAccount(t)
	require.NoError(t, c.p.account.TakeDown("us-west-1"))
	_, err := CLI(c.p.account, []string{"ec2", "describe-vpcs", "--region", "us-west-1"})
	require.EqualError(t, err, `Connect timeout on endpoint URL: "https://ec2.us-west-1.amazonaws.com/"`)
	_, err = CLI(c.p.account, []string{"iam", "list-roles"})
	require.NoError(t, err)
	require.NoError(t, c.p.account.TakeDown("us-east-1"))
	_, err = CLI(c.p.account, []string{"iam", "list-roles"})
	require.ErrorContains(t, err, "https://iam.amazonaws.com/")
}
