package sts

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"fleetlab/aws/sandbox/iam"
	"fleetlab/aws/sandbox/session"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"
)

// How long credentials last (STS API reference, AssumeRole and GetSessionToken).
const (
	defaultRole = time.Hour
	defaultUser = 12 * time.Hour
	maxChained  = time.Hour // of a role assumed by a role's session
)

// assumeRole hands out credentials for a role whose trust policy lets the caller have it. A role that does not exist is
// refused in the same words as one that does not trust the caller, as on AWS.
func (a *area) assumeRole(ctx context.Context, in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
	if in.Policy != nil && !json.Valid([]byte(*in.Policy)) {
		return nil, &types.MalformedPolicyDocumentException{Message: aws.String("This policy contains invalid Json")}
	}
	_, caller, from := a.caller(ctx)
	var role iam.Role
	err := a.Store.View(func(tx *store.Tx) (err error) {
		role, err = iam.Assume(tx, a.Realm, *in.RoleArn, iam.Request{Kind: "AWS", Principals: a.principals(ctx), Context: a.conditionKeys(ctx, in)})
		return err
	})
	if no := (*iam.NotAssumable)(nil); errors.As(err, &no) {
		return nil, wire.Denied("User: " + caller + " is not authorized to perform: sts:AssumeRole on resource: " + *in.RoleArn)
	}
	if err != nil {
		return nil, err
	}
	length := defaultRole
	if in.DurationSeconds != nil {
		length = time.Duration(*in.DurationSeconds) * time.Second
	}
	switch {
	case from.Role != "" && length > maxChained:
		return nil, invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
	case length > role.MaxSession:
		return nil, invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	credentials, err := a.issue(session.Session{Role: role.Name, RoleARN: role.ARN, RoleID: role.ID, Name: *in.RoleSessionName}, length)
	if err != nil {
		return nil, err
	}
	return &sts.AssumeRoleOutput{Credentials: credentials, SourceIdentity: in.SourceIdentity, AssumedRoleUser: &types.AssumedRoleUser{
		Arn: aws.String(a.sessionARN(role.Name, *in.RoleSessionName)), AssumedRoleId: aws.String(role.ID + ":" + *in.RoleSessionName)}}, nil
}

// issue makes credentials that end on the wall clock, by which signatures are dated.
func (a *area) issue(s session.Session, length time.Duration) (*types.Credentials, error) {
	s.KeyID, s.Expires = session.NewKeyID(), time.Now().Add(length).UTC().Truncate(time.Second)
	c, err := session.Issue(a.SecretKey, s)
	if err != nil {
		return nil, err
	}
	return &types.Credentials{AccessKeyId: &s.KeyID, SecretAccessKey: &c.SecretKey, SessionToken: &c.Token, Expiration: &s.Expires}, nil
}

// sessionToken hands out credentials for the user; temporary ones do not suffice to ask for them.
func (a *area) sessionToken(ctx context.Context, in *sts.GetSessionTokenInput) (*sts.GetSessionTokenOutput, error) {
	if _, temporary := wire.Caller(ctx); temporary {
		return nil, wire.Denied("Cannot call GetSessionToken with session credentials")
	}
	length := defaultUser
	if in.DurationSeconds != nil {
		length = time.Duration(*in.DurationSeconds) * time.Second
	}
	c, err := a.issue(session.Session{}, length)
	return &sts.GetSessionTokenOutput{Credentials: c}, err
}
