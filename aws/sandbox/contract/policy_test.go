package contract_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
)

const mayConnect = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}`

// policy makes an IoT policy that goes when the test ends.
func (l *lab) policy(name string) *iot.CreatePolicyOutput {
	l.Helper()
	out := must(l.iot.CreatePolicy(l.ctx, &iot.CreatePolicyInput{PolicyName: l.own(name), PolicyDocument: aws.String(mayConnect)}))(l)
	l.undo(settled, func(ctx context.Context) error {
		_, err := l.iot.DeletePolicy(ctx, &iot.DeletePolicyInput{PolicyName: l.own(name)})
		return err
	})
	return out
}

func TestPolicyIsReadAsMade(t *testing.T) {
	each(t, func(l *lab) {
		made := l.policy("P")
		equal(l, "ARN", aws.ToString(made.PolicyArn), l.arn("policy/"+*l.own("P")))
		got := must(l.iot.GetPolicy(l.ctx, &iot.GetPolicyInput{PolicyName: l.own("P")}))(l)
		equal(l, "document", aws.ToString(got.PolicyDocument), mayConnect)
		equal(l, "default version", aws.ToString(got.DefaultVersionId), "1")
		_, err := l.iot.CreatePolicy(l.ctx, &iot.CreatePolicyInput{PolicyName: l.own("P"), PolicyDocument: aws.String(mayConnect)})
		l.refused(err, http.StatusConflict, "ResourceAlreadyExistsException")
		_, err = l.iot.CreatePolicy(l.ctx, &iot.CreatePolicyInput{PolicyName: l.own("Q"), PolicyDocument: aws.String("{")})
		l.refused(err, http.StatusBadRequest, "MalformedPolicyException")
		_, err = l.iot.GetPolicy(l.ctx, &iot.GetPolicyInput{PolicyName: l.own("none")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

func TestPolicyIsKeptByItsTargetsAndVersions(t *testing.T) {
	each(t, func(l *lab) {
		cert := l.certificate()
		l.policy("P")
		must(l.iot.AttachPolicy(l.ctx, &iot.AttachPolicyInput{PolicyName: l.own("P"), Target: cert.CertificateArn}))(l)
		detach := func(ctx context.Context) error {
			_, err := l.iot.DetachPolicy(ctx, &iot.DetachPolicyInput{PolicyName: l.own("P"), Target: cert.CertificateArn})
			return err
		}
		l.undo(settled, detach)
		list := must(l.iot.ListAttachedPolicies(l.ctx, &iot.ListAttachedPoliciesInput{Target: cert.CertificateArn}))(l).Policies
		if len(list) != 1 || *list[0].PolicyName != *l.own("P") {
			l.Errorf("attached are %+v", list)
		}
		_, err := l.iot.DeletePolicy(l.ctx, &iot.DeletePolicyInput{PolicyName: l.own("P")})
		l.refused(err, http.StatusConflict, "DeleteConflictException", "The policy cannot be deleted as the policy is attached to one or more principals (name="+*l.own("P")+")")
		if err := detach(l.ctx); err != nil {
			l.Fatal(err)
		}
		v := must(l.iot.CreatePolicyVersion(l.ctx, &iot.CreatePolicyVersionInput{PolicyName: l.own("P"), PolicyDocument: aws.String(mayConnect)}))(l)
		_, err = l.iot.DeletePolicy(l.ctx, &iot.DeletePolicyInput{PolicyName: l.own("P")})
		l.refused(err, http.StatusConflict, "DeleteConflictException", "The policy cannot be deleted as versions other than than default version exist")
		must(l.iot.DeletePolicyVersion(l.ctx, &iot.DeletePolicyVersionInput{PolicyName: l.own("P"), PolicyVersionId: v.PolicyVersionId}))(l)
	})
}
