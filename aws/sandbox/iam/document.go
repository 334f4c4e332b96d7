package iam

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
)

// encoded is how IAM returns policy documents: percent-encoded by RFC 3986.
func encoded(document string) *string {
	s := strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
	return &s
}

// statement is what the checks look at in one statement of a policy.
type statement map[string]json.RawMessage

func (s statement) has(names ...string) bool {
	for _, n := range names {
		if _, ok := s[n]; ok {
			return true
		}
	}
	return false
}

// list reads the strings of an element that is there; false when it has another form.
func (s statement) list(name string) (stringList, bool) {
	var l stringList
	if !s.has(name) {
		return nil, true
	}
	return l, json.Unmarshal(s[name], &l) == nil && len(l) > 0
}

const syntaxErrors = "Syntax errors in policy."

// checkTrust checks a role's trust policy.
func checkTrust(document string) error {
	if visible(document) > maxTrustSize {
		return overLimit("ACLSizePerRole", maxTrustSize)
	}
	return checkDocument(document, "This policy contains invalid Json", func(s statement) string {
		switch {
		case !s.has("Principal", "NotPrincipal"):
			return "Missing required field Principal"
		case s.has("Resource", "NotResource"):
			return "Has prohibited field Resource"
		case !s.has("Action", "NotAction"):
			return "Missing required field Action"
		}
		if why := checkPrincipals(s); why != "" {
			return why
		}
		actions, _ := s.list("Action")
		for _, a := range actions {
			if a != "*" && !strings.HasPrefix(strings.ToLower(a), "sts:") {
				return "AssumeRole policy may only specify STS AssumeRole actions."
			}
		}
		return ""
	})
}

// principalKinds are the elements of a Principal (IAM user guide, policy elements: principal).
var principalKinds = map[string]bool{"AWS": true, "Service": true, "Federated": true, "CanonicalUser": true}

var (
	awsPrincipal     = regexp.MustCompile(`^(\*|[0-9]{12}|arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:.+|A[A-Z]{3}[A-Z0-9]{12,})$`)
	servicePrincipal = regexp.MustCompile(`^[a-z0-9.-]+\.(amazonaws\.com|amazonaws\.com\.cn|amazon\.com|internal)$`)
)

// checkPrincipals finds the fault of a statement's principals; "" for none.
func checkPrincipals(s statement) string {
	raw := s["Principal"]
	if raw == nil {
		raw = s["NotPrincipal"]
	}
	if string(raw) == `"*"` {
		return ""
	}
	var named map[string]stringList
	if json.Unmarshal(raw, &named) != nil || len(named) == 0 {
		return syntaxErrors
	}
	for kind, list := range named {
		if !principalKinds[kind] {
			return syntaxErrors
		}
		for _, p := range list {
			if kind == "AWS" && !awsPrincipal.MatchString(p) || kind == "Service" && !servicePrincipal.MatchString(p) {
				return `Invalid principal in policy: "` + kind + `":"` + p + `"`
			}
		}
	}
	return ""
}

// checkPermissions checks a policy that says what a role may do.
func checkPermissions(document string) error {
	return checkDocument(document, syntaxErrors, func(s statement) string {
		switch {
		case s.has("Principal", "NotPrincipal"):
			return "Policy document should not specify a principal."
		case !s.has("Action", "NotAction"):
			return "Policy statement must contain actions."
		case !s.has("Resource", "NotResource"):
			return "Policy statement must contain resources."
		}
		for _, name := range []string{"Resource", "NotResource"} {
			resources, _ := s.list(name)
			for _, r := range resources {
				if r != "*" && !strings.HasPrefix(r, "arn:") {
					return "Resource " + r + ` must be in ARN format or "*".`
				}
			}
		}
		return ""
	})
}

// checkDocument reads a policy and lets check find the fault of each statement ("" for none). noJSON is what is said of a
// document that is no JSON object.
func checkDocument(document, noJSON string, check func(statement) string) error {
	var doc struct {
		Version   string
		Statement json.RawMessage
	}
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(document), &members) != nil {
		return malformed(noJSON)
	}
	if json.Unmarshal([]byte(document), &doc) != nil || !policyVersions[doc.Version] {
		return malformed(syntaxErrors)
	}
	list, ok := statements(doc.Statement)
	if !ok || len(list) == 0 {
		return malformed("Syntax errors in policy: it needs a Statement, an object or a list of objects.")
	}
	seen := map[string]bool{}
	for _, s := range list {
		if effect := strings.Trim(string(s["Effect"]), `"`); effect != "Allow" && effect != "Deny" {
			return malformed("Syntax errors in policy: the Effect of a statement must be Allow or Deny.")
		}
		why := checkSid(s, seen)
		if why == "" {
			why = checkElements(s)
		}
		if why == "" {
			why = check(s)
		}
		if why != "" {
			return malformed(why)
		}
	}
	return nil
}

// policyVersions are the versions of the policy language; without one it is the older (IAM user guide, policy elements).
var policyVersions = map[string]bool{"": true, "2008-10-17": true, "2012-10-17": true}

var sidPattern = regexp.MustCompile(`^[0-9A-Za-z]*$`)

func checkSid(s statement, seen map[string]bool) string {
	if !s.has("Sid") {
		return ""
	}
	var sid string
	switch {
	case json.Unmarshal(s["Sid"], &sid) != nil:
		return syntaxErrors
	case !sidPattern.MatchString(sid):
		return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
	case sid != "" && seen[sid]:
		return "Statement IDs (SID) in a single policy must be unique."
	}
	seen[sid] = true
	return ""
}

// statementElements are the elements that a statement may have (IAM user guide, policy grammar).
var statementElements = map[string]bool{"Sid": true, "Effect": true, "Principal": true, "NotPrincipal": true, "Action": true,
	"NotAction": true, "Resource": true, "NotResource": true, "Condition": true}

// checkElements checks what all policies have in common.
func checkElements(s statement) string {
	for name := range s {
		if !statementElements[name] {
			return syntaxErrors
		}
	}
	for _, name := range []string{"Action", "Resource", "Principal"} {
		if s.has(name) && s.has("Not"+name) {
			return syntaxErrors
		}
	}
	for _, name := range []string{"Action", "NotAction", "Resource", "NotResource"} {
		list, ok := s.list(name)
		if !ok {
			return syntaxErrors
		}
		for _, a := range list {
			if strings.HasSuffix(name, "Action") && a != "*" && !strings.Contains(a, ":") {
				return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
			}
		}
	}
	var conditions map[string]map[string]json.RawMessage
	if s.has("Condition") && json.Unmarshal(s["Condition"], &conditions) != nil {
		return syntaxErrors
	}
	return ""
}

// statements reads one statement or a list of them.
func statements(raw json.RawMessage) ([]statement, bool) {
	var one statement
	if json.Unmarshal(raw, &one) == nil && one != nil {
		return []statement{one}, true
	}
	var list []statement
	if json.Unmarshal(raw, &list) != nil {
		return nil, false
	}
	for _, s := range list {
		if s == nil {
			return nil, false
		}
	}
	return list, true
}
