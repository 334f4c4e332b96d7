package iot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"pgregory.net/rapid"
)

const allowAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}`

func TestPolicyLife(t *testing.T) {
	t.Parallel()
	h, clk := open(t, Hooks{})
	in := &iot.CreatePolicyInput{PolicyName: p("P"), PolicyDocument: p(allowAll), Tags: []types.Tag{{Key: p("owner"), Value: p("lab")}}}
	out := ok(t, h.createPolicy, in)
	if *out.PolicyVersionId != "1" || *out.PolicyArn != h.r.ARN("policy/P") || *out.PolicyDocument != allowAll {
		t.Errorf("got %+v", out)
	}
	refused(t, h.createPolicy, in, "ResourceAlreadyExistsException", "Policy cannot be created - name already exists (name=P)")
	if tags := ok(t, h.listTags, &iot.ListTagsForResourceInput{ResourceArn: out.PolicyArn}).Tags; len(tags) != 1 {
		t.Errorf("tags are %v", tags)
	}
	clk.Advance(time.Second)
	second := strings.Replace(allowAll, "iot:*", "iot:Connect", 1)
	version := &iot.CreatePolicyVersionInput{PolicyName: p("P"), PolicyDocument: &second}
	if v := ok(t, h.createPolicyVersion, version); *v.PolicyVersionId != "2" || v.IsDefaultVersion {
		t.Errorf("got %+v", v)
	}
	if g := ok(t, h.getPolicy, &iot.GetPolicyInput{PolicyName: p("P")}); *g.DefaultVersionId != "1" || *g.PolicyDocument != allowAll ||
		!g.CreationDate.Equal(start) || !g.LastModifiedDate.Equal(start.Add(time.Second)) {
		t.Errorf("got %+v", g)
	}
	version.SetAsDefault = true
	for range 3 {
		ok(t, h.createPolicyVersion, version)
	}
	refused(t, h.createPolicyVersion, version, "VersionsLimitExceededException", "The policy P already has the maximum number of versions (5)")
	refused(t, h.deletePolicyVersion, &iot.DeletePolicyVersionInput{PolicyName: p("P"), PolicyVersionId: p("5")}, "InvalidRequestException", "")
	refused(t, h.deletePolicyVersion, &iot.DeletePolicyVersionInput{PolicyName: p("P"), PolicyVersionId: p("9")}, "ResourceNotFoundException", "")
	refused(t, h.deletePolicyVersion, &iot.DeletePolicyVersionInput{PolicyName: p("P"), PolicyVersionId: p(strings.Repeat("9", 30))}, "ResourceNotFoundException", "")
	refused(t, h.deletePolicy, &iot.DeletePolicyInput{PolicyName: p("P")},
		"DeleteConflictException", "The policy cannot be deleted as versions other than than default version exist")
	for _, v := range []string{"1", "2", "3", "4"} {
		ok(t, h.deletePolicyVersion, &iot.DeletePolicyVersionInput{PolicyName: p("P"), PolicyVersionId: &v})
	}
	if v := ok(t, h.createPolicyVersion, version); *v.PolicyVersionId != "6" || !v.IsDefaultVersion { // numbers are not used again
		t.Errorf("got %+v", v)
	}
	l := ok(t, h.listPolicyVersions, &iot.ListPolicyVersionsInput{PolicyName: p("P")}).PolicyVersions
	if len(l) != 2 || *l[0].VersionId != "6" || !l[0].IsDefaultVersion || *l[1].VersionId != "5" || l[1].IsDefaultVersion {
		t.Errorf("versions are %+v", l)
	}
	ok(t, h.deletePolicyVersion, &iot.DeletePolicyVersionInput{PolicyName: p("P"), PolicyVersionId: p("5")})
	ok(t, h.deletePolicy, &iot.DeletePolicyInput{PolicyName: p("P")})
	refused(t, h.getPolicy, &iot.GetPolicyInput{PolicyName: p("P")}, "ResourceNotFoundException", "")
	refused(t, h.listTags, &iot.ListTagsForResourceInput{ResourceArn: out.PolicyArn}, "ResourceNotFoundException", "")
}

func TestPolicyDocuments(t *testing.T) {
	t.Parallel()
	statement := func(s string) string { return `{"Version":"2012-10-17","Statement":` + s + `}` }
	for _, good := range []string{
		allowAll, statement(`{"Effect":"Deny","NotAction":["iot:Connect"],"Resource":["arn:aws:iot:us-east-1:000000000000:topic/a"]}`),
		statement(`[{"Effect":"Allow","Action":"iot:Publish","Resource":"*"}` + strings.Repeat(" \n", 3000) + `]`),
	} {
		if err := checkPolicy(good); err != nil {
			t.Errorf("%.100s: %v", good, err)
		}
	}
	h, _ := open(t, Hooks{})
	for _, bad := range []string{
		"", "policy.json", "null", "[]", "{}", `{"Version":"2011-01-01","Statement":[]}`, statement("[]"), statement("null"), statement(`[null]`), statement(`"x"`),
		statement(`{"Effect":"Maybe","Action":"*","Resource":"*"}`), statement(`{"Effect":"Allow","Resource":"*"}`),
		statement(`{"Effect":"Allow","Action":"*"}`), statement(`{"Effect":"Allow","Action":[],"Resource":"*"}`),
		statement(`{"Effect":"Allow","Action":7,"Resource":"*"}`), statement(`{"Effect":"Allow","Action":"*","Resource":"topic/a"}`),
		statement(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`),
		statement(`{"Effect":"Allow","Action":"iot:` + strings.Repeat("x", 2048) + `","Resource":"*"}`),
	} {
		refused(t, h.createPolicy, &iot.CreatePolicyInput{PolicyName: p("P"), PolicyDocument: &bad}, "MalformedPolicyException", "")
	}
	refused(t, h.createPolicyVersion, &iot.CreatePolicyVersionInput{PolicyName: p("P"), PolicyDocument: p(allowAll)}, "ResourceNotFoundException", "")
}

