package svg

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"fleetlab/ui/internal/vt"
)

func TestRender(t *testing.T) {
	t.Parallel()
	s := vt.New(24, 3)
	if _, err := s.Write([]byte("\x1b[1mfleetlab\x1b[0m › <車両> &\r\n\x1b[7m 1 \x1b[27;38;2;255;0;0;3;4m failed \x1b[0;2;48;5;17mfaint\x1b[0;9mout")); err != nil {
		t.Fatal(err)
	}
	got := Render(s, `A "title"`)
	d := xml.NewDecoder(strings.NewReader(string(got)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("no XML: %v", err)
		}
	}
	for _, want := range []string{"fleetlab › <車両> &\n", " 1  failed faintout\n", `A "title"`} {
		if !strings.Contains(Text(got), want) {
			t.Errorf("%q is missing in %q", want, Text(got))
		}
	}
	golden.RequireEqual(t, got)
}
