// Package jobs is the sandbox's AWS IoT Jobs: the control plane that operators call (service iot) and the
// data plane that devices call (service iot-jobs-data). Where AWS's behaviour is not documented, the comment
// on the handler says "unconfirmed" and what was chosen.
package jobs

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	datatypes "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"
)

// Presigner makes a URL that lets its holder get (GET) or put (PUT) one object until expires has passed. An empty
// version means the newest one.
type Presigner func(method, bucket, key, version string, expires time.Duration) (string, error)

// New makes the jobs of a realm. Its methods MemberAdded, MemberRemoved and ThingDeleted follow the registry.
func New(r *realm.Realm, presign Presigner) *Engine { return &engine{realm: r, presign: presign} }

// Register makes s answer the job operations of both planes.
func (e *engine) Register(s *wire.Server) {
	registerControl(s, &control{e})
	registerTemplates(s, &control{e})
	registerDevice(s, &device{e})
}

func registerControl(s *wire.Server, c *control) {
	wire.Handle(s, "iot", "CreateJob", c.createJob, slices.Concat(createDifferences, rolloutDifferences)...)
	wire.Handle(s, "iot", "DescribeJob", c.describeJob)
	wire.Handle(s, "iot", "GetJobDocument", c.getJobDocument)
	wire.Handle(s, "iot", "ListJobs", c.listJobs, listDifference)
	wire.Handle(s, "iot", "UpdateJob", c.updateJob, updateJobDifference)
	wire.Handle(s, "iot", "CancelJob", c.cancelJob, cancelDifference)
	wire.Handle(s, "iot", "DeleteJob", c.deleteJob, deleteDifference)
	wire.Handle(s, "iot", "AssociateTargetsWithJob", c.associateTargets)
	wire.Handle(s, "iot", "ListJobExecutionsForJob", c.listForJob)
	wire.Handle(s, "iot", "ListJobExecutionsForThing", c.listForThing, listDifference)
	wire.Handle(s, "iot", "DescribeJobExecution", c.describeExecution)
	wire.Handle(s, "iot", "CancelJobExecution", c.cancelExecution)
	wire.Handle(s, "iot", "DeleteJobExecution", c.deleteExecution, deleteExecutionDifference)
}

func registerDevice(s *wire.Server, d *device) {
	wire.Handle(s, "iot-jobs-data", "DescribeJobExecution", d.describeExecution, deliveryDifferences...)
	wire.Handle(s, "iot-jobs-data", "GetPendingJobExecutions", d.getPending)
	wire.Handle(s, "iot-jobs-data", "StartNextPendingJobExecution", d.startNext, deliveryDifferences...)
	wire.Handle(s, "iot-jobs-data", "UpdateJobExecution", d.updateExecution, deliveryDifferences...)
}

// Engine is what both planes share: what jobs do by themselves.
type Engine = engine

type engine struct {
	realm    *realm.Realm
	presign  Presigner
	alarm    alarm
	sweeping sync.Mutex
}

// control answers operators, device answers devices. They differ in the SDK package of their types.
type (
	control struct{ *engine }
	device  struct{ *engine }
)

// change runs fn in a transaction that writes, after what has come due by now. What fn makes due at once is done before
// change returns, in transactions of its own.
func (e *engine) change(fn func(tx *store.Tx, now time.Time) error) error {
	if err := e.catchUp(); err != nil {
		return err
	}
	err := e.realm.Store.Update(func(tx *store.Tx) error {
		now := e.realm.Now()
		if err := e.settle(tx, now); err != nil {
			return err
		}
		return fn(tx, now)
	})
	if err != nil {
		return err
	}
	return e.catchUp()
}

// read runs fn in a transaction that only reads. Only when something has come due, and nobody has noticed yet, does it
// take the writer's turn before.
func (e *engine) read(fn func(tx *store.Tx, now time.Time) error) error {
	if err := e.catchUp(); err != nil {
		return err
	}
	return e.realm.Store.View(func(tx *store.Tx) error { return fn(tx, e.realm.Now()) })
}

func (c *control) change(fn func(tx *store.Tx, now time.Time) error) error {
	return controlError(c.engine.change(fn))
}

func (c *control) read(fn func(tx *store.Tx, now time.Time) error) error {
	return controlError(c.engine.read(fn))
}

func (d *device) change(fn func(tx *store.Tx, now time.Time) error) error {
	return deviceError(d.engine.change(fn))
}

func (d *device) read(fn func(tx *store.Tx, now time.Time) error) error {
	return deviceError(d.engine.read(fn))
}

// fault is a refusal that both planes know, each as a type of its own SDK package.
type fault struct {
	kind faultKind
	text string
}

type faultKind int

const (
	invalidRequest faultKind = iota
	notFound
	invalidTransition
)

// Error implements error.
func (f *fault) Error() string { return f.text }

func invalid(format string, args ...any) error {
	return &fault{invalidRequest, fmt.Sprintf(format, args...)}
}

func missing(format string, args ...any) error {
	return &fault{notFound, fmt.Sprintf(format, args...)}
}

func badTransition(format string, args ...any) error {
	return &fault{invalidTransition, fmt.Sprintf(format, args...)}
}

func controlError(err error) error {
	var f *fault
	if !errors.As(err, &f) {
		return err
	}
	switch f.kind {
	case notFound:
		return &iottypes.ResourceNotFoundException{Message: aws.String(f.text)}
	case invalidTransition:
		return &iottypes.InvalidStateTransitionException{Message: aws.String(f.text)}
	default:
		return &iottypes.InvalidRequestException{Message: aws.String(f.text)}
	}
}

func deviceError(err error) error {
	var f *fault
	if !errors.As(err, &f) {
		return err
	}
	switch f.kind {
	case notFound:
		return &datatypes.ResourceNotFoundException{Message: aws.String(f.text)}
	case invalidTransition:
		return &datatypes.InvalidStateTransitionException{Message: aws.String(f.text)}
	default:
		return &datatypes.InvalidRequestException{Message: aws.String(f.text)}
	}
}
