package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rule says what the packages under a folder may import of ours, and which foreign modules they may not.
type rule struct {
	under   string   // folder, with a slash at the end
	allowed []string // prefixes of our own packages
	denied  []string // fragments of foreign import paths
}

const charm = "github.com/charmbracelet/"

// rules draw the house of docs/architecture.md. The first rule that fits a folder counts.
var rules = []rule{
	{"aws/sandbox/", []string{"aws/sandbox"}, []string{charm}},
	{"aws/pace/", nil, []string{charm}},
	{"aws/trace/", []string{"aws/pace"}, []string{charm}},
	{"aws/cloud/", []string{"aws/pace", "aws/trace"}, []string{charm}},
	{"workflows/event/", nil, []string{"."}}, // the standard library only
	{"workflows/pool/", nil, []string{"."}},
	{"workflows/", []string{"workflows", "aws/cloud", "aws/pace", "aws/trace"}, []string{charm}},
	{"lessons/", nil, []string{charm}},
	{"ui/text/", nil, nil},
	{"ui/theme/", nil, nil},
	{"ui/keys/", nil, nil},
	{"ui/locale/", []string{"ui/text", "workflows/event", "workflows/fleet"}, []string{charm + "bubble"}},
	{"ui/feed/", []string{"workflows/event"}, nil},
	{"ui/component/", []string{"ui/component", "ui/text", "ui/theme", "ui/keys", "ui/locale", "ui/feed", "workflows/event"}, nil},
	{"ui/cli/", []string{"ui", "workflows", "aws", "lessons"}, nil},
	{"ui/", []string{"ui", "workflows", "aws/cloud", "aws/pace", "aws/trace", "lessons"}, nil},
}

func TestImportRules(t *testing.T) {
	t.Parallel()
	each(t, func(path string, f *ast.File) {
		if path == "main.go" {
			return
		}
		i := slices.IndexFunc(rules, func(r rule) bool { return strings.HasPrefix(path, r.under) })
		if i < 0 {
			if !strings.Contains(path, "/") {
				return
			}
			t.Errorf("%s: no rule for this folder", path)
			return
		}
		// Tests may use the sandbox: they run against it through the real SDK.
		test := strings.HasSuffix(path, "_test.go")
		for _, spec := range f.Imports {
			if p, _ := strconv.Unquote(spec.Path.Value); !rules[i].allows(p, test) {
				t.Errorf("%s imports %s, which %s may not", path, p, rules[i].under)
			}
		}
	})
}

func (r rule) allows(path string, test bool) bool {
	if own, ok := strings.CutPrefix(path, "fleetlab/"); ok {
		if test {
			return true
		}
		return slices.ContainsFunc(r.allowed, func(a string) bool { return own == a || strings.HasPrefix(own, a+"/") })
	}
	first, _, _ := strings.Cut(path, "/")
	if !strings.Contains(first, ".") || test {
		return true
	}
	return !slices.ContainsFunc(r.denied, func(d string) bool { return strings.Contains(path, d) })
}

// No screen imports another: what they share belongs to a component or a workflow.
func TestScreensStandAlone(t *testing.T) {
	t.Parallel()
	each(t, func(path string, f *ast.File) {
		dir := filepath.ToSlash(filepath.Dir(path))
		if !strings.HasPrefix(dir, "ui/screen/") {
			return
		}
		for _, spec := range f.Imports {
			p, _ := strconv.Unquote(spec.Path.Value)
			if own := strings.TrimPrefix(p, "fleetlab/"); strings.HasPrefix(own, "ui/screen/") && own != dir {
				t.Errorf("%s imports %s", path, p)
			}
		}
	})
}

// Our aws folder has the same name as the SDK's package, and only the sandbox's own tests may import testing aids.
func TestTestAidsStayInTests(t *testing.T) {
	t.Parallel()
	each(t, func(path string, f *ast.File) {
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "aws/sandbox/sandboxtest/") || strings.HasPrefix(path, "ui/internal/") {
			return
		}
		for _, spec := range f.Imports {
			if p, _ := strconv.Unquote(spec.Path.Value); p == "testing" || strings.HasSuffix(p, "/sandboxtest") || strings.Contains(p, "/internal/") {
				t.Errorf("%s imports %s", path, p)
			}
		}
	})
}

// Files and functions stay small enough to be read at once (tests aside).
func TestSizes(t *testing.T) {
	t.Parallel()
	const maxFile, maxFunc = 400, 60
	each(t, func(path string, f *ast.File) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		if n := fset.Position(f.End()).Line; n > maxFile {
			t.Errorf("%s has %d lines, %d are enough", path, n, maxFile)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1; n > maxFunc {
					t.Errorf("%s: %s has %d lines, %d are enough", path, fn.Name.Name, n, maxFunc)
				}
			}
		}
	})
}

var fset = token.NewFileSet()

// each parses every Go file of the module.
func each(t *testing.T, fn func(path string, f *ast.File)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		fn(path, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
