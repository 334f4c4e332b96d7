package editor

// doc is a text, a place in it, and what was done to it.
type doc struct {
	text string
}
