package iot

import (
	"context"
	"strings"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func (h *handlers) registerLogging(s *wire.Server) {
	wire.Handle(s, service, "SetV2LoggingOptions", h.setLogging,
		"The options are kept, but nothing is logged: the sandbox has no CloudWatch.",
		"Members that are left out keep their value; what AWS does could not be confirmed.",
		"The role must exist; whether it may write logs is not checked.")
	wire.Handle(s, service, "GetV2LoggingOptions", h.getLogging)
}

// loggingSetting keeps logging as JSON.
const loggingSetting = "iot.v2LoggingOptions"

type logging struct {
	Role   string
	Level  types.LogLevel
	Off    bool
	Events []types.LogEventConfiguration
}

func readLogging(tx *store.Tx) (l logging, configured bool, err error) {
	kept, err := tx.Setting(loggingSetting)
	if err != nil || kept == "" {
		return l, false, err
	}
	return l, true, decode("the logging options", kept, &l)
}

func (h *handlers) setLogging(_ context.Context, in *iot.SetV2LoggingOptionsInput) (*iot.SetV2LoggingOptionsOutput, error) {
	return &iot.SetV2LoggingOptionsOutput{}, h.update(func(tx *store.Tx) error {
		l, _, err := readLogging(tx)
		if err != nil {
			return err
		}
		if in.RoleArn != nil {
			if err := h.needRole(tx, *in.RoleArn); err != nil {
				return err
			}
			l.Role = *in.RoleArn
		}
		if in.DefaultLogLevel != "" {
			l.Level = in.DefaultLogLevel
		}
		if in.EventConfigurations != nil {
			l.Events = in.EventConfigurations
		}
		l.Off = in.DisableAllLogs
		if l.Role == "" && !l.Off {
			return invalid("A roleArn is needed to log; give the ARN of a role that AWS IoT may assume, or disableAllLogs")
		}
		return keep(tx, loggingSetting, l)
	})
}

// needRole refuses the ARN of a role that does not exist in this account. AWS's text is not known.
func (h *handlers) needRole(tx *store.Tx, arn string) error {
	resource, ok := strings.CutPrefix(arn, h.r.RoleARN("/", ""))
	slash := strings.LastIndex(resource, "/")
	if !ok {
		return invalid("%s is not the ARN of a role in this account; it would start with %s", arn, h.r.RoleARN("/", ""))
	}
	exists, err := has(tx, "SELECT EXISTS(SELECT 1 FROM roles WHERE name=? AND path=?)", resource[slash+1:], "/"+resource[:slash+1])
	if err == nil && !exists {
		err = invalid("The role %s does not exist; create it first", arn)
	}
	return err
}

// getLogging answers the configurations of single events only when it is asked to be verbose.
func (h *handlers) getLogging(_ context.Context, in *iot.GetV2LoggingOptionsInput) (*iot.GetV2LoggingOptionsOutput, error) {
	var l logging
	var configured bool
	err := h.view(func(tx *store.Tx) (err error) {
		l, configured, err = readLogging(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !configured {
		return nil, &types.NotConfiguredException{Message: text("Logging is not configured; set it with SetV2LoggingOptions")}
	}
	out := &iot.GetV2LoggingOptionsOutput{RoleArn: opt(l.Role), DefaultLogLevel: l.Level, DisableAllLogs: l.Off}
	if in.Verbose {
		out.EventConfigurations = l.Events
	}
	return out, nil
}
