package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"fleetlab/aws/sandbox/limits"
	"fleetlab/aws/sandbox/sandboxtest"
)

// trial is a sandbox in which one limit is tried.
type trial struct {
	ctx  context.Context
	n    int // names what is made for one attempt
	iot  *iot.Client
	jobs *iotjobsdataplane.Client
	data *iotdataplane.Client
	iam  *iam.Client
	s3   *s3.Client
}

func newTrial(t *testing.T) *trial {
	cfg := sandboxtest.Config(sandboxtest.Start(t))
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return &trial{ctx: t.Context(), iot: iot.NewFromConfig(cfg), jobs: iotjobsdataplane.NewFromConfig(cfg), data: iotdataplane.NewFromConfig(cfg),
		iam: iam.NewFromConfig(cfg), s3: s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })}
}

// Each limit of the table is what it says: that much is accepted, and one more is refused with the error.
func TestLimits(t *testing.T) {
	t.Parallel()
	for _, l := range limits.Table() {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			try := probes[l.Name]
			if try == nil {
				t.Fatalf("nothing tries the limit; add it to the probes")
			}
			x := newTrial(t)
			if err := try(x, l.Value); err != nil {
				t.Errorf("%d: %v", l.Value, err)
			}
			x.n++
			err := try(x, l.Value+1)
			var api smithy.APIError
			var resp *awshttp.ResponseError
			if !errors.As(err, &api) || !errors.As(err, &resp) || api.ErrorCode() != l.Code || resp.HTTPStatusCode() != l.Status {
				t.Errorf("%d: got %v, want %d %s", l.Value+1, err, l.Status, l.Code)
			}
		})
	}
}

// name is another for each attempt.
func (x *trial) name(s string) *string { return aws.String(fmt.Sprint(s, "-", x.n)) }

// long is a text of n characters.
func long(n int) *string { return aws.String(strings.Repeat("x", n)) }

// pairs are n entries, each of as little as an entry can be.
func pairs(n int) map[string]string {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprint("k", i)] = "v"
	}
	return m
}

// only drops what a call gives besides its error.
func only[O any](_ O, err error) error { return err }

func (x *trial) thing(in *iot.CreateThingInput) error {
	if in.ThingName == nil {
		in.ThingName = x.name("thing")
	}
	return only(x.iot.CreateThing(x.ctx, in))
}

func attributed(m map[string]string) *types.AttributePayload {
	return &types.AttributePayload{Attributes: m}
}

// job makes a job for a thing of its own.
func (x *trial) job(change func(*iot.CreateJobInput)) error {
	if err := x.thing(&iot.CreateThingInput{}); err != nil {
		return err
	}
	in := &iot.CreateJobInput{JobId: x.name("job"), Document: aws.String("{}"), Targets: []string{x.arn("thing/" + *x.name("thing"))}}
	change(in)
	return only(x.iot.CreateJob(x.ctx, in))
}

func (x *trial) arn(resource string) string { return "arn:aws:iot:us-east-1:000000000000:" + resource }

// report updates a fresh job's execution.
func (x *trial) report(change func(*iotjobsdataplane.UpdateJobExecutionInput)) error {
	if err := x.job(func(*iot.CreateJobInput) {}); err != nil {
		return err
	}
	in := &iotjobsdataplane.UpdateJobExecutionInput{JobId: x.name("job"), ThingName: x.name("thing"), Status: "IN_PROGRESS"}
	change(in)
	return only(x.jobs.UpdateJobExecution(x.ctx, in))
}

const trustPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"%s}]}`
const allowPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"%s}]}`

// sized fills a policy up to n characters with its statement's id.
func sized(policy string, n int) *string {
	bare := fmt.Sprintf(policy, "")
	return aws.String(fmt.Sprintf(policy, `,"Sid":"`+strings.Repeat("s", n-len(bare)-len(`,"Sid":""`))+`"`))
}

func (x *trial) role() error {
	return only(x.iam.CreateRole(x.ctx, &iam.CreateRoleInput{RoleName: x.name("role"), AssumeRolePolicyDocument: aws.String(fmt.Sprintf(trustPolicy, ""))}))
}

