package learn

import (
	"reflect"
	"slices"
	"strconv"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/markdown"
	"fleetlab/ui/component/pager"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Again asks the question of a lesson anew.
var Again = keys.New("0", "learn.keys.again", "0")

// Reader is a lesson to read: its text, the calls, and the question, which can be answered.
type Reader struct {
	theme   *theme.Theme
	printer *locale.Printer
	hooks   Hooks

	lesson Lesson
	quiz   quiz
	calls  []calls // below the text
	roomy  bool    // spaced so that it can be read from afar
	h      int     // rows in view

	body   *pager.Model
	read   bool
	asked  span   // rows of the question with all that belongs to it
	answer []span // rows of each answer
}

// NewReader makes a reader without a lesson.
func NewReader(t *theme.Theme, p *locale.Printer, h Hooks) *Reader {
	r := &Reader{theme: t, printer: p, hooks: h, body: pager.New(p)}
	r.body.SetContent(r.rows)
	return r
}

// Show shows a lesson from its start, with its question open.
func (r *Reader) Show(l Lesson) {
	r.lesson, r.quiz, r.read, r.calls = l, newQuiz(l), false, nil
	if len(l.Calls) > 0 {
		r.calls = []calls{{title: r.printer.T("learn.calls.all"), ops: l.Calls}}
	}
	r.body.SetContent(r.rows)
}

// Lesson is the lesson that is shown.
func (r *Reader) Lesson() Lesson { return r.lesson }

// SetSize sets the size that View draws.
func (r *Reader) SetSize(w, h int) {
	was := r.h
	r.h = h
	r.body.SetSize(w, h)
	if r.roomy && h != was {
		r.body.Reload()
	}
}

// setCalls shows other calls, or other numbers of theirs, below the text.
func (r *Reader) setCalls(list []calls) {
	if reflect.DeepEqual(list, r.calls) {
		return
	}
	r.calls = list
	r.body.Reload()
}

// setRoomy spaces the text out, or not.
func (r *Reader) setRoomy(on bool) {
	if r.roomy != on {
		r.roomy = on
		r.body.Reload()
	}
}

// View is exactly the size that SetSize said.
func (r *Reader) View() string { return r.body.View() }

// AtEnd reports that nothing is left below.
func (r *Reader) AtEnd() bool { return r.body.AtEnd() }

// Position is which rows are in view, "" when all are.
func (r *Reader) Position() string { return r.body.Position() }

// Solved reports that the question was answered rightly, or that there is none.
func (r *Reader) Solved() bool { return r.quiz.solved() }

// Keys is what the keys do.
func (r *Reader) Keys() keys.Group {
	g := keys.Group{Title: keys.Text.Title, Bindings: r.questionKeys()}
	g.Bindings = append(g.Bindings, r.body.Keys().Bindings...)
	return g
}

// questionKeys is the keys of the question.
func (r *Reader) questionKeys() []keys.Binding {
	switch {
	case len(r.quiz.answers) == 0:
		return nil
	case r.quiz.solved():
		return []keys.Binding{answerKey(len(r.quiz.answers)).Because("learn.keys.answered"), Again.InBar()}
	}
	return []keys.Binding{answerKey(len(r.quiz.answers)).InBar()}
}

// Update scrolls and answers. It reports whether the key was its own.
func (r *Reader) Update(msg tea.Msg) (cmd tea.Cmd, taken bool) {
	if cmd, taken = r.questionKey(msg); !taken {
		cmd, taken = nil, r.scrolls(msg)
	}
	return tea.Batch(cmd, r.Seen()), taken
}

func (r *Reader) scrolls(msg tea.Msg) bool {
	_, ok := keys.Scroll(msg, 1)
	if ok {
		r.body.Update(msg)
	}
	return ok
}

// Seen notes that the lesson was read, once, if its end is in view.
func (r *Reader) Seen() tea.Cmd {
	if r.body.Len() == 0 || !r.body.AtEnd() {
		return nil
	}
	return r.WentOn()
}

// WentOn notes that the reader is through with the lesson, wherever in it that is.
func (r *Reader) WentOn() tea.Cmd {
	if r.read || r.lesson.ID == "" {
		return nil
	}
	r.read = true
	return r.hooks.read(r.lesson.ID)
}

// questionKey takes the keys of the question.
func (r *Reader) questionKey(msg tea.Msg) (cmd tea.Cmd, taken bool) {
	k, ok := msg.(tea.KeyMsg)
	n := len(r.quiz.answers)
	switch {
	case !ok || n == 0:
		return nil, false
	case r.quiz.solved() && Again.Matches(k):
		r.quiz.again()
		r.body.Reload()
		r.revealQuestion()
		return nil, true
	case !answerKey(n).Matches(k):
		return nil, false
	}
	at, _ := strconv.Atoi(k.String())
	return r.choose(at - 1), true
}

// choose answers the question. What nobody can see is no answer yet: then the question only comes into view.
func (r *Reader) choose(i int) tea.Cmd {
	switch {
	case i >= len(r.answer): // it was not drawn yet
		return nil
	case !r.body.Sees(r.answer[i].from):
		r.revealQuestion()
		return nil
	case r.quiz.solved():
		return nil
	}
	r.quiz.tried[i], r.quiz.last = true, i
	r.body.Reload()
	r.revealQuestion()
	r.body.Reveal(r.answer[i].from, r.answer[i].to)
	cmd := r.hooks.answered(r.lesson.ID, r.quiz.answers[i].Right)
	if r.quiz.solved() {
		cmd = tea.Batch(cmd, r.WentOn()) // the question stands at the end
	}
	return cmd
}

// revealQuestion brings the question and its answers into view, the question where there is no room for all.
func (r *Reader) revealQuestion() { r.body.Reveal(r.asked.from, r.asked.to) }

// Gaps of a text that is read from afar.
const (
	roomyMargin = 3
	roomyFrom   = 40 // columns from which there is room for a margin
)

// rows are all of the lesson in rows of w columns.
func (r *Reader) rows(w int) []string {
	margin := 0
	if r.roomy && w >= roomyFrom {
		margin = roomyMargin
	}
	iw := w - 2*margin
	rows := markdown.Render(r.theme, r.lesson.Text, iw)
	for _, c := range r.calls {
		rows = append(append(rows, ""), c.rows(r.theme, r.printer, iw)...)
	}
	first := 0
	r.answer = nil
	if len(r.quiz.answers) > 0 {
		q, at := r.quiz.rows(r.theme, r.printer, iw)
		rows = append(rows, "", r.theme.Style.Heading.Render(text.Cut(r.printer.T("learn.question"), iw)))
		first, r.answer = len(rows), at
		rows = append(rows, q...)
	}
	last := len(rows)
	rows, moved := r.spaced(rows)
	r.asked = span{moved[max(0, first-1)], moved[last]}
	for i, a := range r.answer {
		r.answer[i] = span{moved[first+a.from], moved[first+a.to]}
	}
	if margin > 0 {
		rows = lead(rows, text.Spaces(margin))
	}
	return rows
}

// spaced doubles the blank rows of a roomy text, unless rows that could be seen would make way for them, and says where each row went.
func (r *Reader) spaced(rows []string) (out []string, moved []int) {
	moved = make([]int, 0, len(rows)+1)
	blanks := 0
	for _, row := range rows {
		if row == "" {
			blanks++
		}
	}
	double := r.roomy && len(rows)+blanks <= r.h
	out = slices.Grow(out, 2*len(rows))
	for _, row := range rows {
		moved = append(moved, len(out))
		out = append(out, row)
		if row == "" && double {
			out = append(out, "")
		}
	}
	return out, append(moved, len(out))
}
