package iam

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"fleetlab/aws/sandbox/store"
)

// putRolePolicy writes an inline policy, over one of the same name.
func (a *area) putRolePolicy(_ context.Context, in *iam.PutRolePolicyInput) (*iam.PutRolePolicyOutput, error) {
	if err := checkPermissions(*in.PolicyDocument); err != nil {
		return nil, err
	}
	return nil, a.Store.Update(func(tx *store.Tx) error {
		r, err := a.role(tx, *in.RoleName)
		if err != nil {
			return err
		}
		size := visible(*in.PolicyDocument)
		err = tx.Each("SELECT document FROM role_policies WHERE role=? AND name<>?", []any{*r.RoleName, *in.PolicyName},
			func(scan func(...any) error) error {
				var doc string
				err := scan(&doc)
				size += visible(doc)
				return err
			})
		if err != nil {
			return err
		}
		if size > maxInlinePolicy {
			return &types.LimitExceededException{Message: aws.String(fmt.Sprintf(
				"Maximum policy size of %d bytes exceeded for role %s", maxInlinePolicy, *r.RoleName))}
		}
		_, err = tx.Exec("INSERT INTO role_policies(role,name,document) VALUES(?,?,?) ON CONFLICT(role,name) DO UPDATE SET document=excluded.document",
			*r.RoleName, *in.PolicyName, *in.PolicyDocument)
		return err
	})
}

func (a *area) getRolePolicy(_ context.Context, in *iam.GetRolePolicyInput) (*iam.GetRolePolicyOutput, error) {
	out := &iam.GetRolePolicyOutput{}
	return out, a.Store.View(func(tx *store.Tx) error {
		r, err := a.role(tx, *in.RoleName)
		if err != nil {
			return err
		}
		var doc string
		err = tx.Row("SELECT name,document FROM role_policies WHERE role=? AND name=?", []any{*r.RoleName, *in.PolicyName},
			&out.PolicyName, &doc)
		if errors.Is(err, store.ErrNoRow) {
			return noPolicy(*in.PolicyName)
		}
		out.RoleName, out.PolicyDocument = r.RoleName, encoded(doc)
		return err
	})
}

func (a *area) listRolePolicies(_ context.Context, in *iam.ListRolePoliciesInput) (*iam.ListRolePoliciesOutput, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	names, err := a.names(*in.RoleName, "SELECT name FROM role_policies WHERE role=? AND name>? ORDER BY name LIMIT ?", p)
	if err != nil {
		return nil, err
	}
	names, marker := cut(p, names, func(n string) string { return n })
	return &iam.ListRolePoliciesOutput{PolicyNames: names, IsTruncated: marker != nil, Marker: marker}, nil
}

// names runs a query for one text column of a role's rows.
func (a *area) names(role, query string, p page) ([]string, error) {
	names := []string{}
	err := a.Store.View(func(tx *store.Tx) error {
		r, err := a.role(tx, role)
		if err != nil {
			return err
		}
		return tx.Each(query, []any{*r.RoleName, p.after, p.limit + 1}, func(scan func(...any) error) error {
			var n string
			err := scan(&n)
			names = append(names, n)
			return err
		})
	})
	return names, err
}

func (a *area) deleteRolePolicy(_ context.Context, in *iam.DeleteRolePolicyInput) (*iam.DeleteRolePolicyOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		r, err := a.role(tx, *in.RoleName)
		if err != nil {
			return err
		}
		n, err := tx.Exec("DELETE FROM role_policies WHERE role=? AND name=?", *r.RoleName, *in.PolicyName)
		if err == nil && n == 0 {
			return noPolicy(*in.PolicyName)
		}
		return err
	})
}
