// Package locale is the words of the product, in English and Japanese. Everything that a person reads
// comes from a catalogue here: one JSON file an area and language, all files of a language together.
// Messages are in go-i18n's format, with {{.Name}} for a value and plural forms chosen by Count.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed en/*.json ja/*.json
var catalogues embed.FS

// Languages are the languages there are catalogues for; the first is used when nothing else is asked for.
var Languages = []string{"en", "ja"}

// Printer puts things into the words of one language. It is safe for concurrent use.
type Printer struct {
	lang     string
	tag      language.Tag
	messages map[string]message
}

// New loads the catalogue of a language: en, ja, or "" for what the environment asks for.
func New(lang string) (*Printer, error) {
	if lang == "" {
		lang = Detect(os.Getenv)
	}
	if !slices.Contains(Languages, lang) {
		return nil, fmt.Errorf("language %q is not one of %s: choose one with --lang", lang, strings.Join(Languages, ", "))
	}
	tag := language.Make(lang)
	messages, err := load(catalogues, lang)
	if err != nil {
		return nil, err
	}
	return &Printer{lang: lang, tag: tag, messages: messages}, nil
}

// Detect returns the language that LC_ALL, LC_MESSAGES or LANG asks for, or English.
func Detect(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v := strings.ToLower(getenv(name))
		if v == "" {
			continue
		}
		for _, lang := range Languages {
			if rest, ok := strings.CutPrefix(v, lang); ok && (rest == "" || strings.ContainsRune("_-.@", rune(rest[0]))) {
				return lang
			}
		}
		return Languages[0]
	}
	return Languages[0]
}

// Lang is the language's code: en or ja.
func (p *Printer) Lang() string { return p.lang }

// Has reports whether there is a message.
func (p *Printer) Has(id string) bool {
	_, ok := p.messages[id]
	return ok
}

// IDs lists all messages, in alphabetical order.
func (p *Printer) IDs() []string { return slices.Sorted(maps.Keys(p.messages)) }

// load reads and compiles all catalogues of a language.
func load(fsys fs.FS, lang string) (map[string]message, error) {
	files, err := fs.Glob(fsys, lang+"/*.json")
	if err != nil {
		return nil, fmt.Errorf("list the catalogues of %s: %w", lang, err)
	}
	messages := map[string]message{}
	for _, name := range files {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read catalogue %s: %w", name, err)
		}
		formats := map[string]i18n.UnmarshalFunc{"json": json.Unmarshal}
		file, err := i18n.ParseMessageFileBytes(raw, lang+".json", formats)
		if err != nil {
			return nil, fmt.Errorf("parse catalogue %s: %w", name, err)
		}
		for _, m := range file.Messages {
			if _, twice := messages[m.ID]; twice {
				return nil, fmt.Errorf("message %s is in %s and in another catalogue of %s: keep one", m.ID, name, lang)
			}
			if messages[m.ID], err = compile(m); err != nil {
				return nil, fmt.Errorf("message %s in %s: %w", m.ID, name, err)
			}
		}
	}
	return messages, nil
}
