package createjob

import (
	"context"
	"strings"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/fleet"
)

// Presets are the names of documents to start from.
var Presets = []string{"reboot", "rotate-credentials", "collect-logs", "change-configuration"}

// PresetDocument is the document of a preset, "" for none of that name. Its placeholders are filled in by AWS IoT. region and
// bucket are where files are kept: see Choices.Bucket.
func PresetDocument(preset, region, bucket string) string {
	return strings.NewReplacer("REGION", region, "BUCKET", bucket).Replace(presets[preset])
}

func presetNeedsBucket(preset string) bool { return strings.Contains(presets[preset], "BUCKET") }

// ourBucket is the bucket that provisioning made, "" for none.
func ourBucket(ctx context.Context, c *cloud.Cloud) (string, error) {
	found, err := fleet.FindBuckets(ctx, c)
	if len(found.Ours) > 0 {
		return found.Ours[0], nil
	}
	return "", err
}

// presets are written so that a device can do each without asking back: what to do, within which bounds, and how to tell
// that it went well.
var presets = map[string]string{
	"reboot": `{
  "operation": "reboot",
  "delaySeconds": 30,
  "onlyWhen": {"ignition": "off", "batteryPercentAtLeast": 30},
  "confirm": "report SUCCEEDED after the restart, with the uptime in statusDetails"
}`,
	"rotate-credentials": `{
  "operation": "rotate-credentials",
  "key": {"algorithm": "EC", "curve": "P-256", "keepOnDevice": true},
  "steps": ["make-key", "send-request", "store-certificate", "connect-with-new", "delete-old"],
  "onFailure": "keep-old"
}`,
	"collect-logs": `{
  "operation": "collect-logs",
  "files": ["/var/log/vehicle/*.log"],
  "lastHours": 24,
  "compress": "gzip",
  "upload": {
    "method": "PUT",
    "url": "${aws:iot:s3-presigned-url-upload:https://s3.REGION.amazonaws.com/BUCKET/logs/${thingName}/${jobId}-${executionNumber}.gz}"
  }
}`,
	"change-configuration": `{
  "operation": "change-configuration",
  "set": {"telemetry.intervalSeconds": 60, "telemetry.sendPosition": true},
  "restart": ["telemetry"],
  "onFailure": "restore"
}`,
}
