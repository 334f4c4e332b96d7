package createjob

import (
	"encoding/json"
	"strings"
	"testing"

	"fleetlab/workflows/fleet"
)

func TestMistakesInDocumentsAreFound(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		text         string
		want         fleet.Reason
		line, column int
	}{
		{"{\n  \"a\": 1,\n}", fleet.BadJSON, 3, 1},
		{"{\n  \"ü\": 1, b: 2\n}", fleet.BadJSON, 2, 11},
		{`{"a": 1} x`, fleet.BadJSON, 1, 10},
		{"{\"a\": 1\n", fleet.OpenJSON, 1, 8},
		{`{"a": "b`, fleet.OpenJSON, 1, 9},
		{"{\"a\": \"b\nc\"}", fleet.BadJSON, 1, 9},
		{"{\"a\": \"\xff\"}", fleet.BadJSON, 1, 8},
		{"{\n\"a\": \"${aws:iot:nothing}\"}", fleet.BadHolder, 2, 7},
		{`{"a": "${aws:iot:parameter:x}"}`, fleet.BadHolder, 1, 8},
		{`{"a": "${aws:iot:package:P:version::attributes}"}`, fleet.BadHolder, 1, 8},
		{`{"a": "${aws:iot:package:P:version:$null:attributes}"}`, fleet.BadHolder, 1, 8},
		{`{"a": "${aws:iot:s3-presigned-url:https://b/${thingName}}"}`, fleet.BadHolder, 1, 8},
		{`{"a": "${aws:iot:s3-presigned-url-upload:https://b/${thing}}"}`, fleet.BadHolder, 1, 8},
		{`{"a": "${aws:iot:s3-presigned-url:https://b/k", "b": "}"}`, fleet.OpenHolder, 1, 8},
	} {
		fe, ok := fleet.AsFieldError(CheckDocument(x.text))
		if !ok || fe.Reason != x.want || fe.Args["line"] != x.line || fe.Args["column"] != x.column {
			t.Errorf("%q: %v %v, want %s at %d:%d", x.text, fe, fe.Args, x.want, x.line, x.column)
		}
	}
	if fe, ok := fleet.AsFieldError(CheckDocument(`"` + strings.Repeat("x", MaxDocument-1) + `"`)); !ok || fe.Reason != fleet.TooBig {
		t.Errorf("a large document: %v", fe)
	}
	if err := CheckDocument(`"` + strings.Repeat("x", MaxDocument-2) + `"`); err != nil {
		t.Errorf("a document of the largest size: %v", err)
	}
	if fe, ok := fleet.AsFieldError(CheckDocument(`["` + strings.Repeat("${aws:iot:s3-presigned-url:https://b/k} ", MaxPlaceholders+1) + `"]`)); !ok || fe.Reason != fleet.TooMany {
		t.Errorf("many placeholders: %v", fe)
	}
}

func TestPresetsAreDocuments(t *testing.T) {
	t.Parallel()
	for _, name := range Presets {
		text := PresetDocument(name, "eu-west-1", "bucket")
		if err := CheckDocument(text); err != nil || strings.Contains(text, "REGION") || strings.Contains(text, "BUCKET") {
			t.Errorf("%s: %v in %s", name, err, text)
		}
		var d struct{ Operation string }
		if err := json.Unmarshal([]byte(text), &d); err != nil || d.Operation != name {
			t.Errorf("%s: operation %q, %v", name, d.Operation, err)
		}
	}
	if PresetDocument("", "r", "b") != "" {
		t.Error("no preset has a document")
	}
	for _, p := range Placeholders {
		text := strings.NewReplacer("NAME", "P", "VERSION", "1.0", "KEY", "k", "REGION", "us-east-1", "BUCKET", "b", "ENCODED-URL", "https%3A%2F%2Fb").Replace(p.Text)
		if err := CheckDocument(`["` + text + `"]`); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
	}
}

// Whatever is typed: a document is refused with a place in it, or is JSON.
func FuzzCheckDocument(f *testing.F) {
	for _, seed := range []string{"{", `{"a":"${aws:iot:`, "\xff", "[1,\n2", `{"a":"${aws:iot:s3-presigned-url-upload:https://b/${thingName}}"}`, "nul", `"\u12"`, "{}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := CheckDocument(text)
		if err == nil {
			if !json.Valid([]byte(text)) {
				t.Errorf("%q is no JSON", text)
			}
			return
		}
		fe, ok := fleet.AsFieldError(err)
		if !ok {
			t.Fatalf("%q: %v", text, err)
		}
		line, placed := fe.Args["line"].(int)
		column, _ := fe.Args["column"].(int)
		lines := strings.Split(text, "\n")
		if placed && (line < 1 || line > len(lines) || column < 1 || column > len([]rune(lines[line-1]))+1) {
			t.Errorf("%q: %s at %d:%d", text, fe.Reason, line, column)
		}
	})
}
