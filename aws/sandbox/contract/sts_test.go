package contract_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func TestCallerIdentity(t *testing.T) {
	each(t, func(l *lab) {
		out := must(l.sts.GetCallerIdentity(l.ctx, nil))(l)
		equal(l, "account", aws.ToString(out.Account), l.id)
		if len(l.id) != 12 || !strings.HasPrefix(aws.ToString(out.Arn), "arn:"+l.part+":") || !strings.Contains(*out.Arn, ":"+l.id+":") || aws.ToString(out.UserId) == "" {
			l.Errorf("identity is %s, %s, %s", aws.ToString(out.UserId), l.id, *out.Arn)
		}
	})
}

func TestUnknownKeys(t *testing.T) {
	each(t, func(l *lab) {
		stranger := func(o *sts.Options) {
			o.Credentials = credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "not-a-secret-only-for-tests", "")
		}
		_, err := l.sts.GetCallerIdentity(l.ctx, nil, stranger)
		l.refused(err, http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
	})
}

// The account may assume a role that trusts it, and is then somebody else.
func TestAssumeRole(t *testing.T) {
	each(t, func(l *lab) {
		root := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:` + l.part + `:iam::` + l.id + `:root"},"Action":"sts:AssumeRole"}]}`
		made := must(l.iam.CreateRole(l.ctx, &iam.CreateRoleInput{RoleName: l.own("R"), AssumeRolePolicyDocument: &root}))(l).Role
		l.undo(settled, func(ctx context.Context) error { return l.stripAndDelete(ctx, l.own("R")) })
		var keys *sts.AssumeRoleOutput
		l.wait(settled, func() (err error) { // the role may not be known yet
			keys, err = l.sts.AssumeRole(l.ctx, &sts.AssumeRoleInput{RoleArn: made.Arn, RoleSessionName: aws.String("contract")})
			return err
		})
		assumed := func(o *sts.Options) {
			o.Credentials = credentials.NewStaticCredentialsProvider(*keys.Credentials.AccessKeyId, *keys.Credentials.SecretAccessKey, *keys.Credentials.SessionToken)
		}
		who := must(l.sts.GetCallerIdentity(l.ctx, nil, assumed))(l)
		equal(l, "identity", aws.ToString(who.Arn), "arn:"+l.part+":sts::"+l.id+":assumed-role/"+*l.own("R")+"/contract")
		equal(l, "user", aws.ToString(who.UserId), aws.ToString(made.RoleId)+":contract")
		l.role("S") // trusts IoT and nobody else
		_, err := l.sts.AssumeRole(l.ctx, &sts.AssumeRoleInput{RoleArn: aws.String(strings.TrimSuffix(*made.Arn, "R") + "S"), RoleSessionName: aws.String("contract")})
		l.refused(err, http.StatusForbidden, "AccessDenied")
	})
}
