package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"fleetlab/aws/cloud"
)

// SettingsKey is the object in the firmware bucket that keeps the account-wide settings as they were before the first run
// changed them. It is written before the change and never with settings of our own making.
const SettingsKey = "fleetlab/settings-before.json"

// Settings are the account-wide settings that provisioning changes. A nil member was not changed by us.
type Settings struct {
	Indexing *IndexingSettings `json:"indexing,omitempty"`
	Packages *PackageSettings  `json:"packages,omitempty"`
	Seeds    []int64           `json:"seeds,omitempty"` // of the runs, by which vehicles of a type that is not ours are told
}

// PackageSettings is the package configuration.
type PackageSettings struct {
	Enabled bool   `json:"enabled"`
	RoleARN string `json:"role_arn,omitempty"`
}

// String names the settings in short, for plans.
func (s PackageSettings) String() string {
	text := "off"
	if s.Enabled {
		text = "on"
	}
	if s.RoleARN != "" {
		text += ", " + s.RoleARN
	}
	return text
}

// PackagesNow takes the settings out of GetPackageConfiguration's answer.
func PackagesNow(out *iot.GetPackageConfigurationOutput) PackageSettings {
	if out.VersionUpdateByJobsConfig == nil {
		return PackageSettings{}
	}
	return PackageSettings{Enabled: aws.ToBool(out.VersionUpdateByJobsConfig.Enabled), RoleARN: aws.ToString(out.VersionUpdateByJobsConfig.RoleArn)}
}

// maxSettings bounds what is read of the record: it is far larger than any record.
const maxSettings = 1 << 20

// LoadSettings reads the record in a bucket. A bucket without one gives the zero Settings.
func LoadSettings(ctx context.Context, c *cloud.Cloud, bucket string) (Settings, error) {
	var s Settings
	out, err := c.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String(SettingsKey)})
	if cloud.Is(err, cloud.NotFound) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("read the settings kept in bucket %s: %w", bucket, err)
	}
	defer out.Body.Close()
	b, err := io.ReadAll(io.LimitReader(out.Body, maxSettings))
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		return s, fmt.Errorf("read the settings kept in s3://%s/%s (delete the object if it is damaged): %w", bucket, SettingsKey, err)
	}
	return s, nil
}

// Save writes the record to a bucket.
func (s Settings) Save(ctx context.Context, c *cloud.Cloud, bucket string) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	_, err = c.S3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String(SettingsKey), Body: bytes.NewReader(b),
		ContentType: aws.String("application/json")})
	if err != nil {
		return fmt.Errorf("keep the present settings in bucket %s: %w", bucket, err)
	}
	return nil
}
