package jobs

import "fleetlab/aws/sandbox/wire"

// What is known to differ from AWS, or is assumed of it, in how jobs go.
const (
	cancelDifference          wire.Difference = "Unconfirmed: canceling a job that has ended is InvalidRequestException."
	deleteDifference          wire.Difference = "Unconfirmed: deleting a job that is being deleted is InvalidStateTransitionException."
	deleteExecutionDifference wire.Difference = "Unconfirmed: a queued execution can be deleted without force."
	listDifference            wire.Difference = "Unconfirmed: the newest come first."
	updateJobDifference       wire.Difference = "Unconfirmed: a job that has ended can be updated."
)

var rolloutDifferences = []wire.Difference{
	"Members are notified in the order of their names.",
	"Timers run out exactly when they are due; AWS is up to a minute late.",
	"Unconfirmed: retries wait behind members that were not notified yet and keep to the job's rate.",
	"Unconfirmed: the comment and the reasonCode of a job that was aborted, or canceled by its schedule, are the sandbox's own.",
	"Unconfirmed: abort criteria count executions that ended by a device or a timer, not those removed or canceled.",
	"Unconfirmed: a job whose endTime comes between two maintenance windows turns IN_PROGRESS, so that queued executions can be done.",
	"Unconfirmed: schedules and cron expressions are in UTC.",
}
