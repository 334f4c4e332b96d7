package simulate

import (
	"strings"
	"unicode"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// maxDetail keeps the detail well within what AWS takes for a value of the status details (1,024 characters, AWS IoT API
// reference, UpdateJobExecution).
const maxDetail = 200

// detail is the reason in a few words, without what AWS refuses: control characters.
func (e ending) detail() string {
	text := details[e.reason]
	if e.err != nil {
		text = e.err.Error()
		if p := cloud.Explain(e.err); p.Code != "" {
			text = p.Code + ": " + p.Message
		}
	}
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.C, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	if r := []rune(text); len(r) > maxDetail {
		text = string(r[:maxDetail-1]) + "…"
	}
	return text
}

// fault is what the event of an unplanned ending says.
func (e ending) fault() *event.Fault {
	if e.err == nil {
		return nil
	}
	if e.class == "" || cloud.Explain(e.err).Code != "" {
		return fleet.Fault(e.err)
	}
	return &event.Fault{Class: e.class, Message: e.err.Error()}
}
