package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A job document is JSON whose strings may hold placeholders: ${aws:iot:...}. Package attributes are put in
// when the job is created, presigned URLs each time that a device obtains the document (AWS IoT developer
// guide, job documents and package placeholders). A placeholder for a presigned URL may hold others: one
// package attribute, or parts of an uploaded object's key.

// value is what a placeholder becomes. With raw set the whole JSON string is replaced by that JSON, with
// keep set the placeholder stays as it is written.
type value struct {
	text string
	raw  json.RawMessage
	keep bool
}

type resolver func(placeholder) (value, error)

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

// plain tells that a document has no placeholders for certain: also none with an escaped character.
func plain(document string) bool {
	return !strings.Contains(document, placeholderStart) && !strings.Contains(document, `\`)
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
	if plain(literal) {
		return literal, nil
	}
	var text string
	if err := json.Unmarshal([]byte(literal), &text); err != nil {
		return "", invalid("The job document is not valid JSON: %v.", err)
	}
	whole := text
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, placeholderStart)
		out.WriteString(before)
		if !found {
			break
		}
		body, rest, err := cutBody(after)
		if err != nil {
			return "", err
		}
		v, err := resolveBody(body, resolve)
		switch {
		case err != nil:
			return "", err
		case v.raw != nil && (isKey || placeholderStart+body+placeholderEnd != whole):
			return "", errAllAttributes
		case v.raw != nil:
			return string(v.raw), nil
		}
		out.WriteString(v.text)
		text = rest
	}
	if out.String() == whole {
		return literal, nil
	}
	return quote(out.String())
}

// cutBody splits what follows placeholderStart at the brace that closes it. Each ${ inside needs its own.
func cutBody(after string) (body, rest string, err error) {
	depth := 1
	for i := 0; i < len(after); i++ {
		switch {
		case strings.HasPrefix(after[i:], "${"):
			depth++
			i++
		case after[i] == '}':
			if depth--; depth == 0 {
				return after[:i], after[i+1:], nil
			}
		}
	}
	return "", "", invalid("One or more parameters or placeholders are not terminated.")
}

// resolveBody does what stands between ${aws:iot: and its brace. What stays is the value's text as well.
func resolveBody(body string, resolve resolver) (value, error) {
	body, err := resolveInner(body, resolve)
	if err != nil {
		return value{}, err
	}
	p, err := parsePlaceholder(body)
	if err != nil {
		return value{}, err
	}
	v, err := resolve(p)
	if v.keep {
		v.text = placeholderStart + body + placeholderEnd
	}
	return v, err
}

// resolveInner resolves the placeholders inside a placeholder.
func resolveInner(body string, resolve resolver) (string, error) {
	kind, _, _ := strings.Cut(body, ":")
	var out strings.Builder
	for rest := body; ; {
		before, after, found := strings.Cut(rest, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		inner, next, err := cutBody(after)
		if err != nil {
			return "", err
		}
		text, err := resolveSecond(kind, inner, resolve)
		if err != nil {
			return "", err
		}
		out.WriteString(text)
		rest = next
	}
}

// resolveSecond does a placeholder of the second layer, without its ${ and }. The words of the refusals are AWS's
// (AWS IoT developer guide, Software Package Catalog troubleshooting).
func resolveSecond(outer, inner string, resolve resolver) (string, error) {
	written := "${" + inner + placeholderEnd
	body, ours := strings.CutPrefix("${"+inner, placeholderStart)
	kind, _, _ := strings.Cut(body, ":")
	switch {
	case !ours && outer == uploadName:
		return written, nil // parsePlaceholder looks at it
	case !ours:
		return "", invalid("Local placeholder, %s, is only valid inside of presign url upload", written)
	case !takesURL(outer) || strings.Contains(inner, "${"):
		return "", invalid("The placeholder %s%s...} cannot hold %s.", placeholderStart, outer, written)
	case takesURL(kind):
		return "", invalid("${aws:iot:%s[...]} should not be the second layer pattern.", kind)
	}
	p, err := parsePlaceholder(body)
	switch {
	case err != nil:
		return "", err
	case p.kind == packageArtifact:
		return "", invalid("${aws:iot:package:[...]:artifact:s3-presigned-url} cannot be nested inside another placeholder.")
	case p.key == "":
		return "", errAllAttributes
	}
	v, err := resolve(p)
	switch {
	case err != nil:
		return "", err
	case v.keep:
		return written, nil
	case strings.ContainsAny(v.text, "{}"): // it would not be read as the same URL again
		return "", invalid("Provided argument for presigned url is invalid: %s has braces.", v.text)
	}
	return v.text, nil
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
