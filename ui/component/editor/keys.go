package editor

import "fleetlab/ui/keys"

// The keys are those of the one-line fields, and those a text of several lines needs beside them. Undo is not ctrl+z,
// which suspends the program everywhere. The arrows alone move: letters are text.
var (
	keyNewline   = keys.New("enter", "editor.keys.newline", "enter", "ctrl+j").Moving()
	keyBackspace = keys.New("backspace", "editor.keys.delete", "backspace", "ctrl+h").Moving()
	keyDelete    = keys.New("del", "editor.keys.delete", "delete", "ctrl+d").Moving()
	keyKillWord  = keys.New("ctrl+w", "editor.keys.delete-word", "ctrl+w", "alt+backspace").Moving()
	keyKillStart = keys.New("ctrl+u", "editor.keys.delete-start", "ctrl+u").Moving()
	keyKillEnd   = keys.New("ctrl+x", "editor.keys.delete-end", "ctrl+x").Moving()
	keyUndo      = keys.New("ctrl+r", "editor.keys.undo", "ctrl+r", "ctrl+_")
	keyRedo      = keys.New("ctrl+y", "editor.keys.redo", "ctrl+y")

	keyLeft      = keys.New("←", "keys.left", "left", "ctrl+b").Moving()
	keyRight     = keys.New("→", "keys.right", "right", "ctrl+f").Moving()
	keyUp        = keys.New("↑", "keys.up", "up", "ctrl+p").Moving()
	keyDown      = keys.New("↓", "keys.down", "down", "ctrl+n").Moving()
	keyWordLeft  = keys.New("ctrl+←", "editor.keys.word-left", "ctrl+left", "alt+left", "alt+b").Moving()
	keyWordRight = keys.New("ctrl+→", "editor.keys.word-right", "ctrl+right", "alt+right", "alt+f").Moving()
	keyPageUp    = keys.New("pgup", "keys.page-up", "pgup").Moving()
	keyPageDown  = keys.New("pgdn", "keys.page-down", "pgdown").Moving()
	keyLineStart = keys.New("ctrl+a", "editor.keys.line-start", "home", "ctrl+a").Moving()
	keyLineEnd   = keys.New("ctrl+e", "editor.keys.line-end", "end", "ctrl+e").Moving()
	keyStart     = keys.New("ctrl+home", "editor.keys.start", "ctrl+home").Moving()
	keyEnd       = keys.New("ctrl+end", "editor.keys.end", "ctrl+end").Moving()
)

// Keys is what the keys do.
func (m *Model) Keys() keys.Group {
	return keys.Group{Title: "editor.keys.group", Bindings: []keys.Binding{
		keys.Next.InBar(), keys.Prev, keyNewline, keyUndo.InBar(), keyRedo, keyLineStart, keyLineEnd, keyWordLeft, keyWordRight, keyPageUp, keyPageDown,
		keyStart, keyEnd, keyKillWord, keyKillStart, keyKillEnd,
	}}
}
