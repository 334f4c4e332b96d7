package jobs_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func minutes(n int64) *iottypes.TimeoutConfig {
	return &iottypes.TimeoutConfig{InProgressTimeoutInMinutes: &n}
}

// template makes a job template of the document {"v":1} unless change says otherwise.
func (c *cloud) template(t *testing.T, id string, change ...func(*iot.CreateJobTemplateInput)) *iot.CreateJobTemplateOutput {
	t.Helper()
	in := &iot.CreateJobTemplateInput{JobTemplateId: &id, Description: aws.String("of " + id), Document: aws.String(`{"v":1}`)}
	for _, ch := range change {
		ch(in)
	}
	return ok[iot.CreateJobTemplateOutput](t)(c.iot.CreateJobTemplate(t.Context(), in))
}

func (c *cloud) describeTemplate(t *testing.T, id string) *iot.DescribeJobTemplateOutput {
	t.Helper()
	return ok[iot.DescribeJobTemplateOutput](t)(c.iot.DescribeJobTemplate(t.Context(), &iot.DescribeJobTemplateInput{JobTemplateId: &id}))
}

// TestJobTemplateLife follows a template from its creation, over a job that it gives its settings to, to its deletion.
func TestJobTemplateLife(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	group := c.fleet(t, "G", "V1")
	made := c.template(t, "T-1", func(in *iot.CreateJobTemplateInput) {
		in.TimeoutConfig, in.Tags = minutes(30), []iottypes.Tag{{Key: aws.String("owner"), Value: aws.String("lab")}}
	})
	if *made.JobTemplateArn != arn("jobtemplate/T-1") || *made.JobTemplateId != "T-1" {
		t.Errorf("created %s %s", *made.JobTemplateArn, *made.JobTemplateId)
	}
	_, err := c.iot.CreateJobTemplate(ctx, &iot.CreateJobTemplateInput{JobTemplateId: aws.String("T-1"), Description: aws.String("d"), Document: aws.String("{}")})
	refused(t, err, 409, "ConflictException")
	got := c.describeTemplate(t, "T-1")
	if *got.Document != `{"v":1}` || *got.Description != "of T-1" || *got.TimeoutConfig.InProgressTimeoutInMinutes != 30 || got.CreatedAt.IsZero() || got.AbortConfig != nil {
		t.Errorf("template is %+v", got)
	}
	tags := ok[iot.ListTagsForResourceOutput](t)(c.iot.ListTagsForResource(ctx, &iot.ListTagsForResourceInput{ResourceArn: made.JobTemplateArn}))
	if len(tags.Tags) != 1 || *tags.Tags[0].Key != "owner" {
		t.Errorf("tags are %+v", tags.Tags)
	}
	for id, in := range map[string]*iot.CreateJobInput{
		"plain": {}, "own": {Description: aws.String("mine"), TimeoutConfig: minutes(5)},
	} {
		in.JobId, in.JobTemplateArn, in.Targets = &id, made.JobTemplateArn, []string{group}
		out := ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, in))
		j, wantText, wantMinutes := c.describe(t, id), "of T-1", int64(30)
		if id == "own" {
			wantText, wantMinutes = "mine", 5
		}
		if *out.Description != wantText || *j.Description != wantText || *j.TimeoutConfig.InProgressTimeoutInMinutes != wantMinutes || *j.JobTemplateArn != *made.JobTemplateArn {
			t.Errorf("job %s is %+v", id, j)
		}
	}
	ok[iot.DeleteJobTemplateOutput](t)(c.iot.DeleteJobTemplate(ctx, &iot.DeleteJobTemplateInput{JobTemplateId: aws.String("T-1")}))
	_, err = c.iot.DeleteJobTemplate(ctx, &iot.DeleteJobTemplateInput{JobTemplateId: aws.String("T-1")})
	refused(t, err, 404, "ResourceNotFoundException")
	_, err = c.iot.DescribeJobTemplate(ctx, &iot.DescribeJobTemplateInput{JobTemplateId: aws.String("T-1")})
	refused(t, err, 404, "ResourceNotFoundException")
	_, err = c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("late"), JobTemplateArn: made.JobTemplateArn, Targets: []string{group}})
	refused(t, err, 404, "ResourceNotFoundException")
	if *c.describe(t, "plain").JobTemplateArn != *made.JobTemplateArn {
		t.Error("the job forgot the template that was deleted")
	}
}

