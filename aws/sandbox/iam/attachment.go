package iam

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"fleetlab/aws/sandbox/store"
)

// attachRolePolicy attaches a managed policy. Attaching it again changes nothing.
func (a *area) attachRolePolicy(_ context.Context, in *iam.AttachRolePolicyInput) (*iam.AttachRolePolicyOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		if err := a.attachable(tx, *in.PolicyArn); err != nil {
			return err
		}
		r, err := a.role(tx, *in.RoleName)
		if err != nil {
			return err
		}
		var others int
		if err := tx.Row("SELECT count(*) FROM role_attachments WHERE role=? AND policy_arn<>?",
			[]any{*r.RoleName, *in.PolicyArn}, &others); err != nil {
			return err
		}
		if others >= maxAttached {
			return overLimit("PoliciesPerRole", maxAttached)
		}
		_, err = tx.Exec("INSERT INTO role_attachments(role,policy_arn) VALUES(?,?) ON CONFLICT DO NOTHING", *r.RoleName, *in.PolicyArn)
		return err
	})
}

// policyName is the last part of a policy's path: service-role/AWSIoTThingsRegistration has a path.
func policyName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

func (a *area) detachRolePolicy(_ context.Context, in *iam.DetachRolePolicyInput) (*iam.DetachRolePolicyOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		r, err := a.role(tx, *in.RoleName)
		if err != nil {
			return err
		}
		n, err := tx.Exec("DELETE FROM role_attachments WHERE role=? AND policy_arn=?", *r.RoleName, *in.PolicyArn)
		if err == nil && n == 0 {
			return &types.NoSuchEntityException{Message: aws.String(fmt.Sprintf("Policy %s was not found.", *in.PolicyArn))}
		}
		return err
	})
}

func (a *area) listAttachedRolePolicies(_ context.Context, in *iam.ListAttachedRolePoliciesInput) (*iam.ListAttachedRolePoliciesOutput, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	// Few rows: the path prefix is looked at after reading.
	arns, err := a.names(*in.RoleName, "SELECT policy_arn FROM role_attachments WHERE role=? AND policy_arn>? ORDER BY policy_arn LIMIT ?",
		page{after: p.after, limit: maxAttached})
	if err != nil {
		return nil, err
	}
	list := []types.AttachedPolicy{}
	for _, arn := range arns {
		_, path, _ := strings.Cut(arn, ":policy")
		if strings.HasPrefix(path, aws.ToString(in.PathPrefix)) {
			list = append(list, types.AttachedPolicy{PolicyArn: aws.String(arn), PolicyName: aws.String(policyName(arn))})
		}
	}
	list, marker := cut(p, list, func(t types.AttachedPolicy) string { return *t.PolicyArn })
	return &iam.ListAttachedRolePoliciesOutput{AttachedPolicies: list, IsTruncated: marker != nil, Marker: marker}, nil
}
