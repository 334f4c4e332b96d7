package iam

import (
	"encoding/json"
	"slices"
	"strings"
)

// assumeAction is what a trust policy has to allow.
const assumeAction = "sts:AssumeRole"

// Request is an attempt to assume a role, as the role's trust policy sees it.
type Request struct {
	Kind       string            // of the principal in a policy: Service or AWS
	Principals []string          // by which the caller may be named: iot.amazonaws.com, or ARNs and the account
	Context    map[string]string // condition keys in lower case with their values
}

// stringList is a JSON string or list of strings.
type stringList []string

// UnmarshalJSON implements json.Unmarshaler.
func (l *stringList) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*l = stringList{one}
		return nil
	}
	var many []string
	err := json.Unmarshal(b, &many)
	*l = many
	return err
}

// trustStatement is a statement of a trust policy.
type trustStatement struct {
	Effect       string
	Principal    principals
	NotPrincipal principals
	Action       stringList
	NotAction    stringList
	Condition    map[string]map[string]conditionValues
}

// principals are those of a statement by kind; "*" stands for everybody.
type principals map[string]stringList

// UnmarshalJSON implements json.Unmarshaler.
func (p *principals) UnmarshalJSON(b []byte) error {
	if string(b) == `"*"` {
		*p = principals{"AWS": {"*"}, "Service": {"*"}}
		return nil
	}
	var m map[string]stringList
	err := json.Unmarshal(b, &m)
	*p = m
	return err
}

func (p principals) include(r Request) bool {
	return slices.ContainsFunc(p[r.Kind], func(named string) bool { return named == "*" || slices.Contains(r.Principals, named) })
}

// trusts evaluates a trust policy: a statement must allow, and none may deny. What cannot be read allows nothing.
func trusts(document string, r Request) bool {
	var doc struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(document), &doc) != nil {
		return false
	}
	list, _ := statements(doc.Statement)
	allowed := false
	for _, raw := range list {
		var s trustStatement
		b, err := json.Marshal(raw)
		if err != nil || json.Unmarshal(b, &s) != nil {
			return false
		}
		if !s.fits(r) {
			continue
		}
		if s.Effect == "Deny" {
			return false
		}
		allowed = true
	}
	return allowed
}

func (s *trustStatement) fits(r Request) bool {
	who := s.Principal.include(r)
	if s.NotPrincipal != nil {
		who = !s.NotPrincipal.include(r)
	}
	acts := func(list stringList) bool {
		return slices.ContainsFunc(list, func(p string) bool { return like(strings.ToLower(p), strings.ToLower(assumeAction)) })
	}
	what := acts(s.Action)
	if s.NotAction != nil {
		what = !acts(s.NotAction)
	}
	return who && what && conditionsHold(s.Condition, r.Context)
}

// like matches s with a pattern in which * stands for any text and ? for one byte.
func like(pattern, s string) bool {
	star, back, i, j := -1, 0, 0, 0
	for j < len(s) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, back = i, j
			i++
		case i < len(pattern) && (pattern[i] == '?' || pattern[i] == s[j]):
			i++
			j++
		case star >= 0:
			back++
			i, j = star+1, back
		default:
			return false
		}
	}
	return strings.Trim(pattern[i:], "*") == ""
}
