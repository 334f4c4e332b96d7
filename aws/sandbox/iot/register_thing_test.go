package iot

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/smithy-go"
	"pgregory.net/rapid"
)

// signingRequest is a request for a certificate in PEM form.
func signingRequest(t testing.TB, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}, key)
	if err != nil {
		t.Fatal(err)
	}
	return pemText(pemRequest, der)
}

const wholeTemplate = `{
	"Parameters": {"Serial": {"Type": "String"}, "Country": {"Type": "String", "Default": "JP"}, "CSR": {"Type": "String"}},
	"Resources": {
		"car": {"Type": "AWS::IoT::Thing", "DependsOn": ["rights"], "Properties": {
			"ThingName": {"Fn::Join": ["-", ["Vehicle", {"Ref": "Serial"}]]}, "ThingTypeName": "Sedan",
			"AttributePayload": {"country": {"Ref": "Country"}, "serial": {"Ref": "Serial"}}, "ThingGroups": ["Asia"]}},
		"proof": {"Type": "AWS::IoT::Certificate", "Properties": {"CertificateSigningRequest": {"Ref": "CSR"}, "Status": "Inactive"}},
		"rights": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": ` + allowAll + `}},
		"more": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "Extra"}}}}`

func TestRegisterThing(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	in := &iot.RegisterThingInput{TemplateBody: p(wholeTemplate), Parameters: map[string]string{"Serial": "1", "CSR": signingRequest(t, "car 1"), "Other": "x"}}
	refused(t, h.registerThing, in, "ResourceRegistrationFailureException", "Thing type Sedan does not exist")
	ok(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: p("Sedan")})
	makeGroup(t, h, "Asia", "")
	refused(t, h.registerThing, in, "ResourceRegistrationFailureException", "Policy not found (name=Extra)")
	refused(t, h.describeThing, &iot.DescribeThingInput{ThingName: p("Vehicle-1")}, "ResourceNotFoundException", "") // all or nothing
	ok(t, h.createPolicy, &iot.CreatePolicyInput{PolicyName: p("Extra"), PolicyDocument: p(allowAll)})
	out := ok(t, h.registerThing, in)
	cert, err := x509.ParseCertificate(decodePEM(t, pemCertificate, *out.CertificatePem))
	if err != nil || cert.Subject.CommonName != "car 1" {
		t.Fatalf("certificate for %v, %v", cert, err)
	}
	id := certificateID(cert.Raw)
	if out.ResourceArns["car"] != h.thingARN("Vehicle-1") || out.ResourceArns["proof"] != h.certificateARN(id) || len(out.ResourceArns) != 4 {
		t.Errorf("ARNs are %v", out.ResourceArns)
	}
	th := ok(t, h.describeThing, &iot.DescribeThingInput{ThingName: p("Vehicle-1")})
	if *th.ThingTypeName != "Sedan" || !maps.Equal(th.Attributes, map[string]string{"country": "JP", "serial": "1"}) {
		t.Errorf("thing is %+v", th)
	}
	if d := ok(t, h.describeCertificate, &iot.DescribeCertificateInput{CertificateId: &id}).CertificateDescription; d.Status != "INACTIVE" {
		t.Errorf("certificate is %s", d.Status)
	}
	arn := p(h.certificateARN(id))
	if l := ok(t, h.listPrincipalThings, &iot.ListPrincipalThingsInput{Principal: arn}).Things; !slices.Equal(l, []string{"Vehicle-1"}) {
		t.Errorf("attached to %v", l)
	}
	if l := ok(t, h.listAttachedPolicies, &iot.ListAttachedPoliciesInput{Target: arn}).Policies; len(l) != 2 {
		t.Errorf("policies are %v", l)
	}
	if l := ok(t, h.listThingsInGroup, &iot.ListThingsInThingGroupInput{ThingGroupName: p("Asia")}).Things; len(l) != 1 {
		t.Errorf("the group has %v", l)
	}
	again := ok(t, h.registerThing, in) // the thing and the policies are there, the request gets another certificate
	if again.ResourceArns["rights"] != out.ResourceArns["rights"] || again.ResourceArns["proof"] == out.ResourceArns["proof"] {
		t.Errorf("ARNs are now %v", again.ResourceArns)
	}
}

