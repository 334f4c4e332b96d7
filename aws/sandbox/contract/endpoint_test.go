package contract_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iot"
)

func TestDescribeEndpoint(t *testing.T) {
	each(t, func(l *lab) {
		for _, kind := range []string{"iot:Data", "iot:Data-ATS", "iot:CredentialProvider", "iot:Jobs"} {
			host := aws.ToString(must(l.iot.DescribeEndpoint(l.ctx, &iot.DescribeEndpointInput{EndpointType: &kind}))(l).EndpointAddress)
			if host == "" || strings.Contains(host, "/") {
				l.Errorf("%s is at %q, want a bare host", kind, host)
			}
		}
		_, err := l.iot.DescribeEndpoint(l.ctx, &iot.DescribeEndpointInput{EndpointType: aws.String("iot:None")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException")
	})
}

func TestUnknownKeysOfIoT(t *testing.T) {
	each(t, func(l *lab) {
		_, err := l.iot.ListThings(l.ctx, nil, func(o *iot.Options) {
			o.Credentials = credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "not-a-secret-only-for-tests", "")
		})
		l.refused(err, http.StatusForbidden, "UnrecognizedClientException", "The security token included in the request is invalid.")
	})
}
