// Package lessons holds the lessons: the learning moments, which say what each provisioning step teaches, and those of the
// other workflows, as Markdown with front matter, one folder a language. They are data. A new lesson or a new language is a new file or
// folder here and no change in Go. The package knows nothing of workflows or screens; those refer to a
// lesson by its ID. Progress keeps what a person has read and answered.
package lessons

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
)

// source is the language that every lesson exists in, and that stands in for a missing translation.
const source = "en"

//go:embed */*.md
var files embed.FS

// moments is the workflow whose lessons are the learning moments: one for each of its steps.
const moments = "provision"

// Lesson is one lesson.
type Lesson struct {
	ID       string   // what workflows and commands call it, the same in every language
	Title    string   // the heading, in the lesson's language
	Workflow string   // the workflow that it belongs to: provision, job-create, simulate or cleanup
	Step     string   // the workflow's step that it explains; "" when it is about none in particular
	Order    int      // place among all lessons, from 1
	Calls    []string // the AWS calls it is about, as "service:Operation" with the AWS CLI's service names
	Minutes  int      // reading time
	Question string   // what the reader is asked at the end
	Answers  []Answer // what to choose from, in the order of the text; one is right
	Body     string   // Markdown, without the front matter; its last section repeats and answers Question
	Text     string   // Body without that section
}

// Answer is one of the answers to a lesson's question. Both texts are Markdown of one line.
type Answer struct {
	Text  string // what the reader chooses
	Right bool
	Why   string // why it is right, or is not
}

// Moment tells whether the lesson is one of the learning moments, which the steps of provisioning wait for.
func (l Lesson) Moment() bool { return l.Workflow == moments }

// Right is the place of the right answer, from 0.
func (l Lesson) Right() int {
	return slices.IndexFunc(l.Answers, func(a Answer) bool { return a.Right })
}

// Languages lists the languages that have lessons, in alphabetical order.
func Languages() []string { return languages(files) }

// All returns every lesson in order: those of a workflow together, the workflows as a fleet meets them. A lesson that lang lacks comes in English, and so
// do all of them for a language that has no folder. The error names the file that cannot be read, the
// line and the remedy.
func All(lang string) ([]Lesson, error) { return load(files, lang) }

// Get returns one lesson, in English where lang lacks it; false if no lesson has that ID.
func Get(lang, id string) (Lesson, bool, error) {
	all, err := All(lang)
	if err != nil {
		return Lesson{}, false, err
	}
	i := slices.IndexFunc(all, func(l Lesson) bool { return l.ID == id })
	if i < 0 {
		return Lesson{}, false, nil
	}
	return all[i], true, nil
}

func languages(fsys fs.FS) []string {
	names, _ := fs.Glob(fsys, "*/*.md") // the only error is a malformed pattern
	for i, n := range names {
		names[i] = path.Dir(n)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// load reads the lessons of one language over the English ones.
func load(fsys fs.FS, lang string) ([]Lesson, error) {
	lessons, err := readFolder(fsys, source)
	if err != nil {
		return nil, err
	}
	if slices.Contains(languages(fsys), lang) {
		translated, err := readFolder(fsys, lang)
		if err != nil {
			return nil, err
		}
		lessons = overlay(lessons, translated)
	}
	slices.SortFunc(lessons, func(a, b Lesson) int { return cmp.Compare(a.Order, b.Order) })
	return lessons, nil
}

// overlay replaces each lesson that has a translation. A translation of nothing is left out: a lesson
// is written in English first.
func overlay(lessons, translated []Lesson) []Lesson {
	for _, t := range translated {
		i := slices.IndexFunc(lessons, func(l Lesson) bool { return l.ID == t.ID })
		if i >= 0 {
			lessons[i] = t
		}
	}
	return lessons
}

// readFolder parses the lessons of one language; two of them may share neither ID nor place.
func readFolder(fsys fs.FS, lang string) ([]Lesson, error) {
	names, err := fs.Glob(fsys, lang+"/*.md")
	if err != nil {
		return nil, fmt.Errorf("list the lessons in %q: %w", lang, err)
	}
	var lessons []Lesson
	owner := map[string]string{}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read lesson %s: %w", name, err)
		}
		l, err := parse(name, data)
		if err != nil {
			return nil, err
		}
		for _, claim := range []string{"id " + l.ID, fmt.Sprintf("order %d", l.Order)} {
			if first, taken := owner[claim]; taken {
				return nil, fmt.Errorf("lesson %s: %s is taken by %s; give each lesson its own", name, claim, first)
			}
			owner[claim] = name
		}
		lessons = append(lessons, l)
	}
	return lessons, nil
}
