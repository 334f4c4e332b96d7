package contract_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// managedPolicy makes a policy of IAM's that goes when the test ends.
func (l *lab) managedPolicy(name string) *types.Policy {
	l.Helper()
	p := must(l.iam.CreatePolicy(l.ctx, &iam.CreatePolicyInput{PolicyName: l.own(name), PolicyDocument: aws.String(allow)}))(l).Policy
	l.undo(settled, func(ctx context.Context) error {
		_, err := l.iam.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: p.Arn})
		return err
	})
	return p
}

func TestManagedPolicy(t *testing.T) {
	each(t, func(l *lab) {
		made := l.managedPolicy("P")
		equal(l, "ARN", aws.ToString(made.Arn), "arn:"+l.part+":iam::"+l.id+":policy/"+*l.own("P"))
		if id := aws.ToString(made.PolicyId); len(id) != 21 || id[:4] != "ANPA" {
			l.Errorf("id is %s", id)
		}
		got := must(l.iam.GetPolicy(l.ctx, &iam.GetPolicyInput{PolicyArn: made.Arn}))(l).Policy
		equal(l, "default version", aws.ToString(got.DefaultVersionId), "v1")
		equal(l, "attachments", aws.ToInt32(got.AttachmentCount), 0)
		_, err := l.iam.CreatePolicy(l.ctx, &iam.CreatePolicyInput{PolicyName: l.own("P"), PolicyDocument: aws.String(allow)})
		l.refused(err, http.StatusConflict, "EntityAlreadyExists")
		_, err = l.iam.CreatePolicy(l.ctx, &iam.CreatePolicyInput{PolicyName: l.own("Q"), PolicyDocument: aws.String("{}")})
		l.refused(err, http.StatusBadRequest, "MalformedPolicyDocument")
		_, err = l.iam.GetPolicy(l.ctx, &iam.GetPolicyInput{PolicyArn: aws.String(*made.Arn + "none")})
		l.refused(err, http.StatusNotFound, "NoSuchEntity")
	})
}

// A policy and a role keep each other: what is attached must be detached first.
func TestAttachedPolicies(t *testing.T) {
	each(t, func(l *lab) {
		p := l.managedPolicy("P")
		l.role("R")
		attach := &iam.AttachRolePolicyInput{RoleName: l.own("R"), PolicyArn: p.Arn}
		for range 2 { // attaching again is silent
			must(l.iam.AttachRolePolicy(l.ctx, attach))(l)
		}
		list := must(l.iam.ListAttachedRolePolicies(l.ctx, &iam.ListAttachedRolePoliciesInput{RoleName: l.own("R")}))(l).AttachedPolicies
		if len(list) != 1 || *list[0].PolicyArn != *p.Arn || *list[0].PolicyName != *l.own("P") {
			l.Errorf("attached are %+v", list)
		}
		equal(l, "attachments", aws.ToInt32(must(l.iam.GetPolicy(l.ctx, &iam.GetPolicyInput{PolicyArn: p.Arn}))(l).Policy.AttachmentCount), 1)
		_, err := l.iam.DeleteRole(l.ctx, &iam.DeleteRoleInput{RoleName: l.own("R")})
		l.refused(err, http.StatusConflict, "DeleteConflict", "Cannot delete entity, must detach all policies first.")
		_, err = l.iam.DeletePolicy(l.ctx, &iam.DeletePolicyInput{PolicyArn: p.Arn})
		l.refused(err, http.StatusConflict, "DeleteConflict", "Cannot delete a policy attached to entities.")
		must(l.iam.DetachRolePolicy(l.ctx, &iam.DetachRolePolicyInput{RoleName: l.own("R"), PolicyArn: p.Arn}))(l)
		_, err = l.iam.DetachRolePolicy(l.ctx, &iam.DetachRolePolicyInput{RoleName: l.own("R"), PolicyArn: p.Arn})
		l.refused(err, http.StatusNotFound, "NoSuchEntity")
		_, err = l.iam.AttachRolePolicy(l.ctx, &iam.AttachRolePolicyInput{RoleName: l.own("none"), PolicyArn: p.Arn})
		l.refused(err, http.StatusNotFound, "NoSuchEntity")
	})
}
