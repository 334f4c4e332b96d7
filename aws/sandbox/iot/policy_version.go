package iot

import (
	"context"
	"strconv"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// maxPolicyVersions is how many versions a policy can have (AWS General Reference, AWS IoT Core security and identity
// quotas).
const maxPolicyVersions = 5

func (h *handlers) createPolicyVersion(_ context.Context, in *iot.CreatePolicyVersionInput) (*iot.CreatePolicyVersionOutput, error) {
	if err := checkPolicy(*in.PolicyDocument); err != nil {
		return nil, err
	}
	name, now := *in.PolicyName, store.Millis(h.r.Now())
	var number int64
	err := h.update(func(tx *store.Tx) error {
		p, err := needPolicy(tx, name)
		if err != nil {
			return err
		}
		versions := 0
		if err := tx.Row("SELECT count(*) FROM iot_policy_versions WHERE policy=?", []any{name}, &versions); err != nil {
			return err
		}
		if versions >= maxPolicyVersions {
			return &types.VersionsLimitExceededException{
				Message: text("The policy %s already has the maximum number of versions (%d)", name, maxPolicyVersions),
			}
		}
		number = p.last + 1
		if err := insertVersion(tx, name, number, *in.PolicyDocument, now); err != nil {
			return err
		}
		def := p.def
		if in.SetAsDefault {
			def = number
		}
		_, err = tx.Exec("UPDATE iot_policies SET last_version=?, default_version=?, modified_at=? WHERE name=?", number, def, now, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	arn := h.policyARN(name)
	return &iot.CreatePolicyVersionOutput{
		PolicyArn: &arn, PolicyDocument: in.PolicyDocument, PolicyVersionId: versionID(number), IsDefaultVersion: in.SetAsDefault,
	}, nil
}

func (h *handlers) listPolicyVersions(_ context.Context, in *iot.ListPolicyVersionsInput) (*iot.ListPolicyVersionsOutput, error) {
	out := &iot.ListPolicyVersionsOutput{}
	return out, h.view(func(tx *store.Tx) error {
		p, err := needPolicy(tx, *in.PolicyName)
		if err != nil {
			return err
		}
		const q = "SELECT number, created_at FROM iot_policy_versions WHERE policy=? ORDER BY number DESC"
		return tx.Each(q, []any{p.name}, func(scan func(...any) error) error {
			var number, created int64
			if err := scan(&number, &created); err != nil {
				return err
			}
			at := store.Time(created)
			out.PolicyVersions = append(out.PolicyVersions, types.PolicyVersion{
				VersionId: versionID(number), IsDefaultVersion: number == p.def, CreateDate: &at,
			})
			return nil
		})
	})
}

func (h *handlers) deletePolicyVersion(_ context.Context, in *iot.DeletePolicyVersionInput) (*iot.DeletePolicyVersionOutput, error) {
	return &iot.DeletePolicyVersionOutput{}, h.update(func(tx *store.Tx) error {
		p, err := needPolicy(tx, *in.PolicyName)
		if err != nil {
			return err
		}
		number, err := strconv.ParseInt(*in.PolicyVersionId, 10, 64)
		if err == nil && number == p.def {
			return invalid("Cannot delete the default version of a policy (name=%s, version=%d); delete the policy instead", p.name, number)
		}
		var n int64
		if err == nil { // a number too large for the store is one of no version
			if n, err = tx.Exec("DELETE FROM iot_policy_versions WHERE policy=? AND number=?", p.name, number); err != nil {
				return err
			}
		}
		if n == 0 {
			return notFound("Policy version not found (name=%s, version=%s)", p.name, *in.PolicyVersionId)
		}
		_, err = tx.Exec("UPDATE iot_policies SET modified_at=? WHERE name=?", store.Millis(h.r.Now()), p.name)
		return err
	})
}
