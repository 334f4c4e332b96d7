package lessons

import (
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"fleetlab/workflows/cleanup"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/provision"
	"fleetlab/workflows/simulate"
)

// order is all lessons: first those of the provisioning steps, which the workflow names by the same IDs.
var order = []string{
	"thing-types", "fleet-indexing", "s3-storage", "firmware-packages",
	"package-catalog", "iam-roles", "package-configuration", "things-and-groups",
	"target-selection", "rollout", "abort", "timeouts", "job-executions", "safe-deletion",
}

// elsewhere are the lessons that are no learning moments, and where they belong.
var elsewhere = map[string]struct{ workflow, step string }{
	"target-selection": {createjob.Workflow, createjob.StepNarrow},
	"rollout":          {createjob.Workflow, createjob.StepCreate},
	"abort":            {createjob.Workflow, ""},
	"timeouts":         {createjob.Workflow, ""},
	"job-executions":   {simulate.Workflow, simulate.StepExecutions},
	"safe-deletion":    {cleanup.Workflow, cleanup.StepJobs},
}

// valid is a lesson file with the given language, ID and place.
func valid(lang, id, place string) string {
	return "---\nid: " + id + "\ntitle: " + lang + " " + id + "\nworkflow: provision\nstep: " + id + "\norder: " + place +
		"\ncalls: iot:CreateThing\nminutes: 2\nquestion: Why: now?\nright: 2\n---\n\ntext\n" + section
}

// section is the end of a valid lesson.
const section = "\n## Ask\n\nWhy: now?\n\n- Never. **No.** Wrong.\n- Now. **Yes.** Right.\n"

// folder makes a file system from alternating names and contents.
func folder(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func titles(all []Lesson) []string {
	var out []string
	for _, l := range all {
		out = append(out, l.Title)
	}
	return out
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	if got, want := Languages(), []string{"en", "ja"}; !slices.Equal(got, want) {
		t.Errorf("Languages() = %v, want %v", got, want)
	}
}

func TestAllFollowsTheTourInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range Languages() {
		var ids []string
		for i, l := range mustAll(t, lang) {
			ids = append(ids, l.ID)
			if l.Order != i+1 {
				t.Errorf("%s/%s has order %d, want %d", lang, l.ID, l.Order, i+1)
			}
			want := elsewhere[l.ID]
			if want.workflow == "" {
				want.workflow, want.step = provision.Workflow, l.ID
			}
			if l.Workflow != want.workflow || l.Step != want.step || l.Moment() != (want.workflow == provision.Workflow) {
				t.Errorf("%s/%s belongs to step %q of %s, want %q of %s", lang, l.ID, l.Step, l.Workflow, want.step, want.workflow)
			}
		}
		if !slices.Equal(ids, order) {
			t.Errorf("%s has %v, want %v", lang, ids, order)
		}
	}
}

// TestTranslationsAreComplete reads each folder by itself: All would hide a missing file behind English.
func TestTranslationsAreComplete(t *testing.T) {
	t.Parallel()
	english := mustAll(t, "en")
	for _, lang := range Languages() {
		own, err := readFolder(files, lang)
		if err != nil {
			t.Fatal(err)
		}
		if len(own) != len(english) {
			t.Fatalf("%s has %d lessons, en has %d", lang, len(own), len(english))
		}
		for i, l := range own {
			if got, want := neutral(l), neutral(english[i]); !reflect.DeepEqual(got, want) {
				t.Errorf("%s says %+v, en says %+v", lang, got, want)
			}
		}
	}
}

// neutral keeps what must not depend on the language.
func neutral(l Lesson) Lesson {
	return Lesson{ID: l.ID, Workflow: l.Workflow, Step: l.Step, Order: l.Order, Calls: l.Calls, Minutes: l.Minutes}
}

func TestTranslationsDiffer(t *testing.T) {
	t.Parallel()
	english := mustAll(t, "en")
	for i, l := range mustAll(t, "ja") {
		if l.Title == english[i].Title || l.Question == english[i].Question || l.Text == english[i].Text {
			t.Errorf("ja/%s has words that are still English", l.ID)
		}
	}
}

func TestUnknownLanguageReadsEnglish(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"", "xx", "EN", "../en", "*", "["} {
		if got := mustAll(t, lang); !reflect.DeepEqual(got, mustAll(t, "en")) {
			t.Errorf("All(%q) is not English: %v", lang, titles(got))
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	for _, lang := range append(Languages(), "xx") {
		for _, want := range mustAll(t, lang) {
			got, found, err := Get(lang, want.ID)
			if err != nil || !found || !reflect.DeepEqual(got, want) {
				t.Errorf("Get(%q, %q) = %q, %t, %v", lang, want.ID, got.Title, found, err)
			}
		}
	}
	for _, id := range []string{"", "thing", "01-thing-types", "../en/01-thing-types"} {
		if l, found, err := Get("en", id); found || err != nil || l.ID != "" {
			t.Errorf("Get(en, %q) = %q, %t, %v; want nothing", id, l.ID, found, err)
		}
	}
}

func TestAnswersAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	first := mustAll(t, "en")
	first[0].Title, first[0].Calls[0], first[0].Answers[0].Text = "changed", "changed", "changed"
	if second := mustAll(t, "en"); second[0].Title == "changed" || second[0].Calls[0] == "changed" || second[0].Answers[0].Text == "changed" {
		t.Error("a caller's change reached the next caller")
	}
}

func TestLoadSortsByOrderAndFallsBackLessonByLesson(t *testing.T) {
	t.Parallel()
	fsys := folder(
		"en/a.md", valid("en", "last", "10"), "en/b.md", valid("en", "first", "1"), "en/c.md", valid("en", "middle", "2"),
		"ja/x.md", valid("ja", "middle", "2"), "ja/y.md", valid("ja", "orphan", "3"), "notes/readme.txt", "not a lesson")
	got, err := load(fsys, "ja")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"en first", "ja middle", "en last"}; !slices.Equal(titles(got), want) {
		t.Errorf("load = %q, want %q", titles(got), want)
	}
	if got, want := languages(fsys), []string{"en", "ja"}; !slices.Equal(got, want) {
		t.Errorf("languages = %v, want %v", got, want)
	}
}

func TestLoadNamesTheBadFile(t *testing.T) {
	t.Parallel()
	good := valid("en", "a", "1")
	tests := []struct {
		name, lang, want string
		fsys             fs.FS
	}{
		{"english", "ja", "lesson en/1.md, line 1: ", folder("en/1.md", "text", "ja/1.md", good)},
		{"translation", "ja", "lesson ja/1.md, line 1: ", folder("en/1.md", good, "ja/1.md", "text")},
		{"same id", "en", "lesson en/2.md: id a is taken by en/1.md; give each lesson its own",
			folder("en/1.md", good, "en/2.md", valid("en", "a", "2"))},
		{"same order", "en", "lesson en/2.md: order 1 is taken by en/1.md; give each lesson its own",
			folder("en/1.md", good, "en/2.md", valid("en", "b", "1"))},
		{"unreadable", "en", "read lesson en/1.md: ",
			fstest.MapFS{"en/1.md": &fstest.MapFile{Mode: fs.ModeDir}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := load(tt.fsys, tt.lang)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) || got != nil {
				t.Errorf("load = %v, %v; want an error that begins %q", got, err, tt.want)
			}
		})
	}
}

func mustAll(t *testing.T, lang string) []Lesson {
	t.Helper()
	all, err := All(lang)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("no lessons in %q", lang)
	}
	return all
}
