package contract_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
)

func TestEventConfigurations(t *testing.T) {
	each(t, func(l *lab) {
		l.alone("events")
		read := func() map[string]types.Configuration {
			return must(l.iot.DescribeEventConfigurations(l.ctx, nil))(l).EventConfigurations
		}
		before := read()["THING"]
		set := func(ctx context.Context, on bool) error {
			_, err := l.iot.UpdateEventConfigurations(ctx, &iot.UpdateEventConfigurationsInput{EventConfigurations: map[string]types.Configuration{"THING": {Enabled: on}}})
			return err
		}
		l.undo(settled, func(ctx context.Context) error { return set(ctx, before.Enabled) })
		if err := set(l.ctx, !before.Enabled); err != nil {
			l.Fatal(err)
		}
		equal(l, "events of things", read()["THING"].Enabled, !before.Enabled)
	})
}

// With a role, a successful execution of a job for a package version writes what the thing has into its shadow.
func TestJobReportsItsPackage(t *testing.T) {
	each(t, func(l *lab) {
		l.alone("packages")
		role := l.role("R").Arn
		must(l.iam.PutRolePolicy(l.ctx, &iam.PutRolePolicyInput{RoleName: l.own("R"), PolicyName: aws.String("shadow"), PolicyDocument: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iot:DescribeEndpoint","iot:GetThingShadow","iot:UpdateThingShadow"],"Resource":"*"}]}`)}))(l)
		before := must(l.iot.GetPackageConfiguration(l.ctx, nil))(l).VersionUpdateByJobsConfig
		set := func(ctx context.Context, c *types.VersionUpdateByJobsConfig) error {
			_, err := l.iot.UpdatePackageConfiguration(ctx, &iot.UpdatePackageConfigurationInput{VersionUpdateByJobsConfig: c})
			return err
		}
		l.undo(settled, func(ctx context.Context) error {
			if before == nil {
				before = &types.VersionUpdateByJobsConfig{Enabled: aws.Bool(false)}
			}
			return set(ctx, before)
		})
		l.wait(settled, func() error { // IoT may not know the role yet
			return set(l.ctx, &types.VersionUpdateByJobsConfig{Enabled: aws.Bool(true), RoleArn: role})
		})
		l.pkg("P")
		l.version("P", "1.0.0")
		if err := l.act("P", "1.0.0", types.PackageVersionActionPublish); err != nil {
			l.Fatal(err)
		}
		group := l.fleet("G", "a")
		l.undoJob("j")
		must(l.iot.CreateJob(l.ctx, &iot.CreateJobInput{JobId: l.own("j"), Targets: []string{group}, Document: aws.String(document),
			DestinationPackageVersions: []string{l.arn("package/" + *l.own("P") + "/version/1.0.0")}}))(l)
		l.queued("j", 1)
		l.undo(settled, func(ctx context.Context) error { // a thing's deletion leaves its shadows
			_, err := l.data.DeleteThingShadow(ctx, &iotdataplane.DeleteThingShadowInput{ThingName: l.own("a"), ShadowName: aws.String("$package")})
			return err
		})
		l.succeed("j", "a")
		l.wait(settled, func() error {
			out, err := l.data.GetThingShadow(l.ctx, &iotdataplane.GetThingShadowInput{ThingName: l.own("a"), ShadowName: aws.String("$package")})
			if err != nil {
				return err
			}
			var d struct {
				State struct {
					Reported map[string]struct{ Version string }
				}
			}
			if err := json.Unmarshal(out.Payload, &d); err != nil || d.State.Reported[*l.own("P")].Version != "1.0.0" {
				return fmt.Errorf("the shadow is %s, %w", out.Payload, err)
			}
			return nil
		})
	})
}
