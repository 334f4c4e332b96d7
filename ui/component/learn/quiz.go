package learn

import (
	"strconv"

	"fleetlab/ui/component/markdown"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// quiz is a question and what has been answered so far. Every answer that was tried says why it is right or is not; once the right one
// is found, all of them do.
type quiz struct {
	question string
	answers  []Answer
	tried    []bool
	last     int // answer tried last, -1 for none
}

func newQuiz(l Lesson) quiz {
	return quiz{question: l.Question, answers: l.Answers, tried: make([]bool, len(l.Answers)), last: -1}
}

// solved reports that the right answer was found, or that there is nothing to find.
func (q *quiz) solved() bool {
	for i, a := range q.answers {
		if a.Right && q.tried[i] {
			return true
		}
	}
	return len(q.answers) == 0
}

// again forgets the answers.
func (q *quiz) again() {
	clear(q.tried)
	q.last = -1
}

// answerKey is the keys for n answers.
func answerKey(n int) keys.Binding {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i + 1)
	}
	show := "1"
	if n > 1 {
		show = "1-" + strconv.Itoa(n)
	}
	return keys.New(show, "learn.keys.answer", names...).Briefly("learn.keys.answer-brief")
}

// span is rows of a text: from the first to the one after the last.
type span struct{ from, to int }

// rows are the question and its answers in rows of w columns, and which of those are each answer's.
func (q *quiz) rows(t *theme.Theme, p *locale.Printer, w int) (rows []string, at []span) {
	rows = markdown.Render(t, q.question, w)
	rows = append(rows, "")
	open := !q.solved()
	for i, a := range q.answers {
		from := len(rows)
		rows = append(rows, lead(markdown.Render(t, a.Text, max(4, w-4)), q.sign(t, i)+" "+strconv.Itoa(i+1)+" ")...)
		if q.tried[i] || !open {
			rows = append(rows, lead(verdict(t, p, a, max(4, w-4)), "    ")...)
		}
		at = append(at, span{from, len(rows)})
	}
	rows = append(rows, "")
	return append(rows, q.state(t, p, w)...), at
}

// sign is what is known of an answer.
func (q *quiz) sign(t *theme.Theme, i int) string {
	switch {
	case !q.tried[i]:
		return t.Style.Pending.Render(t.Symbol.Pending)
	case q.answers[i].Right:
		return t.Style.OK.Render(t.Symbol.OK)
	}
	return t.Style.Failed.Render(t.Symbol.Failed)
}

// verdict is whether an answer is right, and why.
func verdict(t *theme.Theme, p *locale.Printer, a Answer, w int) []string {
	word := p.T("learn.wrong")
	if a.Right {
		word = p.T("learn.right")
	}
	return markdown.Render(t, "**"+word+"** "+a.Why, w)
}

// state is what to do with the question now.
func (q *quiz) state(t *theme.Theme, p *locale.Printer, w int) []string {
	words, style := p.T("learn.ask", "Keys", answerKey(len(q.answers)).Show), t.Style.Key
	switch {
	case q.solved():
		words, style = t.Symbol.OK+" "+p.T("learn.solved"), t.Style.OK
	case q.last >= 0:
		words = p.T("learn.retry", "Keys", answerKey(len(q.answers)).Show)
	}
	return styled(text.Wrap(words, w), style.Render)
}

func styled(rows []string, render func(...string) string) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = render(r)
	}
	return out
}

// lead puts something in front of the first row, and as many blanks in front of the others.
func lead(rows []string, first string) []string {
	out := make([]string, len(rows))
	blank := text.Spaces(text.Width(first))
	for i, r := range rows {
		out[i] = blank + r
	}
	if len(out) > 0 {
		out[0] = first + rows[0]
	}
	return out
}
