// Package execution is the words for the states of a device's update, and how many devices are in each.
package execution

import (
	"fleetlab/ui/locale"
	"fleetlab/ui/theme"
)

// names are the states as AWS IoT Jobs spells them (JobExecutionStatus in its API reference). WAITING is ours:
// there is no execution yet.
var names = [theme.Executions]string{"WAITING", "QUEUED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "TIMED_OUT", "REJECTED", "CANCELED", "REMOVED"}

// Parse is the state that AWS IoT Jobs calls name; false if there is none of that name.
func Parse(name string) (theme.Execution, bool) {
	for i, n := range names {
		if n == name {
			return theme.Execution(i), true
		}
	}
	return theme.Waiting, false
}

// Label is the word for a state.
func Label(p *locale.Printer, s theme.Execution) string { return p.T("execution." + names[s]) }

// Counts is how many devices are in each state.
type Counts [theme.Executions]int

// Count counts states.
func Count(states []theme.Execution) Counts {
	var c Counts
	for _, s := range states {
		c[s]++
	}
	return c
}