// Each row says what becomes of a thing that has the type Sedan, the attribute a=1 and the group G.
func TestRegisterThingOverrides(t *testing.T) {
	t.Parallel()
	for overrides, want := range map[string]string{
		``:                                `{"a":"1"} Sedan G`,
		`"AttributePayload":"MERGE"`:      `{"a":"1","b":"2"} Sedan G`,
		`"AttributePayload":"REPLACE"`:    `{"b":"2"} Sedan G`,
		`"ThingTypeName":"REPLACE"`:       `{"a":"1"} Truck G`,
		`"ThingTypeName":"MERGE"`:         `InvalidRequestException`,
		`"ThingTypeName":"FAIL"`:          `ConflictingResourceUpdateException`,
		`"ThingGroups":"MERGE"`:           `{"a":"1"} Sedan G,H`,
		`"ThingGroups":"REPLACE"`:         `{"a":"1"} Sedan H`,
		`"ThingGroups":"sometimes"`:       `InvalidRequestException`,
		`"AttributePayload":"DO_NOTHING"`: `{"a":"1"} Sedan G`,
	} {
		h, _ := open(t, Hooks{})
		for _, typ := range []string{"Sedan", "Truck"} {
			ok(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: &typ})
		}
		makeGroup(t, h, "G", "")
		makeGroup(t, h, "H", "")
		ok(t, h.createThing, &iot.CreateThingInput{ThingName: p("V"), ThingTypeName: p("Sedan"), AttributePayload: attributes("a", "1")})
		ok(t, h.addToGroup, &iot.AddThingToThingGroupInput{ThingName: p("V"), ThingGroupName: p("G")})
		body := `{"Resources":{"t":{"Type":"AWS::IoT::Thing","Properties":{"ThingName":"V","ThingTypeName":"Truck",
			"AttributePayload":{"b":"2"},"ThingGroups":["H"]},"OverrideSettings":{` + overrides + `}}}}`
		_, err := h.registerThing(ctx, &iot.RegisterThingInput{TemplateBody: &body})
		var api smithy.APIError
		if errors.As(err, &api) {
			if api.ErrorCode() != want {
				t.Errorf("%s: got %v, want %s", overrides, err, want)
			}
			continue
		}
		d := ok(t, h.describeThing, &iot.DescribeThingInput{ThingName: p("V")})
		attrs, _ := json.Marshal(d.Attributes)
		in := groupNames(ok(t, h.listGroupsForThing, &iot.ListThingGroupsForThingInput{ThingName: p("V")}).ThingGroups)
		if got := string(attrs) + " " + *d.ThingTypeName + " " + strings.Join(in, ","); got != want {
			t.Errorf("%s: got %s, want %s", overrides, got, want)
		}
	}
}

func TestRegisterThingWithACertificateThatExists(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	id := makeCertificate(t, h)
	d := ok(t, h.describeCertificate, &iot.DescribeCertificateInput{CertificateId: &id}).CertificateDescription
	body := `{"Parameters":{"Id":{"Type":"String","Default":""},"PEM":{"Type":"String","Default":""}},"Resources":{"c":{"Type":"AWS::IoT::Certificate",
		"Properties":{"CertificateId":{"Ref":"Id"},"CertificatePem":{"Ref":"PEM"},"Status":"INACTIVE"},"OverrideSettings":{"Status":"` + replace + `"}}}}`
	for _, given := range []map[string]string{{"Id": id}, {"PEM": *d.CertificatePem}} {
		out := ok(t, h.registerThing, &iot.RegisterThingInput{TemplateBody: &body, Parameters: given})
		if out.ResourceArns["c"] != h.certificateARN(id) || *out.CertificatePem != *d.CertificatePem {
			t.Errorf("got %+v", out)
		}
	}
	if d = ok(t, h.describeCertificate, &iot.DescribeCertificateInput{CertificateId: &id}).CertificateDescription; d.Status != "INACTIVE" {
		t.Errorf("certificate is %s", d.Status)
	}
	for code, given := range map[string]map[string]string{
		"InvalidRequestException":              {"Id": id, "PEM": *d.CertificatePem},
		"ResourceRegistrationFailureException": {"Id": strings.Repeat("0", 64)},
	} {
		refused(t, h.registerThing, &iot.RegisterThingInput{TemplateBody: &body, Parameters: given}, code, "")
	}
	body = strings.Replace(body, replace, fail, 1)
	in := &iot.RegisterThingInput{TemplateBody: &body, Parameters: map[string]string{"Id": id}}
	refused(t, h.registerThing, in, "ConflictingResourceUpdateException", "")
}

