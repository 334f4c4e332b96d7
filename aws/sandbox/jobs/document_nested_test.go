package jobs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
)

// TestUploadPlaceholders checks the URLs to which devices upload: each execution has its own key.
func TestUploadPlaceholders(t *testing.T) {
	t.Parallel()
	w, role := sedan(t)
	w.exec(t, `INSERT INTO buckets(name, region, created_at) VALUES('logs', 'us-east-1', 0), ('abroad', 'eu-west-1', 0)`)
	put := func(key string) string { return `"https://logs/` + key + `?at=10%3A00%3A00&expires=1h0m0s&method=PUT"` }
	for i, c := range []struct{ url, want, says string }{
		{"https://s3.us-east-1.amazonaws.com/logs/a.txt", put("a.txt"), ""},
		{"https://logs.s3.us-east-1.amazonaws.com/${thingName}/${jobId}-${executionNumber}/${thingName}", put("car/job1-1/car"), ""},
		{"https://s3.amazonaws.com/logs", put("car/job2/1"), ""},
		{"https://s3.amazonaws.com/logs/", put("car/job3/1"), ""},
		{"http://127.0.0.1:4566/logs/${jobId}${jobId}", put("job4job4"), ""},
		{"https://s3.amazonaws.com/logs/${jobId}${jobId}${jobId}", "", "local placeholder ${jobId} within S3 presigned url upload placeholder exceeds limit of 2."},
		{"https://s3.amazonaws.com/logs/${thing}", "", "Undefined placeholder, ${thing}, inside of presign url upload parameter"},
		{"https://s3.amazonaws.com/${thingName}/k", "", "not allowed to contain any placeholders"},
		{"https://${jobId}.s3.amazonaws.com/k", "", "not allowed to contain any placeholders"},
		{"https://s3.amazonaws.com/nowhere/k", "", "upload placeholder not found"},
		{"https://s3.amazonaws.com/abroad/k", "", "Cross region S3 bucket"},
		{"https://s3.amazonaws.com/No_Bucket/k", "", "Given S3 bucket name is invalid."},
		{"https://example.com/logs/k", "", "Provided argument for presigned url is invalid"},
		{"https://s3.amazonaws.com/logs/${jobId", "", "not terminated"},
	} {
		id, thing := fmt.Sprint("job", i), "car"
		err := w.tryJob(id, []string{"thing/car"}, document(`"${aws:iot:s3-presigned-url-upload:`+c.url+`}"`), installing(w, role))
		if c.says != "" {
			wantError[*types.InvalidRequestException](t, err)
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v, want it to say %q", c.url, err, c.says)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", c.url, err)
		}
		out, err := w.device.describeExecution(ctx, &data.DescribeJobExecutionInput{JobId: &id, ThingName: &thing})
		if err != nil || *out.Execution.JobDocument != c.want {
			t.Errorf("%s: %v %+v, want %s", c.url, err, out, c.want)
		}
	}
}

// TestNestedPlaceholders checks what one placeholder may hold of another, and the words of the refusals.
func TestNestedPlaceholders(t *testing.T) {
	t.Parallel()
	w, role := sedan(t)
	w.version(t, "Urls", "1", "PUBLISHED", `{"s3URL":"https://s3.amazonaws.com/b/k","odd":"a}b","place":"${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}","open":"${aws:iot:"}`, "")
	const at = "?at=10%3A00%3A00&expires=1h0m0s"
	attribute := func(key string) string { return "${aws:iot:package:Urls:version:1:attributes" + key + "}" }
	for i, c := range []struct{ text, want, says string }{
		{"${aws:iot:s3-presigned-url:" + attribute(":s3URL") + "}", "https://b/k" + at, ""},
		{"${aws:iot:s3-presigned-url:" + attribute(":s3URL") + "/${thingName}}", "", "Local placeholder, ${thingName}, is only valid inside of presign url upload"},
		{"see ${aws:iot:s3-presigned-url:" + attribute(":s3URL") + ".zip} now", "see https://b/k.zip" + at + " now", ""},
		{attribute(":place"), "https://b/k" + at, ""},
		{attribute(":open"), "", "not terminated"},
		{"${aws:iot:s3-presigned-url:" + attribute("") + "}", "", "has to be a json value by itself"},
		{"${aws:iot:s3-presigned-url:" + attribute(":odd") + "}", "", "Provided argument for presigned url is invalid"},
		{"${aws:iot:s3-presigned-url:${aws:iot:package:Sedan:version:1.1.0:artifact:s3-presigned-url}}", "", "cannot be nested inside another placeholder."},
		{"${aws:iot:s3-presigned-url:${aws:iot:s3-presigned-url-v2:x}}", "", "${aws:iot:s3-presigned-url-v2[...]} should not be the second layer pattern."},
		{"${aws:iot:package:" + attribute(":s3URL") + ":version:1:attributes:x}", "", "cannot hold"},
		{strings.Repeat(attribute(":s3URL"), 11), "", "more than 10 substitution patterns"},
		{strings.Repeat(attribute(":s3URL"), 10), strings.Repeat("https://s3.amazonaws.com/b/k", 10), ""},
	} {
		id, thing := fmt.Sprint("job", i), "car"
		text, err := quote(c.text)
		if err != nil {
			t.Fatal(err)
		}
		err = w.tryJob(id, []string{"thing/car"}, document(text), installing(w, role, "Urls 1", "Sedan 1.1.0"))
		if c.says != "" {
			wantError[*types.InvalidRequestException](t, err)
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v, want it to say %q", c.text, err, c.says)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		out, err := w.device.describeExecution(ctx, &data.DescribeJobExecutionInput{JobId: &id, ThingName: &thing})
		if want, _ := quote(c.want); err != nil || *out.Execution.JobDocument != want {
			t.Errorf("%s: %v %+v, want %s", c.text, err, out, want)
		}
	}
}
