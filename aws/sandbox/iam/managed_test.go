package iam_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func createPolicy(t *testing.T, c *sdk.Client, name, path string) *types.Policy {
	t.Helper()
	out, err := c.CreatePolicy(t.Context(), &sdk.CreatePolicyInput{PolicyName: &name, Path: &path, PolicyDocument: aws.String(read),
		Description: aws.String("d"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Policy
}

func TestPolicyIsReturnedAsItWasMade(t *testing.T) {
	t.Parallel()
	c := client(t)
	made := createPolicy(t, c, "Read", "/fleet/")
	if *made.Arn != "arn:aws:iam::000000000000:policy/fleet/Read" || !strings.HasPrefix(*made.PolicyId, "ANPA") || len(*made.PolicyId) != 21 ||
		*made.DefaultVersionId != "v1" || !made.IsAttachable || *made.AttachmentCount != 0 {
		t.Errorf("made %+v", made)
	}
	got, err := c.GetPolicy(t.Context(), &sdk.GetPolicyInput{PolicyArn: made.Arn})
	if err != nil {
		t.Fatal(err)
	}
	if p := got.Policy; *p.PolicyId != *made.PolicyId || *p.Description != "d" || len(p.Tags) != 1 || !p.CreateDate.Equal(*made.CreateDate) {
		t.Errorf("got %+v", p)
	}
	_, err = c.CreatePolicy(t.Context(), &sdk.CreatePolicyInput{PolicyName: aws.String("READ"), PolicyDocument: aws.String(read)})
	want(t, err, "EntityAlreadyExists", "A policy called READ already exists.")
	_, err = c.CreatePolicy(t.Context(), &sdk.CreatePolicyInput{PolicyName: aws.String("old"), PolicyDocument: aws.String(strings.Replace(read, "2012", "2008", 1))})
	want(t, err, "MalformedPolicyDocument", "must be version 2012-10-17 or greater")
	large := strings.Replace(read, "/*", "/"+strings.Repeat("x", 6144), 1)
	_, err = c.CreatePolicy(t.Context(), &sdk.CreatePolicyInput{PolicyName: aws.String("large"), PolicyDocument: &large})
	want(t, err, "LimitExceeded", "PolicySize: 6144")
	for _, arn := range []string{"arn:aws:iam::000000000000:policy/Read", "arn:aws:iam::000000000000:policy/fleet/Other"} {
		_, err = c.GetPolicy(t.Context(), &sdk.GetPolicyInput{PolicyArn: &arn})
		want(t, err, "NoSuchEntity", "Policy "+arn+" was not found.")
	}
	_, err = c.GetPolicy(t.Context(), &sdk.GetPolicyInput{PolicyArn: aws.String("not the ARN of a policy")})
	want(t, err, "InvalidInput", "is not valid")
}

func TestPolicyVersions(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	arn := createPolicy(t, c, "Read", "/").Arn
	other := strings.Replace(read, "Allow", "Deny", 1)
	add := func(asDefault bool) (*sdk.CreatePolicyVersionOutput, error) {
		return c.CreatePolicyVersion(ctx, &sdk.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: &other, SetAsDefault: asDefault})
	}
	for i := range 4 {
		if out, err := add(i == 1); err != nil || *out.PolicyVersion.VersionId != fmt.Sprint("v", i+2) || out.PolicyVersion.IsDefaultVersion != (i == 1) {
			t.Fatalf("%+v %v", out, err)
		}
	}
	_, err := add(false)
	want(t, err, "LimitExceeded", "up to 5 versions")
	got, err := c.GetPolicyVersion(ctx, &sdk.GetPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v3")})
	if err != nil {
		t.Fatal(err)
	}
	if doc, _ := url.PathUnescape(*got.PolicyVersion.Document); doc != other || !got.PolicyVersion.IsDefaultVersion {
		t.Errorf("v3 is %+v", got.PolicyVersion)
	}
	_, err = c.DeletePolicyVersion(ctx, &sdk.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v3")})
	want(t, err, "DeleteConflict", "Cannot delete the default version of a policy.")
	_, err = c.SetDefaultPolicyVersion(ctx, &sdk.SetDefaultPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v1")})
	_, err2 := c.DeletePolicyVersion(ctx, &sdk.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v3")})
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	_, err = c.SetDefaultPolicyVersion(ctx, &sdk.SetDefaultPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v3")})
	want(t, err, "NoSuchEntity", "version v3 does not exist")
	if out, err := add(false); err != nil || *out.PolicyVersion.VersionId != "v6" {
		t.Errorf("a number came again: %+v %v", out, err)
	}
	var ids []string
	for p := sdk.NewListPolicyVersionsPaginator(c, &sdk.ListPolicyVersionsInput{PolicyArn: arn, MaxItems: aws.Int32(2)}); p.HasMorePages(); {
		out, err := p.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range out.Versions {
			ids = append(ids, *v.VersionId)
			if v.IsDefaultVersion != (*v.VersionId == "v1") || v.Document != nil {
				t.Errorf("listed %+v", v)
			}
		}
	}
	if fmt.Sprint(ids) != "[v6 v5 v4 v2 v1]" {
		t.Error(ids)
	}
}

// A policy goes only when nobody has it and its other versions went before.
func TestDeletingAPolicy(t *testing.T) {
	t.Parallel()
	c, ctx, role := client(t), t.Context(), aws.String("role")
	create(t, c, *role)
	arn := createPolicy(t, c, "Read", "/").Arn
	del := func() error {
		_, err := c.DeletePolicy(ctx, &sdk.DeletePolicyInput{PolicyArn: arn})
		return err
	}
	_, err := c.AttachRolePolicy(ctx, &sdk.AttachRolePolicyInput{RoleName: role, PolicyArn: arn})
	_, err2 := c.CreatePolicyVersion(ctx, &sdk.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(read)})
	_, err3 := c.PutRolePermissionsBoundary(ctx, &sdk.PutRolePermissionsBoundaryInput{RoleName: role, PermissionsBoundary: arn})
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	want(t, del(), "DeleteConflict", "Cannot delete a policy attached to entities.")
	users, err := c.ListEntitiesForPolicy(ctx, &sdk.ListEntitiesForPolicyInput{PolicyArn: arn})
	if err != nil || len(users.PolicyRoles) != 1 || *users.PolicyRoles[0].RoleName != "role" {
		t.Errorf("%+v %v", users, err)
	}
	_, err = c.DetachRolePolicy(ctx, &sdk.DetachRolePolicyInput{RoleName: role, PolicyArn: arn})
	want(t, del(), "DeleteConflict", "attached to entities") // as a boundary still
	_, err2 = c.DeleteRolePermissionsBoundary(ctx, &sdk.DeleteRolePermissionsBoundaryInput{RoleName: role})
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	want(t, del(), "DeleteConflict", "This policy has more than one version.")
	_, err = c.DeletePolicyVersion(ctx, &sdk.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v2")})
	if err := errors.Join(err, del()); err != nil {
		t.Fatal(err)
	}
	want(t, del(), "NoSuchEntity", "was not found")
	_, err = c.PutRolePermissionsBoundary(ctx, &sdk.PutRolePermissionsBoundaryInput{RoleName: role, PermissionsBoundary: arn})
	want(t, err, "NoSuchEntity", "does not exist or is not attachable")
}

func TestPoliciesAreListed(t *testing.T) {
	t.Parallel()
	c, ctx, role := client(t), t.Context(), aws.String("role")
	create(t, c, *role)
	for i, path := range []string{"/", "/a/", "/a/b/", "/b/"} {
		createPolicy(t, c, fmt.Sprint("P", i), path)
	}
	for _, arn := range []string{"arn:aws:iam::000000000000:policy/a/P1", "arn:aws:iam::aws:policy/service-role/Theirs"} {
		if _, err := c.AttachRolePolicy(ctx, &sdk.AttachRolePolicyInput{RoleName: role, PolicyArn: &arn}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		in   sdk.ListPoliciesInput
		want []string
	}{
		{sdk.ListPoliciesInput{}, []string{"P0", "P1", "P2", "P3", "Theirs"}},
		{sdk.ListPoliciesInput{Scope: "Local"}, []string{"P0", "P1", "P2", "P3"}},
		{sdk.ListPoliciesInput{Scope: "AWS"}, []string{"Theirs"}},
		{sdk.ListPoliciesInput{OnlyAttached: true}, []string{"P1", "Theirs"}},
		{sdk.ListPoliciesInput{PathPrefix: aws.String("/a/")}, []string{"P1", "P2"}},
		{sdk.ListPoliciesInput{PolicyUsageFilter: "PermissionsBoundary"}, nil},
	} {
		tt.in.MaxItems = aws.Int32(2)
		var names []string
		for p := sdk.NewListPoliciesPaginator(c, &tt.in); p.HasMorePages(); {
			out, err := p.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range out.Policies {
				names = append(names, *e.PolicyName)
			}
		}
		if slices.Sort(names); !slices.Equal(names, tt.want) {
			t.Errorf("%+v lists %v, want %v", tt.in, names, tt.want)
		}
	}
}
