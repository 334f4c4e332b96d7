package iam

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// conditionValues are the values that a condition compares a key with: strings, or JSON's other scalars as strings.
type conditionValues []string

// UnmarshalJSON implements json.Unmarshaler.
func (v *conditionValues) UnmarshalJSON(b []byte) error {
	var list []any
	if json.Unmarshal(b, &list) != nil {
		var one any
		if err := json.Unmarshal(b, &one); err != nil {
			return err
		}
		list = []any{one}
	}
	for _, e := range list {
		switch e := e.(type) {
		case string:
			*v = append(*v, e)
		case bool:
			*v = append(*v, strconv.FormatBool(e))
		case float64:
			*v = append(*v, strconv.FormatFloat(e, 'f', -1, 64))
		}
	}
	return nil
}

// comparisons are the condition operators that say when a key's value fits one of the policy's. Those that are missing here
// (dates, numbers, addresses) never hold.
var comparisons = map[string]func(want, got string) bool{
	"StringEquals":           func(want, got string) bool { return want == got },
	"StringEqualsIgnoreCase": strings.EqualFold,
	"StringLike":             like,
	"ArnEquals":              like, // the same as ArnLike (IAM user guide, ARN condition operators)
	"ArnLike":                like,
	"Bool":                   strings.EqualFold,
}

// negations are operators that hold when the other does not.
var negations = map[string]string{
	"StringNotEquals": "StringEquals", "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase", "StringNotLike": "StringLike",
	"ArnNotEquals": "ArnEquals", "ArnNotLike": "ArnLike",
}

// conditionsHold evaluates all conditions of a statement. A key that the request does not have makes a comparison fail and a
// negated one hold (IAM user guide, condition operators).
func conditionsHold(conditions map[string]map[string]conditionValues, context map[string]string) bool {
	for operator, keys := range conditions {
		for key, values := range keys {
			got, has := context[strings.ToLower(key)]
			if !conditionHolds(operator, values, got, has) {
				return false
			}
		}
	}
	return true
}

func conditionHolds(operator string, values []string, got string, has bool) bool {
	operator = strings.TrimPrefix(strings.TrimPrefix(operator, "ForAnyValue:"), "ForAllValues:")
	if operator == "Null" {
		return slices.Contains(values, strconv.FormatBool(!has))
	}
	operator, ifExists := strings.CutSuffix(operator, "IfExists")
	if ifExists && !has {
		return true
	}
	positive, negated := negations[operator]
	if negated {
		operator = positive
	}
	compare := comparisons[operator]
	if compare == nil {
		return false
	}
	fits := has && slices.ContainsFunc(values, func(want string) bool { return compare(want, got) })
	return fits != negated
}
