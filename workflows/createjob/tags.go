package createjob

import (
	"regexp"
	"slices"
	"strings"

	"fleetlab/workflows/fleet"
)

// Tag is a tag of the job.
type Tag struct {
	Key   string `json:"Key"`
	Value string `json:"Value"`
}

// String is key=value.
func (t Tag) String() string { return t.Key + "=" + t.Value }

// Patterns of AWS's model (TagKey and TagValue).
var (
	tagKey   = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$`)
	tagValue = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$`)
)

const tagForm = "team=brakes"

func setTags(in *Input, text string) error {
	ours := fleet.Tags()
	var out []Tag
	err := eachItem(FieldTags, text, func(item string) error {
		key, value, ok := strings.Cut(item, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || !tagKey.MatchString(key) || !tagValue.MatchString(value) {
			return badForm(FieldTags, text, item, tagForm)
		}
		if strings.HasPrefix(strings.ToLower(key), "aws:") { // kept for AWS itself (AWS General Reference, tag naming limits)
			return badForm(FieldTags, text, item, tagForm)
		}
		if _, taken := ours[key]; taken || slices.ContainsFunc(out, func(t Tag) bool { return t.Key == key }) {
			return fleet.Refuse(FieldTags, text, fleet.Twice, "item", key)
		}
		out = append(out, Tag{key, value})
		return nil
	})
	if err != nil {
		return err
	}
	if most := MaxTags - len(ours); len(out) > most {
		return fleet.Refuse(FieldTags, text, fleet.TooMany, "max", most)
	}
	in.Tags = out
	return nil
}