// TestTemplateOfJob makes a template of a job and of what is given beside it.
func TestTemplateOfJob(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	group := c.fleet(t, "G", "V1")
	c.catalog(t, c.firmwareBucket(t))
	ok[iot.UpdatePackageOutput](t)(c.iot.UpdatePackage(ctx, &iot.UpdatePackageInput{PackageName: aws.String("Sedan"), DefaultVersionName: aws.String("1.1.0")}))
	const doc = `{"size":"${aws:iot:package:Sedan:version:$default:attributes:size}"}`
	byDefault := []string{arn("package/Sedan/version/$default")}
	ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("j"), Targets: []string{group}, Document: aws.String(doc),
		TimeoutConfig: minutes(7), DestinationPackageVersions: byDefault, Description: aws.String("the job's")}))
	ofJob := func(in *iot.CreateJobTemplateInput) { in.Document, in.JobArn = nil, aws.String(arn("job/j")) }
	c.template(t, "copy", ofJob)
	got := c.describeTemplate(t, "copy")
	if *got.Document != doc || *got.TimeoutConfig.InProgressTimeoutInMinutes != 7 || len(got.DestinationPackageVersions) != 1 ||
		got.DestinationPackageVersions[0] != byDefault[0] || got.PresignedUrlConfig != nil || *got.Description != "of copy" {
		t.Errorf("template is %+v", got)
	}
	c.template(t, "changed", ofJob, func(in *iot.CreateJobTemplateInput) {
		in.TimeoutConfig, in.Document = minutes(9), aws.String(`{"v":2}`)
	})
	if got := c.describeTemplate(t, "changed"); *got.Document != `{"v":2}` || *got.TimeoutConfig.InProgressTimeoutInMinutes != 9 {
		t.Errorf("template is %+v", got)
	}
	ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("again"), Targets: []string{group}, JobTemplateArn: aws.String(arn("jobtemplate/copy"))}))
	if d := ok[iot.GetJobDocumentOutput](t)(c.iot.GetJobDocument(ctx, &iot.GetJobDocumentInput{JobId: aws.String("again")})); *d.Document != `{"size":"2 KB"}` {
		t.Errorf("document is %s", *d.Document)
	}
	for status, a := range map[int]string{404: arn("job/none"), 400: "arn:aws:iot:thing/x"} {
		_, err := c.iot.CreateJobTemplate(ctx, &iot.CreateJobTemplateInput{JobTemplateId: aws.String("x"), Description: aws.String("d"), JobArn: &a})
		refused(t, err, status, map[int]string{404: "ResourceNotFoundException", 400: "InvalidRequestException"}[status])
	}
}

