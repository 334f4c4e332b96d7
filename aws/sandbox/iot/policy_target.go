package iot

import (
	"context"
	"strconv"
	"strings"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// What a policy can be attached to, as the store calls it; the first two are the kinds in their ARNs.
const (
	targetCertificate = "cert"
	targetGroup       = "thinggroup"
	targetCognito     = "cognito"
)

// How many policies a target can have: a group two (AWS IoT developer guide, static thing groups), the others ten (AWS
// General Reference, AWS IoT Core security and identity quotas).
const (
	maxGroupPolicies     = 2
	maxPrincipalPolicies = 10
)

type policyTarget struct{ kind, name string }

// target resolves what a caller wants policies for. A thing group must be static.
func (h *handlers) target(tx *store.Tx, id string) (policyTarget, error) {
	if name, ok := strings.CutPrefix(id, h.r.ARN(targetGroup+"/")); ok {
		g, err := needGroup(tx, name)
		if err == nil {
			err = h.static(g)
		}
		return policyTarget{targetGroup, name}, err
	}
	if name, ok := strings.CutPrefix(id, h.r.ARN(targetCertificate+"/")); ok {
		_, err := needCertificate(tx, name)
		return policyTarget{targetCertificate, name}, err
	}
	if cognitoIdentity.MatchString(id) {
		return policyTarget{targetCognito, id}, nil
	}
	return policyTarget{}, invalid("Target %s is not the ARN of a certificate or a thing group in this account and Region, nor an Amazon Cognito identity", id)
}

// id is the inverse of target.
func (h *handlers) targetID(t policyTarget) string {
	if t.kind == targetCognito {
		return t.name
	}
	return h.r.ARN(t.kind + "/" + t.name)
}

func (t policyTarget) limit() int {
	if t.kind == targetGroup {
		return maxGroupPolicies
	}
	return maxPrincipalPolicies
}

// attachPolicy is silent when the policy is attached already.
func (h *handlers) attachPolicy(_ context.Context, in *iot.AttachPolicyInput) (*iot.AttachPolicyOutput, error) {
	return &iot.AttachPolicyOutput{}, h.update(func(tx *store.Tx) error {
		if _, err := needPolicy(tx, *in.PolicyName); err != nil {
			return err
		}
		t, err := h.target(tx, *in.Target)
		if err != nil {
			return err
		}
		return h.attach(tx, *in.PolicyName, t)
	})
}

func (h *handlers) attach(tx *store.Tx, policy string, t policyTarget) error {
	const q = "INSERT INTO iot_policy_targets(policy,kind,name) VALUES(?,?,?) ON CONFLICT DO NOTHING"
	n, err := tx.Exec(q, policy, t.kind, t.name)
	if err != nil || n == 0 {
		return err
	}
	attached := 0
	if err := tx.Row("SELECT count(*) FROM iot_policy_targets WHERE kind=? AND name=?", []any{t.kind, t.name}, &attached); err != nil {
		return err
	}
	if attached > t.limit() {
		return &types.LimitExceededException{
			Message: text("%s has %d policies already, which is the limit. Detach one first", h.targetID(t), t.limit()),
		}
	}
	return nil
}

// detachPolicy does not ask whether the policy and the target exist: AWS declares no error for it.
func (h *handlers) detachPolicy(_ context.Context, in *iot.DetachPolicyInput) (*iot.DetachPolicyOutput, error) {
	t := policyTarget{targetCognito, *in.Target}
	for _, kind := range []string{targetCertificate, targetGroup} {
		if name, ok := strings.CutPrefix(*in.Target, h.r.ARN(kind+"/")); ok {
			t = policyTarget{kind, name}
		}
	}
	return &iot.DetachPolicyOutput{}, h.update(func(tx *store.Tx) error {
		_, err := tx.Exec("DELETE FROM iot_policy_targets WHERE policy=? AND kind=? AND name=?", *in.PolicyName, t.kind, t.name)
		return err
	})
}

// above are the groups from ?2 up to the root of its hierarchy.
const above = `WITH RECURSIVE up(name) AS (
	SELECT ?2 UNION ALL SELECT g.parent FROM thing_groups g JOIN up ON g.name=up.name WHERE g.parent IS NOT NULL) `

func (h *handlers) listAttachedPolicies(_ context.Context, in *iot.ListAttachedPoliciesInput) (*iot.ListAttachedPoliciesOutput, error) {
	list := page.Of("ListAttachedPolicies", *in.Target, strconv.FormatBool(in.Recursive))
	from, err := afterMarker(list, in.Marker)
	if err != nil {
		return nil, err
	}
	size := page.Size(in.PageSize, pageSize)
	var found []string
	err = h.view(func(tx *store.Tx) error {
		t, err := h.target(tx, *in.Target)
		if err != nil {
			return err
		}
		query := "SELECT policy FROM iot_policy_targets WHERE kind=?1 AND name=?2 AND policy>?3 ORDER BY policy LIMIT ?4"
		if in.Recursive && t.kind == targetGroup {
			query = above + `SELECT DISTINCT policy FROM iot_policy_targets
				WHERE kind=?1 AND name IN (SELECT name FROM up) AND policy>?3 ORDER BY policy LIMIT ?4`
		}
		found, err = names(tx, query, t.kind, t.name, from, size+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	found, next := page.Cut(list, found, size, self)
	return &iot.ListAttachedPoliciesOutput{Policies: h.policies(found), NextMarker: marker(next)}, nil
}

func (h *handlers) listTargetsForPolicy(_ context.Context, in *iot.ListTargetsForPolicyInput) (*iot.ListTargetsForPolicyOutput, error) {
	list := page.Of("ListTargetsForPolicy", *in.PolicyName)
	from, err := afterMarker(list, in.Marker)
	if err != nil {
		return nil, err
	}
	kind, name, _ := strings.Cut(from, "/")
	size := page.Size(in.PageSize, pageSize)
	var found []policyTarget
	err = h.view(func(tx *store.Tx) error {
		if _, err := needPolicy(tx, *in.PolicyName); err != nil {
			return err
		}
		const q = "SELECT kind, name FROM iot_policy_targets WHERE policy=? AND (kind,name)>(?,?) ORDER BY kind, name LIMIT ?"
		return tx.Each(q, []any{*in.PolicyName, kind, name, size + 1}, func(scan func(...any) error) error {
			var t policyTarget
			err := scan(&t.kind, &t.name)
			found = append(found, t)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	found, next := page.Cut(list, found, size, func(t policyTarget) string { return t.kind + "/" + t.name })
	out := &iot.ListTargetsForPolicyOutput{Targets: []string{}, NextMarker: marker(next)}
	for _, t := range found {
		out.Targets = append(out.Targets, h.targetID(t))
	}
	return out, nil
}
