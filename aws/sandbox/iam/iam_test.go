package iam_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/iam"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/sts"
	"fleetlab/aws/sandbox/wire"
)

const (
	trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	read  = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}`
)

// sandbox starts a sandbox with IAM and STS and returns what its clients need.
func sandbox(t *testing.T) aws.Config {
	t.Helper()
	cfg, _ := sandboxOf(t, clock.New(1, time.Time{}), realm.Lag{})
	return cfg
}

func sandboxOf(t *testing.T, now clock.Clock, lag realm.Lag) (aws.Config, *realm.Realm) {
	t.Helper()
	st, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	r := &realm.Realm{Store: st, Clock: now, Lag: lag, Account: realm.Account, Region: "us-east-1", AccessKey: "AKIATEST", SecretKey: "for tests"}
	s := wire.New(wire.Options{Realm: r})
	iam.Register(s, r)
	sts.Register(s, r)
	ts := httptest.NewServer(s)
	t.Cleanup(func() {
		ts.Close()
		_ = st.Close()
	})
	return aws.Config{
		Region: r.Region, BaseEndpoint: &ts.URL, Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: r.AccessKey, SecretAccessKey: r.SecretKey}, nil
		}),
	}, r
}

func client(t *testing.T) *sdk.Client { return sdk.NewFromConfig(sandbox(t)) }

func create(t *testing.T, c *sdk.Client, name string) *types.Role {
	t.Helper()
	out, err := c.CreateRole(t.Context(), &sdk.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(trust)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Role
}

// want fails unless err is the AWS error with that code and a message with those words.
func want(t *testing.T, err error, code, words string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), words) {
		t.Errorf("got %v, want %s: %s", err, code, words)
	}
}

func TestCallerIdentity(t *testing.T) {
	t.Parallel()
	out, err := awssts.NewFromConfig(sandbox(t)).GetCallerIdentity(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if *out.Account != realm.Account || *out.Arn != "arn:aws:iam::000000000000:user/fleetlab" || !strings.HasPrefix(*out.UserId, "AIDA") {
		t.Errorf("got %s %s %s", *out.Account, *out.Arn, *out.UserId)
	}
}

func TestRoleIsReturnedAsItWasMade(t *testing.T) {
	t.Parallel()
	c := client(t)
	in := &sdk.CreateRoleInput{RoleName: aws.String("Lab.Role"), Path: aws.String("/lab/"), AssumeRolePolicyDocument: aws.String(trust),
		Description: aws.String("d é"), MaxSessionDuration: aws.Int32(7200), PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess"),
		Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v w")}}}
	made, err := c.CreateRole(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.GetRole(t.Context(), &sdk.GetRoleInput{RoleName: aws.String("lab.role")})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*types.Role{made.Role, got.Role} {
		doc, err := url.PathUnescape(*r.AssumeRolePolicyDocument)
		if err != nil || doc != trust || strings.ContainsAny(*r.AssumeRolePolicyDocument, `{" +`) {
			t.Errorf("document = %s", *r.AssumeRolePolicyDocument)
		}
		if *r.Arn != "arn:aws:iam::000000000000:role/lab/Lab.Role" || *r.Path != "/lab/" || *r.MaxSessionDuration != 7200 || *r.Description != "d é" ||
			*r.PermissionsBoundary.PermissionsBoundaryArn != *in.PermissionsBoundary || len(r.Tags) != 1 || *r.Tags[0].Value != "v w" {
			t.Errorf("role = %+v", r)
		}
		if !strings.HasPrefix(*r.RoleId, "AROA") || len(*r.RoleId) != 21 || time.Since(*r.CreateDate).Abs() > time.Minute {
			t.Errorf("id %s, created %s", *r.RoleId, r.CreateDate)
		}
	}
}

func TestRoleNamesAreUniqueWhateverTheirCase(t *testing.T) {
	t.Parallel()
	c := client(t)
	create(t, c, "role")
	_, err := c.CreateRole(t.Context(), &sdk.CreateRoleInput{RoleName: aws.String("ROLE"), AssumeRolePolicyDocument: aws.String(trust)})
	want(t, err, "EntityAlreadyExists", "Role with name ROLE already exists.")
	_, err = c.GetRole(t.Context(), &sdk.GetRoleInput{RoleName: aws.String("other")})
	want(t, err, "NoSuchEntity", "The role with name other cannot be found.")
}

