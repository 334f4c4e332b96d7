package lessons

import "strings"

// A lesson's last section is its question: a list of answers, each followed by a verdict in bold and the
// reason for it.
const (
	section = "## "
	answer  = "- "
	verdict = "**"
)

// withoutAnswers is a lesson's body with the answers to choose from, but without their verdicts.
func withoutAnswers(body string) string {
	at := strings.LastIndex(body, "\n"+section)
	if at < 0 {
		return body
	}
	var out []string
	inAnswer := false
	for line := range strings.SplitSeq(body[at+1:], "\n") {
		switch {
		case strings.HasPrefix(line, answer):
			inAnswer = true
			words, _, _ := strings.Cut(line, verdict)
			out = append(out, strings.TrimRight(words, " "))
		case inAnswer && strings.HasPrefix(line, " "):
			// The verdict goes on in the next line.
		default:
			inAnswer = false
			out = append(out, line)
		}
	}
	return body[:at+1] + strings.Join(out, "\n")
}
