package screen

import (
	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/locale"
	"fleetlab/workflows/event"
)

// Held is what keeps calls back as a person reads it: what is in the way, in which call, and what to do about it. profile is the one
// that was asked for, "" when none was.
func Held(p *locale.Printer, h pace.Held, profile string) string {
	c := cloud.Explain(h.Err)
	what := p.What(&event.Fault{Class: string(c.Class), Operation: c.Operation, Code: c.Code, Message: c.Message})
	return p.T("connect.what", "What", what, "How", HeldHow(p, h, profile))
}

// HeldHow is the part of Held that says what to do about it.
func HeldHow(p *locale.Printer, h pace.Held, profile string) string {
	how := "connect.how-network"
	switch cloud.Explain(h.Err).Class {
	case cloud.Full:
		how = "connect.how-full"
	case cloud.Credentials, cloud.Expired:
		var way cloud.Way
		way, profile = cloud.SignIn(h.Err, profile)
		how = "connect.how-" + string(way)
	}
	return p.T(how, "Profile", profile)
}
