package simulate

import (
	"fleetlab/ui/theme"
	"fleetlab/workflows/simulate"
)

// shown is the state of a device's execution in which each of its own states is drawn.
var shown = [simulate.NumStates]theme.Execution{
	simulate.NotReached: theme.Waiting,
	simulate.Queued:     theme.Queued, simulate.Offline: theme.Queued,
	simulate.Checking: theme.InProgress, simulate.Downloading: theme.InProgress, simulate.Verifying: theme.InProgress,
	simulate.Installing: theme.InProgress, simulate.Rebooting: theme.InProgress, simulate.Quiet: theme.InProgress,
	simulate.Succeeded: theme.Succeeded, simulate.Failed: theme.Failed, simulate.Refused: theme.Rejected, simulate.TimedOut: theme.TimedOut,
	simulate.Canceled: theme.Canceled, simulate.Removed: theme.Removed,
	simulate.Elsewhere:  theme.Removed, // as far as this run goes
	simulate.Unfinished: theme.Queued,  // for the next run
}

// drawn turns the devices' states into those that the grid draws.
func drawn(dst []theme.Execution, states []simulate.State) []theme.Execution {
	dst = dst[:0]
	for _, s := range states {
		dst = append(dst, shown[s])
	}
	return dst
}
