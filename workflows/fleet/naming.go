// Package fleet is the vocabulary that the workflows share: names, countries, tags, ownership and job documents.
package fleet

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"strings"
	"time"
)

// Defaults of the forms and flags.
const (
	DefaultPrefix = "Vehicle-VIN-"
	MaxDevices    = 100_000
	DefaultSeed   = 1
)

// ThingName is the name of the n-th vehicle, counted from 1: Vehicle-VIN-001. Numbers take three digits and widen past
// 999, so that a name does not depend on how many vehicles there are.
func ThingName(prefix string, n int) string { return fmt.Sprintf("%s%03d", prefix, n) }

// ThingPattern matches the names that ThingName gives for a prefix, and no others.
func ThingPattern(prefix string) *regexp.Regexp {
	return regexp.MustCompile(`^` + regexp.QuoteMeta(prefix) + `([0-9]{3}|[1-9][0-9]{3,5})$`)
}

// GroupName is the static group of a country's vehicles: US_Fleet.
func GroupName(country string) string { return country + "_Fleet" }

// BucketPrefix starts the name of every firmware bucket of a Region.
func BucketPrefix(region string) string { return "iot-firmware-" + region + "-" }

// BucketName is the bucket that a run makes when it finds none of its own. Bucket names are shared by all accounts, so
// the account is part of it.
func BucketName(region, account string) string { return BucketPrefix(region) + account }

// Names of the two roles and their inline policies. IAM is global, so the Region is part of a role's name.
const (
	JobsPolicy   = "IoTJobsS3Policy"
	ConfigPolicy = "PackageConfigPolicy"
)

// JobsRole is the role with which AWS IoT Jobs presigns firmware URLs.
func JobsRole(region, account string) string { return roleName("IoTJobsRole", region, account) }

// ConfigRole is the role with which AWS IoT writes $package shadows.
func ConfigRole(region, account string) string {
	return roleName("IoTPackageConfigRole", region, account)
}

func roleName(kind, region, account string) string {
	return kind + "-" + region + "-" + account[:min(8, len(account))]
}

// FirmwareKey is the object of a firmware version in the bucket: SedanVehicle_v1_0_0.zip.
func FirmwareKey(thingType, version string) string {
	return thingType + "_v" + strings.ReplaceAll(version, ".", "_") + ".zip"
}

// PackageShadow is the reserved named shadow that holds a device's software versions.
const PackageShadow = "$package"

// JobID generates a job's id from the time: fleetlab-ota-20261123-101530.
func JobID(kind string, now time.Time) string {
	return "fleetlab-" + kind + "-" + now.Format("20060102-150405")
}

// Rand is a source of random numbers that depends on a seed and a name only, so that a second run makes the same
// choices whatever the order in which devices come up.
func Rand(seed int64, name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return rand.New(rand.NewPCG(uint64(seed), h.Sum64()))
}
