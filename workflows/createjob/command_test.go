package createjob

import (
	"encoding/json"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fleetlab/workflows/fleet"
)

// everything is an input in which every field says something.
func everything(t *testing.T) Input {
	t.Helper()
	in := Defaults()
	for _, pair := range [][2]string{
		{FieldGroups, "US_Fleet,CA_Fleet"}, {FieldThings, "v1"}, {FieldPackage, "SedanVehicle/1.9.0"}, {FieldType, Custom},
		{FieldDocument, `{"it's": "a \"quoted\" $HOME ` + "`x`" + ` document", "url": "${aws:iot:package:SedanVehicle:version:1.9.0:artifact:s3-presigned-url}"}`},
		{FieldRollout, RolloutExponential}, {FieldBase, "20"}, {FieldFactor, "1.5"}, {FieldIncrease, "succeeded:30"}, {FieldMaximum, "900"},
		{FieldAbort, "FAILED:10.5:100,ALL:50:7"}, {FieldTimeout, "60"}, {FieldRetry, "FAILED:3,TIMED_OUT:2"}, {FieldStart, "+45m"}, {FieldEnd, "+5h"},
		{FieldEndBehavior, ForceCancel}, {FieldWindows, "cron(0 2,3 ? * MON-FRI *)/60,cron(0 5 * * ? *)/30"}, {FieldExpires, "600"},
		{FieldTags, "team=brakes & tyres"}, {FieldID, "all-of-it"}, {FieldDescription, "für 'alle'"}, {FieldSaveTemplate, "kept"},
	} {
		text := strings.ReplaceAll(pair[1], " & ", "-")
		if err := in.Set(pair[0], text); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

// words runs a command through a shell's reading of it, as pasting does.
func words(t *testing.T, command string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", `aws() { printf '%s\0' "$@"; }; `+command).Output()
	if err != nil {
		t.Fatalf("%v in %s", err, command)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// typed fills in an SDK input from the options of an AWS CLI command, as the AWS CLI would: an option's value is the text of a
// string or the JSON of anything else, with members named as in the service's model.
func typed(t *testing.T, command, operation string, into any) {
	t.Helper()
	args := words(t, command)
	if len(args) < 2 || args[0] != "iot" || args[1] != operation {
		t.Fatalf("%v is no aws iot %s", args, operation)
	}
	v := reflect.ValueOf(into).Elem()
	for i := 2; i < len(args); i += 2 {
		field := v.FieldByName(pascal(strings.TrimPrefix(args[i], "--")))
		if !field.IsValid() || i+1 == len(args) {
			t.Fatalf("%s is no option of %s", args[i], operation)
		}
		text := []byte(args[i+1])
		if k := field.Type(); k.Kind() == reflect.String || k.Kind() == reflect.Pointer && k.Elem().Kind() == reflect.String {
			text, _ = json.Marshal(args[i+1])
		}
		// The SDK's structs have no tags; encoding/json matches names without regard to case.
		if err := json.Unmarshal(text, field.Addr().Interface()); err != nil {
			t.Fatalf("%s %s: %v", args[i], args[i+1], err)
		}
	}
}

func pascal(kebab string) string {
	var b strings.Builder
	up := true
	for _, r := range kebab {
		switch {
		case r == '-':
			up = true
		case up:
			b.WriteRune(unicode.ToUpper(r))
			up = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// What stands in the review can be pasted: the commands ask for exactly what a run asks for.
func TestCommandsAskForTheSame(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	for name, in := range map[string]Input{"all": everything(t), "defaults": Defaults()} {
		p := w.prepare(in)
		var job iot.CreateJobInput
		typed(t, p.Command, "create-job", &job)
		same := cmpopts.IgnoreUnexported(iot.CreateJobInput{}, iot.CreateJobTemplateInput{})
		sdk := cmp.FilterPath(func(path cmp.Path) bool { return path.Last().String() == ".noSmithyDocumentSerde" }, cmp.Ignore())
		if d := cmp.Diff(*p.Request.sdk(), job, same, sdk, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (- sent, + typed): %s", name, d)
		}
		if _, err := w.IoT.CreateJob(t.Context(), &job); err != nil {
			t.Errorf("%s as typed: %v", name, err)
		}
		if p.Template == nil {
			continue
		}
		var template iot.CreateJobTemplateInput
		typed(t, p.Before[0], "create-job-template", &template)
		if d := cmp.Diff(*p.Template.sdk(), template, same, sdk, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (- sent, + typed): %s", name, d)
		}
	}
}

// The request as JSON is in the API's own names: it is what --cli-input-json takes.
func TestRequestIsTheAPIsJSON(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	p := w.prepare(everything(t))
	b, err := json.Marshal(p.Request)
	w.must(err)
	var job iot.CreateJobInput
	w.must(json.Unmarshal(b, &job))
	same := cmpopts.IgnoreUnexported(iot.CreateJobInput{})
	sdk := cmp.FilterPath(func(path cmp.Path) bool { return path.Last().String() == ".noSmithyDocumentSerde" }, cmp.Ignore())
	if d := cmp.Diff(*p.Request.sdk(), job, same, sdk, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("(- sent, + JSON): %s", d)
	}
	expect(t, "tags", len(job.Tags), len(fleet.Tags())+1)
}
