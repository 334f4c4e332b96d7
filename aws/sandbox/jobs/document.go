package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A job document is JSON whose strings may hold placeholders: ${aws:iot:...}. Package attributes are put in
// when the job is created, presigned URLs each time that a device obtains the document (AWS IoT developer
// guide, job documents and package placeholders).

type placeholderKind int

const (
	packageAttributes placeholderKind = iota // the whole object, or one attribute of it
	packageArtifact                          // a presigned URL of the package version's artifact
	objectURL                                // a presigned URL of the object at a URL that is written plainly
	encodedObjectURL                         // the same with a percent-encoded URL
)

// placeholder is one ${aws:iot:...}. Package and version are both empty when the job has exactly one
// destination package version and the document means that one.
type placeholder struct {
	kind     placeholderKind
	pkg, ver string
	key      string // of an attribute; "" means all of them
	url      string
}

// value is what a placeholder becomes. With raw set the whole JSON string is replaced by that JSON, with
// keep set the placeholder stays as it is written.
type value struct {
	text string
	raw  json.RawMessage
	keep bool
}

type resolver func(placeholder) (value, error)

const (
	placeholderStart = "${aws:iot:"
	placeholderEnd   = "}"
)

// expand replaces the placeholders in the strings of a valid JSON document and leaves every other byte as
// it is.
func expand(document string, resolve resolver) (string, error) {
	var out strings.Builder
	for {
		start := strings.IndexByte(document, '"')
		if start < 0 {
			break
		}
		end := stringEnd(document, start)
		if end < 0 {
			return "", invalid("The job document is not valid JSON: a string is not closed.")
		}
		rest := document[end:]
		isKey := strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n"), ":")
		text, err := expandString(document[start:end], isKey, resolve)
		if err != nil {
			return "", err
		}
		out.WriteString(document[:start])
		out.WriteString(text)
		document = rest
	}
	out.WriteString(document)
	return out.String(), nil
}

// stringEnd is the position after the string literal that starts at start, or -1.
func stringEnd(document string, start int) int {
	for i := start + 1; i < len(document); i++ {
		switch document[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// expandString does one JSON string literal, with its quotes.
func expandString(literal string, isKey bool, resolve resolver) (string, error) {
	if !strings.Contains(literal, placeholderStart) && !strings.Contains(literal, `\`) {
		return literal, nil
	}
	var text string
	if err := json.Unmarshal([]byte(literal), &text); err != nil {
		return "", invalid("The job document is not valid JSON: %v.", err)
	}
	whole := text
	var out strings.Builder
	changed := false
	for {
		before, after, found := strings.Cut(text, placeholderStart)
		out.WriteString(before)
		if !found {
			break
		}
		body, rest, closed := strings.Cut(after, placeholderEnd)
		if !closed {
			return "", invalid("One or more parameters or placeholders are not terminated.")
		}
		written := placeholderStart + body + placeholderEnd
		v, err := resolveBody(body, resolve)
		switch {
		case err != nil:
			return "", err
		case v.keep:
			out.WriteString(written)
		case v.raw != nil && (isKey || written != whole):
			return "", invalid("The placeholder %s stands for a JSON object; make it the whole value of a member.", written)
		case v.raw != nil:
			return string(v.raw), nil
		default:
			changed = true
			out.WriteString(v.text)
		}
		text = rest
	}
	if !changed {
		return literal, nil
	}
	return quote(out.String())
}

func resolveBody(body string, resolve resolver) (value, error) {
	p, err := parsePlaceholder(body)
	if err != nil {
		return value{}, err
	}
	return resolve(p)
}

// quote writes s as a JSON string and leaves the & of URLs readable.
func quote(s string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return "", fmt.Errorf("write a string of the job document: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// parsePlaceholder reads what stands between ${aws:iot: and }.
func parsePlaceholder(body string) (placeholder, error) {
	kind, rest, _ := strings.Cut(body, ":")
	switch kind {
	case "s3-presigned-url":
		return placeholder{kind: objectURL, url: rest}, nil
	case "s3-presigned-url-v2":
		return placeholder{kind: encodedObjectURL, url: rest}, nil
	case "package":
		return parsePackagePlaceholder(body, rest)
	case "parameter":
		return placeholder{}, invalid("The placeholder %s%s} needs documentParameters, which only AWS managed templates take.",
			placeholderStart, body)
	case "s3-presigned-url-upload":
		return placeholder{}, invalid("This sandbox does not offer s3-presigned-url-upload placeholders yet; remove %s%s}.",
			placeholderStart, body)
	}
	return placeholder{}, invalid("The job document has the unknown placeholder %s%s}.", placeholderStart, body)
}

// parsePackagePlaceholder reads NAME:version:VER:attributes, NAME:version:VER:attributes:KEY or
// NAME:version:VER:artifact:s3-presigned-url. Keys may hold colons.
func parsePackagePlaceholder(body, rest string) (placeholder, error) {
	malformed := invalid("The placeholder %s%s} is malformed; write package:NAME:version:VERSION:attributes[:KEY] "+
		"or package:NAME:version:VERSION:artifact:s3-presigned-url.", placeholderStart, body)
	parts := strings.SplitN(rest, ":", 5)
	if len(parts) < 4 || parts[1] != "version" {
		return placeholder{}, malformed
	}
	p := placeholder{pkg: parts[0], ver: parts[2]}
	tail := parts[4:]
	switch {
	case (p.pkg == "") != (p.ver == ""):
		return p, invalid("Empty package name and version name have to be used in pair.")
	case p.ver == noVersion:
		return p, invalid("$null is not allowed to be referenced as a package version in job documents.")
	case parts[3] == "attributes" && len(tail) == 0:
		return p, nil
	case parts[3] == "attributes" && tail[0] != "":
		p.key = tail[0]
		return p, nil
	case parts[3] == "artifact" && len(tail) == 1 && tail[0] == "s3-presigned-url":
		p.kind = packageArtifact
		return p, nil
	}
	return p, malformed
}
