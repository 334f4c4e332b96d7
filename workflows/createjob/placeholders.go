package createjob

import (
	"regexp"
	"slices"
	"strings"

	"fleetlab/workflows/fleet"
)

// MaxPlaceholders is how many placeholders a document may have (AWS IoT developer guide, create custom job templates).
const MaxPlaceholders = 10

// Placeholder is a text that AWS IoT replaces in a document.
type Placeholder struct {
	ID   string // names its explanation
	Text string // with capital letters for what a person puts in
}

// Placeholders lists those that a document may hold (AWS IoT developer guide, job documents and package substitution
// parameters).
var Placeholders = []Placeholder{
	{"attributes", "${aws:iot:package:NAME:version:VERSION:attributes}"},
	{"attribute", "${aws:iot:package:NAME:version:VERSION:attributes:KEY}"},
	{"artifact", "${aws:iot:package:NAME:version:VERSION:artifact:s3-presigned-url}"},
	{"object", "${aws:iot:s3-presigned-url:https://s3.REGION.amazonaws.com/BUCKET/KEY}"},
	{"object-encoded", "${aws:iot:s3-presigned-url-v2:ENCODED-URL}"},
	{"upload", "${aws:iot:s3-presigned-url-upload:https://s3.REGION.amazonaws.com/BUCKET/${thingName}-${jobId}}"},
}

const holderStart = "${aws:iot:"

// holder is a placeholder in a document.
type holder struct {
	at                 int    // its first byte
	body               string // between ${aws:iot: and the closing brace
	pkg, version       string // of a package placeholder; both empty: the only package of the job
	ofPackage, presign bool
	upload             bool
}

var (
	packageHolder = regexp.MustCompile(`^package:([a-zA-Z0-9._-]*):version:([a-zA-Z0-9._$-]*):(attributes(?::.+)?|artifact(?:-location)?:s3-presigned-url)$`)
	urlHolder     = regexp.MustCompile(`^s3-presigned-url(-v2|-upload)?:.+$`)
	localHolder   = regexp.MustCompile(`\$\{([^:{}]*)\}`)
)

// localHolders may stand in the URL of an upload.
var localHolders = []string{"thingName", "jobId", "executionNumber"}

// holders finds the placeholders of a document, those that stand in others left out. The error is a *fleet.FieldError.
func holders(text string) ([]holder, error) {
	var out []holder
	for from := 0; ; {
		i := strings.Index(text[from:], holderStart)
		if i < 0 {
			return out, nil
		}
		at := from + i
		body, ok := closed(text[at+len(holderStart):])
		if !ok {
			return nil, atHolder(fleet.OpenHolder, text, at, cut(text[at:]))
		}
		h, ok := readHolder(body)
		if !ok {
			return nil, atHolder(fleet.BadHolder, text, at, holderStart+body+"}")
		}
		h.at = at
		out = append(out, h)
		from = at + len(holderStart) + len(body) + 1
	}
}

// closed is what stands before the brace that closes a placeholder; it has to come in the same JSON string.
func closed(after string) (string, bool) {
	depth := 1
	for i := 0; i < len(after) && after[i] != '"'; i++ {
		switch {
		case strings.HasPrefix(after[i:], "${"):
			depth++
		case after[i] == '}':
			if depth--; depth == 0 {
				return after[:i], true
			}
		}
	}
	return "", false
}

func readHolder(body string) (holder, bool) {
	if m := packageHolder.FindStringSubmatch(body); m != nil {
		// Name and version are left out together; $null stands for no version and cannot be read.
		ok := (m[1] == "") == (m[2] == "") && m[2] != "$null"
		return holder{body: body, pkg: m[1], version: m[2], ofPackage: true, presign: strings.HasPrefix(m[3], "artifact")}, ok
	}
	m := urlHolder.FindStringSubmatch(body)
	if m == nil {
		return holder{}, false
	}
	upload := m[1] == "-upload"
	for _, local := range localHolder.FindAllStringSubmatch(body, -1) {
		if !upload || !slices.Contains(localHolders, local[1]) {
			return holder{}, false
		}
	}
	return holder{body: body, presign: true, upload: upload}, true
}

func atHolder(reason fleet.Reason, text string, at int, item string) error {
	line, column := Position(text, at)
	return fleet.Refuse(FieldDocument, item, reason, "line", line, "column", column, "item", item)
}

// cut keeps an error one line.
func cut(text string) string {
	text, _, _ = strings.Cut(text, `"`)
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "..."
	}
	return text
}

func checkPlaceholders(text string) error {
	all, err := holders(text)
	if err == nil && len(all) > MaxPlaceholders {
		return fleet.Refuse(FieldDocument, holderStart+all[MaxPlaceholders].body+"}", fleet.TooMany, "max", MaxPlaceholders)
	}
	return err
}

// holdersRule: a package that the document speaks of has to be one of the job's.
func (in *Input) holdersRule() *fleet.FieldError {
	if in.Type != Custom {
		return nil
	}
	all, err := holders(in.Document)
	if err != nil {
		return nil // the field itself says so
	}
	for _, h := range all {
		if !h.ofPackage {
			continue
		}
		known := slices.ContainsFunc(in.Packages, func(item string) bool {
			name, version := PackageVersion(item)
			return h.pkg == name && (version == "" || h.version == version)
		})
		switch {
		case h.pkg == "" && len(in.Packages) != 1:
			return in.needs(FieldDocument, holderStart+h.body+"}", FieldPackage, "NAME/VERSION")
		case h.pkg != "" && !known:
			return in.worksWith(FieldDocument, holderStart+h.body+"}", FieldPackage, h.pkg+"/"+h.version)
		}
	}
	return nil
}
