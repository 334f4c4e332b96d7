package theme

// Symbols are the signs that say a state without colour. Each is one column wide on every terminal.
type Symbols struct {
	OK      string // done
	Failed  string // went wrong
	Running string // in progress
	Pending string // not begun
	Warning string // should be known
	Skipped string // left out

	Sandbox     string // the cloud is the sandbox
	RealAccount string // the cloud is a real account

	Cursor    string // in front of the row the cursor is on
	Checked   string // chosen, of several
	Unchecked string
	Chosen    string // chosen, the only one
	Unchosen  string
	Prev      string // more to the left
	Next      string // more to the right
	Up        string // more above
	Down      string // more below
	Bullet    string
	Crumb     string // between two places in the top line
	Arrow     string // from, to
	Dot       string // between two facts
	Quote     string // in front of a quotation
	Follow    string // the log follows its end

	BarDone string // one column of a bar, filled
	BarRest string // one column of a bar, not filled

	// Execution is the states of a device's update, in the order of the Execution type.
	Execution [Executions]string
	Aim       string // the cell of a grid that the cursor is on

	Axis Axis
	Line string // one column of a line in a chart that is not drawn with dots
	Area string // one column of an area in a chart that is not drawn with dots
	Dots bool   // whether braille dots may be drawn: eight in a column

	// Spark is eight columns from low to high.
	Spark [8]string
	// Border is the parts of a frame.
	Border Border
}

// Axis is the parts of the axes of a chart; each is one column wide.
type Axis struct {
	Corner, Horizontal, Vertical string
	TickX, TickY                 string // where a label belongs to
	Mark                         string // an upright line at a moment
}

// Border is the parts of a frame; each is one column wide.
type Border struct {
	TopLeft, TopRight, BottomLeft, BottomRight string
	Horizontal, Vertical                       string
}

func newSymbols(ascii bool) Symbols {
	if ascii {
		return asciiSymbols
	}
	return unicodeSymbols
}

var unicodeSymbols = Symbols{
	OK: "✓", Failed: "✗", Running: "▶", Pending: "○", Warning: "!", Skipped: "-",
	Sandbox: "●", RealAccount: "◆",
	Cursor: ">", Checked: "■", Unchecked: "□", Chosen: "●", Unchosen: "○", Prev: "‹", Next: "›", Up: "↑", Down: "↓",
	Bullet: "•", Crumb: "›", Arrow: "→", Dot: "·", Quote: "│", Follow: "↓",
	BarDone: "▓", BarRest: "░",
	Execution: [Executions]string{Waiting: "◦", Queued: "·", InProgress: "▶", Succeeded: "■", Failed: "✗", TimedOut: "▲", Rejected: "◆", Canceled: "□", Removed: "-"},
	Aim:       "◎",
	Axis:      Axis{Corner: "└", Horizontal: "─", Vertical: "│", TickX: "┴", TickY: "┤", Mark: "┊"},
	Line:      "•", Area: "░", Dots: true,
	Spark:  [8]string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	Border: Border{TopLeft: "┌", TopRight: "┐", BottomLeft: "└", BottomRight: "┘", Horizontal: "─", Vertical: "│"},
}

var asciiSymbols = Symbols{
	OK: "v", Failed: "x", Running: ">", Pending: ".", Warning: "!", Skipped: "-",
	Sandbox: "*", RealAccount: "#",
	Cursor: ">", Checked: "x", Unchecked: "_", Chosen: "*", Unchosen: "o", Prev: "<", Next: ">", Up: "^", Down: "v",
	Bullet: "*", Crumb: ">", Arrow: ">", Dot: "|", Quote: "|", Follow: "v",
	BarDone: "#", BarRest: "-",
	Execution: [Executions]string{Waiting: "_", Queued: ".", InProgress: ">", Succeeded: "#", Failed: "x", TimedOut: "t", Rejected: "r", Canceled: "c", Removed: "-"},
	Aim:       "@",
	Axis:      Axis{Corner: "+", Horizontal: "-", Vertical: "|", TickX: "+", TickY: "+", Mark: "!"},
	Line:      "*", Area: ":",
	Spark:  [8]string{"_", ".", ",", "-", "=", "+", "*", "#"},
	Border: Border{TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+", Horizontal: "-", Vertical: "|"},
}
