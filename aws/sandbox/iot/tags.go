package iot

import (
	"context"
	"errors"
	"strings"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func (h *handlers) registerTags(s *wire.Server) {
	wire.Handle(s, service, "TagResource", h.tagResource)
	wire.Handle(s, service, "UntagResource", h.untagResource)
	wire.Handle(s, service, "ListTagsForResource", h.listTags, "The page size of 25 is assumed; AWS documents none.")
}

// tagsOf turns the SDK's tags into ours. A key given twice is refused.
func tagsOf(in []types.Tag) ([]tag.Tag, error) {
	tags := make([]tag.Tag, 0, len(in))
	seen := map[string]bool{}
	for _, t := range in {
		if seen[*t.Key] {
			return nil, invalid("Tag key %s is given more than once", *t.Key)
		}
		seen[*t.Key] = true
		tags = append(tags, tag.Tag{Key: *t.Key, Value: str(t.Value)})
	}
	return tags, nil
}

// setTags tags a resource that is being created. Creations declare no LimitExceededException, so too many tags
// are an InvalidRequestException.
func setTags(tx *store.Tx, arn string, in []types.Tag) error {
	tags, err := tagsOf(in)
	if err != nil || len(tags) == 0 {
		return err
	}
	err = tag.Set(tx, arn, tags)
	if errors.Is(err, tag.ErrTooMany) || errors.Is(err, tag.ErrReserved) {
		return invalid("%s", err)
	}
	return err
}

func (h *handlers) tagResource(_ context.Context, in *iot.TagResourceInput) (*iot.TagResourceOutput, error) {
	tags, err := tagsOf(in.Tags)
	if err != nil {
		return nil, err
	}
	return &iot.TagResourceOutput{}, h.update(func(tx *store.Tx) error {
		if err := h.taggable(tx, *in.ResourceArn); err != nil {
			return err
		}
		err := tag.Set(tx, *in.ResourceArn, tags)
		switch {
		case errors.Is(err, tag.ErrTooMany):
			return &types.LimitExceededException{Message: text("%s", err)}
		case errors.Is(err, tag.ErrReserved):
			return invalid("%s", err)
		}
		return err
	})
}

func (h *handlers) untagResource(_ context.Context, in *iot.UntagResourceInput) (*iot.UntagResourceOutput, error) {
	return &iot.UntagResourceOutput{}, h.update(func(tx *store.Tx) error {
		if err := h.taggable(tx, *in.ResourceArn); err != nil {
			return err
		}
		return tag.Remove(tx, *in.ResourceArn, in.TagKeys)
	})
}

// tagPage is how many tags ListTagsForResource returns at a time. The operation has no parameter for it and AWS documents
// no number; the registry's usual page is assumed.
const tagPage = pageSize

// listTags pages through the tags by key.
func (h *handlers) listTags(_ context.Context, in *iot.ListTagsForResourceInput) (*iot.ListTagsForResourceOutput, error) {
	list := page.Of("ListTagsForResource", *in.ResourceArn)
	from, err := after(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	var tags []tag.Tag
	err = h.view(func(tx *store.Tx) (err error) {
		if err := h.taggable(tx, *in.ResourceArn); err != nil {
			return err
		}
		tags, err = tag.After(tx, *in.ResourceArn, from, tagPage+1)
		return err
	})
	tags, next := page.Cut(list, tags, tagPage, func(t tag.Tag) string { return t.Key })
	out := &iot.ListTagsForResourceOutput{Tags: []types.Tag{}, NextToken: next}
	for _, t := range tags {
		out.Tags = append(out.Tags, types.Tag{Key: &t.Key, Value: &t.Value})
	}
	return out, err
}

// taggable is nil for an ARN of a resource that exists and can have tags. Things and certificates cannot (AWS IoT
// developer guide, tagging).
func (h *handlers) taggable(tx *store.Tx, arn string) error {
	resource, ours := strings.CutPrefix(arn, h.r.ARN(""))
	kind, id, _ := strings.Cut(resource, "/")
	if !ours || id == "" {
		return invalid("%s is not the ARN of a resource in this account and Region; it would start with %s", arn, h.r.ARN(""))
	}
	exists := h.hooks.Taggable[kind]
	switch kind {
	case "thingtype":
		exists = named("SELECT EXISTS(SELECT 1 FROM thing_types WHERE name=?)")
	case "thinggroup":
		exists = named("SELECT EXISTS(SELECT 1 FROM thing_groups WHERE name=?)")
	case "policy":
		exists = named("SELECT EXISTS(SELECT 1 FROM iot_policies WHERE name=?)")
	case "billinggroup":
		exists = func(*store.Tx, string) (bool, error) { return false, nil } // there is no operation that creates one
	case "package":
		exists = hasPackage
	}
	if exists == nil {
		return invalid("Resources of the kind %s cannot have tags (%s)", kind, arn)
	}
	found, err := exists(tx, id)
	if err == nil && !found {
		err = notFound("The resource %s does not exist", arn)
	}
	return err
}

// named is true for an id that the query finds.
func named(query string) Exists {
	return func(tx *store.Tx, id string) (bool, error) { return has(tx, query, id) }
}

func has(tx *store.Tx, query string, args ...any) (bool, error) {
	n := 0
	err := tx.Row(query, args, &n)
	return n != 0, err
}

// hasPackage takes what follows package/ in an ARN: NAME or NAME/version/VERSION.
func hasPackage(tx *store.Tx, id string) (bool, error) {
	name, version, isVersion := strings.Cut(id, "/version/")
	if isVersion {
		return has(tx, "SELECT EXISTS(SELECT 1 FROM package_versions WHERE package=? AND name=?)", name, version)
	}
	return has(tx, "SELECT EXISTS(SELECT 1 FROM packages WHERE name=?)", name)
}
