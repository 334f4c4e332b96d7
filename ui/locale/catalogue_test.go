package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fleetlab/ui/text"
)

func printers(t *testing.T) map[string]*Printer {
	t.Helper()
	all := map[string]*Printer{}
	for _, lang := range Languages {
		p, err := New(lang)
		if err != nil {
			t.Fatal(err)
		}
		all[lang] = p
	}
	return all
}

func TestCataloguesHaveTheSameMessages(t *testing.T) {
	t.Parallel()
	all := printers(t)
	if d := cmp.Diff(all["en"].IDs(), all["ja"].IDs()); d != "" {
		t.Errorf("messages differ (- en, + ja):\n%s", d)
	}
	for id, en := range all["en"].messages {
		ja := all["ja"].messages[id]
		if d := cmp.Diff(values(en), values(ja)); d != "" {
			t.Errorf("%s: values differ (- en, + ja):\n%s", id, d)
		}
	}
}

// values are the names of the values in a message, each once.
func values(m message) []string {
	names := slices.Concat(m.other.names, m.one.names)
	slices.Sort(names)
	return slices.Compact(names)
}

func TestCataloguesUseSafeSymbolsAndNoStrayBlanks(t *testing.T) {
	t.Parallel()
	for lang, p := range printers(t) {
		for id, m := range p.messages {
			for _, s := range slices.Concat(m.other.texts, m.one.texts) {
				if r, bad := text.Unsafe(s); bad {
					t.Errorf("%s %s: %U is shown differently by terminals", lang, id, r)
				}
			}
			first, last := m.other.texts[0], m.other.texts[len(m.other.texts)-1]
			if strings.TrimLeft(first, " \n") != first || strings.TrimRight(last, " \n") != last || len(m.other.texts) == 1 && first == "" {
				t.Errorf("%s %s: %q is empty or begins or ends with a blank", lang, id, m.other.texts)
			}
		}
	}
}

// Japanese is set one way everywhere: full-width parentheses without blanks around them, half-width colons, one sign for "to" and one word
// for a comma, three points for what goes on, no question mark after か.
func TestJapanesePunctuation(t *testing.T) {
	t.Parallel()
	wrong := regexp.MustCompile(`[^$]\(|…|？|：|～|コンマ| （|か\?|[Ａ-Ｚａ-ｚ０-９]|[\p{Hiragana}\p{Katakana}\p{Han}](,|\.([^.]|$))`)
	for id, m := range printers(t)["ja"].messages {
		for _, text := range m.other.texts {
			if at := wrong.FindString(text); at != "" {
				t.Errorf("%s: %q in %q", id, at, text)
			}
			if strings.Contains(id, "keys.") && strings.HasSuffix(text, "。") {
				t.Errorf("%s: %q is a sentence and no label", id, text)
			}
		}
	}
}

// TestEveryMessageAskedForExists reads the source of the front ends: a message id passed to T as a
// literal, or given to a key binding, must be in the catalogue.
func TestEveryMessageAskedForExists(t *testing.T) {
	t.Parallel()
	p := printers(t)["en"]
	found := map[string]string{}
	root := filepath.Join("..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		collect(t, path, src, found)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 100 {
		t.Fatalf("only %d ids found: the scan looks in the wrong place", len(found))
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		if !p.Has(id) {
			t.Errorf("%s: message %s does not exist; add it to a catalogue in every language", found[id], id)
		}
	}
}

// asking is the functions and methods whose string arguments are message ids, and which argument it is.
var asking = map[string]int{"T": 0, "t": 0, "Named": 0, "Briefly": 0, "Because": 0}

func collect(t *testing.T, path string, src []byte, found map[string]string) {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, src, 0)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			note(files, n, found)
		case *ast.CompositeLit:
			noteGroup(files, n, found)
		}
		return true
	})
}

func note(files *token.FileSet, call *ast.CallExpr, found map[string]string) {
	name, pkg := "", ""
	switch fn := call.Fun.(type) {
	case *ast.Ident:
		name = fn.Name
	case *ast.SelectorExpr:
		name = fn.Sel.Name
		if x, ok := fn.X.(*ast.Ident); ok {
			pkg = x.Name
		}
	}
	at, ok := asking[name]
	if name == "New" && (pkg == "keys" || pkg == "" && strings.Contains(files.Position(call.Pos()).Filename, "keys")) {
		at, ok = 1, true
	}
	if ok && at < len(call.Args) {
		add(files, call.Args[at], found)
	}
}

// noteGroup finds the titles of key groups.
func noteGroup(files *token.FileSet, lit *ast.CompositeLit, found map[string]string) {
	name := ""
	switch typ := lit.Type.(type) {
	case *ast.Ident:
		name = typ.Name
	case *ast.SelectorExpr:
		name = typ.Sel.Name
	}
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok || name != "Group" {
			continue
		}
		if k, ok := kv.Key.(*ast.Ident); ok && k.Name == "Title" {
			add(files, kv.Value, found)
		}
	}
}

func add(files *token.FileSet, e ast.Expr, found map[string]string) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return
	}
	id, err := strconv.Unquote(lit.Value)
	if err == nil && id != "" {
		found[id] = files.Position(lit.Pos()).String()
	}
}
