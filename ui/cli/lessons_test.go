package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fleetlab/lessons"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
)

// TestLessonsAreReadAnsweredAndForgotten goes through all that the command keeps, with a new process for each step.
func TestLessonsAreReadAnsweredAndForgotten(t *testing.T) {
	t.Parallel()
	state := "--state=" + filepath.Join(t.TempDir(), "state")
	for _, step := range []struct {
		args string
		code int
		want []string // in what is printed
	}{
		{"", exitDone, []string{"Provision\n   1  thing-types ", "\nCreate job\n   9  ", "\nSimulate\n  13  ", "\nClean up\n  14  ", "\n\n0 of 14 done, 28 minutes left\n"}},
		{"abort", exitDone, []string{"Lesson 11 of 14, Create job", "iot:DescribeJob", "1. The job goes on.\n2. ", "lessons abort --answer N"}},
		{"", exitDone, []string{"○ read, question open", "0 of 14"}},
		{"abort --answer=2", exitDone, []string{"│ The job is aborted", "Not right. Only 30 have ended"}},
		{"", exitDone, []string{"○ read, question open", "0 of 14"}},
		{"11 --answer=1", exitDone, []string{"│ The job goes on.", "Right. The minimum is also"}},
		{"", exitDone, []string{"✓ done\n", "\n1 of 14 done, 26 minutes left\n"}},
		{"abort", exitDone, []string{"1. The job goes on. Right. The", "2. The job is aborted, 100 % being more than 10. Not right. Only"}},
		{"--ascii", exitDone, []string{"v done\n", ". open\n"}},
		{"abort --answer=4", exitUsage, []string{`"4"`, "1 to 3"}},
		{"--answer=1", exitUsage, []string{"lessons NAME --answer N"}},
		{"15", exitUsage, []string{`"15"`, "thing-types", "safe-deletion"}},
		{"reset", exitUsage, []string{"--yes"}},
		{"", exitDone, []string{"1 of 14"}},
		{"reset --yes", exitDone, []string{"All lessons are open again."}},
		{"", exitDone, []string{"0 of 14"}},
		{"reset --yes --json", exitDone, nil},
	} {
		r := fleetlab(t, append([]string{"lessons", state, "--lang=en"}, strings.Fields(step.args)...)...)
		if r.code != step.code {
			t.Fatalf("lessons %s: exit code %d, want %d\n%s%s", step.args, r.code, step.code, r.out, r.err)
		}
		for _, want := range step.want {
			if !strings.Contains(r.out+r.err, want) {
				t.Errorf("lessons %s does not say %q:\n%s%s", step.args, want, r.out, r.err)
			}
		}
	}
}

// TestEveryLessonIsPrintedWell: no line too long, no mark of Markdown, nothing but ASCII in drawings if that is asked for.
func TestEveryLessonIsPrintedWell(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		all, err := lessons.All(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range all {
			r := fleetlab(t, "lessons", l.ID, "--ephemeral", "--ascii", "--lang="+lang)
			for line := range strings.Lines(r.out) {
				if line = strings.TrimSuffix(line, "\n"); text.Width(line) > lessonWidth || strings.HasSuffix(line, " ") {
					t.Errorf("%s in %s: %q", l.ID, lang, line)
				}
			}
			if r.code != exitDone || r.err != "" || strings.ContainsAny(r.out, "`*│─\x1b") || !strings.HasPrefix(r.out, l.Title+"\n---") {
				t.Errorf("%s in %s: exit code %d\n%s%s", l.ID, lang, r.code, r.out, r.err)
			}
		}
	}
}

func TestLessonsAsJSON(t *testing.T) {
	t.Parallel()
	state := "--state=" + t.TempDir()
	var one struct {
		Kind, Text, Question string
		Lesson               lessonView
		Answers              []lessons.Answer
	}
	r := fleetlab(t, "lessons", "rollout", "--answer=1", "--json", "--lang=en", state)
	if err := json.Unmarshal([]byte(r.out), &one); err != nil || one.Kind != "lesson" || !strings.HasPrefix(one.Text, "## The idea") ||
		len(one.Answers) != 3 || !one.Answers[0].Right || one.Answers[1].Why == "" || one.Question == "" {
		t.Errorf("%v: %+v", err, one)
	}
	if l := one.Lesson; l.ID != "rollout" || l.Workflow != "job-create" || !l.Right || !l.Read.IsZero() || l.Done || strings.Count(r.out, "\n") != 1 {
		t.Errorf("the lesson is %+v in %s", l, r.out)
	}
	_ = fleetlab(t, "lessons", "10", "--json", state)
	var list struct {
		Kind    string
		Lessons []lessonView
		Done    int
		Minutes int `json:"minutes_left"`
	}
	r = fleetlab(t, "lessons", "--json", state)
	if err := json.Unmarshal([]byte(r.out), &list); err != nil || list.Kind != "lessons" || len(list.Lessons) != 14 || list.Done != 1 || list.Minutes != 26 {
		t.Errorf("%v: %s", err, r.out)
	}
	done := slices.IndexFunc(list.Lessons, func(l lessonView) bool { return l.Done })
	if done != 9 || list.Lessons[9].Read.IsZero() || list.Lessons[9].Answered.IsZero() {
		t.Errorf("lesson %d is done: %s", done, r.out)
	}
}

// What is wrong with the file is told in the user's language, and the lesson is printed all the same.
func TestLessonsSayWhatIsNotKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, text string
		want       []string
	}{
		{"en", "{", []string{"Note: ", "cannot be read", "learning.json.damaged-", "delete it"}},
		{"ja", "{", []string{"注意: ", "読めません", "learning.json.damaged-", "削除してください"}},
		{"en", `{"version":9}`, []string{"later version (format 9)", "Update the program"}},
		{"ja", `{"version":9}`, []string{"より新しいバージョン", "更新するか"}},
	} {
		state := t.TempDir()
		if err := os.WriteFile(filepath.Join(state, "learning.json"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		checkNotKept(t, state, c.lang, c.want)
	}
	state := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(state, nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	checkNotKept(t, state, "en", []string{"cannot be kept", "another --state"})
	checkNotKept(t, state, "ja", []string{"残せません", "別の --state"})
}

func checkNotKept(t *testing.T, state, lang string, want []string) {
	t.Helper()
	r := fleetlab(t, "lessons", "iam-roles", "--state="+state, "--lang="+lang)
	if r.code != exitDone || !strings.Contains(r.out, "iot.amazonaws.com") || strings.Contains(r.out, state) {
		t.Errorf("exit code %d: %s", r.code, r.out)
	}
	for _, part := range append(want, state) {
		if !strings.Contains(r.err, part) {
			t.Errorf("%q is missing in %s", part, r.err)
		}
	}
}
