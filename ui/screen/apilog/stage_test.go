package apilog

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	jobstypes "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"

	"fleetlab/aws/cloud"
	"fleetlab/aws/trace"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/screen"
	"fleetlab/ui/theme"
)

// at is in the zone of the machine, since times are shown in it.
var at = time.Date(2026, 11, 23, 10, 15, 30, 0, time.Local)

func newStage(t testing.TB, p *locale.Printer, th *theme.Theme) *Screen {
	t.Helper()
	d := &screen.Deps{Printer: p, Theme: th, Cloud: &cloud.Cloud{Kind: cloud.Sandbox, Trace: trace.New(nil, nil)}, Now: func() time.Time { return at }}
	s := New(d, nil).(*Screen)
	s.SetSize(80, 22)
	return s
}

func themed(t *testing.T, p *locale.Printer, th *theme.Theme) *Screen { return newStage(t, p, th) }

// recorded is a call as the SDK hands it to the log.
type recorded struct {
	service, operation string
	in, out            any
	err                error
	took               time.Duration
	attempts           int
	throttles          int
}

// record takes calls through a log, and gives them times that do not change.
func record(t testing.TB, calls ...recorded) callsMsg {
	t.Helper()
	log := trace.New(nil, nil)
	for _, r := range calls {
		stack := middleware.NewStack(r.operation, func() any { return struct{}{} })
		once := middleware.FinalizeMiddlewareFunc("Retry", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			return next.HandleFinalize(ctx, in)
		})
		if err := stack.Finalize.Add(once, middleware.Before); err != nil {
			t.Fatal(err)
		}
		if err := log.AddTo(stack); err != nil {
			t.Fatal(err)
		}
		register := awsmiddleware.RegisterServiceMetadata{ServiceID: r.service, OperationName: r.operation}
		if err := stack.Initialize.Add(&register, middleware.Before); err != nil {
			t.Fatal(err)
		}
		answer := middleware.DeserializeMiddlewareFunc("Answer", func(context.Context, middleware.DeserializeInput, middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			return middleware.DeserializeOutput{Result: r.out}, middleware.Metadata{}, r.err
		})
		if err := stack.Deserialize.Add(answer, middleware.After); err != nil {
			t.Fatal(err)
		}
		_, _, _ = middleware.DecorateHandler(nil, stack).Handle(t.Context(), r.in)
	}
	msg := callsMsg{calls: log.Since(0), first: 1, tally: map[string]trace.Tally{}}
	for i, r := range calls {
		c := &msg.calls[i]
		c.Time, c.Took, c.Latency, c.Attempts, c.Throttles = at.Add(time.Duration(i)*137*time.Millisecond-2*r.took), 2*r.took, r.took, max(1, r.attempts), r.throttles
		sum := msg.tally[c.Name()]
		sum.Calls, sum.Latency, sum.Slowest = sum.Calls+1, sum.Latency+r.took, max(sum.Slowest, r.took)
		sum.Attempts, sum.Throttles = sum.Attempts+c.Attempts, sum.Throttles+c.Throttles
		if c.Failed() {
			sum.Errors++
		}
		msg.tally[c.Name()] = sum
	}
	return msg
}

const document = `{"ota":{"version":"1.1.0","files":[{"url":"https://b/k?X-Amz-Signature=s3cr3t&x=1"}]}}`

