package iam

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"fleetlab/aws/sandbox/store"
)

func versionID(number int) *string { return aws.String("v" + strconv.Itoa(number)) }

// versionNumber is the inverse of versionID; 0, which no version has, for other texts.
func versionNumber(id string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(id, "v"))
	return n
}

func addVersion(tx *store.Tx, policy string, number int, document string, now time.Time) error {
	_, err := tx.Exec("INSERT INTO managed_policy_versions(policy,number,document,created_at) VALUES(?,?,?,?)",
		policy, number, document, store.Millis(now))
	return err
}

func noVersion(arn, id string) error {
	return noEntity(fmt.Sprintf("Policy %s version %s does not exist or is not attachable.", arn, id))
}

// createVersion adds a version, numbered above all that there ever were.
func (a *area) createVersion(_ context.Context, in *iam.CreatePolicyVersionInput) (*iam.CreatePolicyVersionOutput, error) {
	if err := checkManaged(*in.PolicyDocument); err != nil {
		return nil, err
	}
	now := a.Now()
	out := &iam.CreatePolicyVersionOutput{}
	return out, a.Store.Update(func(tx *store.Tx) error {
		p, err := a.policy(tx, *in.PolicyArn)
		if err != nil {
			return err
		}
		var versions, last int
		if err := tx.Row("SELECT (SELECT count(*) FROM managed_policy_versions WHERE policy=?1), last_version FROM managed_policies WHERE name=?1",
			[]any{*p.PolicyName}, &versions, &last); err != nil {
			return err
		}
		if versions >= maxVersions {
			return &types.LimitExceededException{Message: aws.String(fmt.Sprintf("A managed policy can have up to %d versions. "+
				"Before you create a new version, you must delete an existing version.", maxVersions))}
		}
		last++
		out.PolicyVersion = &types.PolicyVersion{VersionId: versionID(last), IsDefaultVersion: in.SetAsDefault, CreateDate: &now}
		if _, err := tx.Exec(`UPDATE managed_policies SET last_version=?2, updated_at=?3,
			default_version=CASE WHEN ?4 THEN ?2 ELSE default_version END WHERE name=?1`, *p.PolicyName, last, store.Millis(now), in.SetAsDefault); err != nil {
			return err
		}
		return addVersion(tx, *p.PolicyName, last, *in.PolicyDocument, now)
	})
}

// version reads one version of the account's own policy.
func (a *area) version(tx *store.Tx, arn, id string) (*types.Policy, *types.PolicyVersion, error) {
	p, err := a.policy(tx, arn)
	if err != nil {
		return nil, nil, err
	}
	var document string
	var created int64
	err = tx.Row("SELECT document,created_at FROM managed_policy_versions WHERE policy=? AND number=?",
		[]any{*p.PolicyName, versionNumber(id)}, &document, &created)
	if errors.Is(err, store.ErrNoRow) {
		return nil, nil, noVersion(arn, id)
	}
	return p, &types.PolicyVersion{VersionId: &id, IsDefaultVersion: id == *p.DefaultVersionId, Document: encoded(document),
		CreateDate: aws.Time(store.Time(created))}, err
}

func (a *area) getVersion(_ context.Context, in *iam.GetPolicyVersionInput) (*iam.GetPolicyVersionOutput, error) {
	out := &iam.GetPolicyVersionOutput{}
	return out, a.Store.View(func(tx *store.Tx) (err error) {
		_, out.PolicyVersion, err = a.version(tx, *in.PolicyArn, *in.VersionId)
		return err
	})
}

// listVersions lists the newest version first, without documents (IAM API reference, ListPolicyVersions).
func (a *area) listVersions(_ context.Context, in *iam.ListPolicyVersionsInput) (*iam.ListPolicyVersionsOutput, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	below := 1 << 30
	if p.after != "" {
		below = versionNumber(p.after)
	}
	out := &iam.ListPolicyVersionsOutput{Versions: []types.PolicyVersion{}}
	return out, a.Store.View(func(tx *store.Tx) error {
		policy, err := a.policy(tx, *in.PolicyArn)
		if err != nil {
			return err
		}
		err = tx.Each("SELECT number,created_at FROM managed_policy_versions WHERE policy=? AND number<? ORDER BY number DESC LIMIT ?",
			[]any{*policy.PolicyName, below, p.limit + 1}, func(scan func(...any) error) error {
				var number int
				var created int64
				err := scan(&number, &created)
				id := versionID(number)
				out.Versions = append(out.Versions, types.PolicyVersion{VersionId: id, IsDefaultVersion: *id == *policy.DefaultVersionId,
					CreateDate: aws.Time(store.Time(created))})
				return err
			})
		out.Versions, out.Marker = cut(p, out.Versions, func(v types.PolicyVersion) string { return *v.VersionId })
		out.IsTruncated = out.Marker != nil
		return err
	})
}

func (a *area) deleteVersion(_ context.Context, in *iam.DeletePolicyVersionInput) (*iam.DeletePolicyVersionOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		p, v, err := a.version(tx, *in.PolicyArn, *in.VersionId)
		if err != nil {
			return err
		}
		if v.IsDefaultVersion {
			return conflict("Cannot delete the default version of a policy.")
		}
		_, err = tx.Exec("DELETE FROM managed_policy_versions WHERE policy=? AND number=?", *p.PolicyName, versionNumber(*v.VersionId))
		return err
	})
}

func (a *area) setDefaultVersion(_ context.Context, in *iam.SetDefaultPolicyVersionInput) (*iam.SetDefaultPolicyVersionOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		p, v, err := a.version(tx, *in.PolicyArn, *in.VersionId)
		if err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE managed_policies SET default_version=?, updated_at=? WHERE name=?",
			versionNumber(*v.VersionId), store.Millis(a.Now()), *p.PolicyName)
		return err
	})
}
