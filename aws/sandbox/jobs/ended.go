package jobs

import (
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/store"
)

// afterEnd does what follows when an execution has ended with a device's answer or a timer: the job is aborted, the
// thing tries again, or the job is complete. x was saved before; what it knows of its job is from before that.
func (e *engine) afterEnd(tx *store.Tx, at time.Time, x *execution) error {
	if x.owner.watched && (x.owner.status == inProgress || x.owner.status == statusScheduled) {
		q, err := loadRequest(tx, x.job)
		if err != nil {
			return err
		}
		if aborted, err := e.abortIfDue(tx, at, x.job, q); err != nil || aborted {
			return err
		}
		if again, err := e.retry(tx, at, x, q); err != nil || again {
			return err
		}
	}
	if x.owner.left > 1 {
		return nil // the usual case: others have still to end
	}
	return complete(tx, at, x.job)
}

// abortReason is what an aborted job has for its reasonCode. Unconfirmed: AWS documents that it fills in a comment
// and a reason, not which.
const abortReason = "ABORT_CRITERIA_MET"

// abortIfDue cancels the job when one of its abort criteria is met: enough executions have ended by a device or a timer,
// and the share that failed in the criterion's way has reached its threshold (AWS IoT developer guide, job abort).
func (e *engine) abortIfDue(tx *store.Tx, at time.Time, id string, q *request) (bool, error) {
	if q.Abort == nil {
		return false, nil
	}
	n, err := loadTally(tx, id)
	if err != nil {
		return false, err
	}
	for _, c := range q.Abort.CriteriaList {
		if !n.meets(c) {
			continue
		}
		p, err := loadProgress(tx, id)
		if err != nil {
			return false, err
		}
		return true, e.cancel(tx, at, p, false, abortReason, "The job was aborted: "+describeAbort(c)+".")
	}
	return false, nil
}

func (n tally) meets(c types.AbortCriteria) bool {
	executed := n.succeeded + n.failed + n.rejected + n.timedOut
	var failures int32
	switch c.FailureType {
	case types.JobExecutionFailureTypeFailed:
		failures = n.failed
	case types.JobExecutionFailureTypeRejected:
		failures = n.rejected
	case types.JobExecutionFailureTypeTimedOut:
		failures = n.timedOut
	default:
		failures = n.failed + n.rejected + n.timedOut
	}
	if failures == 0 || executed < aws.ToInt32(c.MinNumberOfExecutedThings) {
		return false
	}
	// A threshold has two decimals; whole numbers compare exactly.
	threshold := int64(math.Round(aws.ToFloat64(c.ThresholdPercentage) * 100))
	return int64(failures)*10000 >= threshold*int64(executed)
}

// retry has the thing wait for another execution, unless it has had its retries. AWS IoT developer guide, job retry: a
// retry is a new execution that is notified at the job's rate; there is none once the job was canceled or has ended.
func (e *engine) retry(tx *store.Tx, at time.Time, x *execution, q *request) (bool, error) {
	if q.Retry == nil {
		return false, nil
	}
	allowed, ways := q.retries(x.status)
	if allowed == 0 {
		return false, nil
	}
	// The executions since the thing's first one, or since it came back to the job, are those of its attempts.
	var used int
	if err := tx.Row(`SELECT count(*) FROM executions WHERE job_id=?1 AND thing_name=?2 AND number>=?3
		AND (status=?4 OR status=?5)`, []any{x.job, x.thing, x.number - x.attempt, ways[0], ways[1]}, &used); err != nil {
		return false, err
	}
	if used > allowed {
		return false, nil
	}
	p, err := loadProgress(tx, x.job)
	if err != nil || p.ended {
		return false, err
	}
	if _, err := tx.Exec(`INSERT OR IGNORE INTO job_waiting(job_id, rank, thing_name, number)
		VALUES(?1, ?2, ?3, 1+(SELECT max(number) FROM executions WHERE job_id=?1 AND thing_name=?3))`,
		x.job, x.attempt+1, x.thing); err != nil {
		return false, err
	}
	p.roll(at)
	return true, p.save(tx, e)
}

// retries is how often executions that ended this way are tried again, and which ways count as used-up attempts.
func (q *request) retries(status string) (int, [2]string) {
	for _, c := range q.Retry.CriteriaList {
		switch {
		case c.FailureType == types.RetryableFailureTypeAll && (status == failed || status == timedOut):
			return int(aws.ToInt32(c.NumberOfRetries)), [2]string{failed, timedOut}
		case string(c.FailureType) == status:
			return int(aws.ToInt32(c.NumberOfRetries)), [2]string{status, status}
		}
	}
	return 0, [2]string{}
}