func TestMalformedDocuments(t *testing.T) {
	t.Parallel()
	c := client(t)
	create(t, c, "role")
	for doc, words := range map[string]string{
		"{": "invalid Json", `"x"`: "invalid Json", "{}": "Statement", `{"Statement":[]}`: "Statement", `{"Statement":["x"]}`: "Statement",
		`{"Statement":[null]}`: "Statement",
		`{"Statement":{"Effect":"Maybe","Principal":"*","Action":"*"}}`:                         "Effect",
		`{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}}`:                            "Missing required field Principal",
		`{"Statement":{"Effect":"Allow","Principal":"*"}}`:                                      "Missing required field Action",
		`{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*","Resource":"*"}}`:      "Has prohibited field Resource",
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:*"},{"Effect":"Deny"}]}`: "Missing required field Principal",
	} {
		_, err := c.CreateRole(t.Context(), &sdk.CreateRoleInput{RoleName: aws.String("x"), AssumeRolePolicyDocument: &doc})
		want(t, err, "MalformedPolicyDocument", words)
		_, err = c.UpdateAssumeRolePolicy(t.Context(), &sdk.UpdateAssumeRolePolicyInput{RoleName: aws.String("role"), PolicyDocument: &doc})
		want(t, err, "MalformedPolicyDocument", words)
	}
	for doc, words := range map[string]string{
		trust: "should not specify a principal", "[]": "Syntax errors in policy.",
		`{"Statement":{"Effect":"Allow","Resource":"*"}}`: "must contain actions",
		`{"Statement":{"Effect":"Allow","Action":"*"}}`:   "must contain resources",
	} {
		_, err := c.PutRolePolicy(t.Context(), &sdk.PutRolePolicyInput{RoleName: aws.String("role"), PolicyName: aws.String("p"), PolicyDocument: &doc})
		want(t, err, "MalformedPolicyDocument", words)
	}
	long := strings.Replace(trust, "iot.amazonaws.com", strings.Repeat("x", 2048), 1)
	_, err := c.CreateRole(t.Context(), &sdk.CreateRoleInput{RoleName: aws.String("x"), AssumeRolePolicyDocument: &long})
	want(t, err, "LimitExceeded", "ACLSizePerRole: 2048")
}

// A role goes only after its attachments and its inline policies, and says so in that order.
func TestDeletingARole(t *testing.T) {
	t.Parallel()
	c, ctx, name, arn := client(t), t.Context(), aws.String("role"), aws.String("arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration")
	create(t, c, *name)
	try := func(step string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	_, err := c.AttachRolePolicy(ctx, &sdk.AttachRolePolicyInput{RoleName: name, PolicyArn: arn})
	try("attach", err)
	_, err = c.AttachRolePolicy(ctx, &sdk.AttachRolePolicyInput{RoleName: name, PolicyArn: arn})
	try("attach again", err)
	_, err = c.PutRolePolicy(ctx, &sdk.PutRolePolicyInput{RoleName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(read)})
	try("put policy", err)
	_, err = c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: name})
	want(t, err, "DeleteConflict", "Cannot delete entity, must detach all policies first.")
	attached, err := c.ListAttachedRolePolicies(ctx, &sdk.ListAttachedRolePoliciesInput{RoleName: name})
	try("list attached", err)
	if len(attached.AttachedPolicies) != 1 || *attached.AttachedPolicies[0].PolicyName != "AWSIoTThingsRegistration" {
		t.Errorf("attached = %+v", attached.AttachedPolicies)
	}
	_, err = c.DetachRolePolicy(ctx, &sdk.DetachRolePolicyInput{RoleName: name, PolicyArn: arn})
	try("detach", err)
	_, err = c.DetachRolePolicy(ctx, &sdk.DetachRolePolicyInput{RoleName: name, PolicyArn: arn})
	want(t, err, "NoSuchEntity", *arn)
	_, err = c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: name})
	want(t, err, "DeleteConflict", "Cannot delete entity, must delete policies first.")
	_, err = c.DeleteRolePolicy(ctx, &sdk.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String("p")})
	try("delete policy", err)
	_, err = c.DeleteRolePolicy(ctx, &sdk.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String("p")})
	want(t, err, "NoSuchEntity", "The role policy with name p cannot be found.")
	_, err = c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: name})
	try("delete", err)
	_, err = c.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: name})
	want(t, err, "NoSuchEntity", "The role with name role cannot be found.")
}

func TestAttachingWhatIsNoAWSPolicy(t *testing.T) {
	t.Parallel()
	c := client(t)
	create(t, c, "role")
	for _, arn := range []string{"arn:aws:iam::000000000000:policy/mine", "arn:aws:iam::aws:policy/"} {
		_, err := c.AttachRolePolicy(t.Context(), &sdk.AttachRolePolicyInput{RoleName: aws.String("role"), PolicyArn: &arn})
		want(t, err, "NoSuchEntity", "does not exist or is not attachable")
	}
	for i := range 21 {
		_, err := c.AttachRolePolicy(t.Context(), &sdk.AttachRolePolicyInput{RoleName: aws.String("role"),
			PolicyArn: aws.String(fmt.Sprintf("arn:aws:iam::aws:policy/P%d", i))})
		if i < 20 && err != nil {
			t.Fatal(err)
		}
		if i == 20 {
			want(t, err, "LimitExceeded", "PoliciesPerRole: 20")
		}
	}
}

