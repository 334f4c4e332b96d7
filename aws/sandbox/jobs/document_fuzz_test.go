package jobs

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"fleetlab/aws/sandbox/realm"
)

// FuzzExpand checks that a document whose placeholders stay is not touched, that what comes out is JSON, that every refusal
// is the caller's fault, and that no document makes it panic.
func FuzzExpand(f *testing.F) {
	for _, s := range []string{
		`{}`, `"`, `"\"`, `{"a":"${aws:iot:package:a:version:b:attributes}"}`, `["x${aws:iot:package::version::attributes:k:l}y"]`,
		`["${aws:iot:package:a:version:b:artifact:s3-presigned-url}"]`, `["${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}"]`,
		`["\u0024{aws:iot:s3-presigned-url-v2:%41}\\"]`, `["${aws:iot:`, `{"k" : "${aws:iot:package:::::}"}`,
		`["${aws:iot:s3-presigned-url:${aws:iot:package::version::attributes:u}}"]`, `["${aws:iot:s3-presigned-url-upload:https://s3.amazonaws.com/b/${jobId}}"]`,
		`["${aws:iot:s3-presigned-url-upload:${${}}}}"]`, `["${aws:iot:s3-presigned-url-v2:https://b.s3.amazonaws.com/k%3FversionId%3Dv}"]`,
	} {
		f.Add(s)
	}
	r := &realm.Realm{Region: "us-east-1", Endpoint: "http://127.0.0.1:4566"}
	f.Fuzz(func(t *testing.T, doc string) {
		same, err := expand(doc, func(placeholder) (value, error) { return value{keep: true}, nil })
		if err == nil && same != doc {
			t.Fatalf("%q became %q though its placeholders stay", doc, same)
		}
		if !json.Valid([]byte(doc)) || !utf8.ValidString(doc) {
			return
		}
		out, err := expand(doc, func(p placeholder) (value, error) {
			if takesURLKind(p.kind) {
				o, err := parseObjectURL(r, p)
				if err == nil && (o.Bucket == "" || o.Key == "") {
					t.Errorf("%q has an object without a bucket or a key", p.url)
				}
				return value{text: `"<&\` + "\n" + p.url}, err
			}
			if p.kind == packageAttributes && p.key == "" {
				return value{raw: json.RawMessage(`{"a":"b"}`)}, nil
			}
			return value{text: `"<&\` + "\n" + p.key}, nil
		})
		if fault := (*fault)(nil); err != nil && !errors.As(err, &fault) {
			t.Fatalf("%q failed with %v", doc, err)
		}
		if err == nil && !json.Valid([]byte(out)) {
			t.Fatalf("%q became %q, which is not JSON", doc, out)
		}
	})
}

func takesURLKind(k placeholderKind) bool {
	return k == objectURL || k == encodedObjectURL || k == uploadURL
}

// TestExpandIsCompositional checks on random documents that each placeholder is replaced where it stands, and that what
// stands around it comes through as it is.
func TestExpandIsCompositional(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		around := rapid.StringMatching(`[a-z "\\/<>&$é{}\n]{0,8}`)
		key := rapid.StringMatching(`[a-z:]{1,4}[a-z]`)
		var text, want strings.Builder
		for range rapid.IntRange(0, 5).Draw(t, "placeholders") {
			plain, name := around.Draw(t, "around"), key.Draw(t, "key")
			text.WriteString(plain + "${aws:iot:package:p:version:v:attributes:" + name + "}")
			want.WriteString(plain + "<" + name + ">")
		}
		end := around.Draw(t, "end")
		text.WriteString(end)
		want.WriteString(end)
		doc, err := json.Marshal(map[string]any{"before": []int{1, 2}, "x": []string{text.String()}})
		if err != nil {
			t.Fatal(err)
		}
		out, err := expand(string(doc), func(p placeholder) (value, error) { return value{text: "<" + p.key + ">"}, nil })
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		var got struct{ X []string }
		if err := json.Unmarshal([]byte(out), &got); err != nil || len(got.X) != 1 || got.X[0] != want.String() {
			t.Errorf("%s gave %s, want %q", doc, out, want.String())
		}
	})
}
