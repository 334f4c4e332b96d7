package provision

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// sessionSeconds is how long a session of a role lasts at most: longer than the hour for which presigned URLs hold.
const sessionSeconds = 4 * 60 * 60

// document is a policy document of IAM.
type document map[string]any

func statement(more document) document {
	s := document{"Effect": "Allow"}
	for k, v := range more {
		s[k] = v
	}
	return s
}

func policy(statements ...document) document {
	return document{"Version": "2012-10-17", "Statement": statements}
}

func (d document) String() string {
	b, err := json.Marshal(d)
	if err != nil { // strings only
		panic(err)
	}
	return string(b)
}

// trust lets AWS IoT assume a role.
func trust() document {
	return policy(statement(document{"Principal": document{"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}))
}

// role is a role that the lab needs.
type role struct {
	name, policy, description string
	allows                    document
}

func (r *runner) wantedRoles() []role {
	inRegion := document{"aws:RequestedRegion": r.c.Region}
	jobs := policy(statement(document{
		"Action":    []string{"s3:GetObject", "s3:GetObjectVersion"},
		"Resource":  r.c.BucketARN(fleet.BucketPrefix(r.c.Region) + "*/*"),
		"Condition": document{"StringEquals": inRegion},
	}))
	shadows := policy(
		statement(document{"Action": "iot:DescribeEndpoint", "Resource": "*", "Condition": document{"StringEquals": inRegion}}),
		statement(document{"Action": []string{"iot:GetThingShadow", "iot:UpdateThingShadow"},
			"Resource": r.c.ARN("thing/*/" + fleet.PackageShadow), "Condition": document{"StringEquals": inRegion}}),
	)
	return []role{
		{fleet.JobsRole(r.c.Region, r.c.Account), fleet.JobsPolicy, "Lets AWS IoT Jobs presign firmware URLs", jobs},
		{fleet.ConfigRole(r.c.Region, r.c.Account), fleet.ConfigPolicy, "Lets AWS IoT write $package shadows", shadows},
	}
}

func (r *runner) roles(ctx context.Context, s *fleet.Step) {
	wanted := r.wantedRoles()
	s.Expect(Role, len(wanted))
	fleet.Each(ctx, s, len(wanted), wanted, func(ctx context.Context, ro role) {
		status, err := r.role(ctx, ro)
		if err == nil && ro.policy == fleet.ConfigPolicy {
			r.usable = true // only this role's worker writes it
		}
		s.Result(ctx, Role, ro.name, status, err, "policy", ro.policy)
	})
}

func (r *runner) role(ctx context.Context, ro role) (event.Status, error) {
	out, err := r.c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: &ro.name})
	if cloud.Is(err, cloud.NotFound) {
		return event.Created, r.createRole(ctx, ro)
	}
	if err != nil {
		return "", fmt.Errorf("look for role %s: %w", ro.name, err)
	}
	tags, err := fleet.RoleTags(ctx, r.c, ro.name)
	if err != nil {
		return "", err
	}
	if !fleet.Ours(tags) {
		return "", fleet.Foreign("role", ro.name, "delete or rename it, and run again")
	}
	status := event.Exists
	if !sameDocument(aws.ToString(out.Role.AssumeRolePolicyDocument), trust()) {
		status = event.Repaired
		if err := r.putTrust(ctx, ro); err != nil {
			return "", err
		}
	}
	same, err := r.hasPolicy(ctx, ro)
	if err != nil || same {
		return status, err
	}
	return event.Repaired, r.putPolicy(ctx, ro)
}

func (r *runner) createRole(ctx context.Context, ro role) error {
	_, err := r.c.IAM.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &ro.name, Description: &ro.description,
		AssumeRolePolicyDocument: aws.String(trust().String()), MaxSessionDuration: aws.Int32(sessionSeconds), Tags: fleet.IAMTags()})
	if err != nil {
		return fmt.Errorf("create role %s: %w", ro.name, err)
	}
	return r.putPolicy(ctx, ro)
}

func (r *runner) putTrust(ctx context.Context, ro role) error {
	_, err := r.c.IAM.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &ro.name, PolicyDocument: aws.String(trust().String())})
	if err != nil {
		return fmt.Errorf("let AWS IoT assume role %s: %w", ro.name, err)
	}
	return nil
}

func (r *runner) hasPolicy(ctx context.Context, ro role) (bool, error) {
	out, err := r.c.IAM.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &ro.name, PolicyName: &ro.policy})
	if cloud.Is(err, cloud.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read policy %s of role %s: %w", ro.policy, ro.name, err)
	}
	return sameDocument(aws.ToString(out.PolicyDocument), ro.allows), nil
}

func (r *runner) putPolicy(ctx context.Context, ro role) error {
	_, err := r.c.IAM.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &ro.name, PolicyName: &ro.policy,
		PolicyDocument: aws.String(ro.allows.String())})
	if err != nil {
		return fmt.Errorf("put policy %s of role %s: %w", ro.policy, ro.name, err)
	}
	return nil
}

// sameDocument compares a document as IAM returns it, which is percent-encoded (IAM API reference, GetRolePolicy).
func sameDocument(encoded string, want document) bool {
	text, err := url.PathUnescape(encoded)
	if err != nil {
		return false
	}
	var a, b any
	if json.Unmarshal([]byte(text), &a) != nil || json.Unmarshal([]byte(want.String()), &b) != nil {
		return false
	}
	return reflect.DeepEqual(a, b)
}
