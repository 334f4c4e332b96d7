package jobs

import (
	"slices"
	"strings"
)

type placeholderKind int

const (
	packageAttributes placeholderKind = iota // the whole object, or one attribute of it
	packageArtifact                          // a presigned URL of the package version's artifact
	objectURL                                // a presigned URL of the object at a URL that is written plainly
	encodedObjectURL                         // the same with a percent-encoded URL
	uploadURL                                // a presigned URL to which the device uploads an object
)

// placeholder is one ${aws:iot:...}. Package and version are both empty when the job has exactly one
// destination package version and the document means that one.
type placeholder struct {
	kind     placeholderKind
	pkg, ver string
	key      string // of an attribute; "" means all of them
	url      string
}

const (
	placeholderStart = "${aws:iot:"
	placeholderEnd   = "}"
	uploadName       = "s3-presigned-url-upload"
)

// maxPlaceholders is how many substitution patterns a job document may have (AWS IoT developer guide, create custom
// job templates).
const maxPlaceholders = 10

var errTooManyPlaceholders = invalid("The job document has more than %d substitution patterns.", maxPlaceholders)

var errAllAttributes = invalid("The package version attribute placeholder for all attributes has to be a json value by " +
	"itself and not appended with other strings or nested with other placeholders.")

// takesURL tells the kinds of placeholder that hold an S3 URL.
func takesURL(kind string) bool {
	return kind == "s3-presigned-url" || kind == "s3-presigned-url-v2" || kind == uploadName
}

// parsePlaceholder reads what stands between ${aws:iot: and }.
func parsePlaceholder(body string) (placeholder, error) {
	kind, rest, _ := strings.Cut(body, ":")
	switch kind {
	case "s3-presigned-url":
		return placeholder{kind: objectURL, url: rest}, nil
	case "s3-presigned-url-v2":
		return placeholder{kind: encodedObjectURL, url: rest}, nil
	case uploadName:
		return placeholder{kind: uploadURL, url: rest}, checkLocal(rest)
	case "package":
		return parsePackagePlaceholder(body, rest)
	case "parameter":
		return placeholder{}, invalid("The placeholder %s%s} needs documentParameters, which only AWS managed templates take.",
			placeholderStart, body)
	}
	return placeholder{}, invalid("The job document has the unknown placeholder %s%s}.", placeholderStart, body)
}

// parsePackagePlaceholder reads NAME:version:VER:attributes, NAME:version:VER:attributes:KEY or
// NAME:version:VER:artifact:s3-presigned-url, for which one page of the guide writes artifact-location. Keys may hold
// colons.
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
		return p, errNullVersion
	case parts[3] == "attributes" && len(tail) == 0:
		return p, nil
	case parts[3] == "attributes" && tail[0] != "":
		p.key = tail[0]
		return p, nil
	case (parts[3] == "artifact" || parts[3] == "artifact-location") && len(tail) == 1 && tail[0] == "s3-presigned-url":
		p.kind = packageArtifact
		return p, nil
	}
	return p, malformed
}

// localNames are the placeholders that the key of an uploaded object may hold, and maxLocal is how often it may hold each
// (AWS IoT developer guide, presigned URL for file upload).
var localNames = []string{"thingName", "jobId", "executionNumber"}

const maxLocal = 2

// checkLocal checks the local placeholders of an upload's URL.
func checkLocal(url string) error {
	counts := map[string]int{}
	for _, name := range locals(url) {
		if strings.HasPrefix("${"+name, placeholderStart) {
			continue // one of the second layer that stays for now
		}
		if !slices.Contains(localNames, name) {
			return invalid("Undefined placeholder, ${%s}, inside of presign url upload parameter", name)
		}
		if counts[name]++; counts[name] > maxLocal {
			return invalid("The occurrence of local placeholder ${%s} within S3 presigned url upload placeholder exceeds limit of %d.", name, maxLocal)
		}
	}
	return nil
}

// locals lists what stands between ${ and } in text. Its braces are known to be in pairs.
func locals(text string) []string {
	var out []string
	for {
		_, after, found := strings.Cut(text, "${")
		if !found {
			return out
		}
		name, rest, _ := strings.Cut(after, placeholderEnd)
		out = append(out, name)
		text = rest
	}
}
