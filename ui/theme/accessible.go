package theme

// Every colour of the high-contrast theme stands out at least 7 to 1 (WCAG 2.2, success criterion 1.4.6), frames too.
var contrastDark = palette{
	text: shade{"#FFFFFF", own}, muted: shade{"#D5DAE1", own}, strong: shade{"#FFFFFF", lightWhite}, accent: shade{"#8FE3FF", lightCyan},
	border: shade{"#C3CAD4", own}, focus: shade{"#FFE55C", lightYellow},
	ok: shade{"#66FFB2", lightGreen}, running: shade{"#7FD4FF", lightCyan}, warning: shade{"#FFE55C", lightYellow},
	failed: shade{"#FFA08C", lightRed}, sandbox: shade{"#66FFB2", lightGreen},
	code: shade{"#DCCFFF", lightMagenta}, link: shade{"#8FE3FF", lightCyan},
	timedOut: shade{"#FFE55C", lightYellow}, rejected: shade{"#FFA6F2", lightMagenta}, canceled: shade{"#D9B070", own},
	cursor:      pair{shade{"#000000", lightWhite}, shade{"#FFE55C", blue}},
	match:       pair{shade{"#000000", black}, shade{"#8FE3FF", cyan}},
	realAccount: pair{shade{"#000000", lightWhite}, shade{"#FF9E4A", magenta}},
	errorToast:  pair{shade{"#000000", lightWhite}, shade{"#FFA08C", red}},
}

var contrastLight = palette{
	text: shade{"#000000", own}, muted: shade{"#3A3F47", own}, strong: shade{"#000000", black}, accent: shade{"#003E8F", blue},
	border: shade{"#454B54", own}, focus: shade{"#003E8F", blue},
	ok: shade{"#00552D", blue}, running: shade{"#003E8F", blue}, warning: shade{"#6B3F00", red},
	failed: shade{"#9B0000", red}, sandbox: shade{"#00552D", blue},
	code: shade{"#3F2491", blue}, link: shade{"#003E8F", blue},
	timedOut: shade{"#6B3F00", red}, rejected: shade{"#7A0F66", blue}, canceled: shade{"#4D4A1C", own},
	cursor:      pair{shade{"#FFFFFF", lightWhite}, shade{"#003E8F", blue}},
	match:       pair{shade{"#000000", black}, shade{"#FFD95A", cyan}},
	realAccount: pair{shade{"#FFFFFF", lightWhite}, shade{"#7D2F00", red}},
	errorToast:  pair{shade{"#FFFFFF", lightWhite}, shade{"#9B0000", red}},
}

// The states of the colour-blind safe theme differ in brightness and on the one axis of hue that is left, blue against orange or red
// against blue-green: each pair of them also for people without red, without green or without blue cones. The test says how far.
var colorblindDark = palette{
	text: shade{"#D6DCE5", own}, muted: shade{"#9AA3AE", white}, strong: shade{"#FFFFFF", lightWhite}, accent: shade{"#90D9FF", lightCyan},
	border: shade{"#6C7686", white}, focus: shade{"#90D9FF", lightCyan},
	ok: shade{"#90D9FF", lightCyan}, running: shade{"#D5FFE9", lightWhite}, warning: shade{"#FAFA66", lightYellow},
	failed: shade{"#FF681C", lightRed}, sandbox: shade{"#90D9FF", lightCyan},
	code: shade{"#DFB67B", lightYellow}, link: shade{"#90D9FF", lightCyan},
	timedOut: shade{"#FAFA66", lightYellow}, rejected: shade{"#AF6FC8", lightMagenta}, canceled: shade{"#DFB67B", white},
	cursor:      pair{shade{"#FFFFFF", lightWhite}, shade{"#24405F", blue}},
	match:       pair{shade{"#111111", black}, shade{"#FAFA66", cyan}},
	realAccount: pair{shade{"#111111", lightWhite}, shade{"#FF9E4A", magenta}},
	errorToast:  pair{shade{"#111111", lightWhite}, shade{"#FF681C", red}},
}

var colorblindLight = palette{
	text: shade{"#22272E", own}, muted: shade{"#5E6875", own}, strong: shade{"#000000", black}, accent: shade{"#086FC9", blue},
	border: shade{"#848E9C", grey}, focus: shade{"#086FC9", blue},
	ok: shade{"#086FC9", blue}, running: shade{"#211605", black}, warning: shade{"#7D6F31", magenta},
	failed: shade{"#C70014", red}, sandbox: shade{"#086FC9", blue},
	code: shade{"#821381", magenta}, link: shade{"#086FC9", blue},
	timedOut: shade{"#7D6F31", magenta}, rejected: shade{"#821381", magenta}, canceled: shade{"#3B3F34", own},
	cursor:      pair{shade{"#000000", lightWhite}, shade{"#CFE5FA", blue}},
	match:       pair{shade{"#111111", black}, shade{"#FFD95A", cyan}},
	realAccount: pair{shade{"#FFFFFF", lightWhite}, shade{"#A34300", magenta}},
	errorToast:  pair{shade{"#FFFFFF", lightWhite}, shade{"#C70014", red}},
}
