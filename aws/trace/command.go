package trace

import (
	"encoding/json"
	"reflect"
	"strings"
	"unicode"
)

// commands are the names under which the AWS CLI knows the services.
var commands = map[string]string{"IoT": "iot", "IoT Data Plane": "iot-data", "IoT Jobs Data Plane": "iot-jobs-data",
	"S3": "s3api", "IAM": "iam", "STS": "sts"}

// Command writes a call as an AWS CLI command that does the same, for a POSIX shell. A file's body is named
// FILE, since the log does not keep it.
func Command(service, operation string, in any) string {
	name, ok := commands[service]
	if !ok {
		name = strings.ToLower(service)
	}
	words := []string{"aws", name, kebab(operation)}
	v := reflect.Indirect(reflect.ValueOf(in))
	if v.Kind() != reflect.Struct {
		return strings.Join(words, " ")
	}
	raw := false
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || v.Field(i).IsZero() {
			continue
		}
		value, isBlob := argument(service, f.Name, v.Field(i))
		raw = raw || isBlob
		words = append(words, option(f.Name, value)...)
	}
	if raw { // the CLI takes blobs as base64 unless told otherwise
		words = append(words, "--cli-binary-format", "raw-in-base64-out")
	}
	if service == "IoT Data Plane" && strings.HasSuffix(operation, "ThingShadow") {
		words = append(words, "/dev/stdout") // these commands write the document to a file
	}
	return strings.Join(words, " ")
}

// option spells one option; true and false have no value but a name each.
func option(field string, value any) []string {
	name := kebab(field)
	switch v := value.(type) {
	case bool:
		if v {
			return []string{"--" + name}
		}
		return []string{"--no-" + name}
	case string:
		return []string{"--" + name, quote(v)}
	}
	b, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return []string{"--" + name, quote(string(b))}
}

func argument(service, field string, v reflect.Value) (value any, isBlob bool) {
	value = plainValue(v, service)
	if value == "<body>" {
		return "FILE", false
	}
	if secretName(field) {
		return redacted, false
	}
	isBlob = v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8
	if rv := reflect.ValueOf(value); rv.Kind() == reflect.String {
		return rv.String(), isBlob
	}
	return value, isBlob
}

// kebab turns ThingName into thing-name and MFADelete into mfa-delete, as the AWS CLI does.
func kebab(s string) string {
	var b strings.Builder
	r := []rune(s)
	for i, c := range r {
		if unicode.IsUpper(c) && i > 0 && (unicode.IsLower(r[i-1]) || unicode.IsDigit(r[i-1]) || i+1 < len(r) && unicode.IsLower(r[i+1])) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// quote makes s one word of a POSIX shell.
func quote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_./:=@%+,", r)) || r > unicode.MaxASCII
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