func TestTemplateRefusals(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	group := c.fleet(t, "G", "V1")
	c.template(t, "T")
	for name, in := range map[string]*iot.CreateJobTemplateInput{
		"nothing":      {},
		"both":         {Document: aws.String("{}"), DocumentSource: aws.String("https://s3.amazonaws.com/b/k")},
		"no JSON":      {Document: aws.String("{")},
		"placeholder":  {Document: aws.String(`"${aws:iot:what}"`)},
		"eleven":       {Document: aws.String(`"` + strings.Repeat("${aws:iot:package::version::attributes:a}", 11) + `"`)},
		"timeout":      {Document: aws.String("{}"), TimeoutConfig: minutes(10081)},
		"package":      {Document: aws.String("{}"), DestinationPackageVersions: []string{"arn:aws:iot:nonsense"}},
		"many":         {Document: aws.String("{}"), DestinationPackageVersions: strings.Split(strings.Repeat(arn("package/a/version/b")+",", 26), ",")[:26]},
		"tag":          {Document: aws.String("{}"), Tags: []iottypes.Tag{{Key: aws.String("aws:x"), Value: aws.String("")}}},
		"no such file": {DocumentSource: aws.String("https://s3.amazonaws.com/b/k")},
	} {
		in.JobTemplateId, in.Description = aws.String("bad"), aws.String("d")
		_, err := c.iot.CreateJobTemplate(ctx, in)
		t.Log(name)
		refused(t, err, 400, "InvalidRequestException")
	}
	for name, in := range map[string]*iot.CreateJobInput{
		"with document": {JobTemplateArn: aws.String(arn("jobtemplate/T")), Document: aws.String("{}")},
		"parameters":    {JobTemplateArn: aws.String(arn("jobtemplate/T")), DocumentParameters: map[string]string{"a": "b"}},
		"managed":       {JobTemplateArn: aws.String("arn:aws:iot:us-east-1::jobtemplate/AWS-Reboot:1.0")},
		"no ARN":        {JobTemplateArn: aws.String("arn:aws:iot:x")},
	} {
		in.JobId, in.Targets = aws.String("bad"), []string{group}
		_, err := c.iot.CreateJob(ctx, in)
		t.Log(name)
		refused(t, err, 400, "InvalidRequestException")
	}
	_, err := c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("bad"), Targets: []string{group},
		JobTemplateArn: aws.String(strings.Replace(arn("jobtemplate/T"), "us-east-1", "eu-west-1", 1))})
	refused(t, err, 404, "ResourceNotFoundException")
	_, err = c.iot.ListManagedJobTemplates(ctx, &iot.ListManagedJobTemplatesInput{})
	refused(t, err, 400, "InvalidRequestException")
}

func TestListJobTemplates(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	for _, id := range []string{"c", "a", "e", "b", "d"} {
		c.template(t, id)
	}
	got, pages := "", 0
	for p := iot.NewListJobTemplatesPaginator(c.iot, &iot.ListJobTemplatesInput{MaxResults: aws.Int32(2)}); p.HasMorePages(); pages++ {
		for _, s := range ok[iot.ListJobTemplatesOutput](t)(p.NextPage(ctx)).JobTemplates {
			got += *s.JobTemplateId
			if *s.Description != "of "+*s.JobTemplateId || *s.JobTemplateArn != arn("jobtemplate/"+*s.JobTemplateId) || s.CreatedAt == nil {
				t.Errorf("summary is %+v", s)
			}
		}
	}
	if got != "abcde" || pages != 3 {
		t.Errorf("templates listed are %s on %d pages", got, pages)
	}
	_, err := c.iot.ListJobTemplates(ctx, &iot.ListJobTemplatesInput{NextToken: aws.String("x")})
	refused(t, err, 400, "InvalidRequestException")
}

// put stores an object and returns its version.
func (c *cloud) put(t *testing.T, bucket, key, body string) *string {
	t.Helper()
	return ok[s3.PutObjectOutput](t)(c.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body)})).VersionId
}

