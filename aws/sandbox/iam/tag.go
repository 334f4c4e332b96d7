package iam

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"fleetlab/aws/sandbox/store"
)

func (a *area) tagRole(_ context.Context, in *iam.TagRoleInput) (*iam.TagRoleOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		r, err := a.role(tx, *in.RoleName)
		if err != nil {
			return err
		}
		return putTags(tx, *r.Arn, in.Tags, "TagsPerRole")
	})
}

// putTags adds tags or gives them new values; quota names the limit of how many there are. Keys of one resource do not differ
// by case alone (IAM user guide, tagging).
func putTags(tx *store.Tx, arn string, tags []types.Tag, quota string) error {
	seen := map[string]bool{}
	for _, t := range tags {
		if k := strings.ToLower(*t.Key); seen[k] {
			return invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		} else {
			seen[k] = true
		}
		if _, err := tx.Exec("DELETE FROM tags WHERE arn=? AND key=? COLLATE NOCASE", arn, *t.Key); err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO tags(arn,key,value) VALUES(?,?,?)", arn, *t.Key, *t.Value); err != nil {
			return err
		}
	}
	var n int
	if err := tx.Row("SELECT count(*) FROM tags WHERE arn=?", []any{arn}, &n); err != nil {
		return err
	}
	if n > maxTags {
		return overLimit(quota, maxTags)
	}
	return nil
}

// untagRole removes tags; keys that the role lacks are ignored.
func (a *area) untagRole(_ context.Context, in *iam.UntagRoleInput) (*iam.UntagRoleOutput, error) {
	return nil, a.Store.Update(func(tx *store.Tx) error {
		r, err := a.role(tx, *in.RoleName)
		if err != nil {
			return err
		}
		return removeTags(tx, *r.Arn, in.TagKeys)
	})
}

func removeTags(tx *store.Tx, arn string, keys []string) error {
	for _, k := range keys {
		if _, err := tx.Exec("DELETE FROM tags WHERE arn=? AND key=? COLLATE NOCASE", arn, k); err != nil {
			return err
		}
	}
	return nil
}

func (a *area) listRoleTags(_ context.Context, in *iam.ListRoleTagsInput) (*iam.ListRoleTagsOutput, error) {
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.ListRoleTagsOutput{}
	return out, a.Store.View(func(tx *store.Tx) error {
		r, err := a.role(tx, *in.RoleName)
		if err != nil {
			return err
		}
		out.Tags, out.Marker, err = listTags(tx, *r.Arn, p)
		out.IsTruncated = out.Marker != nil
		return err
	})
}

func listTags(tx *store.Tx, arn string, p page) ([]types.Tag, *string, error) {
	tags := []types.Tag{}
	err := tx.Each("SELECT key,value FROM tags WHERE arn=? AND key>? ORDER BY key LIMIT ?", []any{arn, p.after, p.limit + 1},
		func(scan func(...any) error) error {
			var t types.Tag
			err := scan(&t.Key, &t.Value)
			tags = append(tags, t)
			return err
		})
	tags, marker := cut(p, tags, func(t types.Tag) string { return *t.Key })
	return tags, marker, err
}
