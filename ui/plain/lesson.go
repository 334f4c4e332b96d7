package plain

import (
	"context"
	"strconv"
	"strings"

	"fleetlab/lessons"
)

// Read tells a lesson: its text, and then its question with an explanation of each answer that is tried. answered is told each
// answer, right or not. The word that ended it is returned: "" for the lesson's end.
func (c *Prompt) Read(ctx context.Context, l lessons.Lesson, answered func(right bool)) (Word, error) {
	c.Say("")
	for _, line := range paragraphs(l.Text, c.T("plain.drawing")) {
		c.Say(line)
	}
	return c.Quiz(ctx, l, answered)
}

// Quiz asks a lesson's question until it is answered right or left out. answered is told each answer; the word that ended it is
// returned, "" for a right answer.
func (c *Prompt) Quiz(ctx context.Context, l lessons.Lesson, answered func(right bool)) (Word, error) {
	if len(l.Answers) == 0 {
		return "", nil
	}
	var choices []Choice
	for i, a := range l.Answers {
		choices = append(choices, Choice{Value: strconv.Itoa(i + 1), Name: inline(a.Text)})
	}
	c.Say("", c.T("plain.question", "Question", inline(l.Question)))
	c.List(choices)
	for {
		picked, err := c.Choose(ctx, c.T("plain.answer", "Count", len(choices)), choices, string(Skip), Skip, Express, Cancel)
		if err != nil {
			return "", err
		}
		at, err := strconv.Atoi(picked)
		if err != nil {
			return Word(picked), nil
		}
		a := l.Answers[at-1]
		answered(a.Right)
		if a.Right {
			c.Say(c.T("plain.right", "Why", inline(a.Why)))
			return "", nil
		}
		c.Say(c.T("plain.wrong", "Why", inline(a.Why)))
	}
}

// paragraphs are a lesson's Markdown as lines to be listened to: a paragraph a line, without marks. In the place of a drawing stands
// what is given for it.
func paragraphs(markdown, drawing string) []string {
	var out []string
	inside := false
	for line := range strings.SplitSeq(markdown, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			if inside = !inside; inside {
				out = append(out, drawing)
			}
		case inside || strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "#"):
			out = append(out, "", strings.TrimLeft(line, "# ")+":")
		default:
			out = append(out, inline(strings.TrimPrefix(line, "- ")))
		}
	}
	return out
}

// inline is Markdown of one line without its marks.
func inline(s string) string {
	return strings.NewReplacer("`", "", "**", "").Replace(s)
}
