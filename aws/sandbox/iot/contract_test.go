package iot_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"fleetlab/aws/sandbox/sandboxtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func client(t *testing.T) *iot.Client {
	t.Helper()
	return iot.NewFromConfig(sandboxtest.Config(sandboxtest.Start(t)))
}

// status is the HTTP status with which a call was refused.
func status(err error) int {
	var r *awshttp.ResponseError
	if errors.As(err, &r) {
		return r.HTTPStatusCode()
	}
	return 0
}

// TestRegistryOverTheSDK walks a small fleet from its thing type to its clean-up as a client would.
func TestRegistryOverTheSDK(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.CreateThingType(ctx, &iot.CreateThingTypeInput{
		ThingTypeName:       aws.String("Sedan"),
		ThingTypeProperties: &types.ThingTypeProperties{ThingTypeDescription: aws.String("cars"), SearchableAttributes: []string{"vin"}},
		Tags:                []types.Tag{{Key: aws.String("owner"), Value: aws.String("lab")}},
	}))
	typ, err := c.DescribeThingType(ctx, &iot.DescribeThingTypeInput{ThingTypeName: aws.String("Sedan")})
	must(typ, err)
	if typ.ThingTypeMetadata.CreationDate == nil || *typ.ThingTypeProperties.ThingTypeDescription != "cars" || typ.ThingTypeMetadata.Deprecated {
		t.Errorf("thing type is %+v", typ)
	}
	tags, err := c.ListTagsForResource(ctx, &iot.ListTagsForResourceInput{ResourceArn: typ.ThingTypeArn})
	must(tags, err)
	if len(tags.Tags) != 1 || *tags.Tags[0].Value != "lab" {
		t.Errorf("tags are %+v", tags.Tags)
	}
	for i := range 60 {
		must(c.CreateThing(ctx, &iot.CreateThingInput{
			ThingName: aws.String(fmt.Sprintf("Vehicle:%02d", i)), ThingTypeName: aws.String("Sedan"),
			AttributePayload: &types.AttributePayload{Attributes: map[string]string{"vin": fmt.Sprint("VIN-", i)}},
		}))
	}
	count := 0
	pages := iot.NewListThingsPaginator(c, &iot.ListThingsInput{ThingTypeName: aws.String("Sedan")})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		must(out, err)
		count += len(out.Things)
	}
	if count != 60 {
		t.Errorf("listed %d things, want 60", count)
	}
	must(c.UpdateThing(ctx, &iot.UpdateThingInput{ThingName: aws.String("Vehicle:00"), AttributePayload: &types.AttributePayload{Attributes: map[string]string{}}}))
	d, err := c.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: aws.String("Vehicle:00")})
	must(d, err)
	if d.Version != 2 || len(d.Attributes) != 0 || !strings.HasSuffix(*d.ThingArn, ":thing/Vehicle:00") {
		t.Errorf("thing is %+v", d)
	}
	must(c.DeleteThing(ctx, &iot.DeleteThingInput{ThingName: aws.String("Vehicle:00"), ExpectedVersion: aws.Int64(2)}))
	must(c.DeprecateThingType(ctx, &iot.DeprecateThingTypeInput{ThingTypeName: aws.String("Sedan")}))
	_, err = c.DeleteThingType(ctx, &iot.DeleteThingTypeInput{ThingTypeName: aws.String("Sedan")})
	var invalid *types.InvalidRequestException
	if !errors.As(err, &invalid) || !strings.Contains(invalid.ErrorMessage(), "Please wait for 5 minutes") {
		t.Errorf("early deletion: got %v", err)
	}
}

func TestGroupsOverTheSDK(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.CreateThingGroup(ctx, &iot.CreateThingGroupInput{ThingGroupName: aws.String("World")}))
	must(c.CreateThingGroup(ctx, &iot.CreateThingGroupInput{ThingGroupName: aws.String("Asia"), ParentGroupName: aws.String("World")}))
	must(c.CreateThing(ctx, &iot.CreateThingInput{ThingName: aws.String("V1")}))
	must(c.AddThingToThingGroup(ctx, &iot.AddThingToThingGroupInput{ThingName: aws.String("V1"), ThingGroupName: aws.String("Asia")}))
	members, err := c.ListThingsInThingGroup(ctx, &iot.ListThingsInThingGroupInput{ThingGroupName: aws.String("World"), Recursive: true})
	must(members, err)
	if len(members.Things) != 1 {
		t.Errorf("members are %v", members.Things)
	}
	g, err := c.DescribeThingGroup(ctx, &iot.DescribeThingGroupInput{ThingGroupName: aws.String("Asia")})
	must(g, err)
	if up := g.ThingGroupMetadata.RootToParentThingGroups; len(up) != 1 || *up[0].GroupName != "World" {
		t.Errorf("group is %+v", g.ThingGroupMetadata)
	}
	made, err := c.CreateKeysAndCertificate(ctx, &iot.CreateKeysAndCertificateInput{})
	must(made, err)
	cert := made.CertificateArn
	must(c.AttachThingPrincipal(ctx, &iot.AttachThingPrincipalInput{ThingName: aws.String("V1"), Principal: cert}))
	things, err := c.ListPrincipalThings(ctx, &iot.ListPrincipalThingsInput{Principal: cert})
	must(things, err)
	if len(things.Things) != 1 {
		t.Errorf("principal is attached to %v", things.Things)
	}
	must(c.DetachThingPrincipal(ctx, &iot.DetachThingPrincipalInput{ThingName: aws.String("V1"), Principal: cert}))
	_, err = c.DeleteThingGroup(ctx, &iot.DeleteThingGroupInput{ThingGroupName: aws.String("World")})
	if status(err) != http.StatusBadRequest {
		t.Errorf("deleting a parent: got %v", err)
	}
}

// TestStatuses checks that refusals arrive as the exceptions and statuses of the service model.
func TestStatuses(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	_, err := c.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: aws.String("V9")})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) || status(err) != http.StatusNotFound {
		t.Errorf("got %v", err)
	}
	made, err := c.CreateThing(ctx, &iot.CreateThingInput{ThingName: aws.String("V1")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.CreateThing(ctx, &iot.CreateThingInput{ThingName: aws.String("V1"), AttributePayload: &types.AttributePayload{Attributes: map[string]string{"a": "b"}}})
	var exists *types.ResourceAlreadyExistsException
	if !errors.As(err, &exists) || status(err) != http.StatusConflict || aws.ToString(exists.ResourceArn) != *made.ThingArn {
		t.Errorf("got %v with %+v", err, exists)
	}
	_, err = c.UpdateThing(ctx, &iot.UpdateThingInput{ThingName: aws.String("V1"), ExpectedVersion: aws.Int64(5)})
	var version *types.VersionConflictException
	if !errors.As(err, &version) || status(err) != http.StatusConflict {
		t.Errorf("got %v", err)
	}
	e, err := c.DescribeEndpoint(ctx, &iot.DescribeEndpointInput{EndpointType: aws.String("iot:Data-ATS")})
	if err != nil || strings.Contains(*e.EndpointAddress, "/") {
		t.Errorf("endpoint: %v, %v", e, err)
	}
}
