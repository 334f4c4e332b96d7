package theme

import "github.com/charmbracelet/lipgloss"

// Execution is a state of a device's update as signs and colours tell it. How AWS IoT Jobs names them is in
// the API reference (JobExecutionStatus).
type Execution uint8

// The states, from the beginning to the end of an update and its good end first.
const (
	Waiting    Execution = iota // the rollout has not reached the device: there is no execution yet
	Queued                      // told to the device
	InProgress                  // begun by the device
	Succeeded
	Failed   // the device says so
	TimedOut // the device was silent for too long
	Rejected // the device will not do it
	Canceled // the job was canceled or aborted
	Removed  // the device or its place among the targets is gone

	Executions = iota // how many states there are
)

// executions are the styles of the states.
func (m maker) executions(p palette) [Executions]lipgloss.Style {
	return [Executions]lipgloss.Style{
		Waiting: m.fg(p.border), Queued: m.fg(p.muted), InProgress: m.fg(p.running), Succeeded: m.fg(p.ok), Failed: m.fg(p.failed).Bold(true),
		TimedOut: m.fg(p.timedOut), Rejected: m.fg(p.rejected), Canceled: m.fg(p.canceled), Removed: m.fg(p.muted),
	}
}
