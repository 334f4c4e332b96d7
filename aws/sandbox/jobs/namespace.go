package jobs

import (
	"errors"

	"fleetlab/aws/sandbox/store"
)

// checkNamespace refuses a namespace that is not the job's. A job that was created with a namespaceId is managed by
// somebody other than the account's operators (AWS IoT API reference, CreateJob: only Greengrass does so). Unconfirmed:
// that a wrong one makes the job unknown, and that a request without one finds the job.
func checkNamespace(tx *store.Tx, id string, namespace *string) error {
	if namespace == nil {
		return nil
	}
	var one int
	err := tx.Row(`SELECT 1 FROM jobs WHERE id=? AND json_extract(request_json, '$.Namespace')=?`, []any{id, *namespace}, &one)
	if errors.Is(err, store.ErrNoRow) {
		return missing("Job %s does not exist in the namespace %s.", id, *namespace)
	}
	return err
}
