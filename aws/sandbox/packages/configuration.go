package packages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"fleetlab/aws/sandbox/iam"
	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// ConfigurationSetting is the account-wide setting with the package configuration: a JSON object with enabled,
// which lets jobs write $package shadows, and roleArn.
const ConfigurationSetting = "package-configuration"

type configuration struct {
	Enabled bool   `json:"enabled"`
	RoleARN string `json:"roleArn,omitempty"`
}

func readConfiguration(tx *store.Tx) (configuration, error) {
	var c configuration
	text, err := tx.Setting(ConfigurationSetting)
	if err != nil || text == "" {
		return c, err
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, fmt.Errorf("read the package configuration: %w", err)
	}
	return c, nil
}

func (h *handlers) getConfiguration(context.Context, *iot.GetPackageConfigurationInput) (*iot.GetPackageConfigurationOutput, error) {
	var c configuration
	err := h.r.Store.View(func(tx *store.Tx) (err error) {
		c, err = readConfiguration(tx)
		return err
	})
	out := &iot.GetPackageConfigurationOutput{VersionUpdateByJobsConfig: &types.VersionUpdateByJobsConfig{Enabled: &c.Enabled}}
	if c.RoleARN != "" {
		out.VersionUpdateByJobsConfig.RoleArn = &c.RoleARN
	}
	return out, err
}

// updateConfiguration keeps what is left out. Writing shadows needs a role that AWS IoT can assume; what the role may do is
// not looked at.
func (h *handlers) updateConfiguration(_ context.Context, in *iot.UpdatePackageConfigurationInput) (*iot.UpdatePackageConfigurationOutput, error) {
	out := &iot.UpdatePackageConfigurationOutput{}
	err := h.once("UpdatePackageConfiguration", in.ClientToken, in, out, func(tx *store.Tx) error {
		c, err := readConfiguration(tx)
		if err != nil {
			return err
		}
		if u := in.VersionUpdateByJobsConfig; u != nil {
			if u.Enabled != nil {
				c.Enabled = *u.Enabled
			}
			if u.RoleArn != nil {
				c.RoleARN = *u.RoleArn
			}
		}
		if err := h.check(tx, c); err != nil {
			return err
		}
		b, err := json.Marshal(c)
		if err != nil {
			return err
		}
		return tx.SetSetting(ConfigurationSetting, string(b))
	})
	return out, err
}

// check refuses a configuration with which jobs could not report packages.
func (h *handlers) check(tx *store.Tx, c configuration) error {
	switch {
	case !c.Enabled:
		return nil
	case c.RoleARN == "":
		return invalid("versionUpdateByJobsConfig.enabled needs a roleArn, the role that may update $package shadows")
	}
	err := iam.Assumable(tx, h.r, c.RoleARN, "iot.amazonaws.com")
	if no := (*iam.NotAssumable)(nil); errors.As(err, &no) {
		return invalid("%s", no)
	}
	return err
}
