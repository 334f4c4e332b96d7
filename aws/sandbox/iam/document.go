package iam

import (
	"encoding/json"
	"net/url"
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

// checkTrust checks a role's trust policy.
func checkTrust(document string) error {
	if visible(document) > maxTrustSize {
		return overLimit("ACLSizePerRole", maxTrustSize)
	}
	return checkDocument(document, func(s statement) string {
		switch {
		case !s.has("Principal", "NotPrincipal"):
			return "Missing required field Principal"
		case s.has("Resource", "NotResource"):
			return "Has prohibited field Resource"
		case !s.has("Action", "NotAction"):
			return "Missing required field Action"
		}
		return ""
	})
}

// checkPermissions checks a policy that says what a role may do.
func checkPermissions(document string) error {
	return checkDocument(document, func(s statement) string {
		switch {
		case s.has("Principal", "NotPrincipal"):
			return "Policy document should not specify a principal."
		case !s.has("Action", "NotAction"):
			return "Policy statement must contain actions."
		case !s.has("Resource", "NotResource"):
			return "Policy statement must contain resources."
		}
		return ""
	})
}

// checkDocument reads a policy and lets check find the fault of each statement ("" for none).
func checkDocument(document string, check func(statement) string) error {
	var doc struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		return malformed("This policy contains invalid Json")
	}
	list, ok := statements(doc.Statement)
	if !ok || len(list) == 0 {
		return malformed("Syntax errors in policy: it needs a Statement, an object or a list of objects.")
	}
	for _, s := range list {
		if effect := strings.Trim(string(s["Effect"]), `"`); effect != "Allow" && effect != "Deny" {
			return malformed("Syntax errors in policy: the Effect of a statement must be Allow or Deny.")
		}
		if why := check(s); why != "" {
			return malformed(why)
		}
	}
	return nil
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
