package learn

import tea "github.com/charmbracelet/bubbletea"

// Lesson is a lesson as it is shown.
type Lesson struct {
	ID       string
	Step     string // the step of a run whose calls are counted for it; "": those of the whole run
	Title    string
	Text     string   // Markdown
	Calls    []string // operations: "iot:CreateThing"
	Number   int      // of Of; 0 leaves both out
	Of       int
	Question string
	Answers  []Answer
}

// Answer is one of the answers to a lesson's question. Both texts are Markdown of one line.
type Answer struct {
	Text  string
	Right bool
	Why   string // why it is right, or is not
}

// Hooks are told what the learner has done. A command that one returns is run by whoever shows the lesson; nil hooks are left out.
type Hooks struct {
	Read     func(id string) tea.Cmd
	Answered func(id string, right bool) tea.Cmd
}

func (h Hooks) read(id string) tea.Cmd {
	if h.Read == nil {
		return nil
	}
	return h.Read(id)
}

func (h Hooks) answered(id string, right bool) tea.Cmd {
	if h.Answered == nil {
		return nil
	}
	return h.Answered(id, right)
}