// TestDocumentSource reads documents from S3 once: what becomes of the object later does not matter.
func TestDocumentSource(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	group := c.fleet(t, "G", "V1")
	c.firmwareBucket(t)
	old := c.put(t, "firmware", "job doc.json", `{"n":1}`)
	c.put(t, "firmware", "job doc.json", `{"n":2}`)
	c.put(t, "firmware", "long", `"`+strings.Repeat("x", 32767)+`"`)
	c.put(t, "firmware", "bom", "\xef\xbb\xbf{}")
	for id, want := range map[string][2]string{
		"path":    {"https://s3.us-east-1.amazonaws.com/firmware/job%20doc.json", `{"n":2}`},
		"virtual": {"https://firmware.s3.amazonaws.com/job%20doc.json?versionId=" + *old, `{"n":1}`},
	} {
		ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: &id, Targets: []string{group}, DocumentSource: &want[0]}))
		out := ok[iot.DescribeJobOutput](t)(c.iot.DescribeJob(ctx, &iot.DescribeJobInput{JobId: &id}))
		d := ok[iot.GetJobDocumentOutput](t)(c.iot.GetJobDocument(ctx, &iot.GetJobDocumentInput{JobId: &id}))
		if *out.DocumentSource != want[0] || *d.Document != want[1] {
			t.Errorf("job %s comes from %s and says %s", id, *out.DocumentSource, *d.Document)
		}
	}
	for _, source := range []string{"https://s3.amazonaws.com/firmware/none", "https://s3.amazonaws.com/nowhere/k", "https://firmware.s3.amazonaws.com/long",
		"https://firmware.s3.amazonaws.com/bom", "s3://firmware/k", "https://example.com/firmware/k", "%zz", "https://firmware.s3.amazonaws.com/long?versionId=x"} {
		_, err := c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("bad"), Targets: []string{group}, DocumentSource: &source})
		refused(t, err, 400, "InvalidRequestException")
	}
	c.template(t, "T", func(in *iot.CreateJobTemplateInput) {
		in.Document, in.DocumentSource = nil, aws.String("https://s3.amazonaws.com/firmware/job%20doc.json")
	})
	c.put(t, "firmware", "job doc.json", `{"n":3}`)
	if got := c.describeTemplate(t, "T"); *got.Document != `{"n":2}` || *got.DocumentSource == "" {
		t.Errorf("template is %+v", got)
	}
	ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("t"), Targets: []string{group}, JobTemplateArn: aws.String(arn("jobtemplate/T"))}))
	if d := ok[iot.GetJobDocumentOutput](t)(c.iot.GetJobDocument(ctx, &iot.GetJobDocumentInput{JobId: aws.String("t")})); *d.Document != `{"n":3}` {
		t.Errorf("document is %s", *d.Document)
	}
}

// TestDeviceUploads puts a file where the job document says, with an ordinary HTTP client.
func TestDeviceUploads(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	role := c.catalog(t, c.firmwareBucket(t))
	group := c.fleet(t, "G", "V1")
	ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("logs"), Targets: []string{group},
		Document:           aws.String(`"${aws:iot:s3-presigned-url-upload:https://s3.us-east-1.amazonaws.com/firmware/logs/${thingName}/${jobId}/${executionNumber} a.txt}"`),
		PresignedUrlConfig: &iottypes.PresignedUrlConfig{RoleArn: &role}}))
	x := ok[data.StartNextPendingJobExecutionOutput](t)(c.jobs.StartNextPendingJobExecution(ctx, &data.StartNextPendingJobExecutionInput{ThingName: aws.String("V1")})).Execution
	url := strings.Trim(*x.JobDocument, `"`)
	send := func(method, url string) int {
		r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader("what happened"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if status := send(http.MethodPut, url); status != 200 {
		t.Errorf("PUT %s answered %d", url, status)
	}
	if status := send(http.MethodDelete, url); status != 403 {
		t.Errorf("the URL lets its holder delete: %d", status)
	}
	if status := send(http.MethodPut, strings.Replace(url, "V1", "V2", 1)); status != 403 {
		t.Errorf("the URL lets its holder write another object: %d", status)
	}
	got := ok[s3.GetObjectOutput](t)(c.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("firmware"), Key: aws.String("logs/V1/logs/1 a.txt")}))
	if body, err := io.ReadAll(got.Body); err != nil || string(body) != "what happened" {
		t.Errorf("stored %q %v", body, err)
	}
}
