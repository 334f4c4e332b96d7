package iam

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"fleetlab/aws/sandbox/store"
)

// updateTrust replaces the trust policy. Until the new one is known everywhere (Lag.Role), the one before it counts.
func (a *area) updateTrust(_ context.Context, in *iam.UpdateAssumeRolePolicyInput) (*iam.UpdateAssumeRolePolicyOutput, error) {
	if err := checkTrust(*in.PolicyDocument); err != nil {
		return nil, err
	}
	now := a.Now()
	known := store.Millis(now.Add(-a.Lag.Role)) // what was set by then counts already
	return nil, a.changeRole(*in.RoleName, `UPDATE roles SET trust_before=CASE WHEN trusted_at<=?2 THEN trust ELSE trust_before END,
		trust=?3, trusted_at=?4 WHERE name=?1`, known, *in.PolicyDocument, store.Millis(now))
}

// changeRole runs a statement whose first parameter is the role's name.
func (a *area) changeRole(role, statement string, args ...any) error {
	return a.Store.Update(func(tx *store.Tx) error {
		n, err := tx.Exec(statement, append([]any{role}, args...)...)
		if err == nil && n == 0 {
			return noRole(role)
		}
		return err
	})
}

// updateRole sets the description and the longest session. What is left out gets its default, as on AWS (IAM API reference,
// UpdateRole: the session duration becomes an hour); that the description stays is unconfirmed.
func (a *area) updateRole(_ context.Context, in *iam.UpdateRoleInput) (*iam.UpdateRoleOutput, error) {
	seconds := int32(defaultSession)
	if in.MaxSessionDuration != nil {
		seconds = *in.MaxSessionDuration
	}
	return nil, a.changeRole(*in.RoleName, "UPDATE roles SET description=coalesce(?2,description), max_session=?3 WHERE name=?1",
		in.Description, seconds)
}

func (a *area) updateDescription(_ context.Context, in *iam.UpdateRoleDescriptionInput) (*iam.UpdateRoleDescriptionOutput, error) {
	if err := a.changeRole(*in.RoleName, "UPDATE roles SET description=?2 WHERE name=?1", *in.Description); err != nil {
		return nil, err
	}
	out := &iam.UpdateRoleDescriptionOutput{}
	return out, a.Store.View(func(tx *store.Tx) (err error) { out.Role, err = a.role(tx, *in.RoleName); return err })
}

func (a *area) putBoundary(_ context.Context, in *iam.PutRolePermissionsBoundaryInput) (*iam.PutRolePermissionsBoundaryOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		r, err := a.role(tx, *in.RoleName)
		if err != nil {
			return err
		}
		if err := a.boundaryExists(tx, *in.PermissionsBoundary); err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE roles SET boundary=? WHERE name=?", *in.PermissionsBoundary, *r.RoleName)
		return err
	})
}

func (a *area) deleteBoundary(_ context.Context, in *iam.DeleteRolePermissionsBoundaryInput) (*iam.DeleteRolePermissionsBoundaryOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		r, err := a.role(tx, *in.RoleName)
		if err != nil {
			return err
		}
		if r.PermissionsBoundary == nil {
			return noEntity("Role does not have a permissions boundary, or the permissions boundary is already deleted.")
		}
		_, err = tx.Exec("UPDATE roles SET boundary=NULL WHERE name=?", *r.RoleName)
		return err
	})
}

// listInstanceProfiles finds none. Tools that delete a role ask for them first.
func (a *area) listInstanceProfiles(_ context.Context, in *iam.ListInstanceProfilesForRoleInput) (*iam.ListInstanceProfilesForRoleOutput, error) {
	out := &iam.ListInstanceProfilesForRoleOutput{InstanceProfiles: []types.InstanceProfile{}}
	return out, a.Store.View(func(tx *store.Tx) error { _, err := a.role(tx, *in.RoleName); return err })
}

// UserName and UserID are the sandbox's one user. Unique ids of users begin with AIDA (IAM user guide, IAM identifiers).
const (
	UserName = "fleetlab"
	UserID   = "AIDAFLEETLABSANDBOX22"
)

// userCreated is when the user was made; nobody was there.
var userCreated = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

func (a *area) getUser(_ context.Context, in *iam.GetUserInput) (*iam.GetUserOutput, error) {
	if name := aws.ToString(in.UserName); name != "" && name != UserName {
		return nil, noEntity("The user with name " + name + " cannot be found.")
	}
	return &iam.GetUserOutput{User: &types.User{Path: aws.String("/"), UserName: aws.String(UserName), UserId: aws.String(UserID),
		Arn: aws.String("arn:aws:iam::" + a.Account + ":user/" + UserName), CreateDate: aws.Time(userCreated)}}, nil
}
