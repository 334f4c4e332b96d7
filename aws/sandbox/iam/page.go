package iam

import (
	"encoding/base64"

	"github.com/aws/smithy-go"
)

// page is which part of a list to return: limit items after the one named.
type page struct {
	after string
	limit int
}

const defaultItems = 100

// newPage reads Marker and MaxItems. A marker is the last item's name in base64.
func newPage(marker *string, items *int32) (page, error) {
	p := page{limit: defaultItems}
	if items != nil {
		p.limit = int(*items)
	}
	if marker == nil {
		return p, nil
	}
	after, err := base64.RawURLEncoding.DecodeString(*marker)
	if err != nil || len(after) == 0 {
		return p, &smithy.GenericAPIError{Code: "ValidationError",
			Message: "Invalid Marker: " + *marker + ". Use the Marker of the answer before this one."}
	}
	p.after = string(after)
	return p, nil
}

// cut shortens a list that was read with one item too many and returns the marker of what follows, or nil.
func cut[T any](p page, list []T, name func(T) string) ([]T, *string) {
	if len(list) <= p.limit {
		return list, nil
	}
	list = list[:p.limit]
	m := base64.RawURLEncoding.EncodeToString([]byte(name(list[len(list)-1])))
	return list, &m
}
