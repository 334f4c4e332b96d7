package contract_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
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