func FuzzCheckPolicy(f *testing.F) {
	f.Add(allowAll)
	f.Add(`{"Statement":{"Effect":"Deny","NotAction":"*","NotResource":["*"]}}`)
	f.Add(`{"Statement":[[{}]]}`)
	f.Fuzz(func(t *testing.T, document string) {
		if err := checkPolicy(document); err != nil && !strings.HasPrefix(err.Error(), "MalformedPolicyException: Policy document is Malformed: ") {
			t.Errorf("got %v", err)
		}
	})
}

func TestListPolicies(t *testing.T) {
	t.Parallel()
	h, clk := open(t, Hooks{})
	want := []string{"c", "a", "b"}
	for _, n := range want {
		ok(t, h.createPolicy, &iot.CreatePolicyInput{PolicyName: &n, PolicyDocument: p(allowAll)})
		clk.Advance(time.Second)
	}
	var got []string
	in := &iot.ListPoliciesInput{AscendingOrder: true, PageSize: p(int32(2))}
	for {
		out := ok(t, h.listPolicies, in)
		for _, e := range out.Policies {
			got = append(got, *e.PolicyName)
		}
		if in.Marker = out.NextMarker; in.Marker == nil {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if first := *ok(t, h.listPolicies, &iot.ListPoliciesInput{}).Policies[0].PolicyName; first != "b" {
		t.Errorf("%s is first of the newest", first)
	}
	refused(t, h.listPolicies, &iot.ListPoliciesInput{Marker: p("bWFkZQ==")}, "InvalidRequestException", "")
}

func TestPolicyTargets(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	makeGroup(t, h, "World", "")
	makeGroup(t, h, "Asia", "World")
	makeGroup(t, h, "Japan", "Asia")
	makeThing(t, h, "V1")
	for i := range 11 {
		ok(t, h.createPolicy, &iot.CreatePolicyInput{PolicyName: p(fmt.Sprintf("P%02d", i)), PolicyDocument: p(allowAll)})
	}
	attach := func(policy int, target string) *iot.AttachPolicyInput {
		return &iot.AttachPolicyInput{PolicyName: p(fmt.Sprintf("P%02d", policy)), Target: &target}
	}
	world, japan, cert := h.groupARN("World"), h.groupARN("Japan"), h.certificateARN(makeCertificate(t, h))
	for range 2 {
		ok(t, h.attachPolicy, attach(1, world))
	}
	ok(t, h.attachPolicy, attach(0, world))
	refused(t, h.attachPolicy, attach(2, world), "LimitExceededException", "")
	ok(t, h.attachPolicy, attach(0, japan))
	for i := range 10 {
		ok(t, h.attachPolicy, attach(i, cert))
	}
	refused(t, h.attachPolicy, attach(10, cert), "LimitExceededException", "")
	for bad, code := range map[string]string{
		h.thingARN("V1"): "InvalidRequestException", "x": "InvalidRequestException", h.groupARN("None"): "ResourceNotFoundException",
		h.certificateARN("none"): "ResourceNotFoundException",
	} {
		refused(t, h.attachPolicy, attach(3, bad), code, "")
		refused(t, h.listAttachedPolicies, &iot.ListAttachedPoliciesInput{Target: &bad}, code, "")
	}
	refused(t, h.attachPolicy, attach(99, world), "ResourceNotFoundException", "")
	refused(t, h.listTargetsForPolicy, &iot.ListTargetsForPolicyInput{PolicyName: p("P99")}, "ResourceNotFoundException", "")
	attached := func(target string, recursive bool) (list []string) {
		for _, e := range ok(t, h.listAttachedPolicies, &iot.ListAttachedPoliciesInput{Target: &target, Recursive: recursive}).Policies {
			list = append(list, *e.PolicyName)
		}
		return list
	}
	if got := attached(japan, false); !slices.Equal(got, []string{"P00"}) {
		t.Errorf("Japan has %v", got)
	}
	if got := attached(japan, true); !slices.Equal(got, []string{"P00", "P01"}) {
		t.Errorf("Japan and what is above it have %v", got)
	}
	refused(t, h.deletePolicy, &iot.DeletePolicyInput{PolicyName: p("P00")},
		"DeleteConflictException", "The policy cannot be deleted as the policy is attached to one or more principals (name=P00)")
	ok(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("Japan")}) // takes its attachments along
	if got := ok(t, h.listTargetsForPolicy, &iot.ListTargetsForPolicyInput{PolicyName: p("P00")}).Targets; !slices.Equal(got, []string{cert, world}) {
		t.Errorf("P00 is attached to %v", got)
	}
}

// TestAttachments compares attaching and detaching in any order with sets, seen from both sides and in pages.
func TestAttachments(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	policies := []string{"a", "b", "c", "d"}
	for _, n := range policies {
		ok(t, h.createPolicy, &iot.CreatePolicyInput{PolicyName: &n, PolicyDocument: p(allowAll)})
	}
	makeGroup(t, h, "G", "")
	targets := []string{h.groupARN("G"), h.certificateARN(makeCertificate(t, h)), h.certificateARN(makeCertificate(t, h)), "us-east-1:01234567-89ab-cdef-0123-456789abcdef"}
	model := map[string]map[string]bool{} // target -> policies; goes on from one check to the next, as the store does
	for _, target := range targets {
		model[target] = map[string]bool{}
	}
	rapid.Check(t, func(rt *rapid.T) {
		policy, target := rapid.SampledFrom(policies).Draw(rt, "policy"), rapid.SampledFrom(targets).Draw(rt, "target")
		if rapid.Bool().Draw(rt, "detach") {
			ok(t, h.detachPolicy, &iot.DetachPolicyInput{PolicyName: &policy, Target: &target})
			delete(model[target], policy)
		} else {
			_, err := h.attachPolicy(ctx, &iot.AttachPolicyInput{PolicyName: &policy, Target: &target})
			full := target == targets[0] && len(model[target]) == 2 && !model[target][policy]
			if (err != nil) != full {
				rt.Fatalf("attach %s to %s with %v: %v", policy, target, model[target], err)
			}
			if !full {
				model[target][policy] = true
			}
		}
		in := &iot.ListTargetsForPolicyInput{PolicyName: &policy, PageSize: p(rapid.Int32Range(1, 5).Draw(rt, "size"))}
		var got []string
		for {
			out := ok(t, h.listTargetsForPolicy, in)
			got = append(got, out.Targets...)
			if in.Marker = out.NextMarker; in.Marker == nil {
				break
			}
		}
		for _, target := range targets {
			list := ok(t, h.listAttachedPolicies, &iot.ListAttachedPoliciesInput{Target: &target}).Policies
			if len(list) != len(model[target]) || slices.Contains(got, target) != model[target][policy] {
				rt.Fatalf("%s has %v, and %s is attached to %v; want %v", target, list, policy, got, model)
			}
		}
	})
}
