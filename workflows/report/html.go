package report

import "bufio"

func writeHTML(w *bufio.Writer, words Words, r Report) {}
