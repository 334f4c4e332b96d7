package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/aws/sandbox/packages"
	"fleetlab/aws/sandbox/shadow"
	"fleetlab/aws/sandbox/store"
)

// updateExecution is how a device tells what it did: IN_PROGRESS as often as it likes, then SUCCEEDED, FAILED
// or REJECTED, also straight from QUEUED. Unconfirmed: a wrong expectedVersion is
// InvalidStateTransitionException, as the service model has no version error for devices; another status is
// InvalidRequestException; an execution that never was IN_PROGRESS has no start time.
func (d *device) updateExecution(_ context.Context, in *data.UpdateJobExecutionInput) (*data.UpdateJobExecutionOutput, error) {
	out := &data.UpdateJobExecutionOutput{}
	err := d.change(func(tx *store.Tx, now time.Time) error {
		if err := checkUpdate(in); err != nil {
			return err
		}
		x, err := findExecution(tx, *in.JobId, *in.ThingName, in.ExecutionNumber)
		if err != nil {
			return err
		}
		if err := checkUpdatable(x, in.ExpectedVersion); err != nil {
			return err
		}
		if err := d.apply(tx, now, x, in); err != nil {
			return err
		}
		if aws.ToBool(in.IncludeJobExecutionState) {
			if out.ExecutionState, err = x.state(); err != nil {
				return err
			}
		}
		if aws.ToBool(in.IncludeJobDocument) {
			document, err := d.deliver(tx, x)
			out.JobDocument = &document
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func checkUpdate(in *data.UpdateJobExecutionInput) error {
	switch string(in.Status) {
	case inProgress, succeeded, failed, rejected:
	default:
		return invalid("A device cannot set status %s; it sets %s, %s, %s or %s.", in.Status, inProgress, succeeded, failed, rejected)
	}
	if err := checkDetails(in.StatusDetails); err != nil {
		return err
	}
	return checkStepTimer(in.StepTimeoutInMinutes, true)
}

func checkUpdatable(x *execution, expected *int64) error {
	if expected != nil && *expected != x.version {
		return badTransition("%s", wrongVersion(x, *expected))
	}
	if x.terminal() {
		return badTransition("The execution of job %s on %s is %s and cannot change any more.", x.job, x.thing, x.status)
	}
	return nil
}

func wrongVersion(x *execution, expected int64) string {
	return fmt.Sprintf("The execution of job %s on %s has version %d and not %d; read it again.", x.job, x.thing, x.version, expected)
}

// apply makes the transition and what follows from it.
func (d *device) apply(tx *store.Tx, now time.Time, x *execution, in *data.UpdateJobExecutionInput) error {
	status := string(in.Status)
	if status == inProgress && x.status == queued {
		return begin(tx, now, x, in.StatusDetails, in.StepTimeoutInMinutes)
	}
	if err := x.setDetails(in.StatusDetails); err != nil {
		return err
	}
	if status == inProgress {
		x.setStepTimer(now, in.StepTimeoutInMinutes)
		return x.save(tx, now)
	}
	x.finish(status)
	if err := x.save(tx, now); err != nil {
		return err
	}
	if status == succeeded {
		if err := reportPackages(tx, now, x); err != nil {
			return err
		}
	}
	return complete(tx, now, x.job)
}

// reportPackages writes what a job installed into the thing's $package shadow, when the account has package
// configuration enabled (AWS IoT developer guide, software package catalog). AWS does it some moments later.
func reportPackages(tx *store.Tx, now time.Time, x *execution) error {
	j, err := loadJob(tx, x.job)
	if err != nil || !j.packages.Valid {
		return err
	}
	enabled, err := packageUpdates(tx)
	if err != nil || !enabled {
		return err
	}
	ds, err := parseDestinations(j.packages)
	if err != nil {
		return err
	}
	for _, d := range ds {
		version := d.Version
		if version == noVersion {
			version = "" // the package is gone
		}
		if err := shadow.ReportPackage(tx, now, x.thing, d.Package, version); err != nil {
			return err
		}
	}
	return nil
}

// packageUpdates tells whether the account lets jobs report the packages that they installed.
func packageUpdates(tx *store.Tx) (bool, error) {
	text, err := tx.Setting(packages.ConfigurationSetting)
	if err != nil || text == "" {
		return false, err
	}
	var c struct {
		Enabled bool `json:"enabled"`
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return false, fmt.Errorf("setting %s: %w", packages.ConfigurationSetting, err)
	}
	return c.Enabled, nil
}

func (x *execution) state() (*types.JobExecutionState, error) {
	details, err := x.detailsMap()
	return &types.JobExecutionState{Status: types.JobExecutionStatus(x.status), StatusDetails: details, VersionNumber: x.version}, err
}
