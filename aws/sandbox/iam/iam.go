// Package iam answers the part of AWS IAM that has to do with roles: the roles themselves, managed and inline policies
// and tags, and says who may assume a role. Nothing else in the sandbox is allowed or denied by a policy.
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
	maxPolicies     = 1500
	maxVersions     = 5
	maxAttached     = 20
	maxTags         = 50
	maxTrustSize    = 2048  // characters other than white space
	maxInlinePolicy = 10240 // characters other than white space, all inline policies of a role together
	maxManaged      = 6144  // characters other than white space
)

// area is IAM over one realm.
type area struct{ *realm.Realm }

// What the documentation says of more than one operation.
const (
	notEnforced wire.Difference = "Nothing is allowed or denied by a policy: the sandbox's user may call everything, and so may whoever assumed a role."
	anyAWS      wire.Difference = "Every well-formed ARN below arn:aws:iam::aws:policy/ counts as a policy of AWS; the sandbox does not know which exist."
	noPrincipal wire.Difference = "That the users and roles named as principals exist is not checked."
)

// Register registers the operations of IAM that the sandbox has.
func Register(s *wire.Server, r *realm.Realm) {
	a := &area{r}
	a.registerRoles(s)
	a.registerPolicies(s)
	wire.Handle(s, "iam", "GetUser", a.getUser, "The account has one user, fleetlab; there are no operations to make others.")
}

func (a *area) registerRoles(s *wire.Server) {
	wire.Handle(s, "iam", "CreateRole", a.createRole, noPrincipal)
	wire.Handle(s, "iam", "GetRole", a.getRole, "RoleLastUsed is always empty.")
	wire.Handle(s, "iam", "DeleteRole", a.deleteRole)
	wire.Handle(s, "iam", "ListRoles", a.listRoles)
	wire.Handle(s, "iam", "UpdateRole", a.updateRole)
	wire.Handle(s, "iam", "UpdateRoleDescription", a.updateDescription)
	wire.Handle(s, "iam", "UpdateAssumeRolePolicy", a.updateTrust, noPrincipal)
	wire.Handle(s, "iam", "PutRolePermissionsBoundary", a.putBoundary, notEnforced)
	wire.Handle(s, "iam", "DeleteRolePermissionsBoundary", a.deleteBoundary)
	wire.Handle(s, "iam", "ListInstanceProfilesForRole", a.listInstanceProfiles, "There are no instance profiles, so the list is always empty.")
	wire.Handle(s, "iam", "TagRole", a.tagRole)
	wire.Handle(s, "iam", "UntagRole", a.untagRole)
	wire.Handle(s, "iam", "ListRoleTags", a.listRoleTags)
	wire.Handle(s, "iam", "PutRolePolicy", a.putRolePolicy, notEnforced)
	wire.Handle(s, "iam", "GetRolePolicy", a.getRolePolicy)
	wire.Handle(s, "iam", "ListRolePolicies", a.listRolePolicies)
	wire.Handle(s, "iam", "DeleteRolePolicy", a.deleteRolePolicy)
	wire.Handle(s, "iam", "AttachRolePolicy", a.attachRolePolicy, anyAWS, notEnforced)
	wire.Handle(s, "iam", "DetachRolePolicy", a.detachRolePolicy)
	wire.Handle(s, "iam", "ListAttachedRolePolicies", a.listAttachedRolePolicies)
}

func (a *area) registerPolicies(s *wire.Server) {
	wire.Handle(s, "iam", "CreatePolicy", a.createPolicy, notEnforced)
	wire.Handle(s, "iam", "GetPolicy", a.getPolicy, anyAWS, "Of a policy of AWS only the names and the attachments are true.")
	wire.Handle(s, "iam", "DeletePolicy", a.deletePolicy)
	wire.Handle(s, "iam", "ListPolicies", a.listPolicies, "Of AWS's policies only those that are attached or bound to a role are listed.")
	wire.Handle(s, "iam", "CreatePolicyVersion", a.createVersion)
	wire.Handle(s, "iam", "GetPolicyVersion", a.getVersion, "The documents of AWS's policies are not there.")
	wire.Handle(s, "iam", "ListPolicyVersions", a.listVersions, "The versions of AWS's policies are not there.")
	wire.Handle(s, "iam", "DeletePolicyVersion", a.deleteVersion)
	wire.Handle(s, "iam", "SetDefaultPolicyVersion", a.setDefaultVersion)
	wire.Handle(s, "iam", "TagPolicy", a.tagPolicy)
	wire.Handle(s, "iam", "UntagPolicy", a.untagPolicy)
	wire.Handle(s, "iam", "ListPolicyTags", a.listPolicyTags)
	wire.Handle(s, "iam", "ListEntitiesForPolicy", a.listEntities, "Only roles have policies: there are no groups, and the user has none.")
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
