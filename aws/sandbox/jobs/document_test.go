package jobs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
)

const artifactOf110 = `{"bucket":"firmware","key":"Sedan/1.1.0.zip","version":"v7"}`

// sedan is a world with a thing, a package with a published, a deprecated and a draft version, and a role.
func sedan(t *testing.T) (*world, string) {
	w := newWorld(t)
	w.things(t, "car")
	w.version(t, "Sedan", "1.1.0", "PUBLISHED", `{"size":"2 KB","quoted":"a \"b\" <c>"}`, artifactOf110)
	w.version(t, "Sedan", "1.0.0", "DEPRECATED", `{}`, "")
	w.version(t, "Sedan", "2.0.0", "DRAFT", `{}`, "")
	w.version(t, "Maps", "7", "PUBLISHED", `{"region":"eu"}`, "")
	w.exec(t, `UPDATE packages SET default_version='1.1.0' WHERE name='Sedan'`)
	return w, w.role(t)
}

func installing(w *world, role string, versions ...string) func(*iot.CreateJobInput) {
	return func(in *iot.CreateJobInput) {
		for _, v := range versions {
			in.DestinationPackageVersions = append(in.DestinationPackageVersions, w.realm.ARN("package/"+strings.Replace(v, " ", "/version/", 1)))
		}
		if role != "" {
			in.PresignedUrlConfig = &types.PresignedUrlConfig{RoleArn: &role}
		}
	}
}

