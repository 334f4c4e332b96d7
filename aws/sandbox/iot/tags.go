package iot

import (
	"context"
	"errors"
	"strings"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func (h *handlers) registerTags(s *wire.Server) {
	wire.Handle(s, service, "TagResource", h.tagResource)
	wire.Handle(s, service, "UntagResource", h.untagResource)
	wire.Handle(s, service, "ListTagsForResource", h.listTags)
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

// listTags answers all tags at once: there are never more than fifty.
func (h *handlers) listTags(_ context.Context, in *iot.ListTagsForResourceInput) (*iot.ListTagsForResourceOutput, error) {
	if str(in.NextToken) != "" {
		return nil, invalid("invalid nextToken: all tags were on the first page")
	}
	out := &iot.ListTagsForResourceOutput{Tags: []types.Tag{}}
	err := h.view(func(tx *store.Tx) error {
		if err := h.taggable(tx, *in.ResourceArn); err != nil {
			return err
		}
		tags, err := tag.Of(tx, *in.ResourceArn)
		for _, t := range tags {
			out.Tags = append(out.Tags, types.Tag{Key: &t.Key, Value: &t.Value})
		}
		return err
	})
	return out, err
}

// taggable is nil for an ARN of a resource that exists and can have tags. Things cannot.
func (h *handlers) taggable(tx *store.Tx, arn string) error {
	resource, ours := strings.CutPrefix(arn, h.r.ARN(""))
	kind, id, _ := strings.Cut(resource, "/")
	if !isARN(arn) || !ours || id == "" {
		return invalid("%s is not the ARN of a resource in this account and Region; it would start with %s", arn, h.r.ARN(""))
	}
	var exists bool
	var err error
	switch kind {
	case "thingtype":
		exists, err = has(tx, "SELECT EXISTS(SELECT 1 FROM thing_types WHERE name=?)", id)
	case "thinggroup":
		exists, err = has(tx, "SELECT EXISTS(SELECT 1 FROM thing_groups WHERE name=?)", id)
	case "package":
		exists, err = hasPackage(tx, id)
	case "job":
		exists, err = h.hasJob(tx, id)
	default:
		return invalid("Resources of the kind %s cannot have tags (%s)", kind, arn)
	}
	if err == nil && !exists {
		err = notFound("The resource %s does not exist", arn)
	}
	return err
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

func (h *handlers) hasJob(tx *store.Tx, id string) (bool, error) {
	if h.hooks.JobTaggable == nil {
		return false, nil
	}
	return h.hooks.JobTaggable(tx, id)
}
