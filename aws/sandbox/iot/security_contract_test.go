package iot_test

import (
	"crypto/tls"
	"errors"
	"net/http"
	"slices"
	"testing"

	"fleetlab/aws/sandbox/sandboxtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

const policyDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}`

// TestSecurityOverTheSDK takes a certificate from its creation to its deletion, with all that can be in the way.
func TestSecurityOverTheSDK(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	cert, err := c.CreateKeysAndCertificate(ctx, &iot.CreateKeysAndCertificateInput{SetAsActive: true})
	must(cert, err)
	if _, err := tls.X509KeyPair([]byte(*cert.CertificatePem), []byte(*cert.KeyPair.PrivateKey)); err != nil {
		t.Errorf("a device could not use the certificate: %v", err)
	}
	must(c.CreateThingGroup(ctx, &iot.CreateThingGroupInput{ThingGroupName: aws.String("G")}))
	group := aws.String("arn:aws:iot:us-east-1:000000000000:thinggroup/G")
	for _, name := range []string{"a@1", "b,2", "c=3"} {
		must(c.CreatePolicy(ctx, &iot.CreatePolicyInput{PolicyName: &name, PolicyDocument: aws.String(policyDocument)}))
		must(c.AttachPolicy(ctx, &iot.AttachPolicyInput{PolicyName: &name, Target: cert.CertificateArn}))
	}
	must(c.AttachPolicy(ctx, &iot.AttachPolicyInput{PolicyName: aws.String("a@1"), Target: group}))
	var attached []string
	pages := iot.NewListAttachedPoliciesPaginator(c, &iot.ListAttachedPoliciesInput{Target: cert.CertificateArn, PageSize: aws.Int32(2)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		must(out, err)
		for _, p := range out.Policies {
			attached = append(attached, *p.PolicyName)
		}
	}
	if !slices.Equal(attached, []string{"a@1", "b,2", "c=3"}) {
		t.Errorf("attached are %v", attached)
	}
	var targets []string
	ends := iot.NewListTargetsForPolicyPaginator(c, &iot.ListTargetsForPolicyInput{PolicyName: aws.String("a@1"), PageSize: aws.Int32(1)})
	for ends.HasMorePages() {
		out, err := ends.NextPage(ctx)
		must(out, err)
		targets = append(targets, out.Targets...)
	}
	if !slices.Equal(targets, []string{*cert.CertificateArn, *group}) {
		t.Errorf("targets are %v", targets)
	}
	certs := iot.NewListCertificatesPaginator(c, &iot.ListCertificatesInput{PageSize: aws.Int32(1)})
	first, err := certs.NextPage(ctx)
	must(first, err)
	if len(first.Certificates) != 1 || certs.HasMorePages() {
		t.Errorf("certificates are %+v", first)
	}
	_, err = c.DeleteCertificate(ctx, &iot.DeleteCertificateInput{CertificateId: cert.CertificateId})
	var state *types.CertificateStateException
	if !errors.As(err, &state) || status(err) != http.StatusNotAcceptable {
		t.Errorf("deleting an active certificate: %v", err)
	}
	must(c.UpdateCertificate(ctx, &iot.UpdateCertificateInput{CertificateId: cert.CertificateId, NewStatus: types.CertificateStatusInactive}))
	_, err = c.DeleteCertificate(ctx, &iot.DeleteCertificateInput{CertificateId: cert.CertificateId})
	var conflict *types.DeleteConflictException
	if !errors.As(err, &conflict) || status(err) != http.StatusConflict {
		t.Errorf("deleting a certificate with policies: %v", err)
	}
	must(c.DetachPolicy(ctx, &iot.DetachPolicyInput{PolicyName: aws.String("a@1"), Target: group}))
	must(c.DeleteCertificate(ctx, &iot.DeleteCertificateInput{CertificateId: cert.CertificateId, ForceDelete: true}))
	must(c.DeletePolicy(ctx, &iot.DeletePolicyInput{PolicyName: aws.String("a@1")}))
}

// TestPolicyStatuses checks that refusals arrive as the exceptions and statuses of the service model.
func TestPolicyStatuses(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	_, err := c.CreatePolicy(ctx, &iot.CreatePolicyInput{PolicyName: aws.String("P"), PolicyDocument: aws.String("policy.json")})
	var malformed *types.MalformedPolicyException
	if !errors.As(err, &malformed) || status(err) != http.StatusBadRequest {
		t.Errorf("got %v", err)
	}
	create := func() error {
		_, err := c.CreatePolicy(ctx, &iot.CreatePolicyInput{PolicyName: aws.String("P"), PolicyDocument: aws.String(policyDocument)})
		return err
	}
	if err := create(); err != nil {
		t.Fatal(err)
	}
	var exists *types.ResourceAlreadyExistsException
	if err := create(); !errors.As(err, &exists) || status(err) != http.StatusConflict {
		t.Errorf("got %v", err)
	}
	for range 4 {
		if _, err = c.CreatePolicyVersion(ctx, &iot.CreatePolicyVersionInput{PolicyName: aws.String("P"), PolicyDocument: aws.String(policyDocument)}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = c.CreatePolicyVersion(ctx, &iot.CreatePolicyVersionInput{PolicyName: aws.String("P"), PolicyDocument: aws.String(policyDocument)})
	var versions *types.VersionsLimitExceededException
	if !errors.As(err, &versions) || status(err) != http.StatusConflict {
		t.Errorf("got %v", err)
	}
	_, err = c.DeletePolicyVersion(ctx, &iot.DeletePolicyVersionInput{PolicyName: aws.String("P"), PolicyVersionId: aws.String("2")})
	if err != nil {
		t.Error(err)
	}
	list, err := c.ListPolicyVersions(ctx, &iot.ListPolicyVersionsInput{PolicyName: aws.String("P")})
	if err != nil || len(list.PolicyVersions) != 4 || list.PolicyVersions[0].CreateDate == nil {
		t.Errorf("versions are %+v, %v", list, err)
	}
}

// TestSettingsOverTheSDK sets what is logged and which events there are.
func TestSettingsOverTheSDK(t *testing.T) {
	t.Parallel()
	cfg, ctx := sandboxtest.Config(sandboxtest.Start(t)), t.Context()
	c := iot.NewFromConfig(cfg)
	_, err := c.GetV2LoggingOptions(ctx, &iot.GetV2LoggingOptionsInput{})
	var unset *types.NotConfiguredException
	if !errors.As(err, &unset) || status(err) != http.StatusNotFound {
		t.Errorf("got %v", err)
	}
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	role, err := iam.NewFromConfig(cfg).CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("Logs"), AssumeRolePolicyDocument: aws.String(trust)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.SetV2LoggingOptions(ctx, &iot.SetV2LoggingOptionsInput{RoleArn: role.Role.Arn, DefaultLogLevel: types.LogLevelWarn})
	if err != nil {
		t.Fatal(err)
	}
	if o, err := c.GetV2LoggingOptions(ctx, &iot.GetV2LoggingOptionsInput{}); err != nil || *o.RoleArn != *role.Role.Arn || o.DefaultLogLevel != types.LogLevelWarn {
		t.Errorf("options are %+v, %v", o, err)
	}
	on := map[string]types.Configuration{string(types.EventTypeJobExecution): {Enabled: true}}
	if _, err := c.UpdateEventConfigurations(ctx, &iot.UpdateEventConfigurationsInput{EventConfigurations: on}); err != nil {
		t.Fatal(err)
	}
	e, err := c.DescribeEventConfigurations(ctx, &iot.DescribeEventConfigurationsInput{})
	if err != nil || !e.EventConfigurations["JOB_EXECUTION"].Enabled || e.EventConfigurations["THING"].Enabled || e.LastModifiedDate == nil {
		t.Errorf("events are %+v, %v", e, err)
	}
}

func TestRegisterThingOverTheSDK(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	body := `{"Parameters":{"Name":{"Type":"String"}},"Resources":{"car":{"Type":"AWS::IoT::Thing","Properties":{"ThingName":{"Ref":"Name"}}}}}`
	out, err := c.RegisterThing(ctx, &iot.RegisterThingInput{TemplateBody: &body, Parameters: map[string]string{"Name": "V1"}})
	if err != nil || out.ResourceArns["car"] != "arn:aws:iot:us-east-1:000000000000:thing/V1" {
		t.Fatalf("got %+v, %v", out, err)
	}
	body = `{"Resources":{"rights":{"Type":"AWS::IoT::Policy","Properties":{"PolicyName":"None"}}}}`
	_, err = c.RegisterThing(ctx, &iot.RegisterThingInput{TemplateBody: &body})
	var failure *types.ResourceRegistrationFailureException
	if !errors.As(err, &failure) || status(err) != http.StatusBadRequest {
		t.Errorf("got %v", err)
	}
}
