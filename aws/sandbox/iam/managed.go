package iam

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"fleetlab/aws/sandbox/store"
)

// awsPolicies is how the ARNs of policies begin that AWS itself keeps.
const awsPolicies = "arn:aws:iam::aws:policy/"

// newPolicyID makes a unique id; those of managed policies begin with ANPA and have 21 characters (IAM user guide, IAM
// identifiers).
func newPolicyID() string { return "ANPA" + rand.Text()[:17] }

func noEntity(text string) error { return &types.NoSuchEntityException{Message: &text} }

func (a *area) policyARN(path, name string) string {
	return "arn:aws:iam::" + a.Account + ":policy" + path + name
}

// ofAWS tells whether the ARN is one of a policy of AWS. Any name will do.
func ofAWS(arn string) bool {
	name, ok := strings.CutPrefix(arn, awsPolicies)
	return ok && policyName(name) != ""
}

func (a *area) createPolicy(_ context.Context, in *iam.CreatePolicyInput) (*iam.CreatePolicyOutput, error) {
	if err := checkManaged(*in.PolicyDocument); err != nil {
		return nil, err
	}
	now := a.Now()
	path := "/"
	if in.Path != nil {
		path = *in.Path
	}
	p := managed(a.policyARN(path, *in.PolicyName), path, newPolicyID(), 1, now)
	p.UpdateDate, p.Description, p.Tags = aws.Time(now), in.Description, in.Tags
	err := a.Store.Update(func(tx *store.Tx) error {
		if err := roomForPolicy(tx, *in.PolicyName); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO managed_policies(name,id,path,description,default_version,last_version,created_at,updated_at)
			VALUES(?,?,?,?,1,1,?5,?5)`, *in.PolicyName, *p.PolicyId, path, in.Description, store.Millis(now))
		if err != nil {
			return err
		}
		if err := addVersion(tx, *in.PolicyName, 1, *in.PolicyDocument, now); err != nil {
			return err
		}
		return putTags(tx, *p.Arn, in.Tags, "TagsPerPolicy")
	})
	if err != nil {
		return nil, err
	}
	p.Description = nil // which only GetPolicy tells (IAM API reference, data type Policy)
	return &iam.CreatePolicyOutput{Policy: p}, nil
}

// managed is a policy as it is answered.
func managed(arn, path, id string, version int, created time.Time) *types.Policy {
	return &types.Policy{Arn: &arn, Path: &path, PolicyId: &id, PolicyName: aws.String(policyName(arn)), DefaultVersionId: versionID(version),
		IsAttachable: true, AttachmentCount: aws.Int32(0), PermissionsBoundaryUsageCount: aws.Int32(0), CreateDate: &created, UpdateDate: &created}
}

func checkManaged(document string) error {
	if visible(document) > maxManaged {
		return overLimit("PolicySize", maxManaged)
	}
	if err := checkPermissions(document); err != nil {
		return err
	}
	var doc struct{ Version string }
	if json.Unmarshal([]byte(document), &doc) != nil || doc.Version != "2012-10-17" { // which inline policies need not say
		return malformed("Policy document must be version 2012-10-17 or greater.")
	}
	return nil
}

func roomForPolicy(tx *store.Tx, name string) error {
	var n, same int
	err := tx.Row("SELECT count(*), count(CASE WHEN name=? THEN 1 END) FROM managed_policies", []any{name}, &n, &same)
	switch {
	case err != nil:
		return err
	case same > 0:
		return &types.EntityAlreadyExistsException{Message: aws.String(fmt.Sprintf(
			"A policy called %s already exists. Duplicate names are not allowed.", name))}
	case n >= maxPolicies:
		return overLimit("PoliciesPerAccount", maxPolicies)
	}
	return nil
}

const policyColumns = `p.name,p.id,p.path,p.description,p.default_version,p.created_at,p.updated_at,
	(SELECT count(*) FROM role_attachments WHERE policy_arn=?1||p.path||p.name),
	(SELECT count(*) FROM roles WHERE boundary=?1||p.path||p.name)`

// scanPolicy reads policyColumns.
func (a *area) scanPolicy(scan func(...any) error) (*types.Policy, error) {
	var name, id, path string
	var description *string
	var version int
	var created, updated int64
	var attached, bound int32
	if err := scan(&name, &id, &path, &description, &version, &created, &updated, &attached, &bound); err != nil {
		return nil, err
	}
	p := managed(a.policyARN(path, name), path, id, version, store.Time(created))
	p.Description, p.UpdateDate = description, aws.Time(store.Time(updated))
	p.AttachmentCount, p.PermissionsBoundaryUsageCount = &attached, &bound
	return p, nil
}

// policy reads one of the account's own policies, without its tags.
func (a *area) policy(tx *store.Tx, arn string) (*types.Policy, error) {
	if !strings.HasPrefix(arn, "arn:") || !strings.Contains(arn, ":policy/") {
		return nil, invalid("ARN " + arn + " is not valid.")
	}
	p, err := a.scanPolicy(func(dest ...any) error {
		return tx.Row("SELECT "+policyColumns+" FROM managed_policies p WHERE p.name=?2", []any{a.policyARN("", ""), policyName(arn)}, dest...)
	})
	if errors.Is(err, store.ErrNoRow) || err == nil && *p.Arn != arn {
		return nil, noEntity("Policy " + arn + " was not found.")
	}
	return p, err
}

// attachable refuses a policy that no role could get.
func (a *area) attachable(tx *store.Tx, arn string) error {
	return a.usable(tx, arn, "Policy "+arn+" does not exist or is not attachable.")
}

func (a *area) boundaryExists(tx *store.Tx, arn string) error {
	return a.usable(tx, arn, "Scope ARN: "+arn+" does not exist or is not attachable.")
}

func (a *area) usable(tx *store.Tx, arn, otherwise string) error {
	if ofAWS(arn) {
		return nil
	}
	_, err := a.policy(tx, arn)
	if none := (*types.NoSuchEntityException)(nil); errors.As(err, &none) {
		return noEntity(otherwise)
	}
	return err
}

// policyOrAWS reads any policy. Of one of AWS's the sandbox knows no more than who uses it.
func (a *area) policyOrAWS(tx *store.Tx, arn string) (*types.Policy, error) {
	if !ofAWS(arn) {
		return a.policy(tx, arn)
	}
	path := "/" + strings.TrimSuffix(strings.TrimPrefix(arn, awsPolicies), policyName(arn))
	p := managed(arn, path, "ANPA"+strings.Repeat("A", 17), 1, userCreated)
	return p, tx.Row("SELECT (SELECT count(*) FROM role_attachments WHERE policy_arn=?1), (SELECT count(*) FROM roles WHERE boundary=?1)",
		[]any{arn}, p.AttachmentCount, p.PermissionsBoundaryUsageCount)
}

func (a *area) getPolicy(_ context.Context, in *iam.GetPolicyInput) (*iam.GetPolicyOutput, error) {
	out := &iam.GetPolicyOutput{}
	return out, a.Store.View(func(tx *store.Tx) (err error) {
		if out.Policy, err = a.policyOrAWS(tx, *in.PolicyArn); err != nil {
			return err
		}
		out.Policy.Tags, _, err = listTags(tx, *in.PolicyArn, page{limit: maxTags})
		return err
	})
}

// deletePolicy deletes a policy that no role has and of which only the default version is left.
func (a *area) deletePolicy(_ context.Context, in *iam.DeletePolicyInput) (*iam.DeletePolicyOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		p, err := a.policy(tx, *in.PolicyArn)
		if err != nil {
			return err
		}
		var versions int
		if err := tx.Row("SELECT count(*) FROM managed_policy_versions WHERE policy=?", []any{*p.PolicyName}, &versions); err != nil {
			return err
		}
		switch {
		case *p.AttachmentCount+*p.PermissionsBoundaryUsageCount > 0:
			return conflict("Cannot delete a policy attached to entities.")
		case versions > 1:
			return conflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
				"The default version is deleted with the policy.")
		}
		if _, err := tx.Exec("DELETE FROM managed_policy_versions WHERE policy=?", *p.PolicyName); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM tags WHERE arn=?", *p.Arn); err != nil {
			return err
		}
		_, err = tx.Exec("DELETE FROM managed_policies WHERE name=?", *p.PolicyName)
		return err
	})
}

func conflict(text string) error { return &types.DeleteConflictException{Message: &text} }
