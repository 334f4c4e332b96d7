package theme

import "github.com/charmbracelet/lipgloss"

// Styles are named by what they mean, not by how they look.
type Styles struct {
	Text        lipgloss.Style // ordinary text
	Muted       lipgloss.Style // less important: times, hints, units
	Strong      lipgloss.Style // more important
	Title       lipgloss.Style // titles of screens and panels
	Crumb       lipgloss.Style // the way back, in the top line
	Border      lipgloss.Style // frames
	FocusBorder lipgloss.Style // frame of what has the focus
	FocusTitle  lipgloss.Style // title of what has the focus
	Cursor      lipgloss.Style // the row or choice the cursor is on
	Match       lipgloss.Style // what a search found
	Label       lipgloss.Style // names of fields
	Value       lipgloss.Style // what was entered or measured
	Placeholder lipgloss.Style // what could be entered
	Error       lipgloss.Style // why a value is wrong

	OK      lipgloss.Style // done, created, succeeded
	Running lipgloss.Style // in progress
	Pending lipgloss.Style // not begun
	Warning lipgloss.Style // should be known
	Failed  lipgloss.Style // went wrong

	// Execution is the states of a device's update, in the order of the Execution type.
	Execution [Executions]lipgloss.Style

	Sandbox     lipgloss.Style // the cloud is the sandbox
	RealAccount lipgloss.Style // the cloud is a real account: what is made there costs money
	Danger      lipgloss.Style // cannot be undone

	Key     lipgloss.Style // a key
	KeyHelp lipgloss.Style // what it does

	BarDone lipgloss.Style // the filled part of a bar
	BarRest lipgloss.Style // the rest of it

	Toast      lipgloss.Style // a short message
	ToastError lipgloss.Style // a short message that something went wrong

	Heading  lipgloss.Style // headings in a lesson
	Emphasis lipgloss.Style
	Code     lipgloss.Style
	Quote    lipgloss.Style
	Link     lipgloss.Style
}

// maker makes styles for one renderer and leaves colours out when they are not wanted.
type maker struct {
	r       *lipgloss.Renderer
	noColor bool
}

func (m maker) plain() lipgloss.Style { return m.r.NewStyle() }

func (m maker) fg(c shade) lipgloss.Style {
	if m.noColor {
		return m.plain()
	}
	return m.plain().Foreground(c.color())
}

func (m maker) on(p pair) lipgloss.Style {
	if m.noColor {
		return m.plain().Reverse(true)
	}
	return m.plain().Foreground(p.text.color()).Background(p.back.color())
}

func newStyles(m maker, p palette) Styles {
	return Styles{
		Execution: m.executions(p),
		Text:      m.plain(), Muted: m.fg(p.muted), Strong: m.fg(p.strong).Bold(true),
		Title: m.fg(p.accent).Bold(true), Crumb: m.fg(p.muted),
		Border: m.fg(p.border), FocusBorder: m.fg(p.focus), FocusTitle: m.fg(p.focus).Bold(true),
		Cursor: m.on(p.cursor).Bold(true), Match: m.on(p.match),
		Label: m.fg(p.text), Value: m.fg(p.strong), Placeholder: m.fg(p.muted), Error: m.fg(p.failed),
		OK: m.fg(p.ok), Running: m.fg(p.running), Pending: m.fg(p.muted), Warning: m.fg(p.warning), Failed: m.fg(p.failed).Bold(true),
		Sandbox: m.fg(p.sandbox), RealAccount: m.on(p.realAccount).Bold(true), Danger: m.fg(p.failed).Bold(true),
		Key: m.fg(p.accent).Bold(true), KeyHelp: m.fg(p.muted),
		BarDone: m.fg(p.running), BarRest: m.fg(p.border),
		Toast: m.on(p.cursor), ToastError: m.on(p.errorToast).Bold(true),
		Heading: m.fg(p.accent).Bold(true), Emphasis: m.fg(p.strong).Bold(true), Code: m.fg(p.code), Quote: m.fg(p.muted).Italic(true), Link: m.fg(p.link).Underline(true),
	}
}
