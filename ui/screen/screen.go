// Package screen is the contract between the program and its screens: what a screen must do, what it is
// given, and what it may ask for. Each screen is a package below; no screen imports another.
package screen

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/lessons"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/run"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
	"fleetlab/workflows/event"
)

// Screen is one page of the program. Screens are pointers that change themselves; the program is the only
// tea.Model. No method may block or do input or output: slow work is a tea.Cmd or a run.
//
// Messages that a screen's commands return come back to that screen, wherever the user is by then. So do
// the feed.BatchMsg of the runs it started, and tea.WindowSizeMsg is never seen: SetSize says the size.
type Screen interface {
	// Init is called once, after SetSize.
	Init() tea.Cmd
	// Update gets the keys that nothing above it has taken, and all messages meant for the screen. A tea.MouseMsg counts from the upper
	// left of what View draws.
	Update(tea.Msg) tea.Cmd
	// View is exactly as many rows and columns as SetSize said.
	View() string
	// SetSize is called before Init and on every resize; w is at least 56 and h at least 11.
	SetSize(w, h int)
	// Title is the screen's name in the top line, in the user's language.
	Title() string
	// Keys is what the keys do now; those marked for the bar are in the bottom line.
	Keys() []keys.Group
	// Capturing reports that a text field has the focus: letters, ? and q are text then.
	Capturing() bool
}

// Backer is a Screen with steps of its own: esc first asks it to go one step back. Back returns false
// when the screen is at its first step and may be left. Its runs go on when it is left.
type Backer interface {
	Back() (tea.Cmd, bool)
}

// Resumer is a Screen that wants to know when it is on top again, for instance to load what may have
// changed meanwhile.
type Resumer interface {
	Resume() tea.Cmd
}

// Keeper is a Screen that may hold something that the user typed and that is not carried out yet. As long as it does, it is kept when it
// is left, and comes back as it was.
type Keeper interface {
	Unfinished() bool
}

// Teacher is a Screen whose places have lessons: Lesson is the id of the one that belongs to where the cursor is, or to what runs; ""
// when there is none. The program opens it.
type Teacher interface {
	Lesson() string
}

// Unframed is a Screen that draws its own frames and so gets the whole room between the top and the bottom
// line, at least 60 columns and 13 rows; the program draws a frame around all others.
type Unframed interface {
	Unframed()
}

// Overlay is something over the screen that takes all keys until it closes: a dialog, the help.
type Overlay interface {
	// Update gets every key; done closes the overlay. The command's message goes to the screen it was
	// opened from.
	Update(tea.Msg) (cmd tea.Cmd, done bool)
	// View is drawn in the middle of w columns and h rows and must not be larger.
	View(w, h int) string
	Keys() []keys.Group
}

// IDs of the screens, for Go.
const (
	Home      = "home"
	Provision = "provision"
	CreateJob = "job-create"
	Simulate  = "simulate"
	Cleanup   = "cleanup"
	Packages  = "packages"
	Lessons   = "lessons"
	APILog    = "api-log"
)

// Deps is what a screen is given. All of it may be used from commands as well, except Runs, which belongs
// to Update.
type Deps struct {
	Printer *locale.Printer
	Theme   *theme.Theme
	Cloud   *cloud.Cloud
	Runs    *run.Starter     // starts workflows that outlive the screen
	Lessons []lessons.Lesson // in the language chosen, in the order of the tour
	// Learning keeps which lessons are done; nil keeps nothing. Its changes write a file, so they are made from commands.
	Learning *lessons.Progress
	Seed     int64  // of simulations; 0 means choose one
	Debug    bool   // calls one after the other, to be read along
	LogDir   string // where a screen may write files the user asks for
	Reports  string // where reports of simulations are kept: a rollback reads them there
	Now      func() time.Time
}

// Factory makes a screen. args is what Go was given, nil from the home screen's doors.
type Factory func(d *Deps, args any) Screen

// T is the message id of the catalogue, see locale.Printer.T.
func (d *Deps) T(id string, kv ...any) string { return d.Printer.T(id, kv...) }

// Fact is a row of w columns: what the catalogue calls id, and its value at the end.
func (d *Deps) Fact(id, value string, w int) string {
	return text.Edges(d.T(id), d.Theme.Style.Value.Render(value), w)
}

// Least says how long calls take at least at the limits; 0 seconds means that there are none.
func (d *Deps) Least(seconds float64) string {
	if seconds == 0 {
		return d.T("time.unlimited")
	}
	return d.T("time.least", "Duration", d.Printer.Seconds(seconds))
}

// Lesson finds a lesson by its id.
func (d *Deps) Lesson(id string) (lessons.Lesson, bool) {
	for _, l := range d.Lessons {
		if l.ID == id {
			return l, true
		}
	}
	return lessons.Lesson{}, false
}

// StepLesson finds the lesson of a provisioning step.
func (d *Deps) StepLesson(step string) (lessons.Lesson, bool) {
	for _, l := range d.Lessons {
		if l.Step == step {
			return l, true
		}
	}
	return lessons.Lesson{}, false
}

// Problem is err as a person reads it: what happened, in which call, and what to do next. A refused field
// comes with its remedy.
func (d *Deps) Problem(err error) string {
	return Problem(d.Printer, err)
}

// Problem is Deps.Problem for those who have a Printer only.
func Problem(p *locale.Printer, err error) string {
	if err == nil {
		return ""
	}
	if s, ok := p.Refusal(err); ok {
		return s
	}
	if s, ok := learning(p, err); ok {
		return s
	}
	c := cloud.Explain(err)
	return p.Fault(&event.Fault{Class: string(c.Class), Operation: c.Operation, Code: c.Code, Message: c.Message})
}

// GoMsg asks for a screen. One whose work is under way, or has ended while the user was elsewhere, comes back as it was, and so does
// a Keeper with something unfinished; one whose work is over and was seen starts anew.
type GoMsg struct {
	ID   string
	Args any
}

// BackMsg asks to leave the screen.
type BackMsg struct{}

// QuitMsg asks to leave the program; while work runs, the user is asked first.
type QuitMsg struct{}

// OpenMsg asks to put an overlay over the screen.
type OpenMsg struct{ Overlay Overlay }

// ToastMsg asks to show a short message. Errors stay until a key is pressed, others a few seconds.
type ToastMsg struct {
	Text  string
	Error bool
}

// CopyMsg asks to put text on the clipboard; What names it in the message that says so.
type CopyMsg struct{ Text, What string }

// Go asks for a screen.
func Go(id string, args any) tea.Cmd { return send(GoMsg{ID: id, Args: args}) }

// Back asks to leave the screen.
func Back() tea.Cmd { return send(BackMsg{}) }

// Quit asks to leave the program.
func Quit() tea.Cmd { return send(QuitMsg{}) }

// Open asks to put an overlay over the screen.
func Open(o Overlay) tea.Cmd { return send(OpenMsg{Overlay: o}) }

// Toast asks to show a short message.
func Toast(text string) tea.Cmd { return send(ToastMsg{Text: text}) }

// ToastError asks to show that something went wrong.
func ToastError(text string) tea.Cmd { return send(ToastMsg{Text: text, Error: true}) }

// Copy asks to put text on the clipboard; what names it in the message that says so.
func Copy(text, what string) tea.Cmd { return send(CopyMsg{Text: text, What: what}) }

func send(m tea.Msg) tea.Cmd { return func() tea.Msg { return m } }
