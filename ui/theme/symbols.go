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

	// Spark is eight columns from low to high.
	Spark [8]string
	// Border is the parts of a frame.
	Border Border
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
	Spark:  [8]string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	Border: Border{TopLeft: "┌", TopRight: "┐", BottomLeft: "└", BottomRight: "┘", Horizontal: "─", Vertical: "│"},
}

var asciiSymbols = Symbols{
	OK: "v", Failed: "x", Running: ">", Pending: ".", Warning: "!", Skipped: "-",
	Sandbox: "*", RealAccount: "#",
	Cursor: ">", Checked: "x", Unchecked: "_", Chosen: "*", Unchosen: "o", Prev: "<", Next: ">", Up: "^", Down: "v",
	Bullet: "*", Crumb: ">", Arrow: ">", Dot: "|", Quote: "|", Follow: "v",
	BarDone: "#", BarRest: "-",
	Spark:  [8]string{"_", ".", ",", "-", "=", "+", "*", "#"},
	Border: Border{TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+", Horizontal: "-", Vertical: "|"},
}
