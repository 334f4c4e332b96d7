package trace

import (
	"encoding/base64"
	"encoding/json"
	"path"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// commands are the names under which the AWS CLI knows the services.
var commands = map[string]string{"IoT": "iot", "IoT Data Plane": "iot-data", "IoT Jobs Data Plane": "iot-jobs-data",
	"S3": "s3api", "IAM": "iam", "STS": "sts"}

// Command writes a call as an AWS CLI command that does the same, for a POSIX shell and both major versions of the CLI. A
// file's body is named FILE, since the log does not keep it.
func Command(service, operation string, in any) string {
	name, ok := commands[service]
	if !ok {
		name = strings.ToLower(service)
	}
	c := command{service: service, operation: operation, words: []string{"aws", name, kebab(operation)}}
	if v := reflect.Indirect(reflect.ValueOf(in)); v.Kind() == reflect.Struct {
		c.options(v)
	}
	c.outfile(in)
	return c.before + strings.Join(c.words, " ")
}

// command is a command being written.
type command struct {
	service, operation string
	words              []string
	before             string // what feeds its standard input
}

func (c *command) options(v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.IsExported() && !v.Field(i).IsZero() {
			c.option(f.Name, v.Field(i))
		}
	}
}

// option adds one option; true and false have no value but a name each.
func (c *command) option(field string, v reflect.Value) {
	name := "--" + kebab(field)
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		c.blob(name, v.Bytes())
		return
	}
	value := shown(field, plainValue(v, c.service))
	if value == bodyWord {
		value = "FILE"
	}
	switch rv := reflect.ValueOf(value); rv.Kind() {
	case reflect.Bool:
		if !rv.Bool() {
			name = "--no-" + name[2:]
		}
		c.words = append(c.words, name)
	case reflect.String:
		c.text(name, rv.String())
	default:
		if t, ok := value.(time.Time); ok {
			c.text(name, t.UTC().Format(time.RFC3339Nano))
			return
		}
		if b, err := json.Marshal(value); err == nil {
			c.text(name, string(b))
		}
	}
}

// text adds an option's value. One that starts with a dash would be taken for an option itself.
func (c *command) text(name, value string) {
	if strings.HasPrefix(value, "-") {
		c.words = append(c.words, name+"="+Quote(value))
		return
	}
	c.words = append(c.words, name, Quote(value))
}

// blob adds an option whose value is bytes: from standard input, since version 1 of the CLI takes what stands in the command
// for the bytes themselves, and version 2 for base64.
func (c *command) blob(name string, b []byte) {
	c.words = append(c.words, name, "fileb:///dev/stdin")
	if !utf8.Valid(b) {
		c.before = "printf %s " + base64.StdEncoding.EncodeToString(b) + " | base64 -d | "
		return
	}
	c.before = "printf %s " + Quote(redact(string(b))) + " | "
}

// outfile adds the file into which a command writes its answer, where the CLI asks for one: answers that are a document or a
// file.
func (c *command) outfile(in any) {
	switch {
	case c.service == "IoT Data Plane" && strings.HasSuffix(c.operation, "ThingShadow"):
		c.words = append(c.words, "/dev/stdout")
	case c.service == "S3" && c.operation == "GetObject":
		c.words = append(c.words, Quote(objectFile(in)))
	}
}

// objectFile is a name for the file of an S3 object: the last part of its key.
func objectFile(in any) string {
	if v := reflect.Indirect(reflect.ValueOf(in)); v.Kind() == reflect.Struct {
		if key, ok := plainValue(v.FieldByName("Key"), "S3").(string); ok && strings.Trim(key, "/.") != "" {
			return path.Base(key)
		}
	}
	return "FILE"
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

// Quote makes s one word of a POSIX shell.
func Quote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_./:=@%+,", r)) || r > unicode.MaxASCII
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
