package iam

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"fleetlab/aws/sandbox/store"
)

const defaultSession = 3600 // seconds

// newRoleID makes a unique id; those of roles begin with AROA and have 21 characters (IAM user guide, IAM
// identifiers).
func newRoleID() string { return "AROA" + rand.Text()[:17] }

func (a *area) createRole(_ context.Context, in *iam.CreateRoleInput) (*iam.CreateRoleOutput, error) {
	if err := checkTrust(*in.AssumeRolePolicyDocument); err != nil {
		return nil, err
	}
	role := &types.Role{
		RoleName: in.RoleName, RoleId: aws.String(newRoleID()), Path: aws.String("/"), Description: in.Description,
		AssumeRolePolicyDocument: in.AssumeRolePolicyDocument, CreateDate: aws.Time(a.Now()),
		MaxSessionDuration: aws.Int32(defaultSession), Tags: in.Tags,
	}
	if in.Path != nil {
		role.Path = in.Path
	}
	if in.MaxSessionDuration != nil {
		role.MaxSessionDuration = in.MaxSessionDuration
	}
	if in.PermissionsBoundary != nil {
		role.PermissionsBoundary = boundary(*in.PermissionsBoundary)
	}
	role.Arn = aws.String(a.RoleARN(*role.Path, *role.RoleName))
	if err := a.Store.Update(func(tx *store.Tx) error { return a.insertRole(tx, role) }); err != nil {
		return nil, err
	}
	role.AssumeRolePolicyDocument = encoded(*in.AssumeRolePolicyDocument)
	return &iam.CreateRoleOutput{Role: role}, nil
}

func boundary(arn string) *types.AttachedPermissionsBoundary {
	return &types.AttachedPermissionsBoundary{
		PermissionsBoundaryArn: &arn, PermissionsBoundaryType: types.PermissionsBoundaryAttachmentTypePolicy,
	}
}

func (a *area) insertRole(tx *store.Tx, role *types.Role) error {
	var n, same int
	if err := tx.Row("SELECT count(*), count(CASE WHEN name=? THEN 1 END) FROM roles", []any{*role.RoleName}, &n, &same); err != nil {
		return err
	}
	if same > 0 {
		return &types.EntityAlreadyExistsException{Message: aws.String(fmt.Sprintf("Role with name %s already exists.", *role.RoleName))}
	}
	if n >= maxRoles {
		return overLimit("RolesPerAccount", maxRoles)
	}
	var bound *string
	if role.PermissionsBoundary != nil {
		bound = role.PermissionsBoundary.PermissionsBoundaryArn
		if err := a.boundaryExists(tx, *bound); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`INSERT INTO roles(name,id,path,trust,description,boundary,max_session,created_at,trusted_at) VALUES(?,?,?,?,?,?,?,?8,?8)`,
		*role.RoleName, *role.RoleId, *role.Path, *role.AssumeRolePolicyDocument, role.Description, bound,
		*role.MaxSessionDuration, store.Millis(*role.CreateDate)); err != nil {
		return err
	}
	return putTags(tx, *role.Arn, role.Tags, "TagsPerRole")
}

// roleColumns are what scanRole reads, in its order.
const roleColumns = "name,id,path,trust,description,boundary,max_session,created_at"

func (a *area) scanRole(scan func(...any) error) (*types.Role, error) {
	var r types.Role
	var bound *string
	var created int64
	if err := scan(&r.RoleName, &r.RoleId, &r.Path, &r.AssumeRolePolicyDocument, &r.Description, &bound,
		&r.MaxSessionDuration, &created); err != nil {
		return nil, err
	}
	r.CreateDate = aws.Time(store.Time(created))
	r.Arn = aws.String(a.RoleARN(*r.Path, *r.RoleName))
	r.AssumeRolePolicyDocument = encoded(*r.AssumeRolePolicyDocument)
	if bound != nil {
		r.PermissionsBoundary = boundary(*bound)
	}
	return &r, nil
}

// role reads a role without its tags. Names do not differ by case.
func (a *area) role(tx *store.Tx, name string) (*types.Role, error) {
	r, err := a.scanRole(func(dest ...any) error {
		return tx.Row("SELECT "+roleColumns+" FROM roles WHERE name=?", []any{name}, dest...)
	})
	if errors.Is(err, store.ErrNoRow) {
		return nil, noRole(name)
	}
	return r, err
}

func (a *area) getRole(_ context.Context, in *iam.GetRoleInput) (*iam.GetRoleOutput, error) {
	out := &iam.GetRoleOutput{}
	return out, a.Store.View(func(tx *store.Tx) (err error) {
		if out.Role, err = a.role(tx, *in.RoleName); err != nil {
			return err
		}
		out.Role.RoleLastUsed = &types.RoleLastUsed{}
		out.Role.Tags, _, err = listTags(tx, *out.Role.Arn, page{limit: maxTags})
		return err
	})
}

func (a *area) deleteRole(_ context.Context, in *iam.DeleteRoleInput) (*iam.DeleteRoleOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		r, err := a.role(tx, *in.RoleName)
		if err != nil {
			return err
		}
		var attached, inline int
		if err := tx.Row(`SELECT (SELECT count(*) FROM role_attachments WHERE role=?), (SELECT count(*) FROM role_policies WHERE role=?)`,
			[]any{*r.RoleName, *r.RoleName}, &attached, &inline); err != nil {
			return err
		}
		switch {
		case attached > 0:
			return &types.DeleteConflictException{Message: aws.String("Cannot delete entity, must detach all policies first.")}
		case inline > 0:
			return &types.DeleteConflictException{Message: aws.String("Cannot delete entity, must delete policies first.")}
		}
		if _, err := tx.Exec("DELETE FROM tags WHERE arn=?", *r.Arn); err != nil {
			return err
		}
		_, err = tx.Exec("DELETE FROM roles WHERE name=?", *r.RoleName)
		return err
	})
}

// listRoles leaves out tags and the permissions boundary, as AWS does (IAM API reference, ListRoles).
func (a *area) listRoles(_ context.Context, in *iam.ListRolesInput) (*iam.ListRolesOutput, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	prefix := aws.ToString(in.PathPrefix)
	roles := []types.Role{}
	err = a.Store.View(func(tx *store.Tx) error {
		return tx.Each("SELECT "+roleColumns+" FROM roles WHERE name>? AND substr(path,1,length(?))=? ORDER BY name LIMIT ?",
			[]any{p.after, prefix, prefix, p.limit + 1}, func(scan func(...any) error) error {
				r, err := a.scanRole(scan)
				if err != nil {
					return err
				}
				r.PermissionsBoundary = nil
				roles = append(roles, *r)
				return nil
			})
	})
	if err != nil {
		return nil, err
	}
	roles, marker := cut(p, roles, func(r types.Role) string { return *r.RoleName })
	return &iam.ListRolesOutput{Roles: roles, IsTruncated: marker != nil, Marker: marker}, nil
}