func TestInlinePolicies(t *testing.T) {
	t.Parallel()
	c, name := client(t), aws.String("role")
	create(t, c, *name)
	put := func(policy, doc string) error {
		_, err := c.PutRolePolicy(t.Context(), &sdk.PutRolePolicyInput{RoleName: name, PolicyName: &policy, PolicyDocument: &doc})
		return err
	}
	other := strings.Replace(read, "Allow", "Deny", 1)
	for _, doc := range []string{read, other} {
		if err := put("p", doc); err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.GetRolePolicy(t.Context(), &sdk.GetRolePolicyInput{RoleName: name, PolicyName: aws.String("p")})
	if err != nil {
		t.Fatal(err)
	}
	if doc, _ := url.PathUnescape(*got.PolicyDocument); doc != other || *got.RoleName != "role" || *got.PolicyName != "p" {
		t.Errorf("got %s %s %s", *got.RoleName, *got.PolicyName, doc)
	}
	_, err = c.GetRolePolicy(t.Context(), &sdk.GetRolePolicyInput{RoleName: name, PolicyName: aws.String("q")})
	want(t, err, "NoSuchEntity", "The role policy with name q cannot be found.")
	large := strings.Replace(read, "/*", "/"+strings.Repeat("x", 6000), 1)
	if err := put("large", large); err != nil {
		t.Fatal(err)
	}
	want(t, put("larger", large), "LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role role")
}

func TestTags(t *testing.T) {
	t.Parallel()
	c, name := client(t), aws.String("role")
	create(t, c, *name)
	tag := func(tags ...types.Tag) error {
		_, err := c.TagRole(t.Context(), &sdk.TagRoleInput{RoleName: name, Tags: tags})
		return err
	}
	pair := func(k, v string) types.Tag { return types.Tag{Key: &k, Value: &v} }
	if err := errors.Join(tag(pair("a", "1"), pair("b", "2")), tag(pair("A", "3"))); err != nil {
		t.Fatal(err)
	}
	want(t, tag(pair("x", ""), pair("X", "")), "InvalidInput", "Duplicate tag keys")
	if _, err := c.TagRole(t.Context(), &sdk.TagRoleInput{RoleName: name, Tags: []types.Tag{}}); err != nil {
		t.Errorf("no tags at all: %v", err)
	}
	if _, err := c.UntagRole(t.Context(), &sdk.UntagRoleInput{RoleName: name, TagKeys: []string{"b", "nothing"}}); err != nil {
		t.Fatal(err)
	}
	out, err := c.ListRoleTags(t.Context(), &sdk.ListRoleTagsInput{RoleName: name})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Tags) != 1 || *out.Tags[0].Key != "A" || *out.Tags[0].Value != "3" {
		t.Errorf("tags = %+v", out.Tags)
	}
	var many []types.Tag
	for i := range 50 {
		many = append(many, pair(fmt.Sprint("k", i), ""))
	}
	want(t, tag(many...), "LimitExceeded", "TagsPerRole: 50")
}

func TestListsArePaged(t *testing.T) {
	t.Parallel()
	c := client(t)
	for i := range 7 {
		path := "/odd/"
		if i%2 == 0 {
			path = "/even/"
		}
		_, err := c.CreateRole(t.Context(), &sdk.CreateRoleInput{RoleName: aws.String(fmt.Sprint("r", i)), Path: &path,
			AssumeRolePolicyDocument: aws.String(trust), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	names := func(in *sdk.ListRolesInput) (names []string, pages int) {
		for p := sdk.NewListRolesPaginator(c, in); p.HasMorePages(); pages++ {
			out, err := p.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range out.Roles {
				names = append(names, *r.RoleName)
				if r.Tags != nil {
					t.Errorf("%s is listed with its tags", *r.RoleName)
				}
			}
		}
		return names, pages
	}
	if got, pages := names(&sdk.ListRolesInput{MaxItems: aws.Int32(3)}); fmt.Sprint(got) != "[r0 r1 r2 r3 r4 r5 r6]" || pages != 3 {
		t.Errorf("%d pages: %v", pages, got)
	}
	if got, pages := names(&sdk.ListRolesInput{PathPrefix: aws.String("/even"), MaxItems: aws.Int32(4)}); fmt.Sprint(got) != "[r0 r2 r4 r6]" || pages != 1 {
		t.Errorf("%d pages: %v", pages, got)
	}
	_, err := c.ListRoles(t.Context(), &sdk.ListRolesInput{Marker: aws.String("no marker!")})
	want(t, err, "ValidationError", "Invalid Marker")
}
