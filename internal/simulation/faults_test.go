package simulation

import (
	"context"
	"errors"
	"fmt"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// create makes a call through the faults, and reports whether it took effect.
func (f *Faults) create(name string) (effect bool, err error) {
	_, err = f.Interceptor(nil)(context.Background(), &pulumirpc.CreateRequest{Urn: urn(vpc, name)},
		&grpc.UnaryServerInfo{FullMethod: "/pulumirpc.ResourceProvider/Create"},
		func(context.Context, any) (any, error) {
			effect = true
			return &pulumirpc.CreateResponse{Id: "vpc-1"}, nil
		})
	return effect, err
}

func newFaults(t *testing.T, dir string, texts ...string) *Faults {
	t.Helper()
	var list []*Fault
	for _, text := range texts {
		fault, err := ParseFault(text)
		require.NoError(t, err)
		list = append(list, fault)
	}
	faults, err := NewFaults(dir, list)
	require.NoError(t, err)
	return faults
}

func TestAFaultAffectsAResourceOnce(t *testing.T) {
	dir := t.TempDir()
	effect, err := newFaults(t, dir, "throttle create resource=aws:ec2:Vpc?a").create("a")
	require.ErrorContains(t, err, "ThrottlingException")
	assert.False(t, effect)
	again := newFaults(t, dir, "throttle create resource=aws:ec2:Vpc?a")
	_, err = again.create("a")
	require.NoError(t, err, "a later command is not affected again")
	_, err = again.create("b")
	require.NoError(t, err)
}

func TestAnUnfinishedResourceIsReportedWithItsID(t *testing.T) {
	effect, err := newFaults(t, t.TempDir(), "after any").create("a")
	assert.True(t, effect)
	var failed *pulumirpc.ErrorResourceInitFailed
	for _, detail := range status.Convert(err).Details() {
		if found, ok := detail.(*pulumirpc.ErrorResourceInitFailed); ok {
			failed = found
		}
	}
	require.NotNil(t, failed)
	assert.Equal(t, "vpc-1", failed.GetId())
}

func TestAnExpiredCredentialStaysExpired(t *testing.T) {
	faults := newFaults(t, t.TempDir(), "expired create call=2")
	_, first := faults.create("a")
	_, second := faults.create("b")
	_, third := faults.create("c")
	require.NoError(t, first)
	require.ErrorContains(t, errors.Join(second, third), "ExpiredToken")
	require.Error(t, third)
}

func TestASeedSelectsTheSameResourcesEachTime(t *testing.T) {
	struck := func(seed int) (names []int) {
		faults := newFaults(t, t.TempDir(), fmt.Sprintf("before create probability=0.3 seed=%d", seed))
		for n := range 200 {
			if _, err := faults.create(fmt.Sprint(n)); err != nil {
				names = append(names, n)
			}
		}
		return names
	}
	first, again, other := struck(1), struck(1), struck(2)
	assert.Equal(t, first, again)
	assert.NotEqual(t, first, other)
	assert.InDelta(t, 60, len(first), 25)
}

func TestALastingFaultAffectsNoCall(t *testing.T) {
	effect, err := newFaults(t, t.TempDir(), "unhealthy", "undelegated name=*").create("a")
	require.NoError(t, err)
	assert.True(t, effect)
}

func TestLastingFaultsArePassedOnAsText(t *testing.T) {
	var faults []*Fault
	for _, text := range []string{"unhealthy name=app", "before create", "undelegated"} {
		fault, err := ParseFault(text)
		require.NoError(t, err)
		faults = append(faults, fault)
	}
	assert.Equal(t, "unhealthy name=app\nundelegated name=*\n", LastingFaults(faults))
}

func TestInvalidFaultsAreRefused(t *testing.T) {
	for _, text := range []string{"", "before", "burn create", "before destroy", "before create where=a", "before create call=x", "before create resource=[", "unhealthy create", "undelegated zone=a", "unhealthy name=["} {
		_, err := ParseFault(text)
		assert.ErrorContains(t, err, "allowed: KIND OPERATION", text)
	}
}
