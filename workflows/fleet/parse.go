package fleet

import (
	"regexp"
	"strconv"
	"strings"
)

// List splits a comma list, trims its items and checks each one with check. Empty lists, empty items and items that
// stand there twice are refused.
func List(field, text string, most int, check func(item string) *FieldError) ([]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, Refuse(field, text, Empty)
	}
	var out []string
	seen := map[string]bool{}
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			return nil, Refuse(field, text, Empty)
		}
		if err := check(item); err != nil {
			err.Field, err.Value = field, text
			return nil, err
		}
		if seen[item] {
			return nil, Refuse(field, text, Twice, "item", item)
		}
		seen[item] = true
		out = append(out, item)
	}
	if len(out) > most {
		return nil, Refuse(field, text, TooMany, "max", most)
	}
	return out, nil
}

// Number reads a whole number between least and most.
func Number(field, text string, least, most int64) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		if strings.TrimSpace(text) == "" {
			return 0, Refuse(field, text, Empty)
		}
		return 0, Refuse(field, text, NotANumber, "min", least, "max", most)
	}
	if n < least || n > most {
		return 0, Refuse(field, text, OutOfRange, "min", least, "max", most)
	}
	return n, nil
}

// SetNumber reads a whole number into a field; to is left alone when the text cannot be used.
func SetNumber[T int | int64](to *T, field, text string, least, most int64) error {
	n, err := Number(field, text, least, most)
	if err != nil {
		return err
	}
	*to = T(n)
	return nil
}

// SetName reads a name that check accepts into a field. An empty text is one only where the field may be left out.
func SetName(to *string, field, text string, mayBeEmpty bool, check func(item string) *FieldError) error {
	name := strings.TrimSpace(text)
	if name == "" && !mayBeEmpty {
		return Refuse(field, text, Empty)
	}
	if name != "" {
		if err := check(name); err != nil {
			err.Field, err.Value = field, text
			return err
		}
	}
	*to = name
	return nil
}

// Patterns of AWS's model: names of things, types and groups; names and versions of packages.
var (
	registryName = regexp.MustCompile(`^[a-zA-Z0-9:_-]{1,128}$`)
	packageName  = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,128}$`)
	version      = regexp.MustCompile(`^[0-9]+(\.[0-9]+)*([-_.][a-zA-Z0-9]+)*$`)
	jobID        = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)
	prefix       = regexp.MustCompile(`^[a-zA-Z0-9:_-]{1,20}$`)
)

// maxVersion is the longest package version name (AWS IoT API model, VersionName).
const maxVersion = 64

// CheckType refuses names that cannot be both a thing type's and a package's: every type has its package.
func CheckType(item string) *FieldError {
	if !registryName.MatchString(item) || !packageName.MatchString(item) {
		return Refuse("", item, BadName, "item", item, "allowed", "A-Z a-z 0-9 _ -", "max", 128)
	}
	return nil
}

// CheckVersion refuses what is no version such as 1.0.0 or 2.0.0-beta.
func CheckVersion(item string) *FieldError {
	if len(item) > maxVersion || !version.MatchString(item) {
		return Refuse("", item, BadVersion, "item", item)
	}
	return nil
}

// CheckJobID refuses what AWS would refuse as a job's id.
func CheckJobID(item string) *FieldError {
	if !jobID.MatchString(item) {
		return Refuse("", item, BadName, "item", item, "allowed", "A-Z a-z 0-9 _ -", "max", 64)
	}
	return nil
}

// CheckPrefix refuses what cannot start a thing's name.
func CheckPrefix(item string) *FieldError {
	if !prefix.MatchString(item) {
		return Refuse("", item, BadName, "item", item, "allowed", "A-Z a-z 0-9 : _ -", "max", 20)
	}
	return nil
}
