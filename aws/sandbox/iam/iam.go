// Package iam answers the part of AWS IAM that has to do with roles: the roles themselves, their inline and
// attached policies and their tags. Nothing in the sandbox is denied by a policy.
package iam

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/wire"
)

// Limits of an account (IAM user guide, IAM and AWS STS quotas).
const (
	maxRoles        = 1000
	maxAttached     = 20
	maxTags         = 50
	maxTrustSize    = 2048  // characters other than white space
	maxInlinePolicy = 10240 // characters other than white space, all inline policies of a role together
)

// area is IAM over one realm.
type area struct{ *realm.Realm }

// Register registers the operations of IAM that the sandbox has.
func Register(s *wire.Server, r *realm.Realm) {
	a := &area{r}
	wire.Handle(s, "iam", "CreateRole", a.createRole)
	wire.Handle(s, "iam", "GetRole", a.getRole)
	wire.Handle(s, "iam", "DeleteRole", a.deleteRole)
	wire.Handle(s, "iam", "ListRoles", a.listRoles)
	wire.Handle(s, "iam", "UpdateAssumeRolePolicy", a.updateTrust)
	wire.Handle(s, "iam", "TagRole", a.tagRole)
	wire.Handle(s, "iam", "UntagRole", a.untagRole)
	wire.Handle(s, "iam", "ListRoleTags", a.listRoleTags)
	wire.Handle(s, "iam", "PutRolePolicy", a.putRolePolicy)
	wire.Handle(s, "iam", "GetRolePolicy", a.getRolePolicy)
	wire.Handle(s, "iam", "ListRolePolicies", a.listRolePolicies)
	wire.Handle(s, "iam", "DeleteRolePolicy", a.deleteRolePolicy)
	wire.Handle(s, "iam", "AttachRolePolicy", a.attachRolePolicy)
	wire.Handle(s, "iam", "DetachRolePolicy", a.detachRolePolicy)
	wire.Handle(s, "iam", "ListAttachedRolePolicies", a.listAttachedRolePolicies)
}

func noRole(name string) error {
	return &types.NoSuchEntityException{Message: aws.String(fmt.Sprintf("The role with name %s cannot be found.", name))}
}

func noPolicy(name string) error {
	return &types.NoSuchEntityException{Message: aws.String(fmt.Sprintf("The role policy with name %s cannot be found.", name))}
}

func overLimit(what string, limit int) error {
	return &types.LimitExceededException{Message: aws.String(fmt.Sprintf("Cannot exceed quota for %s: %d", what, limit))}
}

func malformed(why string) error {
	return &types.MalformedPolicyDocumentException{Message: aws.String(why)}
}

func invalid(why string) error { return &types.InvalidInputException{Message: aws.String(why)} }

// visible counts the characters that count against a size limit.
func visible(document string) int { return len([]rune(strings.Join(strings.Fields(document), ""))) }
