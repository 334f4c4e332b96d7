package iam

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"fleetlab/aws/sandbox/store"
)

// listPolicies lists by ARN, without tags and descriptions (IAM API reference, ListPolicies). Policies of AWS are those in use.
func (a *area) listPolicies(_ context.Context, in *iam.ListPoliciesInput) (*iam.ListPoliciesOutput, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	var all []types.Policy
	if err := a.Store.View(func(tx *store.Tx) (err error) { all, err = a.policiesOf(tx, in.Scope); return err }); err != nil {
		return nil, err
	}
	list := []types.Policy{}
	for _, e := range all {
		used := *e.AttachmentCount > 0
		switch in.PolicyUsageFilter {
		case types.PolicyUsageTypePermissionsBoundary:
			used = *e.PermissionsBoundaryUsageCount > 0
		case "":
			used = used || *e.PermissionsBoundaryUsageCount > 0
		}
		if *e.Arn > p.after && strings.HasPrefix(*e.Path, aws.ToString(in.PathPrefix)) && (used || !in.OnlyAttached && in.PolicyUsageFilter == "") {
			e.Description = nil
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(x, y types.Policy) int { return strings.Compare(*x.Arn, *y.Arn) })
	list, marker := cut(p, list, func(e types.Policy) string { return *e.Arn })
	return &iam.ListPoliciesOutput{Policies: list, IsTruncated: marker != nil, Marker: marker}, nil
}

func (a *area) policiesOf(tx *store.Tx, scope types.PolicyScopeType) ([]types.Policy, error) {
	var all []types.Policy
	if scope != types.PolicyScopeTypeAws {
		err := tx.Each("SELECT "+policyColumns+" FROM managed_policies p", []any{a.policyARN("", "")}, func(scan func(...any) error) error {
			e, err := a.scanPolicy(scan)
			if err == nil {
				all = append(all, *e)
			}
			return err
		})
		if err != nil || scope == types.PolicyScopeTypeLocal {
			return all, err
		}
	}
	arns, err := texts(tx, "SELECT policy_arn FROM role_attachments WHERE substr(policy_arn,1,length(?1))=?1 UNION "+
		"SELECT boundary FROM roles WHERE substr(boundary,1,length(?1))=?1", awsPolicies)
	for _, arn := range arns {
		e, err := a.policyOrAWS(tx, arn)
		if err != nil {
			return nil, err
		}
		all = append(all, *e)
	}
	return all, err
}

// texts runs a query for one text column.
func texts(tx *store.Tx, query string, args ...any) ([]string, error) {
	list := []string{}
	err := tx.Each(query, args, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		list = append(list, s)
		return err
	})
	return list, err
}

// listEntities tells which roles have a policy, attached or as their boundary.
func (a *area) listEntities(_ context.Context, in *iam.ListEntitiesForPolicyInput) (*iam.ListEntitiesForPolicyOutput, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListEntitiesForPolicyOutput{PolicyGroups: []types.PolicyGroup{}, PolicyUsers: []types.PolicyUser{}, PolicyRoles: []types.PolicyRole{}}
	prefix := aws.ToString(in.PathPrefix)
	if prefix == "/" {
		prefix = "" // all
	}
	err = a.Store.View(func(tx *store.Tx) error {
		if _, err := a.policyOrAWS(tx, *in.PolicyArn); err != nil {
			return err
		}
		const query = `SELECT name,id FROM roles WHERE name>?2 AND substr(path,1,length(?3))=?3 AND (?5<>'PermissionsBoundary' AND
			EXISTS(SELECT 1 FROM role_attachments WHERE policy_arn=?1 AND role=name) OR ?5<>'PermissionsPolicy' AND boundary=?1)
			ORDER BY name LIMIT ?4`
		return tx.Each(query, []any{*in.PolicyArn, p.after, prefix, p.limit + 1, string(in.PolicyUsageFilter)}, func(scan func(...any) error) error {
			var r types.PolicyRole
			err := scan(&r.RoleName, &r.RoleId)
			out.PolicyRoles = append(out.PolicyRoles, r)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	if in.EntityFilter != "" && in.EntityFilter != types.EntityTypeRole {
		out.PolicyRoles = []types.PolicyRole{}
	}
	out.PolicyRoles, out.Marker = cut(p, out.PolicyRoles, func(r types.PolicyRole) string { return *r.RoleName })
	out.IsTruncated = out.Marker != nil
	return out, nil
}

func (a *area) tagPolicy(_ context.Context, in *iam.TagPolicyInput) (*iam.TagPolicyOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		if _, err := a.policy(tx, *in.PolicyArn); err != nil {
			return err
		}
		return putTags(tx, *in.PolicyArn, in.Tags, "TagsPerPolicy")
	})
}

func (a *area) untagPolicy(_ context.Context, in *iam.UntagPolicyInput) (*iam.UntagPolicyOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		if _, err := a.policy(tx, *in.PolicyArn); err != nil {
			return err
		}
		return removeTags(tx, *in.PolicyArn, in.TagKeys)
	})
}

func (a *area) listPolicyTags(_ context.Context, in *iam.ListPolicyTagsInput) (*iam.ListPolicyTagsOutput, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListPolicyTagsOutput{}
	return out, a.Store.View(func(tx *store.Tx) error {
		if _, err := a.policy(tx, *in.PolicyArn); err != nil {
			return err
		}
		out.Tags, out.Marker, err = listTags(tx, *in.PolicyArn, p)
		out.IsTruncated = out.Marker != nil
		return err
	})
}