// aFleet is calls of a run: good ones, throttled ones and one of each kind of failure.
func aFleet(t testing.TB) callsMsg {
	thing := func(n string) *iot.CreateThingInput {
		return &iot.CreateThingInput{ThingName: aws.String("Vehicle-VIN-" + n), ThingTypeName: aws.String("SedanVehicle"),
			AttributePayload: &types.AttributePayload{Attributes: map[string]string{"country": "JP", "名前": "車両"}}}
	}
	made := &iot.CreateThingOutput{ThingArn: aws.String("arn:aws:iot:us-east-1:000000000000:thing/Vehicle-VIN-001"), ThingId: aws.String("219bd8e7-9768-4f01-b888-a4d4bbdbdbda")}
	calls := []recorded{
		{"STS", "GetCallerIdentity", &iot.DescribeThingInput{}, &iot.DescribeThingOutput{}, nil, 4 * time.Millisecond, 1, 0},
		{"IoT", "CreateJob", &iot.CreateJobInput{JobId: aws.String("fleetlab-ota"), Targets: []string{"arn:aws:iot:us-east-1:000000000000:thinggroup/US_Fleet"},
			Document: aws.String(document)}, &iot.CreateJobOutput{JobId: aws.String("fleetlab-ota")}, nil, 31 * time.Millisecond, 1, 0},
		{"IoT Data Plane", "UpdateThingShadow", &iotdataplane.UpdateThingShadowInput{ThingName: aws.String("Vehicle-VIN-001"), ShadowName: aws.String("$package"),
			Payload: []byte(`{"state":{"reported":{"SedanVehicle":{"version":"1.0.0"}}}}`)}, &iotdataplane.UpdateThingShadowOutput{}, nil, 7 * time.Millisecond, 1, 0},
	}
	for _, n := range []string{"001", "002", "003"} {
		calls = append(calls, recorded{"IoT", "CreateThing", thing(n), made, nil, 9 * time.Millisecond, 1, 0})
	}
	return record(t, append(calls,
		recorded{"IoT", "CreateThing", thing("004"), made, nil, 2300 * time.Millisecond, 4, 3},
		recorded{"IoT Jobs Data Plane", "StartNextPendingJobExecution", &iotjobsdataplane.StartNextPendingJobExecutionInput{ThingName: aws.String("Vehicle-VIN-001")},
			&iotjobsdataplane.StartNextPendingJobExecutionOutput{Execution: &jobstypes.JobExecution{JobDocument: aws.String(document), ExecutionNumber: aws.Int64(1)}}, nil, 12 * time.Millisecond, 1, 0},
		recorded{"IoT", "DescribeThing", &iot.DescribeThingInput{ThingName: aws.String("Vehicle-VIN-005")}, nil,
			&smithy.GenericAPIError{Code: "ResourceNotFoundException", Message: "Thing Vehicle-VIN-005 does not exist"}, 5 * time.Millisecond, 1, 0},
		recorded{"IoT", "ListThings", &iot.ListThingsInput{}, nil, errors.New("dial tcp 127.0.0.1:4566: connect: connection refused"), time.Second, 3, 0},
	)...)
}

// scenes bring a new screen into each of its states.
var scenes = uitest.Scenes[*Screen]{
	"empty": func(_ *testing.T, _ *Screen) {},
	"off":   func(_ *testing.T, s *Screen) { s.d.Cloud = nil },
	"live":  func(t *testing.T, s *Screen) { s.take(aFleet(t)) },
	"scrolled": func(t *testing.T, s *Screen) {
		msg := aFleet(t)
		s.take(msg)
		uitest.Press(s.Update, "up", "up", "up", "up")
		s.take(later(msg, 2000, 1501))
	},
	"filtered": func(t *testing.T, s *Screen) {
		s.take(aFleet(t))
		uitest.Press(s.Update, "/", "thing ok")
	},
	"failures": func(t *testing.T, s *Screen) {
		s.take(aFleet(t))
		uitest.Press(s.Update, "f")
	},
	"none": func(t *testing.T, s *Screen) {
		s.take(aFleet(t))
		uitest.Press(s.Update, "/", "no such call")
	},
	"details-ok": func(t *testing.T, s *Screen) {
		s.take(aFleet(t))
		uitest.Press(s.Update, "g", "down", "enter")
	},
	"details-throttled": func(t *testing.T, s *Screen) {
		s.take(aFleet(t))
		uitest.Press(s.Update, "t", "enter")
	},
	"details-error": func(t *testing.T, s *Screen) {
		s.take(aFleet(t))
		uitest.Press(s.Update, "up", "enter")
	},
	"summary": func(t *testing.T, s *Screen) {
		s.take(aFleet(t))
		uitest.Press(s.Update, "tab")
	},
}

// later is n calls more, like the last one of a message, of which those before first are not kept.
func later(after callsMsg, n int, first uint64) callsMsg {
	msg := callsMsg{first: first, tally: after.tally}
	c := after.calls[len(after.calls)-1]
	for range n {
		c.Seq++
		msg.calls = append(msg.calls, c)
	}
	return msg
}

func TestViews(t *testing.T) { scenes.Golden(t, themed) }

func TestExactAtEverySize(t *testing.T) {
	t.Parallel()
	few := uitest.Scenes[*Screen]{}
	for _, name := range []string{"off", "live", "scrolled", "filtered", "details-throttled", "summary"} { // the others are laid out like these
		few[name] = scenes[name]
	}
	few.Exact(t, themed)
}

// What is secret does not come on the screen or the clipboard.
func TestNoSecretShows(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), uitest.Theme())
	s.SetSize(200, 200)
	s.take(aFleet(t))
	for range s.list.calls {
		uitest.Press(s.Update, "up")
		for _, key := range []string{"y", "Y"} {
			if got := s.Update(uitest.Key(key))().(screen.CopyMsg); strings.Contains(got.Text, "s3cr3t") {
				t.Errorf("%s copies %s", key, got.Text)
			}
		}
		if strings.Contains(s.View(), "s3cr3t") {
			t.Errorf("a signature shows:\n%s", s.View())
		}
	}
}
