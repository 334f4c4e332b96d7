package provision

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// What a run waits for, as Waiting events say it.
const (
	WaitIndex event.Status = "INDEX_ACTIVE" // the index is being built
	WaitRole  event.Status = "ROLE_USABLE"  // IAM spreads a new role
)

// How long it waits at most. IAM takes some seconds until other services may assume a new role (IAM user guide, changes
// are not always visible at once). A small fleet is indexed within a minute or two.
const (
	roleWait  = 20 * time.Second
	indexWait = 2 * time.Minute
)

// indexing switches fleet indexing on, keeping all that the configuration has already.
func (r *runner) indexing(ctx context.Context, s *fleet.Step) {
	s.Expect(Indexing, 1)
	status, err := r.index(ctx)
	r.indexed = err == nil
	s.Result(ctx, Indexing, indexName, status, err)
}

// indexName is the index of the things.
const indexName = "AWS_Things"

func (r *runner) index(ctx context.Context) (event.Status, error) {
	out, err := r.c.IoT.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{})
	if err != nil {
		return "", fmt.Errorf("read the indexing configuration: %w", err)
	}
	now := fleet.IndexingNow(out)
	needed := now.Needed()
	if now.Equal(needed) {
		return event.Exists, nil
	}
	err = r.keep(ctx, func(s *fleet.Settings) bool {
		if s.Indexing != nil {
			return false
		}
		s.Indexing = &now
		return true
	})
	if err != nil {
		return "", fmt.Errorf("leave fleet indexing as it is, because its settings could not be kept: %w", err)
	}
	if _, err := r.c.IoT.UpdateIndexingConfiguration(ctx, needed.Change(out)); err != nil {
		return "", fmt.Errorf("switch fleet indexing on: %w", err)
	}
	return event.Updated, nil
}

// keep adds to the record of what the settings were before us. It must succeed before a setting is changed: a run that is
// interrupted in between must not lose what was there. That is why the bucket may be made before its own step.
func (r *runner) keep(ctx context.Context, add func(*fleet.Settings) bool) error {
	bucket, err := r.ownBucket(ctx)
	if err != nil {
		return err
	}
	kept, err := fleet.LoadSettings(ctx, r.c, bucket)
	if err != nil {
		return err
	}
	if !add(&kept) {
		return nil
	}
	return kept.Save(ctx, r.c, bucket)
}

// configuration lets AWS IoT Jobs write the $package shadow.
func (r *runner) configuration(ctx context.Context, s *fleet.Step) {
	s.Expect(Configuration, 1)
	role := fleet.ConfigRole(r.c.Region, r.c.Account)
	status, err := r.configure(ctx, s, r.c.RoleARN(role))
	s.Result(ctx, Configuration, Configuration, status, err, "role", role)
}

func (r *runner) configure(ctx context.Context, s *fleet.Step, role string) (event.Status, error) {
	out, err := r.c.IoT.GetPackageConfiguration(ctx, &iot.GetPackageConfigurationInput{})
	if err != nil {
		return "", fmt.Errorf("read the package configuration: %w", err)
	}
	now := fleet.PackagesNow(out)
	if now.Enabled && now.RoleARN == role {
		return event.Exists, nil
	}
	if now.RoleARN != role { // with our role it is a setting of ours already
		if err := r.keepPackages(ctx, now); err != nil {
			return "", err
		}
	}
	deadline := time.Now().Add(roleWait)
	for {
		enabled := true
		_, err = r.c.IoT.UpdatePackageConfiguration(ctx, &iot.UpdatePackageConfigurationInput{
			VersionUpdateByJobsConfig: &iottypes.VersionUpdateByJobsConfig{Enabled: &enabled, RoleArn: &role}})
		left := time.Until(deadline)
		if err == nil || !notYetAssumable(err) || left <= 0 {
			break
		}
		s.Waiting(Configuration, Configuration, WaitRole, left)
		if err := fleet.Pause(ctx, r.poll); err != nil {
			return "", err
		}
	}
	if err != nil {
		return "", fmt.Errorf("switch the package configuration on: %w", err)
	}
	return event.Updated, nil
}

func (r *runner) keepPackages(ctx context.Context, now fleet.PackageSettings) error {
	err := r.keep(ctx, func(s *fleet.Settings) bool {
		if s.Packages != nil {
			return false
		}
		s.Packages = &now
		return true
	})
	if err != nil {
		return fmt.Errorf("leave the package configuration as it is, because its settings could not be kept: %w", err)
	}
	return nil
}

// notYetAssumable tells the refusal of a role that IAM has not spread everywhere yet. AWS has no code of its own for it.
func notYetAssumable(err error) bool {
	p := cloud.Explain(err)
	text := strings.ToLower(p.Message)
	return p.Class == cloud.Invalid && (strings.Contains(text, "role") || strings.Contains(text, "assume"))
}

// awaitIndex waits, for a while, until searches are answered. A fleet is complete without its index, so an index that
// takes longer is a warning.
func (r *runner) awaitIndex(ctx context.Context, s *fleet.Step) {
	if !r.indexed {
		return
	}
	name, deadline := indexName, time.Now().Add(indexWait)
	for {
		out, err := r.c.IoT.DescribeIndex(ctx, &iot.DescribeIndexInput{IndexName: &name})
		if err == nil && out.IndexStatus == iottypes.IndexStatusActive {
			return
		}
		if err != nil && !cloud.Is(err, cloud.NotFound) {
			if !fleet.Stopped(ctx, err) {
				s.Warn(Indexing, name, WaitIndex, fmt.Errorf("look at the index: %w", err))
			}
			return
		}
		left := time.Until(deadline)
		if left <= 0 {
			s.Warn(Indexing, name, WaitIndex, nil)
			return
		}
		s.Waiting(Indexing, name, WaitIndex, left)
		if fleet.Pause(ctx, r.poll) != nil {
			return
		}
	}
}
