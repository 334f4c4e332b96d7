package keys

// Keys that work everywhere. While a text field has the focus, letters are text and only the keys with
// ctrl, and esc, reach these.
var (
	Help    = New("?", "keys.help", "?").InBar()
	Back    = New("esc", "keys.back", "esc").InBar()
	Quit    = New("q", "keys.quit", "q")
	Stop    = New("ctrl+c", "keys.stop", "ctrl+c")
	Suspend = New("ctrl+z", "keys.suspend", "ctrl+z")
	Mouse   = New("m", "keys.mouse", "m")
	Again   = New("r", "keys.again", "r") // what the cloud keeps waiting
	// Palette works while a text field has the focus as well, by ctrl+k only, and Typing is what the bottom line says of it then.
	Palette = New("ctrl+k, :", "keys.palette", "ctrl+k", ":")
	Typing  = New("ctrl+k", "keys.palette-brief", "ctrl+k")
	APILog  = New("a", "keys.api-log", "a")
	Debug   = New("d", "keys.debug", "d")
	// Lesson opens the lesson of the place, also while a text field has the focus.
	Lesson = New("ctrl+l", "keys.lesson", "ctrl+l").Briefly("keys.lesson-brief")
)

// Keys to choose and to confirm.
var (
	Enter = New("enter", "keys.enter", "enter")
	Next  = New("tab", "keys.next", "tab").Moving()
	Prev  = New("shift+tab", "keys.prev", "shift+tab").Moving()
	Left  = New("←/h", "keys.left", "left", "h").Moving()
	Right = New("→/l", "keys.right", "right", "l").Moving()
	Mark  = New("space", "keys.mark", " ")
	// Choose is Left and Right, as one line of help.
	Choose  = New("←/→", "keys.choose", "left", "right").Moving()
	MarkAll = New("A", "keys.mark-all", "A")
	// Afresh throws away what was entered, after a question; in the fields letters are text.
	Afresh = New("ctrl+t", "keys.afresh", "ctrl+t")
	Yes    = New("y", "keys.yes", "y", "Y")
	No     = New("n", "keys.no", "n", "N")
)

// Keys to move in lists, logs and texts.
var (
	Up       = New("↑/k", "keys.up", "up", "k").Moving()
	Down     = New("↓/j", "keys.down", "down", "j").Moving()
	PageUp   = New("pgup", "keys.page-up", "pgup", "ctrl+u", "ctrl+b").Moving()
	PageDown = New("pgdn", "keys.page-down", "pgdown", "ctrl+d", "ctrl+f").Moving()
	Top      = New("g", "keys.top", "g", "home").Moving()
	Bottom   = New("G", "keys.bottom", "G", "end").Moving()
	Filter   = New("/", "keys.filter", "/")
)

// Keys of the log view.
var (
	Follow     = New("G", "keys.follow", "G", "end")
	Failures   = New("f", "keys.failures", "f")
	Search     = New("/", "keys.search", "/")
	NextMatch  = New("n", "keys.next-match", "n")
	PrevMatch  = New("N", "keys.prev-match", "N")
	Details    = New("enter", "keys.details", "enter")
	CopyLine   = New("y", "keys.copy-line", "y")
	WriteFile  = New("w", "keys.write-file", "w")
	CopyScreen = New("Y", "keys.copy-page", "Y")
)

// Keys of the learning panel. Mode is p (pace), because m switches the mouse.
var (
	Continue = New("enter", "keys.continue", "enter")
	Pace     = New("p", "keys.pace", "p").Briefly("keys.pace-brief")
	Panel    = New("l", "keys.panel-show", "l")
)

// Global is the keys that work on every screen.
var Global = Group{Title: "keys.group.global", Bindings: []Binding{
	Help, Palette, Back, Quit, APILog, Debug, Lesson, Mouse, Stop, Suspend,
}}

// List is the keys of tables and lists.
var List = Group{Title: "keys.group.list", Bindings: []Binding{Up, Down, PageUp, PageDown, Top, Bottom, Filter, Enter}}

// Log is the keys of the log view.
var Log = Group{Title: "keys.group.log", Bindings: []Binding{
	Up, Down, PageUp, PageDown, Top, Follow, Failures, Details, Search, NextMatch, PrevMatch, CopyLine, CopyScreen, WriteFile,
}}

// Form is the keys of forms.
var Form = Group{Title: "keys.group.form", Bindings: []Binding{
	Next, Prev, Choose, Mark, MarkAll, Enter.Named("keys.accept"),
}}

// Text is the keys of longer texts.
var Text = Group{Title: "keys.group.text", Bindings: []Binding{Up, Down, PageUp, PageDown, Top, Bottom}}

// Learn is the keys of the learning panel.
var Learn = Group{Title: "keys.group.learn", Bindings: []Binding{Continue, Pace, Panel}}
