package createjob

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

func TestThingsAndSeveralPackages(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	w.pkg("Telematics", "3.0.0", "3.1.0")
	_, err := w.IoT.UpdatePackage(t.Context(), &iot.UpdatePackageInput{PackageName: aws.String("Telematics"), DefaultVersionName: aws.String("3.0.0")})
	w.must(err)
	_, err = w.IoT.UpdatePackageVersion(t.Context(), &iot.UpdatePackageVersionInput{PackageName: aws.String("SedanVehicle"), VersionName: aws.String("1.9.0"),
		Action: iottypes.PackageVersionActionDeprecate})
	w.must(err)
	p := w.prepare(with(func(in *Input) {
		in.Things, in.Groups, in.Packages = []string{"v3", "v4"}, []string{"US_Fleet"}, []string{"SedanVehicle/1.9.0", "Telematics/$default"}
	}))
	expect(t, "members", p.Members, 4) // v3 is also in the group
	expect(t, "installs", p.Installs(), "SedanVehicle 1.9.0, Telematics 3.0.0")
	expect(t, "status", p.Packages[0].Status, "DEPRECATED")
	expect(t, "artifact", p.Packages[1].Artifact, "s3://iot-firmware-test/"+fleet.FirmwareKey("Telematics", "3.0.0"))
	expect(t, "packages", len(p.Request.Packages), 2)
	expect(t, "warned", p.Warnings[0], Warning{What: Deprecated, Item: "SedanVehicle 1.9.0"})
	if strings.Count(p.Document, "artifact:s3-presigned-url") != 2 || strings.Count(p.Document, "attributes}") != 2 {
		t.Errorf("document %s", p.Document)
	}
	rep, _ := w.run(p)
	expect(t, "executions", rep.Executions, fleet.JobCounts{Queued: 4})
	fe := w.refused(with(func(in *Input) { in.Things = []string{"v9"} }), FieldThings, fleet.NotInCloud)
	expect(t, "choices", fe.Args["choices"], any("v1, v2, v3, v4"))
	w.refused(with(func(in *Input) { in.Packages = []string{"SedanVehicle/2.0.0"} }), FieldPackage, fleet.NotPublished)
	w.refused(with(func(in *Input) { in.Packages = []string{"SedanVehicle/$default"} }), FieldPackage, fleet.NotInCloud)
}

// The placeholders of more than five packages would be more than AWS takes; of more than ten even without attributes.
func TestManyPackagesGoWithoutAttributes(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	var names []string
	for i := range 10 {
		names = append(names, fmt.Sprintf("P%d", i))
		w.pkg(names[i], "1.0.0")
	}
	p := w.prepare(with(func(in *Input) { in.Packages = names }))
	expect(t, "placeholders", strings.Count(p.Document, holderStart), MaxPlaceholders)
	expect(t, "warned", p.Warnings[0], Warning{What: ManyPackages, Count: 10})
	w.run(p)
	p = w.prepare(with(func(in *Input) { in.Packages = names[:5] }))
	expect(t, "placeholders of five", strings.Count(p.Document, holderStart), MaxPlaceholders)
	w.run(p)
}

// A version without a file cannot be installed over the air, but a custom job may name it.
func TestVersionWithoutArtifact(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	pkg, version := aws.String("Settings"), aws.String("1.0.0")
	_, err := w.IoT.CreatePackage(t.Context(), &iot.CreatePackageInput{PackageName: pkg})
	w.must(err)
	_, err = w.IoT.CreatePackageVersion(t.Context(), &iot.CreatePackageVersionInput{PackageName: pkg, VersionName: version, Attributes: map[string]string{"k": "v"}})
	w.must(err)
	_, err = w.IoT.UpdatePackageVersion(t.Context(), &iot.UpdatePackageVersionInput{PackageName: pkg, VersionName: version, Action: iottypes.PackageVersionActionPublish})
	w.must(err)
	in := with(func(in *Input) { in.Packages = []string{"Settings"} })
	w.refused(in, FieldPackage, fleet.NoArtifact)
	in.Type, in.Document = Custom, `{"operation":"set","to":"${aws:iot:package:Settings:version:1.0.0:attributes:k}"}`
	p := w.prepare(in)
	if p.Request.PresignedURL != nil {
		t.Error("a document without URLs needs no role")
	}
	w.run(p)
	out, err := w.IoT.GetJobDocument(t.Context(), &iot.GetJobDocumentInput{JobId: &p.Request.JobID})
	w.must(err)
	expect(t, "document", aws.ToString(out.Document), `{"operation":"set","to":"v"}`)
}

func TestPresetsAreTaken(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	w.refused(with(func(in *Input) { in.Type, in.Preset = Custom, "collect-logs" }), FieldPreset, fleet.NothingToDo)
	bucket := aws.String(fleet.BucketName(w.Region, w.Account))
	_, err := w.S3.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: bucket})
	w.must(err)
	_, err = w.S3.PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{Bucket: bucket, Tagging: &s3types.Tagging{TagSet: fleet.S3Tags()}})
	w.must(err)
	for _, preset := range Presets {
		p := w.prepare(with(func(in *Input) { in.Type, in.Preset, in.Things, in.ID = Custom, preset, []string{"v1"}, preset }))
		rep, _ := w.run(p)
		expect(t, preset, rep.Executions, fleet.JobCounts{Queued: 1})
		expect(t, preset+" presigns", p.Request.PresignedURL != nil, preset == "collect-logs")
		expect(t, preset+" installs", p.Installs(), preset)
		if preset == "collect-logs" && p.Warnings[0].What != UploadRole {
			t.Errorf("warnings %v", p.Warnings)
		}
	}
}

