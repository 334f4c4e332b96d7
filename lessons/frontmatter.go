package lessons

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// fence opens and closes the front matter.
const fence = "---"

// keys are the front matter's, in the order in which the files give them. All but optional are required.
var keys = []string{"id", "title", "workflow", optional, "order", "calls", "minutes", "question", "right"}

// optional is left out by lessons that explain no step in particular; a learning moment has it.
const optional = "step"

var (
	slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	call = regexp.MustCompile(`^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$`)
)

// parse reads one lesson. Front matter is "key: value" lines between two "---" lines and nothing more:
// no quoting, no nesting, no comments. All that follows is the body.
func parse(file string, data []byte) (Lesson, error) {
	lines := splitLines(string(data))
	if lines[0] != fence {
		return Lesson{}, fault(file, 1, fmt.Errorf("found %q; begin the file with a line of %q", lines[0], fence))
	}
	m := matter{seen: map[string]bool{}}
	for i, line := range lines[1:] {
		number := i + 2
		if line != fence {
			if err := m.readLine(line); err != nil {
				return Lesson{}, fault(file, number, err)
			}
			continue
		}
		m.lesson.Body = strings.TrimSpace(strings.Join(lines[number:], "\n"))
		if err := m.complete(); err != nil {
			return Lesson{}, fault(file, number, err)
		}
		if err := m.lesson.readQuestion(m.right); err != nil {
			return Lesson{}, fault(file, len(lines), err)
		}
		return m.lesson, nil
	}
	return Lesson{}, fault(file, len(lines), fmt.Errorf("the front matter does not end; close it with a line of %q", fence))
}

// matter is a lesson while its front matter is read.
type matter struct {
	lesson Lesson
	right  int // place of the right answer, from 1
	seen   map[string]bool
}

// splitLines cuts a text at its line ends, Unix or Windows.
func splitLines(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, "\r")
	}
	return lines
}

// fault says where in which file something is wrong; err says what, and what to write instead.
func fault(file string, line int, err error) error {
	return fmt.Errorf("lesson %s, line %d: %w", file, line, err)
}

// readLine takes one "key: value" line.
func (m *matter) readLine(line string) error {
	key, value, found := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch {
	case !found:
		return fmt.Errorf("%q is not front matter; write %q", line, "key: value")
	case !slices.Contains(keys, key):
		return fmt.Errorf("key %q is unknown; use one of %s", key, strings.Join(keys, ", "))
	case m.seen[key]:
		return fmt.Errorf("key %q comes twice; remove one of the lines", key)
	case value == "":
		return fmt.Errorf("key %q has no value; write it after the colon", key)
	}
	m.seen[key] = true
	return m.set(key, value)
}

// set stores the value of one known key.
func (m *matter) set(key, value string) (err error) {
	l := &m.lesson
	switch key {
	case "id":
		l.ID, err = parseSlug(value)
	case "title":
		l.Title = value
	case "workflow":
		l.Workflow, err = parseSlug(value)
	case "order":
		l.Order, err = parseCount(value)
	case "step":
		l.Step, err = parseSlug(value)
	case "calls":
		l.Calls, err = parseCalls(value)
	case "minutes":
		l.Minutes, err = parseCount(value)
	case "question":
		l.Question = value
	case "right":
		m.right, err = parseCount(value)
	}
	if err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	return nil
}

// complete checks that nothing is missing once the front matter is closed.
func (m *matter) complete() error {
	for _, k := range keys {
		if !m.seen[k] && (k != optional || m.lesson.Moment()) {
			return fmt.Errorf("key %q is missing; add a line %q above", k, k+": ...")
		}
	}
	if m.lesson.Body == "" {
		return errors.New("the lesson has no text; write it below this line")
	}
	return nil
}

func parseSlug(value string) (string, error) {
	if !slug.MatchString(value) {
		return "", fmt.Errorf("%q is not a name; use small letters, digits and single hyphens, as in thing-types", value)
	}
	return value, nil
}

func parseCount(value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a count; write a whole number from 1", value)
	}
	return n, nil
}

func parseCalls(value string) ([]string, error) {
	calls := strings.Split(value, ",")
	for i, c := range calls {
		calls[i] = strings.TrimSpace(c)
		if !call.MatchString(calls[i]) {
			return nil, fmt.Errorf("%q is not an API call; write service:Operation, as in iot:CreateThing", calls[i])
		}
	}
	return calls, nil
}
