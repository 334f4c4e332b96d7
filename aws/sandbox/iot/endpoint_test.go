package iot

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"
)

func TestDescribeEndpoint(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	for _, typ := range []*string{nil, p("iot:Data"), p("iot:Data-ATS"), p("iot:CredentialProvider"), p("iot:Jobs")} {
		if got := *ok(t, h.describeEndpoint, &iot.DescribeEndpointInput{EndpointType: typ}).EndpointAddress; got != "127.0.0.1:4566" {
			t.Errorf("endpoint of %v is %s", typ, got)
		}
	}
	refused(t, h.describeEndpoint, &iot.DescribeEndpointInput{EndpointType: p("iot:Nope")}, "InvalidRequestException", "Endpoint type iot:Nope not recognized")
}
