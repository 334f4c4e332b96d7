// Package sts answers AWS STS: who the caller is, and temporary credentials.
package sts

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"fleetlab/aws/sandbox/iam"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/session"
	"fleetlab/aws/sandbox/wire"
)

// area is STS over one realm.
type area struct{ *realm.Realm }

// Register registers the operations of STS that the sandbox has.
func Register(s *wire.Server, r *realm.Realm) {
	a := &area{r}
	wire.Handle(s, "sts", "GetCallerIdentity", a.callerIdentity)
	wire.Handle(s, "sts", "AssumeRole", a.assumeRole,
		"Only the trust policy decides; what a session may do is not limited, neither by the role's policies nor by session policies.",
		"Of a trust policy's conditions those on dates, numbers and addresses never hold.",
		"Session tags and transitive tags are taken and not used.")
	wire.Handle(s, "sts", "GetSessionToken", a.sessionToken, "The code of a multi-factor device is not asked for and not checked.")
	wire.Handle(s, "sts", "GetAccessKeyInfo", a.accessKeyInfo, "Every access key counts as one of the sandbox's account.")
}

// userARN names the sandbox's one user.
func (a *area) userARN() string { return "arn:aws:iam::" + a.Account + ":user/" + iam.UserName }

func (a *area) sessionARN(role, name string) string {
	return "arn:aws:sts::" + a.Account + ":assumed-role/" + role + "/" + name
}

// caller is who signed the request.
func (a *area) caller(ctx context.Context) (id, arn string, s session.Session) {
	s, _ = wire.Caller(ctx)
	if s.Role == "" {
		return iam.UserID, a.userARN(), s
	}
	return s.RoleID + ":" + s.Name, a.sessionARN(s.Role, s.Name), s
}

func (a *area) callerIdentity(ctx context.Context, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	id, arn, _ := a.caller(ctx)
	return &sts.GetCallerIdentityOutput{Account: &a.Account, Arn: &arn, UserId: &id}, nil
}

func (a *area) accessKeyInfo(context.Context, *sts.GetAccessKeyInfoInput) (*sts.GetAccessKeyInfoOutput, error) {
	return &sts.GetAccessKeyInfoOutput{Account: &a.Account}, nil
}

// invalid is what IAM and STS answer to a parameter that does not fit; no model declares it (IAM API reference, common errors).
func invalid(message string) error {
	return &smithy.GenericAPIError{Code: "ValidationError", Message: message}
}

// principals are the names by which a trust policy may mean the caller.
func (a *area) principals(ctx context.Context) []string {
	_, arn, s := a.caller(ctx)
	names := []string{arn, "arn:aws:iam::" + a.Account + ":root", a.Account}
	if s.RoleARN != "" {
		names = append(names, s.RoleARN)
	}
	return names
}

// conditionKeys are what the conditions of a trust policy see of an AssumeRole (IAM user guide, condition context keys).
func (a *area) conditionKeys(ctx context.Context, in *sts.AssumeRoleInput) map[string]string {
	_, arn, s := a.caller(ctx)
	principal, kind := arn, "User"
	if s.RoleARN != "" {
		principal, kind = s.RoleARN, "AssumedRole"
	}
	keys := map[string]string{
		"aws:principalarn": principal, "aws:principalaccount": a.Account, "aws:principaltype": kind, "aws:requestedregion": a.Region,
		"sts:rolesessionname": *in.RoleSessionName, "aws:securetransport": "false",
	}
	if kind == "User" {
		keys["aws:username"] = iam.UserName
	}
	for key, value := range map[string]*string{"sts:externalid": in.ExternalId, "sts:sourceidentity": in.SourceIdentity} {
		if value != nil {
			keys[key] = *value
		}
	}
	for _, t := range in.Tags {
		keys["aws:requesttag/"+strings.ToLower(aws.ToString(t.Key))] = aws.ToString(t.Value)
	}
	return keys
}
