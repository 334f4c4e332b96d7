package lessons

import (
	"errors"
	"fmt"
	"strings"
)

// Marks of the question section, which is the last one: a heading, the question, and a list of answers, each with a verdict
// in bold and its reason: "- answer **Verdict.** reason".
const (
	heading = "## "
	item    = "- "
	bold    = "**"
)

// readQuestion cuts the question section off the body and reads its answers; right is the place of the right one, from 1.
func (l *Lesson) readQuestion(right int) error {
	text, section, found := cutLast("\n"+l.Body, "\n"+heading)
	if !found {
		return fmt.Errorf("the lesson has no section; end it with one that asks its question, under a line %q", heading+"...")
	}
	lines := strings.Split(section, "\n")[1:] // the first is the heading
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	if len(lines) == 0 || lines[0] != l.Question {
		return fmt.Errorf("the last section does not ask %q; repeat the front matter's question under its heading", l.Question)
	}
	for _, line := range lines[1:] {
		if line == "" {
			continue
		}
		a, err := parseAnswer(line)
		if err != nil {
			return err
		}
		a.Right = len(l.Answers)+1 == right
		l.Answers = append(l.Answers, a)
	}
	l.Text = strings.TrimSpace(text)
	switch {
	case len(l.Answers) < 2:
		return errors.New("the question has less than 2 answers; there must be something to choose from")
	case right > len(l.Answers):
		return fmt.Errorf("answer %d cannot be right, there are %d; give its place from 1 as %q", right, len(l.Answers), "right: ...")
	case l.Text == "":
		return errors.New("the lesson has nothing but its question; write the lesson above it")
	}
	return nil
}

// cutLast cuts s at the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// parseAnswer reads "- answer **Verdict.** reason". The verdict is for those who read the file: which answer is right is in
// the front matter, so that no program has to know the word for it.
func parseAnswer(line string) (Answer, error) {
	text, rest, opened := strings.Cut(strings.TrimPrefix(line, item), bold)
	verdict, why, closed := strings.Cut(rest, bold)
	a := Answer{Text: strings.TrimSpace(text), Why: strings.TrimSpace(why)}
	if !strings.HasPrefix(line, item) || !opened || !closed || a.Text == "" || a.Why == "" || strings.TrimSpace(verdict) == "" {
		return Answer{}, fmt.Errorf("%q is not an answer; write %q", line, "- answer **Verdict.** reason")
	}
	return a, nil
}
