package realm

import "time"

// Lag is how long AWS takes for what it does behind its answer, on the sandbox's clock. The zero value is a service
// that has done everything before it answers, which tests and impatient people want. AWS publishes none of these times;
// those of AWSLag are what people see (aws-samples, LocalStack's validated tests, issue threads), at the short end.
type Lag struct {
	Role          time.Duration // until iot.amazonaws.com may assume a role that was created or changed
	Index         time.Duration // until a change of a thing, a group or a shadow can be found in the fleet index
	IndexBuild    time.Duration // that an index is BUILDING after a change of its configuration, and a dynamic group after that of its query
	Executions    time.Duration // until the first executions of a new job appear
	Cancel        time.Duration // until a canceled job's executions are canceled
	JobDeletion   time.Duration // that a job is DELETION_IN_PROGRESS
	Detach        time.Duration // until a thing counts as free of a detached principal
	ChildGroup    time.Duration // until a group counts as free of a deleted child
	PackageReport time.Duration // until a successful execution stands in the $package shadow
	Rollout       int           // things notified a minute by a job that sets no rate; 0: all at once
}

// AWSLag is how late AWS is. AWS IoT developer guide, job rollout: without a rate of its own a job notifies 1000 things a
// minute.
func AWSLag() Lag {
	return Lag{Role: 4 * time.Second, Index: 2 * time.Second, IndexBuild: 5 * time.Second, Executions: 2 * time.Second,
		Cancel: time.Second, JobDeletion: 3 * time.Second, Detach: 2 * time.Second, ChildGroup: 2 * time.Second,
		PackageReport: time.Second, Rollout: 1000}
}
