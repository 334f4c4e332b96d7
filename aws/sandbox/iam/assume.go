package iam

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// NotAssumable says why a role cannot be assumed. Its text begins with the words in which AWS IoT refuses a role
// (aws-greengrass-developer-guide issue 14, CreateSoftwareUpdateJob; that the other operations use the same words is
// unconfirmed). What follows the colon is the sandbox's own.
type NotAssumable struct {
	Role   string // ARN
	Reason string
}

// Error implements error.
func (e *NotAssumable) Error() string {
	return "Permission denied when attempting to assume role " + e.Role + ": " + e.Reason + "."
}

// Role is what assuming a role needs to know of it.
type Role struct {
	Name, ID   string
	ARN        string
	MaxSession time.Duration
}

// Assumable returns a *NotAssumable unless the AWS service (iot.amazonaws.com) may assume the role. A role and a change of its
// trust policy count only when Lag.Role has passed: AWS services see them some seconds late (IAM user guide, troubleshooting:
// changes are not always immediately visible).
func Assumable(tx *store.Tx, r *realm.Realm, roleARN, service string) error {
	_, err := Assume(tx, r, roleARN, Request{Kind: "Service", Principals: []string{service}, Context: map[string]string{
		"aws:sourceaccount": r.Account, "aws:sourcearn": r.ARN("job/*"), // a pattern for jobs or for all of AWS IoT fits
	}})
	return err
}

// Assume evaluates the trust policy of a role and returns the role, or a *NotAssumable.
func Assume(tx *store.Tx, r *realm.Realm, roleARN string, q Request) (Role, error) {
	no := func(reason string) (Role, error) { return Role{}, &NotAssumable{roleARN, reason} }
	path, ours := strings.CutPrefix(roleARN, strings.TrimSuffix(r.RoleARN("/", ""), "/"))
	slash := strings.LastIndexByte(path, '/')
	if !ours || slash < 0 {
		return no("it is not a role of this account; it looks like " + r.RoleARN("/", "NAME"))
	}
	role := Role{ARN: roleARN}
	var trust, before string
	var trusted, seconds int64
	err := tx.Row("SELECT name,id,trust,trust_before,trusted_at,max_session FROM roles WHERE name=? AND path=?",
		[]any{path[slash+1:], path[:slash+1]}, &role.Name, &role.ID, &trust, &before, &trusted, &seconds)
	switch {
	case errors.Is(err, store.ErrNoRow):
		return no("it does not exist")
	case err != nil:
		return role, fmt.Errorf("read role %s: %w", roleARN, err)
	}
	role.MaxSession = time.Duration(seconds) * time.Second
	if r.Now().Before(store.Time(trusted).Add(r.Lag.Role)) {
		if trust = before; trust == "" {
			return no("it was created a moment ago and is not known everywhere yet; try again in a few seconds")
		}
	}
	if !trusts(trust, q) {
		return no("its trust policy does not let " + q.Principals[0] + " assume it")
	}
	return role, nil
}
