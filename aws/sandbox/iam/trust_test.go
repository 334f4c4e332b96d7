package iam

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTrustPolicies(t *testing.T) {
	t.Parallel()
	iot := Request{Kind: "Service", Principals: []string{"iot.amazonaws.com"}, Context: map[string]string{
		"aws:sourceaccount": "000000000000", "aws:sourcearn": "arn:aws:iot:us-east-1:000000000000:job/*"}}
	user := Request{Kind: "AWS", Principals: []string{"arn:aws:iam::000000000000:user/fleetlab", "arn:aws:iam::000000000000:root", "000000000000"},
		Context: map[string]string{"sts:externalid": "secret"}}
	const allow = `"Effect":"Allow","Action":"sts:AssumeRole","Principal":`
	for _, tt := range []struct {
		statement string
		q         Request
		want      bool
	}{
		{allow + `{"Service":"iot.amazonaws.com"}`, iot, true},
		{allow + `{"Service":["ec2.amazonaws.com","iot.amazonaws.com"]}`, iot, true},
		{allow + `{"Service":"iot.amazonaws.com"}`, user, false},
		{allow + `"*"`, iot, true},
		{allow + `{"AWS":"*"}`, iot, false},
		{allow + `{"AWS":"*"}`, user, true},
		{allow + `{"AWS":"arn:aws:iam::000000000000:root"}`, user, true},
		{allow + `{"AWS":"000000000000"}`, user, true},
		{allow + `{"AWS":"arn:aws:iam::000000000000:user/other"}`, user, false},
		{`"Effect":"Allow","Action":"sts:*","Principal":"*"`, iot, true},
		{`"Effect":"Allow","Action":["STS:ASSUMEROLE"],"Principal":"*"`, iot, true},
		{`"Effect":"Allow","Action":"sts:TagSession","Principal":"*"`, iot, false},
		{`"Effect":"Allow","NotAction":"sts:TagSession","Principal":"*"`, iot, true},
		{`"Effect":"Allow","Action":"sts:*","NotPrincipal":{"Service":"iot.amazonaws.com"}`, iot, false},
		{`"Effect":"Deny","Action":"sts:*","Principal":"*"`, iot, false},
		{allow + `"*"},{"Effect":"Deny","Action":"sts:*","Principal":{"Service":"iot.amazonaws.com"}`, iot, false},
		{allow + `"*"},{"Effect":"Deny","Action":"sts:*","Principal":{"Service":"iot.amazonaws.com"}`, user, true},
		{allow + `"*","Condition":{"StringEquals":{"aws:SourceAccount":"000000000000"}}`, iot, true},
		{allow + `"*","Condition":{"StringEquals":{"aws:SourceAccount":["1","000000000000"]}}`, iot, true},
		{allow + `"*","Condition":{"StringEquals":{"aws:SourceAccount":"1"}}`, iot, false},
		{allow + `"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:iot:us-east-1:000000000000:*"}}`, iot, true},
		{allow + `"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:iot:*:000000000000:job/*"}}`, iot, true},
		{allow + `"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:iot:eu-west-1:*"}}`, iot, false},
		{allow + `"*","Condition":{"StringEquals":{"sts:ExternalId":"secret"}}`, user, true},
		{allow + `"*","Condition":{"StringEquals":{"sts:ExternalId":"secret"}}`, iot, false},
		{allow + `"*","Condition":{"StringEqualsIfExists":{"sts:ExternalId":"secret"}}`, iot, true},
		{allow + `"*","Condition":{"StringNotEquals":{"sts:ExternalId":"secret"}}`, iot, true},
		{allow + `"*","Condition":{"StringNotEquals":{"sts:ExternalId":"secret"}}`, user, false},
		{allow + `"*","Condition":{"Null":{"sts:ExternalId":true}}`, iot, true},
		{allow + `"*","Condition":{"Null":{"sts:ExternalId":"true"}}`, user, false},
		{allow + `"*","Condition":{"NumericEquals":{"aws:MultiFactorAuthAge":1}}`, user, false},
	} {
		if got := trusts(`{"Version":"2012-10-17","Statement":[{`+tt.statement+`}]}`, tt.q); got != tt.want {
			t.Errorf("%s for %s: %t", tt.statement, tt.q.Principals[0], got)
		}
	}
}

func TestPatternsMatchWhatTheyStandFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[ab:]{0,3}`), 1, 5).Draw(t, "parts")
		fill := rapid.StringMatching(`[ab:]{0,4}`).Draw(t, "fill")
		if s := strings.Join(parts, fill); !like(strings.Join(parts, "*"), s) {
			t.Fatalf("%q in parts %q does not match", s, parts)
		}
		s := strings.Join(parts, "x")
		if !like(strings.Join(parts, "?"), s) || !like(s, s) || like(s+"?", s) || like("x"+s, s) {
			t.Fatalf("%q", s)
		}
	})
}

// Whatever a statement says, one that denies all to everybody wins.
func FuzzTrust(f *testing.F) {
	f.Add(`{"Effect":"Allow","Principal":"*","Action":"sts:*"}`)
	f.Add(`{"Effect":"Allow","NotPrincipal":{"AWS":[]},"NotAction":["a:b"],"Condition":{"Bool":{"a":[true,1,"x"]}}}`)
	f.Fuzz(func(t *testing.T, statement string) {
		document := `{"Statement":[` + statement + `,{"Effect":"Deny","Principal":"*","Action":"*"}]}`
		if trusts(document, Request{Kind: "AWS", Principals: []string{"000000000000"}}) {
			t.Errorf("lets somebody in: %s", document)
		}
	})
}

func TestFaultsOfDocuments(t *testing.T) {
	t.Parallel()
	const trust, permissions = `"Effect":"Allow","Principal":"*","Action":"sts:*"`, `"Effect":"Allow","Action":"s3:*","Resource":"*"`
	for _, tt := range []struct {
		check           func(string) error
		document, words string
	}{
		{checkTrust, `{"Statement":{` + trust + `}}`, ""},
		{checkTrust, `{"Version":"2020-01-01","Statement":{` + trust + `}}`, "Syntax errors in policy."},
		{checkTrust, `{"Statement":{` + trust + `,"Extra":1}}`, "Syntax errors in policy."},
		{checkTrust, `{"Statement":{` + trust + `,"NotAction":"sts:*"}}`, "Syntax errors in policy."},
		{checkTrust, `{"Statement":{` + trust + `,"Condition":"x"}}`, "Syntax errors in policy."},
		{checkTrust, `{"Statement":{` + trust + `,"Sid":"a b"}}`, "must be alpha-numeric"},
		{checkTrust, `{"Statement":[{` + trust + `,"Sid":"a"},{` + trust + `,"Sid":"a"}]}`, "must be unique"},
		{checkTrust, `{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}}`, "may only specify STS AssumeRole actions"},
		{checkTrust, `{"Statement":{"Effect":"Allow","Principal":{"Service":"iot"},"Action":"sts:*"}}`, `Invalid principal in policy: "Service":"iot"`},
		{checkTrust, `{"Statement":{"Effect":"Allow","Principal":{"AWS":"me"},"Action":"sts:*"}}`, `Invalid principal in policy: "AWS":"me"`},
		{checkTrust, `{"Statement":{"Effect":"Allow","Principal":{"Who":"*"},"Action":"sts:*"}}`, "Syntax errors in policy."},
		{checkPermissions, `{"Statement":{` + permissions + `}}`, ""},
		{checkPermissions, `{"Statement":{"Effect":"Allow","Action":"GetObject","Resource":"*"}}`, "must be prefaced by a vendor"},
		{checkPermissions, `{"Statement":{"Effect":"Allow","Action":[],"Resource":"*"}}`, "Syntax errors in policy."},
		{checkPermissions, `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}}`, `Resource bucket must be in ARN format or "*".`},
	} {
		err := tt.check(tt.document)
		if (err == nil) != (tt.words == "") || err != nil && !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%s: %v, want %q", tt.document, err, tt.words)
		}
	}
}
