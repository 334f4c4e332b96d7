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
	want := Lesson{ID: "thing-types", Title: "en thing-types", Step: "thing-types", Order: 7,
		Calls: []string{"iot:CreateThing"}, Minutes: 2, Question: "Why: now?", Body: "text"}
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
	l, err := parse("en/1.md", []byte(valid("en", "a", "1")+"\n---\nid: other\n---\nend\n"))
	if err != nil || l.Body != "text\n\n---\nid: other\n---\nend" || l.ID != "a" {
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
		{"not closed", "?\n---\n", "?\n", 9, `"" is not front matter; write "key: value"`},
		{"no colon", "title: en a", "title", 3, `"title" is not front matter; write "key: value"`},
		{"unknown key", "title:", "titel:", 3, `key "titel" is unknown; use one of id, title, order, step, calls, minutes, question`},
		{"indented key", "title:", " title:", 3, `key " title" is unknown; use one of id, title, order, step, calls, minutes, question`},
		{"twice", "step: a", "id: b", 5, `key "id" comes twice; remove one of the lines`},
		{"no value", "en a", " ", 3, `key "title" has no value; write it after the colon`},
		{"missing key", "minutes: 2\n", "", 8, `key "minutes" is missing; add a line "minutes: ..." above`},
		{"no body", "\ntext\n", "\n \n", 9, `the lesson has no text; write it below this line`},
		{"bad id", "id: a", "id: A b", 2, `key "id": "A b" is not a name; use small letters, digits and single hyphens, as in thing-types`},
		{"bad step", "step: a", "step: a--b", 5, `key "step": "a--b" is not a name; use small letters, digits and single hyphens, as in thing-types`},
		{"order zero", "order: 1", "order: 0", 4, `key "order": "0" is not a count; write a whole number from 1`},
		{"order huge", "order: 1", "order: 99999999999999999999", 4, `key "order": "99999999999999999999" is not a count; write a whole number from 1`},
		{"minutes in words", "minutes: 2", "minutes: two", 7, `key "minutes": "two" is not a count; write a whole number from 1`},
		{"call without service", "iot:CreateThing", "CreateThing", 6, `key "calls": "CreateThing" is not an API call; write service:Operation, as in iot:CreateThing`},
		{"trailing comma", "iot:CreateThing", "iot:CreateThing,", 6, `key "calls": "" is not an API call; write service:Operation, as in iot:CreateThing`},
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

// FuzzParse looks for input that panics, for lessons that break the rules, for lessons that do not come
// back the same from the text that describes them, and for errors that do not say where.
func FuzzParse(f *testing.F) {
	f.Add(valid("en", "a", "1"))
	f.Add(strings.ReplaceAll(valid("ja", "a-b", "12"), "\n", "\r\n"))
	f.Add(valid("en", "a", "1") + "\r\r\nmore")
	f.Add("---\n---\n")
	f.Add("---\nid: a\nid: b\n---")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := parse("en/1.md", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "lesson en/1.md, line ") {
				t.Fatalf("error %q does not say where", err)
			}
			return
		}
		if l.ID == "" || l.Title == "" || l.Step == "" || l.Question == "" || l.Body == "" || len(l.Calls) == 0 || l.Order < 1 || l.Minutes < 1 {
			t.Fatalf("accepted an incomplete lesson: %+v", l)
		}
		again, err := parse("en/1.md", []byte(write(l)))
		if err != nil || !reflect.DeepEqual(again, l) {
			t.Fatalf("read %+v, after writing it %+v, %v", l, again, err)
		}
	})
}

// write is parse backwards.
func write(l Lesson) string {
	return fmt.Sprintf("---\nid: %s\ntitle: %s\norder: %d\nstep: %s\ncalls: %s\nminutes: %d\nquestion: %s\n---\n\n%s\n",
		l.ID, l.Title, l.Order, l.Step, strings.Join(l.Calls, ", "), l.Minutes, l.Question, l.Body)
}
