package iot

import (
	"context"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/service/iot"
)

// endpointTypes are the values that the IoT API reference lists for DescribeEndpoint; no type means iot:Data.
var endpointTypes = map[string]bool{
	"": true, "iot:Data": true, "iot:Data-ATS": true, "iot:CredentialProvider": true, "iot:Jobs": true,
}

// describeEndpoint answers the sandbox's own host and port: all services share one address here.
func (h *handlers) describeEndpoint(_ context.Context, in *iot.DescribeEndpointInput) (*iot.DescribeEndpointOutput, error) {
	if t := str(in.EndpointType); !endpointTypes[t] {
		return nil, invalid("Endpoint type %s not recognized", t)
	}
	u, err := url.Parse(h.r.Endpoint)
	if err != nil {
		return nil, err
	}
	return &iot.DescribeEndpointOutput{EndpointAddress: &u.Host}, nil
}
