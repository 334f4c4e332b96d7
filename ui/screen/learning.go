package screen

import (
	"errors"

	"fleetlab/lessons"
	"fleetlab/ui/locale"
)

// learning says why what was learned is not kept, and what to do; false if err is about something else.
func learning(p *locale.Printer, err error) (string, bool) {
	var damaged *lessons.DamagedError
	var newer *lessons.NewerError
	var kept *lessons.KeepError
	switch {
	case errors.As(err, &kept):
		return p.T("learning.not-kept", "File", kept.File, "Cause", kept.Cause.Error()), true
	case errors.As(err, &damaged):
		return p.T("learning.damaged", "File", damaged.File, "Cause", damaged.Cause.Error(), "Aside", damaged.Aside), true
	case errors.As(err, &newer):
		return p.T("learning.newer", "File", newer.File, "Version", newer.Version), true
	}
	return "", false
}
