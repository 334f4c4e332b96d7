package createjob

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fleetlab/workflows/fleet"
)

// Tag is a tag of the job.
type Tag struct {
	Key   string `json:"Key"`
	Value string `json:"Value"`
}

// String is key=value.
func (t Tag) String() string { return t.Key + "=" + t.Value }

// What AWS's model (TagKey and TagValue) lets keys and values be. Lengths are counted apart: such classes repeated that often
// take as long to compile as the whole program to start.
const (
	longestKey   = 128
	longestValue = 256
)

func tagText(s string, longest int) bool {
	odd := func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.Z, unicode.N) && !strings.ContainsRune("_.:/=+-@", r)
	}
	return utf8.RuneCountInString(s) <= longest && strings.IndexFunc(s, odd) < 0
}

const tagForm = "team=brakes"

func setTags(in *Input, text string) error {
	ours := fleet.Tags()
	var out []Tag
	err := eachItem(FieldTags, text, func(item string) error {
		key, value, ok := strings.Cut(item, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || key == "" || !tagText(key, longestKey) || !tagText(value, longestValue) {
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
