package iam_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/iam"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

const (
	roleARN  = "arn:aws:iam::000000000000:role/role"
	trustEC2 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// assumable is "" when AWS IoT may assume the role, and otherwise why not.
func assumable(t *testing.T, r *realm.Realm, arn string) string {
	t.Helper()
	err := r.Store.View(func(tx *store.Tx) error { return iam.Assumable(tx, r, arn, "iot.amazonaws.com") })
	var no *iam.NotAssumable
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &no):
		t.Fatal(err)
	}
	return no.Error()
}

func expect(t *testing.T, r *realm.Realm, arn, words string) {
	t.Helper()
	got := assumable(t, r, arn)
	if (got == "") != (words == "") || !strings.Contains(got, words) || got != "" && !strings.Contains(got, "assume role "+arn) {
		t.Errorf("%s: %q, want %q", arn, got, words)
	}
}

func TestWhoCannotBeAssumed(t *testing.T) {
	t.Parallel()
	cfg, r := sandboxOf(t, clock.New(1, time.Time{}), realm.Lag{})
	c := sdk.NewFromConfig(cfg)
	create(t, c, "role")
	expect(t, r, roleARN, "")
	expect(t, r, roleARN+"X", "does not exist")
	expect(t, r, "arn:aws:iam::000000000000:role/path/role", "does not exist")
	expect(t, r, "arn:aws:iam::123456789012:role/role", "not a role of this account")
	expect(t, r, "role", "not a role of this account")
	if _, err := c.UpdateAssumeRolePolicy(t.Context(), &sdk.UpdateAssumeRolePolicyInput{RoleName: aws.String("role"), PolicyDocument: aws.String(trustEC2)}); err != nil {
		t.Fatal(err)
	}
	expect(t, r, roleARN, "does not let iot.amazonaws.com assume it")
}

// A new role, and a change of who may assume it, count some seconds later; what counted before counts until then.
func TestRolesAreKnownLate(t *testing.T) {
	t.Parallel()
	now := clock.NewManual(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	cfg, r := sandboxOf(t, now, realm.Lag{Role: 4 * time.Second})
	c := sdk.NewFromConfig(cfg)
	set := func(document string) {
		if _, err := c.UpdateAssumeRolePolicy(t.Context(), &sdk.UpdateAssumeRolePolicyInput{RoleName: aws.String("role"), PolicyDocument: &document}); err != nil {
			t.Fatal(err)
		}
	}
	create(t, c, "role")
	expect(t, r, roleARN, "try again in a few seconds")
	now.Advance(3999 * time.Millisecond)
	expect(t, r, roleARN, "try again in a few seconds")
	now.Advance(time.Millisecond)
	expect(t, r, roleARN, "")
	set(trustEC2)
	expect(t, r, roleARN, "")
	now.Advance(4 * time.Second)
	expect(t, r, roleARN, "does not let")
	set(trust)
	now.Advance(2 * time.Second)
	set(trust) // again: what counts is still the one before both
	now.Advance(2 * time.Second)
	expect(t, r, roleARN, "does not let")
	now.Advance(2 * time.Second)
	expect(t, r, roleARN, "")
}
