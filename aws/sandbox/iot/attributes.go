package iot

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// AWS General Reference, thing limits and quotas.
const (
	maxAttributes       = 50
	maxAttributesNoType = 3
	maxAttributeBytes   = 47 * 1024
)

// apply changes old by an attribute payload: replaced as a whole, or merged key by key. An empty value
// removes the key (AWS IoT API reference, AttributePayload). Without a payload, or with one that has no
// attributes member, nothing changes.
func apply(old map[string]string, p *types.AttributePayload) map[string]string {
	if p == nil || p.Attributes == nil {
		return old
	}
	next := map[string]string{}
	if p.Merge {
		maps.Copy(next, old)
	}
	for k, v := range p.Attributes {
		if v == "" {
			delete(next, k)
		} else {
			next[k] = v
		}
	}
	return next
}

// checkAttributes holds a thing to its limits.
func checkAttributes(thing, thingType string, attrs map[string]string) error {
	if thingType == "" && len(attrs) > maxAttributesNoType {
		return invalid("Thing %s has %d attributes; a thing without a thing type can have at most %d. Give it a thing type or fewer attributes",
			thing, len(attrs), maxAttributesNoType)
	}
	if len(attrs) > maxAttributes {
		return invalid("Thing %s has %d attributes; a thing can have at most %d", thing, len(attrs), maxAttributes)
	}
	size := 0
	for k, v := range attrs {
		size += len(k) + len(v)
	}
	if size > maxAttributeBytes {
		return invalid("The attributes of thing %s take %d bytes; at most %d are allowed", thing, size, maxAttributeBytes)
	}
	return nil
}

// encode is the stored form of a value. Maps come out in the order of their keys, so equal values have
// equal texts.
func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func encodeAttributes(attrs map[string]string) (string, error) {
	if len(attrs) == 0 {
		return "{}", nil
	}
	return encode(attrs)
}

func decode(what, text string, v any) error {
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}
