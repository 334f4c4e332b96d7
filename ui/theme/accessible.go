package theme

// Every colour of the high-contrast theme stands out at least 7 to 1 (WCAG 2.2, success criterion 1.4.6), frames too.
var contrastDark = palette{
	text: hue("#FFFFFF", own), muted: hue("#D5DAE1", own), strong: hue("#FFFFFF", lightWhite), accent: hue("#8FE3FF", lightCyan),
	border: hue("#C3CAD4", own), focus: hue("#FFE55C", lightYellow),
	ok: hue("#66FFB2", lightGreen), running: hue("#7FD4FF", lightCyan), warning: hue("#FFE55C", lightYellow),
	failed: hue("#FFA08C", lightRed), sandbox: hue("#66FFB2", lightGreen),
	code: hue("#DCCFFF", lightMagenta), link: hue("#8FE3FF", lightCyan),
	timedOut: hue("#FFE55C", lightYellow), rejected: hue("#FFA6F2", lightMagenta), canceled: hue("#D9B070", own),
	cursor:      pair{hue("#000000", lightWhite), hue("#FFE55C", blue)},
	match:       pair{hue("#000000", black), hue("#8FE3FF", cyan)},
	realAccount: pair{hue("#000000", lightWhite), hue("#FF9E4A", magenta)},
	errorToast:  pair{hue("#000000", lightWhite), hue("#FFA08C", red)},
}

var contrastLight = palette{
	text: hue("#000000", own), muted: hue("#3A3F47", own).among256("237"), strong: hue("#000000", black), accent: hue("#003E8F", blue).among256("18"),
	border: hue("#454B54", own).among256("238"), focus: hue("#003E8F", blue).among256("18"),
	ok: hue("#00552D", blue), running: hue("#003E8F", blue).among256("18"), warning: hue("#6B3F00", red).among256("52"),
	failed: hue("#9B0000", red).among256("88"), sandbox: hue("#00552D", blue),
	code: hue("#3F2491", blue), link: hue("#003E8F", blue).among256("18"),
	timedOut: hue("#6B3F00", red).among256("52"), rejected: hue("#7A0F66", blue), canceled: hue("#4D4A1C", own).among256("235"),
	cursor:      pair{hue("#FFFFFF", lightWhite), hue("#003E8F", blue).among256("18")},
	match:       pair{hue("#000000", black), hue("#FFD95A", cyan)},
	realAccount: pair{hue("#FFFFFF", lightWhite), hue("#7D2F00", red)},
	errorToast:  pair{hue("#FFFFFF", lightWhite), hue("#9B0000", red).among256("88")},
}

// The states of the colour-blind safe theme differ in brightness and on the one axis of hue that is left, blue against orange or red
// against blue-green: each pair of them also for people without red, without green or without blue cones. The test says how far.
var colorblindDark = palette{
	text: hue("#D6DCE5", own), muted: hue("#9AA3AE", white), strong: hue("#FFFFFF", lightWhite), accent: hue("#90D9FF", lightCyan),
	border: hue("#6C7686", white), focus: hue("#90D9FF", lightCyan),
	ok: hue("#90D9FF", lightCyan), running: hue("#D5FFE9", lightWhite), warning: hue("#FAFA66", lightYellow),
	failed: hue("#FF681C", lightRed), sandbox: hue("#90D9FF", lightCyan),
	code: hue("#DFB67B", lightYellow), link: hue("#90D9FF", lightCyan),
	timedOut: hue("#FAFA66", lightYellow), rejected: hue("#B57AD6", lightMagenta), canceled: hue("#DFB67B", white),
	cursor:      pair{hue("#FFFFFF", lightWhite), hue("#24405F", blue)},
	match:       pair{hue("#111111", black), hue("#FAFA66", cyan)},
	realAccount: pair{hue("#111111", lightWhite), hue("#FF9E4A", magenta)},
	errorToast:  pair{hue("#111111", lightWhite), hue("#FF681C", red)},
}

var colorblindLight = palette{
	text: hue("#22272E", own), muted: hue("#5E6875", own), strong: hue("#000000", black), accent: hue("#086FC9", blue),
	border: hue("#848E9C", grey), focus: hue("#086FC9", blue),
	ok: hue("#086FC9", blue), running: hue("#211605", black), warning: hue("#7D6F31", magenta),
	failed: hue("#C70014", red), sandbox: hue("#086FC9", blue),
	code: hue("#821381", magenta), link: hue("#086FC9", blue),
	timedOut: hue("#7D6F31", magenta), rejected: hue("#821381", magenta), canceled: hue("#3B3F34", own),
	cursor:      pair{hue("#000000", lightWhite), hue("#CFE5FA", blue)},
	match:       pair{hue("#111111", black), hue("#FFD95A", cyan)},
	realAccount: pair{hue("#FFFFFF", lightWhite), hue("#A34300", magenta)},
	errorToast:  pair{hue("#FFFFFF", lightWhite), hue("#C70014", red)},
}
