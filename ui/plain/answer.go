package plain

import (
	"strings"

	"golang.org/x/text/width"
)

// Word is something that may be answered to any question that takes it, whatever else is asked for.
type Word string

// The words. Their messages are plain.word.* in the catalogue; the English ones are understood in every language.
const (
	Yes     Word = "yes"
	No      Word = "no"
	Help    Word = "help"
	Back    Word = "back"
	Cancel  Word = "cancel"
	Quit    Word = "quit"
	Skip    Word = "skip"
	Express Word = "express"
	Reset   Word = "reset"
	Details Word = "details"
)

// brief is what else a word is understood by.
var brief = map[Word][]string{Yes: {"y"}, No: {"n"}, Help: {"?"}, Quit: {"q", "exit"}, Skip: {"s"}, Express: {"e"}, Details: {"d"}}

// is tells whether an answer, folded and in small letters, is the word.
func (c *Prompt) is(w Word, answer string) bool {
	if answer == string(w) || answer == c.Word(w) {
		return true
	}
	for _, b := range brief[w] {
		if answer == b {
			return true
		}
	}
	return false
}

// Is tells whether an answer is the word, in any width and case.
func (c *Prompt) Is(w Word, answer string) bool { return c.is(w, strings.ToLower(fold(answer))) }

// Word is how a word is written in the language chosen.
func (c *Prompt) Word(w Word) string { return c.T("plain.word." + string(w)) }

// fold turns what a Japanese keyboard types in full width into what fields take: letters, digits and signs, and the comma of
// lists.
func fold(answer string) string {
	folded := strings.TrimSpace(width.Fold.String(answer))
	list := strings.ReplaceAll(folded, "、", ",")
	for _, r := range list {
		if r > '~' { // Japanese text keeps its commas
			return folded
		}
	}
	return list
}
