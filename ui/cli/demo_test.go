//go:build !windows

package cli

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fleetlab/ui/internal/svg"
	"fleetlab/ui/internal/vt"
	"fleetlab/ui/locale"
)

var demo = flag.Bool("demo", false, "take the pictures of the README anew, in tmux")

// The size of the pictures, and the fleet that they show.
const (
	demoWidth, demoHeight = 120, 40
	demoDevices           = 200
)

const root = "../.."

// pictures is where they are, seen from the README.
const pictures = "docs/screens"

// TestDemo holds the README's pictures against the tour that they come from: each is there, is linked, has the size, and shows the words that
// the tour waited for before it was taken, which the end-to-end tests find on the real screen. With -demo it takes them anew first.
func TestDemo(t *testing.T) {
	t.Parallel()
	p, err := locale.New("en")
	if err != nil {
		t.Fatal(err)
	}
	acts := loop(p, demoDevices, true)
	if *demo {
		record(t, acts)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for _, a := range acts {
		if a.picture == "" {
			continue
		}
		taken++
		path := pictures + "/" + a.picture + ".svg"
		if !strings.Contains(string(readme), "]("+path+")") {
			t.Errorf("README.md does not show %s", path)
		}
		picture, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Error(err)
			continue
		}
		if want := svg.Size(demoWidth, demoHeight); !strings.Contains(string(picture), want) {
			t.Errorf("%s is not of %s; run: make demo", path, want)
		}
		if missing := a.missing(svg.Text(picture)); missing != "" {
			t.Errorf("%s does not show %q, which the screen does now; run: make demo", path, missing)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(root, pictures, "*.svg")); len(files) != taken {
		t.Errorf("%d pictures in %s, %d are taken", len(files), pictures, taken)
	}
}

// record plays the tour and writes its pictures.
func record(t *testing.T, acts []act) {
	c := startIn(t, inTmux, demoWidth, demoHeight, t.TempDir(), "--lang=en", "--theme=dark", "--speed=20")
	c.play(acts, func(a act) {
		colours := must(c, c.tty.(*tmuxTerminal).colours)
		s := vt.New(demoWidth, demoHeight)
		_, _ = s.Write([]byte(strings.ReplaceAll(steady(colours), "\n", "\r\n"))) // it takes everything
		path := filepath.Join(root, pictures, a.picture+".svg")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, svg.Render(s, "fleetlab: "+a.picture), 0o644); err != nil {
			t.Fatal(err)
		}
	})
	c.keys("ctrl+c")
	c.end()
}

// What differs from one recording to the next, and what stands for it.
var (
	jobMoment = regexp.MustCompile(`20\d{6}-\d{6}`)
	date      = regexp.MustCompile(`20\d\d-\d\d-\d\d`)
	clock     = regexp.MustCompile(`\d\d:\d\d:\d\d(\.\d{3})?`)
)

// steady is a screen with the same moment in every recording. Everything keeps its width.
func steady(screen string) string {
	screen = jobMoment.ReplaceAllString(screen, "20261123-101530")
	screen = date.ReplaceAllString(screen, "2026-11-23")
	return clock.ReplaceAllStringFunc(screen, func(s string) string { return "10:15:30.000"[:len(s)] })
}
