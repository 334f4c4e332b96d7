package locale

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"

	"fleetlab/ui/text"
	"fleetlab/workflows/event"
)

// Fault is what went wrong, in which call, and what to do next, as one line.
func (p *Printer) Fault(f *event.Fault) string {
	line := p.What(f)
	if hint := p.advice(f); hint != "" {
		return p.T("event.fault", "Fault", line, "Hint", hint)
	}
	return line
}

// What is what went wrong, and in which call.
func (p *Printer) What(f *event.Fault) string {
	parts := make([]string, 0, 3)
	for _, s := range []string{f.Operation, f.Code, f.Message} {
		if s != "" && (len(parts) == 0 || parts[len(parts)-1] != s) { // an answer without words has its code for a message
			parts = append(parts, text.Line(s))
		}
	}
	return strings.Join(parts, ": ")
}

// advice is what a person can do about a fault, with its particulars where it has some.
func (p *Printer) advice(f *event.Fault) string {
	switch f.Class {
	case "denied":
		return p.deniedAdvice(f)
	case "quota":
		if name := quotaOf(f); name != "" {
			return p.T("hint.quota-named", "Quota", name)
		}
	case "credentials":
		switch f.Code {
		case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId":
			return p.T("hint.credentials-unknown")
		case "SignatureDoesNotMatch", "InvalidSignatureException":
			return p.T("hint.credentials-secret")
		}
	}
	return p.Hint(f.Class)
}

// Hint is what a person can do about an error of a class, "" when there is nothing to say.
func (p *Printer) Hint(class string) string { return p.known("hint.", class, "") }

// What AWS says of a call that it denies: ... is not authorized to perform: iot:CreateThing on resource: arn:... because no
// identity-based policy allows the iot:CreateThing action (IAM user guide, Troubleshoot access denied error messages).
var (
	deniedAction   = regexp.MustCompile(`not authorized to perform: ([a-zA-Z0-9-]+:[a-zA-Z0-9]+)`)
	deniedResource = regexp.MustCompile(`on resource: "?(arn:[^\s"]+|\*)`)
	deniedBy       = regexp.MustCompile(`explicit deny in (?:an? |the )?([a-z -]+?policy)`)
)

// deniedAdvice names the missing permission and proposes the statement that grants it.
func (p *Printer) deniedAdvice(f *event.Fault) string {
	actions := []string{submatch(deniedAction, f.Message)}
	if actions[0] == "" {
		actions = actionsOf(f.Operation)
	}
	if actions == nil {
		return p.Hint(f.Class)
	}
	action := strings.Join(actions, ", ")
	resource := cmp.Or(submatch(deniedResource, f.Message), "*")
	if strings.Contains(f.Message, "explicit deny") {
		return p.T("hint.denied-explicitly", "Action", action, "Resource", resource, "Policy", cmp.Or(submatch(deniedBy, f.Message), "policy"))
	}
	return p.T("hint.denied-action", "Action", action, "Statement", statement(actions, one.ReplaceAllString(resource, "$1*")))
}

// one is a thing, a job or an object among many: who may not do something with it may not do so with the others either.
var one = regexp.MustCompile(`^(arn:[a-z-]+:(?:iot|s3):[^/]*/).+$`)

// statement is what in a policy allows actions.
func statement(actions []string, resource string) string {
	s := struct {
		Effect   string
		Action   any // a string or several, as people write it
		Resource string
	}{"Allow", actions, resource}
	if len(actions) == 1 {
		s.Action = actions[0]
	}
	text, err := json.Marshal(s)
	if err != nil { // strings always can
		panic(err)
	}
	return string(text)
}

func submatch(re *regexp.Regexp, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

// permissions are those of calls whose name is another. Source: Service Authorization Reference. Whether an object that is not there
// may be looked for is a matter of s3:ListBucket (S3 API reference, HeadObject, Permissions).
var permissions = map[string][]string{
	"s3:ListObjectVersions": {"s3:ListBucketVersions"}, "s3:ListObjectsV2": {"s3:ListBucket"}, "s3:HeadBucket": {"s3:ListBucket"},
	"s3:HeadObject": {"s3:GetObject", "s3:ListBucket"}, "s3:ListBuckets": {"s3:ListAllMyBuckets"}, "s3:DeleteObjects": {"s3:DeleteObject"},
}

// actionsOf are the permissions that a call needs: iot:CreateThing.
func actionsOf(operation string) []string {
	if a, ok := permissions[operation]; ok {
		return a
	}
	service, name, ok := strings.Cut(operation, ":")
	if !ok {
		return nil
	}
	switch service {
	case "iot-data":
		service = "iot"
	case "iot-jobs-data":
		service = "iotjobsdata"
	}
	return []string{service + ":" + name}
}

// quotas are the counts that calls can exhaust, where AWS's answer does not say which. Sources: AWS General Reference, AWS IoT
// Device Management and AWS IoT Core endpoints and quotas; AWS IoT developer guide, Job limits; S3 user guide, General purpose bucket
// quotas.
var quotas = map[string]string{
	"iot:CreatePackage": "packages (100)", "iot:TagResource": "tags per resource (50)", "iot:CreateJob": "active jobs",
	"iot:CreateDynamicThingGroup": "dynamic thing groups (100)", "iot:CreateJobTemplate": "job templates",
	"s3:CreateBucket": "general purpose buckets (10,000)",
}

// namedQuota is how IAM names a quota: Cannot exceed quota for RolesPerAccount: 1000.
var namedQuota = regexp.MustCompile(`quota for (\w+): (\d+)`)

func quotaOf(f *event.Fault) string {
	if m := namedQuota.FindStringSubmatch(f.Message); m != nil {
		return m[1] + " (" + m[2] + ")"
	}
	return quotas[f.Operation]
}
