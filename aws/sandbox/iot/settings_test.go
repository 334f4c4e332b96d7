package iot

import (
	"testing"
	"time"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func TestEventConfigurations(t *testing.T) {
	t.Parallel()
	h, clk := open(t, Hooks{})
	d := ok(t, h.describeEvents, &iot.DescribeEventConfigurationsInput{})
	if len(d.EventConfigurations) != len(types.EventType("").Values()) || d.CreationDate != nil {
		t.Errorf("at first %+v", d)
	}
	on := map[string]types.Configuration{"THING": {Enabled: true}, "JOB": {Enabled: true}}
	ok(t, h.updateEvents, &iot.UpdateEventConfigurationsInput{EventConfigurations: on})
	clk.Advance(time.Minute)
	ok(t, h.updateEvents, &iot.UpdateEventConfigurationsInput{EventConfigurations: map[string]types.Configuration{"JOB": {}}})
	d = ok(t, h.describeEvents, &iot.DescribeEventConfigurationsInput{})
	for kind, c := range d.EventConfigurations {
		if c.Enabled != (kind == "THING") {
			t.Errorf("%s is %v", kind, c.Enabled)
		}
	}
	if !d.CreationDate.Equal(start) || !d.LastModifiedDate.Equal(start.Add(time.Minute)) {
		t.Errorf("dates are %v and %v", d.CreationDate, d.LastModifiedDate)
	}
}

func TestLoggingOptions(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	err := h.update(func(tx *store.Tx) error {
		const q = "INSERT INTO roles(name,id,path,trust,max_session,created_at) VALUES('Logs','I','/lab/','{}',3600,0)"
		_, err := tx.Exec(q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	get := &iot.GetV2LoggingOptionsInput{}
	refused(t, h.getLogging, get, "NotConfiguredException", "")
	for _, bad := range []string{h.r.RoleARN("/", "Logs"), h.r.RoleARN("/lab/", "None"), h.r.RoleARN("/lab/", ""), "arn:aws:iam::111111111111:role/lab/Logs"} {
		refused(t, h.setLogging, &iot.SetV2LoggingOptionsInput{RoleArn: &bad}, "InvalidRequestException", "")
	}
	refused(t, h.setLogging, &iot.SetV2LoggingOptionsInput{DefaultLogLevel: types.LogLevelInfo}, "InvalidRequestException", "")
	refused(t, h.getLogging, get, "NotConfiguredException", "")
	role := h.r.RoleARN("/lab/", "Logs")
	single := []types.LogEventConfiguration{{EventType: p("Connect"), LogLevel: types.LogLevelDebug}}
	ok(t, h.setLogging, &iot.SetV2LoggingOptionsInput{RoleArn: &role, DefaultLogLevel: types.LogLevelInfo, EventConfigurations: single})
	if o := ok(t, h.getLogging, get); *o.RoleArn != role || o.DefaultLogLevel != types.LogLevelInfo || o.DisableAllLogs || o.EventConfigurations != nil {
		t.Errorf("options are %+v", o)
	}
	ok(t, h.setLogging, &iot.SetV2LoggingOptionsInput{DisableAllLogs: true})
	get.Verbose = true
	if o := ok(t, h.getLogging, get); *o.RoleArn != role || !o.DisableAllLogs || len(o.EventConfigurations) != 1 || *o.EventConfigurations[0].EventType != "Connect" {
		t.Errorf("options are %+v", o)
	}
}
