package createjob

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"fleetlab/workflows/fleet"
)

// setDocument takes a document that CheckDocument takes, or none.
func setDocument(in *Input, text string) error {
	if strings.TrimSpace(text) == "" {
		in.Document = ""
		return nil
	}
	if err := CheckDocument(text); err != nil {
		return err
	}
	in.Document = text
	return nil
}

// CheckDocument says why a text can be no job document: its size, a mistake in its JSON, or a placeholder that AWS IoT does not
// know. The error is a *fleet.FieldError of FieldDocument that says the line and the column, both from 1.
func CheckDocument(text string) error {
	if len(text) > MaxDocument {
		return fleet.Refuse(FieldDocument, "", fleet.TooBig, "bytes", len(text), "max", MaxDocument)
	}
	if err := checkJSON(text); err != nil {
		return err
	}
	return checkPlaceholders(text)
}

func checkJSON(text string) error {
	if i := strings.IndexFunc(text, func(r rune) bool { return r == utf8.RuneError }); i >= 0 && !utf8.ValidString(text) {
		return unexpected(text, i)
	}
	var any json.RawMessage
	err := json.Unmarshal([]byte(text), &any)
	var syntax *json.SyntaxError
	if err == nil || !errors.As(err, &syntax) {
		return err
	}
	at := int(syntax.Offset) - 1
	if end := len(bytes.TrimRight([]byte(text), " \t\r\n")); at >= end || strings.HasPrefix(syntax.Error(), "unexpected end") {
		line, column := Position(text, end)
		return fleet.Refuse(FieldDocument, "", fleet.OpenJSON, "line", line, "column", column)
	}
	return unexpected(text, at)
}

func unexpected(text string, at int) error {
	line, column := Position(text, at)
	r, size := utf8.DecodeRuneInString(text[at:])
	item := string(r)
	if r < ' ' || r == utf8.RuneError && size <= 1 {
		item = "?"
	}
	return fleet.Refuse(FieldDocument, item, fleet.BadJSON, "line", line, "column", column, "item", item)
}

// Position is the line and the column of the byte at offset in text, both counted from 1, columns in characters.
func Position(text string, offset int) (line, column int) {
	before := text[:min(max(offset, 0), len(text))]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}

// customDocument is the document of a custom job: the one given, or the preset's.
func (in Input) customDocument(region, bucket string) string {
	if in.Document != "" {
		return in.Document
	}
	return PresetDocument(in.Preset, region, bucket)
}
