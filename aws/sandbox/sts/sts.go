// Package sts answers AWS STS: who the caller is.
package sts

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/wire"
)

// userID is the unique id of the sandbox's one user. Ids of users begin with AIDA (IAM user guide, IAM
// identifiers).
const userID = "AIDAFLEETLABSANDBOX22"

// Register registers the operations of STS that the sandbox has.
func Register(s *wire.Server, r *realm.Realm) {
	wire.Handle(s, "sts", "GetCallerIdentity", func(context.Context, *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
		arn := "arn:aws:iam::" + r.Account + ":user/fleetlab"
		id := userID
		return &sts.GetCallerIdentityOutput{Account: &r.Account, Arn: &arn, UserId: &id}, nil
	})
}
