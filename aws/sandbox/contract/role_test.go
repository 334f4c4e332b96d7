package contract_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const (
	trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	allow = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
)

// role makes a role that IoT may assume and that goes when the test ends, with what is attached to it.
func (l *lab) role(name string, tags ...types.Tag) *types.Role {
	l.Helper()
	out := must(l.iam.CreateRole(l.ctx, &iam.CreateRoleInput{RoleName: l.own(name), AssumeRolePolicyDocument: aws.String(trust), Tags: tags}))(l)
	l.undo(settled, func(ctx context.Context) error { return l.stripAndDelete(ctx, l.own(name)) })
	return out.Role
}

func (l *lab) stripAndDelete(ctx context.Context, role *string) error {
	attached, err := l.iam.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: role})
	if err != nil {
		return err
	}
	for _, p := range attached.AttachedPolicies {
		if _, err := l.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: role, PolicyArn: p.PolicyArn}); err != nil {
			return err
		}
	}
	inline, err := l.iam.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: role})
	if err != nil {
		return err
	}
	for _, name := range inline.PolicyNames {
		if _, err := l.iam.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: role, PolicyName: &name}); err != nil {
			return err
		}
	}
	_, err = l.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: role})
	return err
}

// unescaped is a policy document as it was before IAM escaped it.
func (l *lab) unescaped(document *string) string {
	l.Helper()
	return must(url.PathUnescape(aws.ToString(document)))(l)
}

func TestRoleIsReadAsMade(t *testing.T) {
	each(t, func(l *lab) {
		made := l.role("R", types.Tag{Key: aws.String("owner"), Value: aws.String("lab")})
		equal(l, "ARN", aws.ToString(made.Arn), "arn:"+l.part+":iam::"+l.id+":role/"+*l.own("R"))
		equal(l, "path", aws.ToString(made.Path), "/")
		l.wait(settled, func() error {
			_, err := l.iam.GetRole(l.ctx, &iam.GetRoleInput{RoleName: l.own("R")})
			return err
		})
		got := must(l.iam.GetRole(l.ctx, &iam.GetRoleInput{RoleName: l.own("R")}))(l).Role
		equal(l, "trust", l.unescaped(got.AssumeRolePolicyDocument), trust)
		equal(l, "id", aws.ToString(got.RoleId), aws.ToString(made.RoleId))
		if len(got.Tags) != 1 || len(*got.RoleId) != 21 || (*got.RoleId)[:4] != "AROA" || time.Since(*got.CreateDate) < -24*time.Hour {
			l.Errorf("role is %+v", got)
		}
		_, err := l.iam.CreateRole(l.ctx, &iam.CreateRoleInput{RoleName: l.own("R"), AssumeRolePolicyDocument: aws.String(trust)})
		l.refused(err, http.StatusConflict, "EntityAlreadyExists", "Role with name "+*l.own("R")+" already exists.")
		_, err = l.iam.CreateRole(l.ctx, &iam.CreateRoleInput{RoleName: l.own("S"), AssumeRolePolicyDocument: aws.String("{")})
		l.refused(err, http.StatusBadRequest, "MalformedPolicyDocument")
		_, err = l.iam.GetRole(l.ctx, &iam.GetRoleInput{RoleName: l.own("none")})
		l.refused(err, http.StatusNotFound, "NoSuchEntity", "The role with name "+*l.own("none")+" cannot be found.")
	})
}

func TestInlinePolicies(t *testing.T) {
	each(t, func(l *lab) {
		l.role("R")
		name := aws.String("inline")
		for range 2 { // writing again is silent
			must(l.iam.PutRolePolicy(l.ctx, &iam.PutRolePolicyInput{RoleName: l.own("R"), PolicyName: name, PolicyDocument: aws.String(allow)}))(l)
		}
		got := must(l.iam.GetRolePolicy(l.ctx, &iam.GetRolePolicyInput{RoleName: l.own("R"), PolicyName: name}))(l)
		equal(l, "document", l.unescaped(got.PolicyDocument), allow)
		if list := must(l.iam.ListRolePolicies(l.ctx, &iam.ListRolePoliciesInput{RoleName: l.own("R")}))(l); !slices.Equal(list.PolicyNames, []string{"inline"}) || list.IsTruncated {
			l.Errorf("policies are %+v", list)
		}
		_, err := l.iam.DeleteRole(l.ctx, &iam.DeleteRoleInput{RoleName: l.own("R")})
		l.refused(err, http.StatusConflict, "DeleteConflict", "Cannot delete entity, must delete policies first.")
		must(l.iam.DeleteRolePolicy(l.ctx, &iam.DeleteRolePolicyInput{RoleName: l.own("R"), PolicyName: name}))(l)
		_, err = l.iam.GetRolePolicy(l.ctx, &iam.GetRolePolicyInput{RoleName: l.own("R"), PolicyName: name})
		l.refused(err, http.StatusNotFound, "NoSuchEntity", "The role policy with name inline cannot be found.")
	})
}

func TestRoleTags(t *testing.T) {
	each(t, func(l *lab) {
		l.role("R")
		must(l.iam.TagRole(l.ctx, &iam.TagRoleInput{RoleName: l.own("R"), Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("lab")}}}))(l)
		if got := must(l.iam.ListRoleTags(l.ctx, &iam.ListRoleTagsInput{RoleName: l.own("R")}))(l).Tags; len(got) != 1 || *got[0].Value != "lab" {
			l.Errorf("tags are %+v", got)
		}
		for pages := iam.NewListRolesPaginator(l.iam, &iam.ListRolesInput{MaxItems: aws.Int32(50)}); pages.HasMorePages(); {
			for _, r := range must(pages.NextPage(l.ctx))(l).Roles {
				if *r.RoleName == *l.own("R") && (r.Tags != nil || r.Arn == nil) {
					l.Errorf("in the list it is %+v, want no tags there", r)
				}
			}
		}
	})
}
