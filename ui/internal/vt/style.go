package vt

import (
	"fmt"
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// Foreground and Background are the terminal's own colours, where pictures need some.
const (
	Foreground = "#d8dee9"
	Background = "#14171f"
)

// with is the style after the parameters of SGR (ECMA-48 8.3.117).
func (st Style) with(params ansi.Params) Style {
	if len(params) == 0 {
		return Style{}
	}
	for i := 0; i < len(params); i++ {
		switch n := params[i].Param(0); {
		case n == 38 || n == 48:
			var c color.Color
			used := ansi.ReadStyleColor(params[i:], &c)
			if used == 0 || c == nil {
				return st
			}
			i += used - 1
			if n == 38 {
				st.Fg = hex(c)
			} else {
				st.Bg = hex(c)
			}
		default:
			st = st.set(n)
		}
	}
	return st
}

// set is the style after a parameter that stands alone.
func (st Style) set(n int) Style {
	switch {
	case n == 0:
		return Style{}
	case n == 22:
		st.Bold, st.Faint = false, false
	case n == 39:
		st.Fg = ""
	case n == 49:
		st.Bg = ""
	case n >= 30 && n <= 37:
		st.Fg = hex(ansi.BasicColor(n - 30))
	case n >= 90 && n <= 97:
		st.Fg = hex(ansi.BasicColor(n - 90 + 8))
	case n >= 40 && n <= 47:
		st.Bg = hex(ansi.BasicColor(n - 40))
	case n >= 100 && n <= 107:
		st.Bg = hex(ansi.BasicColor(n - 100 + 8))
	default:
		st.mark(n)
	}
	return st
}

// mark switches what is on or off.
func (st *Style) mark(n int) {
	switch n {
	case 1:
		st.Bold = true
	case 2:
		st.Faint = true
	case 3, 23:
		st.Italic = n == 3
	case 4, 24:
		st.Underline = n == 4
	case 7, 27:
		st.Reverse = n == 7
	case 9, 29:
		st.Out = n == 9
	}
}

func hex(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
