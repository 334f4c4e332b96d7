package iot

import (
	"context"
	"errors"
	"strconv"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// notEnforced is said once, where policies begin.
const notEnforced wire.Difference = "Policies are kept and checked for their form, but nothing is allowed or denied by them."

func (h *handlers) registerPolicies(s *wire.Server) {
	wire.Handle(s, service, "CreatePolicy", h.createPolicy, notEnforced, "Actions are not compared with those that AWS IoT has.")
	wire.Handle(s, service, "GetPolicy", h.getPolicy)
	wire.Handle(s, service, "DeletePolicy", h.deletePolicy, "A policy can be deleted as soon as it is detached; AWS can take five minutes.")
	wire.Handle(s, service, "ListPolicies", h.listPolicies)
	wire.Handle(s, service, "CreatePolicyVersion", h.createPolicyVersion)
	wire.Handle(s, service, "ListPolicyVersions", h.listPolicyVersions, "The newest version comes first; AWS documents no order.")
	wire.Handle(s, service, "DeletePolicyVersion", h.deletePolicyVersion,
		"That deleting the default version is an InvalidRequestException could not be confirmed.")
	wire.Handle(s, service, "AttachPolicy", h.attachPolicy,
		"An Amazon Cognito identity is taken for one that exists when it has the form of one.")
	wire.Handle(s, service, "DetachPolicy", h.detachPolicy,
		"Detaching what is not attached is a success, as AWS declares no error for it.")
	wire.Handle(s, service, "ListAttachedPolicies", h.listAttachedPolicies,
		"Recursive goes up from a thing group to its parents, and does nothing for a certificate.")
	wire.Handle(s, service, "ListTargetsForPolicy", h.listTargetsForPolicy)
}

type policy struct {
	name, generation      string
	def, last             int64 // versions: the default one and the highest ever given
	createdAt, modifiedAt int64
}

// needPolicy reads one policy that must exist.
func needPolicy(tx *store.Tx, name string) (*policy, error) {
	p, err := findPolicy(tx, name)
	if p == nil && err == nil {
		err = notFound("Policy not found (name=%s)", name)
	}
	return p, err
}

// findPolicy reads one policy; nil when there is none.
func findPolicy(tx *store.Tx, name string) (*policy, error) {
	p := policy{name: name}
	const q = "SELECT generation, default_version, last_version, created_at, modified_at FROM iot_policies WHERE name=?"
	err := tx.Row(q, []any{name}, &p.generation, &p.def, &p.last, &p.createdAt, &p.modifiedAt)
	if errors.Is(err, store.ErrNoRow) {
		return nil, nil
	}
	return &p, err
}

// document is the text of one version.
func (p *policy) document(tx *store.Tx, version int64) (string, error) {
	var d string
	err := tx.Row("SELECT document FROM iot_policy_versions WHERE policy=? AND number=?", []any{p.name, version}, &d)
	return d, err
}

func (h *handlers) policyARN(name string) string { return h.r.ARN("policy/" + name) }

// createPolicy is not idempotent: the same policy again conflicts.
func (h *handlers) createPolicy(_ context.Context, in *iot.CreatePolicyInput) (*iot.CreatePolicyOutput, error) {
	if err := checkPolicy(*in.PolicyDocument); err != nil {
		return nil, err
	}
	arn := h.policyARN(*in.PolicyName)
	err := h.update(func(tx *store.Tx) error {
		fresh, err := h.insertPolicy(tx, *in.PolicyName, *in.PolicyDocument)
		if err != nil {
			return err
		}
		if !fresh {
			return &types.ResourceAlreadyExistsException{
				Message: text("Policy cannot be created - name already exists (name=%s)", *in.PolicyName), ResourceArn: &arn,
			}
		}
		return setTags(tx, arn, in.Tags)
	})
	if err != nil {
		return nil, err
	}
	return &iot.CreatePolicyOutput{
		PolicyName: in.PolicyName, PolicyArn: &arn, PolicyDocument: in.PolicyDocument, PolicyVersionId: versionID(1),
	}, nil
}

// insertPolicy stores a policy with its first version; false when there is one of that name.
func (h *handlers) insertPolicy(tx *store.Tx, name, document string) (bool, error) {
	now := store.Millis(h.r.Now())
	const q = `INSERT INTO iot_policies(name,generation,default_version,last_version,created_at,modified_at)
		VALUES(?1,?2,1,1,?3,?3) ON CONFLICT(name) DO NOTHING`
	n, err := tx.Exec(q, name, newID(), now)
	if err != nil || n == 0 {
		return false, err
	}
	return true, insertVersion(tx, name, 1, document, now)
}

func insertVersion(tx *store.Tx, policy string, number int64, document string, now int64) error {
	_, err := tx.Exec("INSERT INTO iot_policy_versions(policy,number,document,created_at) VALUES(?,?,?,?)", policy, number, document, now)
	return err
}

func versionID(number int64) *string { return text("%s", strconv.FormatInt(number, 10)) }

func (h *handlers) getPolicy(_ context.Context, in *iot.GetPolicyInput) (*iot.GetPolicyOutput, error) {
	var p *policy
	var document string
	err := h.view(func(tx *store.Tx) (err error) {
		if p, err = needPolicy(tx, *in.PolicyName); err != nil {
			return err
		}
		document, err = p.document(tx, p.def)
		return err
	})
	if err != nil {
		return nil, err
	}
	arn, created, modified := h.policyARN(p.name), store.Time(p.createdAt), store.Time(p.modifiedAt)
	return &iot.GetPolicyOutput{
		PolicyName: &p.name, PolicyArn: &arn, PolicyDocument: &document, DefaultVersionId: versionID(p.def),
		CreationDate: &created, LastModifiedDate: &modified, GenerationId: &p.generation,
	}, nil
}

// deletePolicy needs a policy that is attached to nothing and has no version but the default one.
func (h *handlers) deletePolicy(_ context.Context, in *iot.DeletePolicyInput) (*iot.DeletePolicyOutput, error) {
	name := *in.PolicyName
	return &iot.DeletePolicyOutput{}, h.update(func(tx *store.Tx) error {
		if _, err := needPolicy(tx, name); err != nil {
			return err
		}
		attached, err := has(tx, "SELECT EXISTS(SELECT 1 FROM iot_policy_targets WHERE policy=?)", name)
		if err != nil {
			return err
		}
		if attached {
			return &types.DeleteConflictException{
				Message: text("The policy cannot be deleted as the policy is attached to one or more principals (name=%s)", name),
			}
		}
		versions := 0
		if err := tx.Row("SELECT count(*) FROM iot_policy_versions WHERE policy=?", []any{name}, &versions); err != nil {
			return err
		}
		if versions > 1 { // the doubled word is in AWS's own message
			return &types.DeleteConflictException{
				Message: text("The policy cannot be deleted as versions other than than default version exist"),
			}
		}
		for _, q := range []string{"DELETE FROM iot_policy_versions WHERE policy=?", "DELETE FROM iot_policies WHERE name=?"} {
			if _, err := tx.Exec(q, name); err != nil {
				return err
			}
		}
		return tag.Clear(tx, h.policyARN(name))
	})
}

// listPolicies lists policies by age, the newest first unless asked otherwise.
func (h *handlers) listPolicies(_ context.Context, in *iot.ListPoliciesInput) (*iot.ListPoliciesOutput, error) {
	l, err := newByAge("ListPolicies", in.AscendingOrder, in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	type entry struct {
		name    string
		created int64
	}
	var found []entry
	err = h.view(func(tx *store.Tx) error {
		return tx.Each(l.query("name, created_at", "iot_policies", "name"), l.args(), func(scan func(...any) error) error {
			var e entry
			err := scan(&e.name, &e.created)
			found = append(found, e)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	found, next := cutByAge(l, found, func(e entry) (int64, string) { return e.created, e.name })
	list := make([]string, len(found))
	for i, e := range found {
		list[i] = e.name
	}
	return &iot.ListPoliciesOutput{Policies: h.policies(list), NextMarker: next}, nil
}

// policies are policies as lists show them.
func (h *handlers) policies(names []string) []types.Policy {
	list := make([]types.Policy, 0, len(names))
	for _, n := range names {
		arn := h.policyARN(n)
		list = append(list, types.Policy{PolicyName: &n, PolicyArn: &arn})
	}
	return list
}