func (x *trial) bucket() *string {
	_, _ = x.s3.CreateBucket(x.ctx, &s3.CreateBucketInput{Bucket: aws.String("bucket")}) // it may be there already
	return aws.String("bucket")
}

// each calls fn n times until one call fails.
func each(n int, fn func(i int) error) error {
	for i := range n {
		if err := fn(i); err != nil {
			return err
		}
	}
	return nil
}

// probes try n of what a limit counts.
var probes = map[string]func(x *trial, n int) error{
	"length of a thing's name": func(x *trial, n int) error { return x.thing(&iot.CreateThingInput{ThingName: long(n)}) },
	"length of an attribute's value": func(x *trial, n int) error {
		return x.thing(&iot.CreateThingInput{AttributePayload: attributed(map[string]string{"a": *long(n)})})
	},
	"attributes of a thing without a type": func(x *trial, n int) error {
		return x.thing(&iot.CreateThingInput{AttributePayload: attributed(pairs(n))})
	},
	"attributes of a thing with a type": func(x *trial, n int) error {
		_, err := x.iot.CreateThingType(x.ctx, &iot.CreateThingTypeInput{ThingTypeName: aws.String("T")})
		return errors.Join(err, x.thing(&iot.CreateThingInput{ThingTypeName: aws.String("T"), AttributePayload: attributed(pairs(n))}))
	},
	"searchable attributes of a thing type": func(x *trial, n int) error {
		var names []string
		for k := range pairs(n) {
			names = append(names, k)
		}
		return only(x.iot.CreateThingType(x.ctx, &iot.CreateThingTypeInput{ThingTypeName: x.name("T"), ThingTypeProperties: &types.ThingTypeProperties{SearchableAttributes: names}}))
	},
	"groups of a thing": func(x *trial, n int) error {
		err := x.thing(&iot.CreateThingInput{})
		return errors.Join(err, each(n, func(i int) error {
			group := x.name(fmt.Sprint("G", i))
			_, err := x.iot.CreateThingGroup(x.ctx, &iot.CreateThingGroupInput{ThingGroupName: group})
			return errors.Join(err, only(x.iot.AddThingToThingGroup(x.ctx, &iot.AddThingToThingGroupInput{ThingGroupName: group, ThingName: x.name("thing")})))
		}))
	},
	"levels of a group hierarchy": func(x *trial, n int) error {
		var parent *string
		return each(n, func(i int) error {
			in := &iot.CreateThingGroupInput{ThingGroupName: x.name(fmt.Sprint("G", i)), ParentGroupName: parent}
			parent = in.ThingGroupName
			return only(x.iot.CreateThingGroup(x.ctx, in))
		})
	},
	"attributes of a group": func(x *trial, n int) error {
		return only(x.iot.CreateThingGroup(x.ctx, &iot.CreateThingGroupInput{ThingGroupName: x.name("G"), ThingGroupProperties: &types.ThingGroupProperties{AttributePayload: attributed(pairs(n))}}))
	},
	"tags of a resource": func(x *trial, n int) error {
		g, err := x.iot.CreateThingGroup(x.ctx, &iot.CreateThingGroupInput{ThingGroupName: x.name("G")})
		if err != nil {
			return err
		}
		return each(n, func(i int) error {
			return only(x.iot.TagResource(x.ctx, &iot.TagResourceInput{ResourceArn: g.ThingGroupArn, Tags: []types.Tag{{Key: aws.String(fmt.Sprint("k", i)), Value: aws.String("v")}}}))
		})
	},
	"length of a job document": func(x *trial, n int) error {
		return x.job(func(in *iot.CreateJobInput) { in.Document = aws.String(`{"a":"` + *long(n - 8) + `"}`) })
	},
	"targets of a job": func(x *trial, n int) error {
		targets := make([]string, n)
		err := each(n, func(i int) error {
			name := x.name(fmt.Sprint("target-", i))
			targets[i] = x.arn("thing/" + *name)
			return x.thing(&iot.CreateThingInput{ThingName: name})
		})
		return errors.Join(err, x.job(func(in *iot.CreateJobInput) { in.Targets = targets }))
	},
	"rollout rate": func(x *trial, n int) error {
		return x.job(func(in *iot.CreateJobInput) {
			in.JobExecutionsRolloutConfig = &types.JobExecutionsRolloutConfig{MaximumPerMinute: aws.Int32(int32(n))}
		})
	},
	"in-progress timeout": func(x *trial, n int) error {
		return x.job(func(in *iot.CreateJobInput) {
			in.TimeoutConfig = &types.TimeoutConfig{InProgressTimeoutInMinutes: aws.Int64(int64(n))}
		})
	},
	"life of a presigned URL": func(x *trial, n int) error {
		return x.job(func(in *iot.CreateJobInput) {
			in.PresignedUrlConfig = &types.PresignedUrlConfig{ExpiresInSec: aws.Int64(int64(n))}
		})
	},
	"retries of a criterion": func(x *trial, n int) error {
		return x.job(func(in *iot.CreateJobInput) {
			in.JobExecutionsRetryConfig = &types.JobExecutionsRetryConfig{CriteriaList: []types.RetryCriteria{{FailureType: types.RetryableFailureTypeFailed, NumberOfRetries: aws.Int32(int32(n))}}}
		})
	},
	"length of a package's name": func(x *trial, n int) error {
		return only(x.iot.CreatePackage(x.ctx, &iot.CreatePackageInput{PackageName: long(n)}))
	},
	"size of a package version's attributes": func(x *trial, n int) error {
		_, err := x.iot.CreatePackage(x.ctx, &iot.CreatePackageInput{PackageName: x.name("P")})
		m := map[string]string{"a": *long(n - 1)} // keys count, too
		return errors.Join(err, only(x.iot.CreatePackageVersion(x.ctx, &iot.CreatePackageVersionInput{PackageName: x.name("P"), VersionName: aws.String("1"), Attributes: m})))
	},
	"packages": func(x *trial, n int) error {
		return each(n-100*x.n, func(i int) error { // the second attempt finds those of the first
			return only(x.iot.CreatePackage(x.ctx, &iot.CreatePackageInput{PackageName: x.name(fmt.Sprint("P", i))}))
		})
	},
	"named shadows in the index": func(x *trial, n int) error {
		var names []string
		for k := range pairs(n) {
			names = append(names, k)
		}
		return x.indexed(&types.ThingIndexingConfiguration{Filter: &types.IndexingFilter{NamedShadowNames: names}})
	},
	"custom fields of the index": func(x *trial, n int) error {
		var fields []types.Field
		for k := range pairs(n) {
			fields = append(fields, types.Field{Name: aws.String("attributes." + k), Type: types.FieldTypeString})
		}
		return x.indexed(&types.ThingIndexingConfiguration{CustomFields: fields})
	},
	"length of an index query": func(x *trial, n int) error {
		err := x.indexed(&types.ThingIndexingConfiguration{})
		return errors.Join(err, only(x.iot.SearchIndex(x.ctx, &iot.SearchIndexInput{QueryString: long(n)})))
	},
	"terms of an index query": func(x *trial, n int) error {
		err := x.indexed(&types.ThingIndexingConfiguration{})
		query := strings.TrimSuffix(strings.Repeat("a OR ", n), " OR ")
		return errors.Join(err, only(x.iot.SearchIndex(x.ctx, &iot.SearchIndexInput{QueryString: &query})))
	},
	"status details of an execution": func(x *trial, n int) error {
		return x.report(func(in *iotjobsdataplane.UpdateJobExecutionInput) { in.StatusDetails = pairs(n) })
	},
	"length of a status detail": func(x *trial, n int) error {
		return x.report(func(in *iotjobsdataplane.UpdateJobExecutionInput) {
			in.StatusDetails = map[string]string{"a": *long(n)}
		})
	},
	"step timeout": func(x *trial, n int) error {
		return x.report(func(in *iotjobsdataplane.UpdateJobExecutionInput) { in.StepTimeoutInMinutes = aws.Int64(int64(n)) })
	},
	"size of a shadow's document": func(x *trial, n int) error {
		return x.shadow("", `{"a":"`+*long(n - len(`{"state":{"reported":{"a":""}}}`))+`"}`)
	},
	"nesting of a shadow's section": func(x *trial, n int) error {
		return x.shadow("", strings.Repeat(`{"a":`, n)+"1"+strings.Repeat("}", n))
	},
	"length of a shadow's name": func(x *trial, n int) error { return x.shadow(*long(n), `{"a":1}`) },
	"length of a role's name": func(x *trial, n int) error {
		return only(x.iam.CreateRole(x.ctx, &iam.CreateRoleInput{RoleName: long(n), AssumeRolePolicyDocument: aws.String(fmt.Sprintf(trustPolicy, ""))}))
	},
	"length of a trust policy": func(x *trial, n int) error {
		return only(x.iam.CreateRole(x.ctx, &iam.CreateRoleInput{RoleName: x.name("role"), AssumeRolePolicyDocument: sized(trustPolicy, n)}))
	},
	"inline policies of a role together": func(x *trial, n int) error {
		return errors.Join(x.role(), only(x.iam.PutRolePolicy(x.ctx, &iam.PutRolePolicyInput{RoleName: x.name("role"), PolicyName: aws.String("p"), PolicyDocument: sized(allowPolicy, n)})))
	},
	"length of a managed policy": func(x *trial, n int) error {
		return only(x.iam.CreatePolicy(x.ctx, &iam.CreatePolicyInput{PolicyName: x.name("p"), PolicyDocument: sized(allowPolicy, n)}))
	},
	"managed policies of a role": func(x *trial, n int) error {
		return errors.Join(x.role(), each(n, func(i int) error {
			p, err := x.iam.CreatePolicy(x.ctx, &iam.CreatePolicyInput{PolicyName: x.name(fmt.Sprint("p", i)), PolicyDocument: aws.String(fmt.Sprintf(allowPolicy, ""))})
			if err != nil {
				return err
			}
			return only(x.iam.AttachRolePolicy(x.ctx, &iam.AttachRolePolicyInput{RoleName: x.name("role"), PolicyArn: p.Policy.Arn}))
		}))
	},
	"keys of one DeleteObjects": func(x *trial, n int) error {
		ids := slices.Repeat([]s3types.ObjectIdentifier{{Key: aws.String("k")}}, n)
		return only(x.s3.DeleteObjects(x.ctx, &s3.DeleteObjectsInput{Bucket: x.bucket(), Delete: &s3types.Delete{Objects: ids}}))
	},
	"tags of a bucket": func(x *trial, n int) error {
		return only(x.s3.PutBucketTagging(x.ctx, &s3.PutBucketTaggingInput{Bucket: x.bucket(), Tagging: &s3types.Tagging{TagSet: tagSet(n)}}))
	},
	"tags of an object": func(x *trial, n int) error {
		_, err := x.s3.PutObject(x.ctx, &s3.PutObjectInput{Bucket: x.bucket(), Key: aws.String("k"), Body: strings.NewReader("x")})
		return errors.Join(err, only(x.s3.PutObjectTagging(x.ctx, &s3.PutObjectTaggingInput{Bucket: x.bucket(), Key: aws.String("k"), Tagging: &s3types.Tagging{TagSet: tagSet(n)}})))
	},
}

func tagSet(n int) (set []s3types.Tag) {
	for k := range pairs(n) {
		set = append(set, s3types.Tag{Key: aws.String(k), Value: aws.String("v")})
	}
	return set
}

// indexed switches the index on in some way.
func (x *trial) indexed(c *types.ThingIndexingConfiguration) error {
	c.ThingIndexingMode = types.ThingIndexingModeRegistryAndShadow
	if c.Filter != nil {
		c.NamedShadowIndexingMode = types.NamedShadowIndexingModeOn
	}
	return only(x.iot.UpdateIndexingConfiguration(x.ctx, &iot.UpdateIndexingConfigurationInput{ThingIndexingConfiguration: c}))
}

func (x *trial) shadow(name, reported string) error {
	in := &iotdataplane.UpdateThingShadowInput{ThingName: x.name("thing"), Payload: []byte(`{"state":{"reported":` + reported + `}}`)}
	if name != "" {
		in.ShadowName = &name
	}
	return only(x.data.UpdateThingShadow(x.ctx, in))
}
