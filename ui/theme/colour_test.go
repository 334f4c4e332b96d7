package theme

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"testing"

	"github.com/muesli/termenv"
)

// rgb is a colour of light: red, green and blue, each 0 to 1 and linear.
type rgb [3]float64

// linear decodes sRGB (IEC 61966-2-1): #RRGGBB to linear light.
func linear(t *testing.T, hex string) (c rgb) {
	t.Helper()
	if len(hex) != 7 || hex[0] != '#' {
		t.Fatalf("%q is no colour", hex)
	}
	for i := range c {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatalf("%q is no colour", hex)
		}
		if v := float64(n) / 255; v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c
}

// contrast is the ratio of WCAG 2.2, 1 to 21: the relative luminances, each with 0.05 of ambient light.
func contrast(a, b rgb) float64 {
	la, lb := luminance(a)+0.05, luminance(b)+0.05
	return max(la, lb) / min(la, lb)
}

func luminance(c rgb) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// times applies a matrix and keeps what a screen can show.
func (c rgb) times(m [3][3]float64) (out rgb) {
	for i, row := range m {
		out[i] = min(1, max(0, row[0]*c[0]+row[1]*c[1]+row[2]*c[2]))
	}
	return out
}

// lab is CIE 1976 L*a*b* for the white of sRGB (D65).
func (c rgb) lab() [3]float64 {
	f := func(v float64) float64 {
		if v > 216.0/24389 {
			return math.Cbrt(v)
		}
		return (24389.0/27*v + 16) / 116
	}
	x := f((0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047)
	y := f(0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2])
	z := f((0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// distance is CIE 1976 delta E; 2.3 can just be noticed.
func distance(a, b rgb) float64 {
	p, q := a.lab(), b.lab()
	return math.Sqrt((p[0]-q[0])*(p[0]-q[0]) + (p[1]-q[1])*(p[1]-q[1]) + (p[2]-q[2])*(p[2]-q[2]))
}

// eyes are how colours look to people who lack a kind of cones: the matrices for linear light of Machado, Oliveira and Fernandes, "A
// Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, at severity 1.
var eyes = map[string][3][3]float64{
	"all cones":    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// backgrounds are what a theme is meant for: the darkest, and one that is as light as dark ones are, and the other way round.
var backgrounds = map[bool][]string{true: {"#000000", "#1E1E1E"}, false: {"#FFFFFF", "#F5F5F5"}}

// eachPalette calls fn with every palette there is.
func eachPalette(t *testing.T, fn func(t *testing.T, name Name, isDark bool, p palette)) {
	t.Helper()
	for _, name := range Names[1:] {
		for _, isDark := range []bool{true, false} {
			if name == Dark && !isDark || name == Light && isDark {
				continue
			}
			t.Run(fmt.Sprintf("%s on dark %v", name, isDark), func(t *testing.T) { fn(t, name, isDark, paletteOf(name, isDark)) })
		}
	}
}

// shades are the colours of a palette that stand on the terminal's background, by name, and its pairs.
func shades(p palette) (map[string]shade, map[string]pair) {
	alone, pairs := map[string]shade{}, map[string]pair{}
	v := reflect.ValueOf(p)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		read := func(v reflect.Value) shade {
			return shade{v.Field(0).String(), v.Field(1).String(), v.Field(2).String()}
		}
		switch f := v.Field(i); f.Type() {
		case reflect.TypeFor[shade]():
			alone[name] = read(f)
		case reflect.TypeFor[pair]():
			pairs[name] = pair{read(f.Field(0)), read(f.Field(1))}
		}
	}
	return alone, pairs
}

// of256 is the colour that a terminal of 256 colours shows.
func (s shade) of256() string { return termenv.ConvertToRGB(termenv.ANSI256.Color(s.x256)).Hex() }

// leastContrast is 4.5 for text and 3 for signs and frames (WCAG 2.2, 1.4.3 and 1.4.11), 7 for all in the high-contrast theme (1.4.6).
func leastContrast(name Name, role string) float64 {
	switch {
	case name == Contrast:
		return 7
	case role == "border":
		return 3
	}
	return 4.5
}

func TestEveryColourCanBeRead(t *testing.T) {
	t.Parallel()
	eachPalette(t, func(t *testing.T, name Name, isDark bool, p palette) {
		alone, pairs := shades(p)
		if len(alone) < 16 || len(pairs) != 4 {
			t.Fatalf("%d colours, %d pairs: the test sees too few", len(alone), len(pairs))
		}
		for role, s := range alone {
			for _, back := range backgrounds[isDark] {
				for _, hex := range []string{s.rgb, s.of256()} {
					if got := contrast(linear(t, hex), linear(t, back)); got < leastContrast(name, role) {
						t.Errorf("%s %s on %s: %.2f, want %.1f", role, hex, back, got, leastContrast(name, role))
					}
				}
			}
		}
		for role, s := range pairs {
			for _, c := range []pair{s, {shade{rgb: s.text.of256()}, shade{rgb: s.back.of256()}}} {
				if got := contrast(linear(t, c.text.rgb), linear(t, c.back.rgb)); got < leastContrast(name, role) {
					t.Errorf("%s %s on %s: %.2f, want %.1f", role, c.text.rgb, c.back.rgb, got, leastContrast(name, role))
				}
			}
		}
	})
}

// sixteen are the colours of two terminals that have no more: xterm's defaults (XTerm-col.ad) and the console of Linux, which are VGA's.
var sixteen = map[string][16]string{
	"xterm": {"#000000", "#CD0000", "#00CD00", "#CDCD00", "#0000EE", "#CD00CD", "#00CDCD", "#E5E5E5",
		"#7F7F7F", "#FF0000", "#00FF00", "#FFFF00", "#5C5CFF", "#FF00FF", "#00FFFF", "#FFFFFF"},
	"console": {"#000000", "#AA0000", "#00AA00", "#AA5500", "#0000AA", "#AA00AA", "#00AAAA", "#AAAAAA",
		"#555555", "#FF5555", "#55FF55", "#FFFF55", "#5555FF", "#FF55FF", "#55FFFF", "#FFFFFF"},
}

func of16(t *testing.T, colours [16]string, s shade) rgb {
	t.Helper()
	n, err := strconv.Atoi(s.x16)
	if err != nil || n < 0 || n > 15 {
		t.Fatalf("%q is none of the sixteen", s.x16)
	}
	return linear(t, colours[n])
}

func TestSixteenColoursCanBeRead(t *testing.T) {
	t.Parallel()
	eachPalette(t, func(t *testing.T, name Name, isDark bool, p palette) {
		back := linear(t, backgrounds[isDark][0])
		alone, pairs := shades(p)
		for terminal, colours := range sixteen {
			for role, s := range alone {
				if s.x16 == own {
					continue
				}
				least := min(4.5, leastContrast(name, role)) // the sixteen hold nothing better
				if got := contrast(of16(t, colours, s), back); got < least {
					t.Errorf("%s: %s is %s: %.2f, want %.1f", terminal, role, s.x16, got, least)
				}
			}
			for role, s := range pairs {
				if got := contrast(of16(t, colours, s.text), of16(t, colours, s.back)); got < 4.5 {
					t.Errorf("%s: %s is %s on %s: %.2f, want 4.5", terminal, role, s.text.x16, s.back.x16, got)
				}
			}
		}
		if p.ok.x16 == p.failed.x16 || p.ok.x16 == p.running.x16 && name != Contrast || p.running.x16 == p.failed.x16 {
			t.Error("good, bad and running look the same")
		}
	})
}

// leastDistance is the delta E that states keep from each other: as people with all cones see them, and in the colour-blind safe theme
// whoever looks.
const leastDistance = 15.0

// states are the colours that tell states of an execution apart; those that have not begun share theirs with what is muted.
func states(p palette) map[string]shade {
	return map[string]shade{"ok": p.ok, "running": p.running, "failed": p.failed, "timed out": p.timedOut, "rejected": p.rejected,
		"canceled": p.canceled, "muted": p.muted}
}

// On terminals of 256 colours, where several colours may have the same nearest one.
func TestStatesDifferIn256Colours(t *testing.T) {
	t.Parallel()
	eachPalette(t, func(t *testing.T, _ Name, _ bool, p palette) {
		seen := map[string]string{}
		for name, s := range states(p) {
			if other, taken := seen[s.of256()]; taken {
				t.Errorf("%s and %s are both %s", name, other, s.of256())
			}
			seen[s.of256()] = name
		}
	})
}

func TestStatesDifferInColour(t *testing.T) {
	t.Parallel()
	eachPalette(t, func(t *testing.T, name Name, _ bool, p palette) {
		for kind, matrix := range eyes {
			if name != Colorblind && kind != "all cones" {
				continue
			}
			all := states(p)
			for a, x := range all {
				for b, y := range all {
					if a >= b {
						continue
					}
					if d := distance(linear(t, x.rgb).times(matrix), linear(t, y.rgb).times(matrix)); d < leastDistance {
						t.Errorf("%s: %s and %s are %.1f apart, want %.0f", kind, a, b, d, leastDistance)
					}
				}
			}
		}
	})
}