func TestRegisterThingRefusals(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	thing := func(properties string) string {
		return `{"Resources":{"t":{"Type":"AWS::IoT::Thing","Properties":{` + properties + `}}}}`
	}
	certificate := func(properties string) string {
		return strings.Replace(thing(properties), kindThing, kindCertificate, 1)
	}
	policy := func(properties string) string { return strings.Replace(thing(properties), kindThing, kindPolicy, 1) }
	for code, bodies := range map[string][]string{
		"InvalidRequestException": {
			"", "[]", "{}", `{"Resources":{}}`, `{"Resources":{"t":{"Type":"AWS::S3::Bucket"}}}`, thing(``), thing(`"ThingName":"a b"`),
			thing(`"ThingName":{"Ref":"X"}`), thing(`"ThingName":{"Ref":7}`), thing(`"ThingName":{"Fn::Sub":"x"}`), thing(`"ThingName":"V","Color":"red"`),
			thing(`"ThingName":{"Fn::Join":["-"]}`), thing(`"ThingName":{"Fn::Join":["-",["a",7]]}`), thing(`"ThingName":"V","AttributePayload":{"a":"two words"}`),
			`{"Parameters":{"A":{"Type":"Number","Default":"1"}},"Resources":{"t":{}}}`, `{"Parameters":{"A":{"Type":"String"}},"Resources":{"t":{}}}`,
			certificate(``), certificate(`"CertificateId":"a","Status":"REVOKED"`), certificate(`"CertificateId":"a","ThingPrincipalType":"x"`),
			policy(``), policy(`"PolicyName":"P","PolicyDocument":"{}"`),
			`{"Resources":{"a":{"Type":"AWS::IoT::Thing","Properties":{"ThingName":"A"}},"b":{"Type":"AWS::IoT::Thing","Properties":{"ThingName":"B"}}}}`,
		},
		"ResourceRegistrationFailureException": {
			thing(`"ThingName":"V","ThingGroups":["None"]`), thing(`"ThingName":"V","BillingGroup":"None"`),
			thing(`"ThingName":"V","AttributePayload":{"a":"1","b":"1","c":"1","d":"1"}`),
			certificate(`"CertificateSigningRequest":"x"`), certificate(`"CertificatePem":"x"`), policy(`"PolicyDocument":"{}"`),
		},
	} {
		for _, body := range bodies {
			t.Log(body)
			refused(t, h.registerThing, &iot.RegisterThingInput{TemplateBody: &body}, code, "")
		}
	}
	if l := ok(t, h.listThings, &iot.ListThingsInput{}).Things; len(l) != 0 {
		t.Errorf("a refused registration left %v", l)
	}
}

// Joining what was split gives the text again, however deep it is nested.
func TestResolveJoins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		values, parts, want := map[string]string{}, []any{}, []string{}
		for i, v := range rapid.SliceOf(rapid.String()).Draw(rt, "values") {
			name := string(rune('a' + i%26))
			values[name] = v
			parts = append(parts, map[string]any{"Ref": name})
		}
		for _, e := range parts {
			want = append(want, values[e.(map[string]any)["Ref"].(string)])
		}
		delimiter := rapid.String().Draw(rt, "delimiter")
		got, err := resolve(map[string]any{"x": []any{map[string]any{"Fn::Join": []any{delimiter, parts}}}}, values)
		if err != nil || got.(map[string]any)["x"].([]any)[0] != strings.Join(want, delimiter) {
			rt.Fatalf("got %v, %v", got, err)
		}
	})
}

func FuzzRegisterThing(f *testing.F) {
	f.Add(wholeTemplate, "Serial", "1")
	f.Add(`{"Parameters":{"A":{"Type":"String"}},"Resources":{"a":{"Type":"AWS::IoT::Certificate","Properties":{"CertificateId":{"Ref":"A"}}}}}`, "A", "x")
	f.Add(`{"Resources":{"a":{"Type":"AWS::IoT::Thing","Properties":{"ThingName":{"Fn::Join":["",[[]]]}}}}}`, "", "")
	h, _ := open(f, Hooks{})
	f.Fuzz(func(t *testing.T, body, name, value string) {
		_, err := h.registerThing(ctx, &iot.RegisterThingInput{TemplateBody: &body, Parameters: map[string]string{name: value}})
		var api smithy.APIError
		if err != nil && !errors.As(err, &api) {
			t.Errorf("got %v", err)
		}
	})
}
