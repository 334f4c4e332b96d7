package lessons

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	text := valid("en", "thing-types", "7")
	want := Lesson{ID: "thing-types", Title: "en thing-types", Workflow: "provision", Step: "thing-types", Order: 7,
		Calls: []string{"iot:CreateThing"}, Minutes: 2, Question: "Why: now?",
		Answers: []Answer{{Text: "Never.", Why: "Wrong."}, {Text: "Now.", Why: "Right.", Right: true}},
		Body:    strings.TrimSpace("text\n" + section), Text: "text"}
	for name, data := range map[string]string{
		"unix":    text,
		"windows": strings.ReplaceAll(text, "\n", "\r\n"),
		"spaced":  strings.Replace(text, "order: 7", "order:  \t7 ", 1),
	} {
		got, err := parse("en/1.md", []byte(data))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: parse = %+v, %v; want %+v", name, got, err, want)
		}
	}
}

func TestParseKeepsRulesInTheBody(t *testing.T) {
	t.Parallel()
	text := strings.Replace(valid("en", "a", "1"), "text\n", "text\n\n---\nid: other\n---\nend\n", 1)
	l, err := parse("en/1.md", []byte(text))
	if err != nil || l.Text != "text\n\n---\nid: other\n---\nend" || l.ID != "a" {
		t.Errorf("parse = %+v, %v", l, err)
	}
}

func TestParseReadsSeveralCalls(t *testing.T) {
	t.Parallel()
	text := strings.Replace(valid("en", "a", "1"), "iot:CreateThing", "s3:PutObject,iot-data:UpdateThingShadow ,  iam:TagRole", 1)
	l, err := parse("en/1.md", []byte(text))
	want := []string{"s3:PutObject", "iot-data:UpdateThingShadow", "iam:TagRole"}
	if err != nil || !reflect.DeepEqual(l.Calls, want) {
		t.Errorf("calls = %q, %v; want %q", l.Calls, err, want)
	}
}

// TestParseErrors holds each error to naming the file, the line, the value and the remedy.
func TestParseErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, old, new string // new takes the place of old in a valid file
		line           int
		want           string
	}{
		{"no front matter", "---\nid:", "id:", 1, `found "id: a"; begin the file with a line of "---"`},
		{"byte order mark", "---\nid", "\ufeff---\nid", 1, `found "\ufeff---"; begin the file with a line of "---"`},
		{"not closed", "2\n---\n\nt", "2\n\nt", 11, `"" is not front matter; write "key: value"`},
		{"no colon", "title: en a", "title", 3, `"title" is not front matter; write "key: value"`},
		{"unknown key", "title:", "titel:", 3, `key "titel" is unknown; use one of id, title, workflow, step, order, calls, minutes, question, right`},
		{"indented key", "title:", " title:", 3, `key " title" is unknown; use one of id, title, workflow, step, order, calls, minutes, question, right`},
		{"twice", "step: a", "id: b", 5, `key "id" comes twice; remove one of the lines`},
		{"no value", "en a", " ", 3, `key "title" has no value; write it after the colon`},
		{"missing key", "minutes: 2\n", "", 10, `key "minutes" is missing; add a line "minutes: ..." above`},
		{"no body", "\ntext\n" + section, "\n \n", 11, `the lesson has no text; write it below this line`},
		{"bad id", "id: a", "id: A b", 2, `key "id": "A b" is not a name; use small letters, digits and single hyphens, as in thing-types`},
		{"bad step", "step: a", "step: a--b", 5, `key "step": "a--b" is not a name; use small letters, digits and single hyphens, as in thing-types`},
		{"order zero", "order: 1", "order: 0", 6, `key "order": "0" is not a count; write a whole number from 1`},
		{"order huge", "order: 1", "order: 99999999999999999999", 6, `key "order": "99999999999999999999" is not a count; write a whole number from 1`},
		{"minutes in words", "minutes: 2", "minutes: two", 8, `key "minutes": "two" is not a count; write a whole number from 1`},
		{"call without service", "iot:CreateThing", "CreateThing", 7, `key "calls": "CreateThing" is not an API call; write service:Operation, as in iot:CreateThing`},
		{"moment without step", "step: a\n", "", 10, `key "step" is missing; add a line "step: ..." above`},
		{"no workflow", "workflow: provision", "workflow:", 4, `key "workflow" has no value; write it after the colon`},
		{"right zero", "right: 2", "right: 0", 10, `key "right": "0" is not a count; write a whole number from 1`},
		{"trailing comma", "iot:CreateThing", "iot:CreateThing,", 7, `key "calls": "" is not an API call; write service:Operation, as in iot:CreateThing`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := valid("en", "a", "1")
			if !strings.Contains(text, tt.old) {
				t.Fatalf("the valid file has no %q to replace", tt.old)
			}
			l, err := parse("en/9.md", []byte(strings.Replace(text, tt.old, tt.new, 1)))
			want := fmt.Sprintf("lesson en/9.md, line %d: %s", tt.line, tt.want)
			if err == nil || err.Error() != want {
				t.Errorf("error  %v\nwanted %s", err, want)
			}
			if !reflect.DeepEqual(l, Lesson{}) {
				t.Errorf("an error came with a lesson: %+v", l)
			}
		})
	}
}

func TestParseWithoutEnd(t *testing.T) {
	t.Parallel()
	_, err := parse("ja/2.md", []byte("---\nid: a\ntitle: b"))
	if want := `lesson ja/2.md, line 3: the front matter does not end; close it with a line of "---"`; err == nil || err.Error() != want {
		t.Errorf("error  %v\nwanted %s", err, want)
	}
}