// TestPlaceholders checks what a device gets; the presigner of the tests shows what it was asked for.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	w, role := sedan(t)
	const at = "?at=10%3A00%3A00&expires=1h0m0s"
	for i, c := range []struct{ versions, document, want string }{
		{"Sedan 1.1.0", `{"n": 1, "s": "plain \u00e9 text"}`, `{"n": 1, "s": "plain \u00e9 text"}`},
		{"Sedan 1.1.0", `{"a":"${aws:iot:package:Sedan:version:1.1.0:attributes}"}`, `{"a":{"size":"2 KB","quoted":"a \"b\" <c>"}}`},
		{"Sedan 1.1.0", `["x ${aws:iot:package:Sedan:version:1.1.0:attributes:size} y"]`, `["x 2 KB y"]`},
		{"Sedan 1.1.0", `["${aws:iot:package:::version::attributes}"]`, ""},
		{"Sedan 1.1.0", `["${aws:iot:package::version::attributes:quoted}"]`, `["a \"b\" <c>"]`},
		{"Sedan $default", `["${aws:iot:package:Sedan:version:$default:attributes:size}"]`, `["2 KB"]`},
		{"Sedan $default", `["${aws:iot:package:Sedan:version:1.1.0:attributes:size}"]`, ""},
		{"Sedan 1.1.0", `["${aws:iot:package:Sedan:version:$default:attributes:size}"]`, ""},
		{"Sedan $default", `["${aws:iot:package:Sedan:version:$default:artifact:s3-presigned-url}"]`, `["https://firmware/Sedan/1.1.0.zip` + at + `&versionId=v7"]`},
		{"Sedan 1.1.0,Maps 7", `["${aws:iot:package:Maps:version:7:attributes:region}"]`, `["eu"]`},
		{"Sedan 1.1.0,Maps 7", `["${aws:iot:package::version::attributes:region}"]`, ""},
		{"Sedan 1.1.0", `["${aws:iot:package:Maps:version:7:attributes:region}"]`, ""},
		{"Sedan 1.1.0", `["${aws:iot:package:Sedan:version:1.0.0:attributes}"]`, ""},
		{"Sedan 1.1.0", `["${aws:iot:package:Sedan:version:1.1.0:attributes:colour}"]`, ""},
		{"Sedan 1.1.0", `["it is ${aws:iot:package:Sedan:version:1.1.0:attributes}"]`, ""},
		{"Sedan 1.1.0", `{"${aws:iot:package:Sedan:version:1.1.0:attributes}":1}`, ""},
		{"Sedan 1.1.0", `["${aws:iot:package:Sedan:version::attributes}"]`, ""},
		{"Sedan $null", `["${aws:iot:package:Sedan:version:$null:attributes}"]`, ""},
		{"Sedan $null", `["${aws:iot:package::version::attributes}"]`, ""},
		{"Sedan 1.1.0", `["${aws:iot:package:Sedan:version:1.1.0:artifact:s3-presigned-url}"]`, `["https://firmware/Sedan/1.1.0.zip` + at + `&versionId=v7"]`},
		{"Sedan 1.1.0", `["${aws:iot:package::version::artifact:s3-presigned-url}"]`, `["https://firmware/Sedan/1.1.0.zip` + at + `&versionId=v7"]`},
		{"Sedan 1.0.0", `["${aws:iot:package::version::artifact:s3-presigned-url}"]`, ""},
		{"Sedan 1.1.0", `["${aws:iot:package::version::artifact:location}"]`, ""},
		{"Sedan 1.1.0", `["${aws:iot:package:Sedan:version:1.1.0:artifact-location:s3-presigned-url}"]`, `["https://firmware/Sedan/1.1.0.zip` + at + `&versionId=v7"]`},
		{"", `["${aws:iot:s3-presigned-url:https://s3.us-east-1.amazonaws.com/b/k/a b%20c.zip}"]`, `["https://b/k/a b%20c.zip` + at + `"]`},
		{"", `["${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}, ${aws:iot:s3-presigned-url:http://127.0.0.1:4566/b/k2}"]`, `["https://b/k` + at + `, https://b/k2` + at + `"]`},
		{"", `["\u0024{aws:iot:s3-presigned-url:https:\/\/s3.amazonaws.com\/b\/k}"]`, `["https://b/k` + at + `"]`},
		{"", `["${aws:iot:s3-presigned-url-v2:https%3A%2F%2Fb.c.s3.eu-west-1.amazonaws.com%2Fk%2520x%3FversionId%3Dabc}"]`, `["https://b.c/k x` + at + `&versionId=abc"]`},
		{"", `["${aws:iot:s3-presigned-url:http://localhost:4566/b/k}", "${aws:iot:s3-presigned-url:http://b.localhost:4566/k}"]`, `["https://b/k` + at + `", "https://b/k` + at + `"]`},
		{"", `["${aws:iot:s3-presigned-url:http://localhost:4567/b/k}"]`, ""},
		{"", `["${aws:iot:s3-presigned-url:https://localhost:4566/b/k}"]`, ""},
		{"", `["${aws:iot:s3-presigned-url:https://example.com/b/k}"]`, ""},
		{"", `["${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b}"]`, ""},
		{"", `["${aws:iot:s3-presigned-url-v2:%zz}"]`, ""},
		{"", `["${aws:iot:s3-presigned-url-v2:https://b.s3.us-west-2.amazonaws.com/k%3FversionId%3D}"]`, ""},
		{"", `["${aws:iot:s3-presigned-url-upload:https://s3.amazonaws.com/nowhere/k}"]`, ""},
		{"", `["${aws:iot:parameter:x}"]`, ""},
		{"", `["${aws:iot:thingName}"]`, ""},
		{"", `["${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k"]`, ""},
		{"", `["${thingName}"]`, `["${thingName}"]`},
		{"", `{"not": JSON}`, ""},
	} {
		id := fmt.Sprint("job", i)
		var versions []string
		if c.versions != "" {
			versions = strings.Split(c.versions, ",")
		}
		err := w.tryJob(id, []string{"thing/car"}, continuous, document(c.document), installing(w, role, versions...))
		if c.want == "" {
			wantError[*types.InvalidRequestException](t, err)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.document, err)
			continue
		}
		thing := "car"
		out, err := w.device.describeExecution(ctx, &data.DescribeJobExecutionInput{JobId: &id, ThingName: &thing})
		if err != nil {
			t.Errorf("%s: %v", c.document, err)
		} else if got := *out.Execution.JobDocument; got != c.want {
			t.Errorf("%s\n gave %s\n want %s", c.document, got, c.want)
		}
	}
}
