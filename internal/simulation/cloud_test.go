package simulation

import (
	"context"
	"errors"
	"net"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/peer"
)

// client is the connection of one provider resource of a program to the account.
type client struct {
	t   *testing.T
	p   *Provider
	ctx context.Context
}

// newAccount returns a client for us-west-1 in an empty account.
func newAccount(t *testing.T) *client {
	t.Helper()
	account, err := Open(t.TempDir())
	require.NoError(t, err)
	return (&client{t: t, p: NewProvider("aws", account)}).in("us-west-1")
}

// in returns a client for another region of the same account.
func (c *client) in(region string) *client {
	c.t.Helper()
	ctx := peer.NewContext(context.Background(), &peer.Peer{Addr: &net.UnixAddr{Name: region}})
	args, err := marshal(Properties{"region": region, "defaultTags": `{"tags": {"Site": "test"}}`})
	require.NoError(c.t, err)
	_, err = c.p.Configure(ctx, &pulumirpc.ConfigureRequest{Args: args})
	require.NoError(c.t, err)
	return &client{c.t, c.p, ctx}
}

func urn(token, name string) string { return "urn:pulumi:test::multisite::" + token + "::" + name }

// try checks and creates a resource, which may fail, and returns its ID.
func (c *client) try(token, name string, inputs Properties) (string, error) {
	c.t.Helper()
	news, err := marshal(inputs)
	require.NoError(c.t, err)
	checked, err := c.p.Check(c.ctx, &pulumirpc.CheckRequest{Urn: urn(token, name), News: news, RandomSeed: []byte(name)})
	if err != nil {
		return "", err
	}
	for _, failure := range checked.GetFailures() {
		return "", errors.New(failure.GetProperty() + ": " + failure.GetReason())
	}
	created, err := c.p.Create(c.ctx, &pulumirpc.CreateRequest{Urn: urn(token, name), Properties: checked.GetInputs()})
	return created.GetId(), err
}

// create creates a resource that must succeed.
func (c *client) create(token, name string, inputs Properties) string {
	c.t.Helper()
	id, err := c.try(token, name, inputs)
	require.NoError(c.t, err)
	return id
}

// modify changes some of a resource's properties.
func (c *client) modify(token, id string, changes Properties) error {
	c.t.Helper()
	state := c.read(token, id)
	olds, err := marshal(state)
	require.NoError(c.t, err)
	news, err := marshal(merge(state, changes))
	require.NoError(c.t, err)
	_, err = c.p.Update(c.ctx, &pulumirpc.UpdateRequest{Urn: urn(token, "x"), Id: id, Olds: olds, News: news})
	return err
}

func (c *client) delete(token, id string) error {
	_, err := c.p.Delete(c.ctx, &pulumirpc.DeleteRequest{Urn: urn(token, "x"), Id: id})
	return err
}

func (c *client) read(token, id string) Properties {
	c.t.Helper()
	response, err := c.p.Read(c.ctx, &pulumirpc.ReadRequest{Urn: urn(token, "x"), Id: id})
	require.NoError(c.t, err)
	properties, err := unmarshal(response.GetProperties())
	require.NoError(c.t, err)
	return properties
}
