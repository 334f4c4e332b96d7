package lessons

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// TestQuestionErrors holds each error about the last section to saying what is wrong and what to write instead.
func TestQuestionErrors(t *testing.T) {
	t.Parallel()
	const shape = `write "- answer **Verdict.** reason"`
	tests := []struct {
		name, old, new string // new takes the place of old in a valid file
		want           string
	}{
		{"no section", "## Ask", "Ask", `the lesson has no section; end it with one that asks its question, under a line "## ..."`},
		{"other question", "\nWhy: now?\n", "\nWhy?\n", `the last section does not ask "Why: now?"; repeat the front matter's question under its heading`},
		{"section after it", "Right.\n", "Right.\n\n## More\n", `the last section does not ask "Why: now?"; repeat the front matter's question under its heading`},
		{"one answer", "- Never. **No.** Wrong.\n", "", "the question has less than 2 answers; there must be something to choose from"},
		{"right beyond", "right: 2", "right: 3", `answer 3 cannot be right, there are 2; give its place from 1 as "right: ..."`},
		{"nothing else", "text\n\n", "", "the lesson has nothing but its question; write the lesson above it"},
		{"no dash", "- Now.", "Now.", `"Now. **Yes.** Right." is not an answer; ` + shape},
		{"no verdict", " **Yes.**", "", `"- Now. Right." is not an answer; ` + shape},
		{"open verdict", "**Yes.**", "**Yes.", `"- Now. **Yes. Right." is not an answer; ` + shape},
		{"empty verdict", "**Yes.**", "****", `"- Now. **** Right." is not an answer; ` + shape},
		{"no reason", "**Yes.** Right.", "**Yes.**", `"- Now. **Yes.**" is not an answer; ` + shape},
		{"no text", "- Now. ", "- ", `"- **Yes.** Right." is not an answer; ` + shape},
		{"line below", "Right.\n", "Right.\n  And so on.\n", `"  And so on." is not an answer; ` + shape},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := valid("en", "a", "1")
			if !strings.Contains(text, tt.old) {
				t.Fatalf("the valid file has no %q to replace", tt.old)
			}
			l, err := parse("en/9.md", []byte(strings.Replace(text, tt.old, tt.new, 1)))
			if err == nil || !strings.HasPrefix(err.Error(), "lesson en/9.md, line ") || !strings.HasSuffix(err.Error(), ": "+tt.want) {
				t.Errorf("error  %v\nwanted %s", err, tt.want)
			}
			if !reflect.DeepEqual(l, Lesson{}) {
				t.Errorf("an error came with a lesson: %+v", l)
			}
		})
	}
}

// FuzzParse looks for input that panics, for lessons that break the rules, for lessons that do not come
// back the same from the text that describes them, and for errors that do not say where.
func FuzzParse(f *testing.F) {
	f.Add(valid("en", "a", "1"))
	f.Add(strings.ReplaceAll(valid("ja", "a-b", "12"), "\n", "\r\n"))
	f.Add(strings.Replace(strings.Replace(valid("en", "a", "1"), "provision", "cleanup", 1), "step: a\n", "", 1))
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
		checkComplete(t, l)
		again, err := parse("en/1.md", []byte(write(l)))
		if err != nil || !reflect.DeepEqual(again, l) {
			t.Fatalf("read %+v, after writing it %+v, %v", l, again, err)
		}
	})
}

// FuzzQuestion looks, in the body alone, for what FuzzParse looks for.
func FuzzQuestion(f *testing.F) {
	_, body, _ := strings.Cut(valid("en", "a", "1"), "\n---\n")
	f.Add(body, "Why: now?", 2)
	f.Add("a\n\n## b\nq\n- **a** **b** c\n- `d` **e** **f", "q", 1)
	f.Add("## b\n\nq\n- a **b** c", "q", 1)
	f.Add("a\n## \n## \n- a **b** c\n\n- a **b** c\n", "", 0)
	f.Fuzz(func(t *testing.T, body, question string, right int) {
		l := Lesson{ID: "a", Title: "a", Workflow: "cleanup", Order: 1, Calls: []string{"iot:CreateThing"}, Minutes: 1,
			Question: strings.TrimSpace(question), Body: strings.TrimSpace(body)}
		if right < 1 || l.Question == "" || strings.ContainsAny(l.Question+l.Body, "\r") || strings.Contains(l.Question, "\n") || l.readQuestion(right) != nil {
			return
		}
		checkComplete(t, l)
		again, err := parse("en/1.md", []byte(write(l)))
		if err != nil || !reflect.DeepEqual(again, l) {
			t.Fatalf("read %+v, after writing it %+v, %v", l, again, err)
		}
	})
}

// checkComplete holds a lesson that was accepted to having all of its parts.
func checkComplete(t *testing.T, l Lesson) {
	t.Helper()
	if l.ID == "" || l.Title == "" || l.Workflow == "" || l.Question == "" || l.Body == "" || l.Text == "" || len(l.Calls) == 0 || l.Order < 1 || l.Minutes < 1 {
		t.Fatalf("accepted an incomplete lesson: %+v", l)
	}
	if l.Moment() && l.Step == "" {
		t.Fatalf("accepted a learning moment without a step: %+v", l)
	}
	right := 0
	for _, a := range l.Answers {
		if a.Text == "" || a.Why == "" || strings.ContainsAny(a.Text+a.Why, "\n") {
			t.Fatalf("accepted the answer %+v", a)
		}
		if a.Right {
			right++
		}
	}
	if len(l.Answers) < 2 || right != 1 || !l.Answers[l.Right()].Right || !strings.HasPrefix(l.Body, l.Text) {
		t.Fatalf("accepted the question %+v of the text %q", l.Answers, l.Text)
	}
}

// write is parse backwards.
func write(l Lesson) string {
	step := ""
	if l.Step != "" {
		step = "step: " + l.Step + "\n"
	}
	return fmt.Sprintf("---\nid: %s\ntitle: %s\nworkflow: %s\n%sorder: %d\ncalls: %s\nminutes: %d\nquestion: %s\nright: %d\n---\n\n%s\n",
		l.ID, l.Title, l.Workflow, step, l.Order, strings.Join(l.Calls, ", "), l.Minutes, l.Question, l.Right()+1, l.Body)
}