// A template saved with a job gives its choices to the next one.
func TestTemplates(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	in := everything(t)
	rep, _ := w.run(w.prepare(in))
	expect(t, "saved", rep.Template, "kept")
	expect(t, "counted", rep.Counts[JobTemplate][event.Created], 1)
	got, err := FromTemplate(t.Context(), w.Cloud, with(func(in *Input) { in.Groups = []string{"US_Fleet"} }), "kept")
	w.must(err)
	for _, field := range []string{FieldType, FieldPackage, FieldDocument, FieldRollout, FieldBase, FieldFactor, FieldIncrease, FieldMaximum, FieldAbort, FieldTimeout,
		FieldRetry, FieldWindows, FieldExpires} {
		expect(t, field, got.Get(field), in.Get(field))
	}
	for field, want := range map[string]string{FieldGroups: "US_Fleet", FieldTemplate: "kept", FieldStart: "", FieldID: "", FieldTags: ""} {
		expect(t, field, got.Get(field), want)
	}
	w.prepare(got)
	fe := w.refused(with(func(in *Input) { in.SaveTemplate = "kept" }), FieldSaveTemplate, fleet.TakenTry)
	expect(t, "free", fe.Args["free"], any("kept-2"))
	_, err = FromTemplate(t.Context(), w.Cloud, Defaults(), "lost")
	if fe, ok := fleet.AsFieldError(err); !ok || fe.Field != FieldTemplate || fe.Args["choices"] != "kept" {
		t.Errorf("a template that is not there: %v", err)
	}
	o, err := Options(t.Context(), w.Cloud)
	w.must(err)
	expect(t, "listed", fmt.Sprint(o.Templates), "[{kept "+in.Description+"}]")
}

func TestOTATemplateIsAnOTAJobAgain(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	w.run(w.prepare(with(func(in *Input) { in.SaveTemplate, in.Rollout.Kind, in.Rollout.PerMinute = "ota", RolloutConstant, 70 })))
	got, err := FromTemplate(t.Context(), w.Cloud, Defaults(), "ota")
	w.must(err)
	expect(t, "type", got.Type, OTA)
	expect(t, "document", got.Document, "")
	expect(t, "package", got.Get(FieldPackage), "SedanVehicle/1.10.0")
	expect(t, "rollout", got.Get(FieldRollout), "70")
}

// A template that somebody else made may say what no field can.
func TestTemplateThatDoesNotFit(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	_, err := w.IoT.CreateJobTemplate(t.Context(), &iot.CreateJobTemplateInput{JobTemplateId: aws.String("remove"), Description: aws.String("d"), Document: aws.String("{}"),
		DestinationPackageVersions: []string{w.ARN("package/SedanVehicle/version/$null")}})
	w.must(err)
	_, err = FromTemplate(t.Context(), w.Cloud, Defaults(), "remove")
	if fe, ok := fleet.AsFieldError(err); !ok || fe.Field != FieldTemplate || fe.Reason != fleet.BadForm {
		t.Errorf("%v", err)
	}
}

func TestScheduledJobsAreReportedAsSuch(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	p := w.prepare(with(func(in *Input) { in.Schedule.Start, in.Schedule.End, in.Selection = "+45m", "+2h", Snapshot }))
	expect(t, "start", p.Warnings[0], Warning{What: StartsLater, Item: p.Request.Schedule.Start})
	expect(t, "end", p.Warnings[1], Warning{What: EndsAt, Item: p.Request.Schedule.End})
	rep, events := w.run(p)
	expect(t, "state", rep.State, "SCHEDULED")
	expect(t, "starts", rep.Starts, p.Request.Schedule.Start)
	expect(t, "status", rep.Status, event.Done)
	warned := 0
	for _, e := range events {
		if e.Kind == event.Warning && e.Status == JobScheduled {
			warned++
		}
	}
	expect(t, "warnings", warned, 1)
	rep, _ = w.run(p)
	expect(t, "second run", rep.Counts[Job][event.Exists], 1)
}

// What a job that does its work slowly has so far is reported without waiting for all of it.
func TestSlowRolloutIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	p := w.prepare(with(func(in *Input) {
		in.Rollout.Kind, in.Rollout.PerMinute, in.Abort = RolloutConstant, 1, []Abort{{KindFailed, 10, 5}}
	}))
	expect(t, "warned", p.Warnings[0], Warning{What: AbortNotReached, Item: "FAILED:10:5", Count: 4})
	expect(t, "never", p.Forecast.Strikes[0].Never, true)
	rep, events := w.run(p)
	expect(t, "executions", rep.Executions, fleet.JobCounts{Queued: 1})
	for _, e := range events {
		if e.Kind == event.Waiting {
			t.Errorf("waits: %+v", e)
		}
	}
}
