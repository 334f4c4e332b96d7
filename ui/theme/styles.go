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

// palette is the colours themselves. The hues differ in brightness as well, and blue and orange stand for
// good and bad next to a symbol, so that they can be told apart without telling red from green.
type palette struct {
	text, muted, strong, accent, border, focus, cursorBack, match, matchBack lipgloss.Color
	ok, running, warning, failed, sandbox, realText, realBack                lipgloss.Color
	code, link, timedOut, rejected, canceled                                 lipgloss.Color
}

var dark = palette{
	text: "#D6DCE5", muted: "#8590A2", strong: "#FFFFFF", accent: "#7FC8FF", border: "#4A5568", focus: "#5BB0F5",
	cursorBack: "#24405F", match: "#111111", matchBack: "#F2C94C", ok: "#5FD7A7", running: "#7FC8FF", warning: "#F2C94C",
	failed: "#FF8A73", sandbox: "#5FD7A7", realText: "#111111", realBack: "#FF9E4A", code: "#C8B6FF", link: "#8FD3FF",
	timedOut: "#F2C94C", rejected: "#F29BE0", canceled: "#B7A58A",
}

var light = palette{
	text: "#22272E", muted: "#5E6875", strong: "#000000", accent: "#0B5CAD", border: "#A9B3C0", focus: "#0B5CAD",
	cursorBack: "#CFE5FA", match: "#111111", matchBack: "#FFD95A", ok: "#0A7A4B", running: "#0B5CAD", warning: "#8A5A00",
	failed: "#B3261E", sandbox: "#0A7A4B", realText: "#FFFFFF", realBack: "#B84700", code: "#5B3FA8", link: "#0B5CAD",
	timedOut: "#8A5A00", rejected: "#9C2C86", canceled: "#6B5C43",
}

// maker makes styles for one renderer and leaves colours out when they are not wanted.
type maker struct {
	r       *lipgloss.Renderer
	noColor bool
}

func (m maker) plain() lipgloss.Style { return m.r.NewStyle() }

func (m maker) fg(c lipgloss.Color) lipgloss.Style {
	if m.noColor {
		return m.plain()
	}
	return m.plain().Foreground(c)
}

func (m maker) on(c, back lipgloss.Color) lipgloss.Style {
	if m.noColor {
		return m.plain().Reverse(true)
	}
	return m.plain().Foreground(c).Background(back)
}

func newStyles(r *lipgloss.Renderer, isDark, noColor bool) Styles {
	p := light
	if isDark {
		p = dark
	}
	m := maker{r: r, noColor: noColor}
	return Styles{
		Execution: m.executions(p),
		Text:      m.plain(), Muted: m.fg(p.muted), Strong: m.fg(p.strong).Bold(true),
		Title: m.fg(p.accent).Bold(true), Crumb: m.fg(p.muted),
		Border: m.fg(p.border), FocusBorder: m.fg(p.focus), FocusTitle: m.fg(p.focus).Bold(true),
		Cursor: m.on(p.strong, p.cursorBack).Bold(true), Match: m.on(p.match, p.matchBack),
		Label: m.fg(p.text), Value: m.fg(p.strong), Placeholder: m.fg(p.muted), Error: m.fg(p.failed),
		OK: m.fg(p.ok), Running: m.fg(p.running), Pending: m.fg(p.muted), Warning: m.fg(p.warning), Failed: m.fg(p.failed).Bold(true),
		Sandbox: m.fg(p.sandbox), RealAccount: m.on(p.realText, p.realBack).Bold(true), Danger: m.fg(p.failed).Bold(true),
		Key: m.fg(p.accent).Bold(true), KeyHelp: m.fg(p.muted),
		BarDone: m.fg(p.running), BarRest: m.fg(p.border),
		Toast: m.on(p.strong, p.cursorBack), ToastError: m.on(p.realText, p.failed).Bold(true),
		Heading: m.fg(p.accent).Bold(true), Emphasis: m.fg(p.strong).Bold(true), Code: m.fg(p.code), Quote: m.fg(p.muted).Italic(true), Link: m.fg(p.link).Underline(true),
	}
}
