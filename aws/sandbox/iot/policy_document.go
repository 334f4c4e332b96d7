package iot

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// maxPolicySize is how long a policy document can be, in characters other than white space (AWS General Reference, AWS
// IoT Core security and identity quotas).
const maxPolicySize = 2048

func malformed(format string, args ...any) error {
	return &types.MalformedPolicyException{Message: text("Policy document is Malformed: "+format, args...)}
}

// checkPolicy reads an IoT policy as far as AWS's language for policies is certain. Actions are not compared with those
// that IoT has.
func checkPolicy(document string) error {
	if n := len([]rune(strings.Join(strings.Fields(document), ""))); n > maxPolicySize {
		return malformed("it has %d characters other than white space; at most %d are allowed", n, maxPolicySize)
	}
	var doc map[string]json.RawMessage
	if err := json.Unmarshal([]byte(document), &doc); err != nil || doc == nil {
		return malformed("it is not a JSON object")
	}
	if raw, given := doc["Version"]; given {
		var v string
		if err := json.Unmarshal(raw, &v); err != nil || v != "2012-10-17" && v != "2008-10-17" {
			return malformed("Version must be \"2012-10-17\" or \"2008-10-17\"")
		}
	}
	statements, err := oneOrMore[map[string]json.RawMessage](doc["Statement"])
	if err != nil || len(statements) == 0 {
		return malformed("it needs a Statement, an object or a list of objects")
	}
	for _, s := range statements {
		if err := checkStatement(s); err != nil {
			return err
		}
	}
	return nil
}

func checkStatement(s map[string]json.RawMessage) error {
	var effect string
	if json.Unmarshal(s["Effect"], &effect) != nil || effect != "Allow" && effect != "Deny" {
		return malformed("the Effect of a statement must be Allow or Deny")
	}
	if _, given := s["Principal"]; given {
		return malformed("a statement cannot name a Principal; the policy is attached to one")
	}
	if actions, err := either(s, "Action", "NotAction"); err != nil || len(actions) == 0 {
		return malformed("a statement needs an Action, a text or a list of texts")
	}
	resources, err := either(s, "Resource", "NotResource")
	if err != nil || len(resources) == 0 {
		return malformed("a statement needs a Resource, a text or a list of texts")
	}
	for _, r := range resources {
		if r != "*" && !strings.HasPrefix(r, "arn:") {
			return malformed("The following resources are invalid : %s", r)
		}
	}
	return nil
}

func either(s map[string]json.RawMessage, key, opposite string) ([]string, error) {
	if raw, given := s[key]; given {
		return oneOrMore[string](raw)
	}
	return oneOrMore[string](s[opposite])
}

// oneOrMore reads a value or a list of values.
func oneOrMore[T any](raw json.RawMessage) ([]T, error) {
	if trimmed := strings.TrimSpace(string(raw)); trimmed == "null" || strings.HasPrefix(trimmed, "[") {
		var list []T
		return list, json.Unmarshal(raw, &list)
	}
	var one T
	err := json.Unmarshal(raw, &one)
	return []T{one}, err
}
