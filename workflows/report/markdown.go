package report

import "bufio"

func writeMarkdown(w *bufio.Writer, words Words, r Report) {}
