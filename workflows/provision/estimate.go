package provision

import (
	"strings"

	"fleetlab/aws/pace"
	"fleetlab/workflows/fleet"
)

// Estimate is what a fleet takes when nothing of it exists yet.
type Estimate struct {
	Resources map[string]int `json:"resources"` // by kind
	fleet.Work
	Cost Cost `json:"cost"`
}

// Calls is how often an operation is called.
type Calls = fleet.Calls

// Cost is a rough estimate in US dollars of making the fleet once on a real account, before any free tier, and of keeping
// its firmware for a month.
type Cost struct {
	Registry float64 `json:"registry"`
	Shadows  float64 `json:"shadows"`
	Index    float64 `json:"index"`
	Storage  float64 `json:"storage"`
	Total    float64 `json:"total"`
}

// Prices in US dollars, US East (N. Virginia). Sources: the public price pages of AWS IoT Core (registry and device shadow
// operations), AWS IoT Device Management (fleet indexing, index updates) and Amazon S3 (Standard storage, requests).
// They are an estimate: prices change and differ between Regions.
const (
	perOperation   = 1.25 / 1e6  // registry or shadow, each KB
	perIndexUpdate = 2.25 / 1e6  // each KB
	perWrite       = 0.005 / 1e3 // S3 PUT and LIST
	perByteMonth   = 0.023 / (1 << 30)
)

// Estimate counts what in would make. It makes no call and is quick enough for every key typed. An input that does not
// validate gives the zero Estimate.
func (in Input) Estimate(p *pace.Pacer) Estimate {
	codes := in.Codes()
	if len(codes) == 0 || in.Devices < 1 {
		return Estimate{}
	}
	e := Estimate{Resources: in.resources(len(codes)), Work: fleet.WorkOf(p, in.calls(len(codes)))}
	e.Cost = in.cost(e.Calls)
	return e
}

func (in Input) resources(countries int) map[string]int {
	types, versions := len(in.ThingTypes), len(in.Versions)
	return map[string]int{
		ThingType: types, Indexing: 1, Bucket: 1, Firmware: types * versions, Package: types, Version: types * versions,
		Role: 2, Configuration: 1, Group: countries, Thing: in.Devices,
	}
}

// calls are the calls of each step on a fresh account: every resource is looked for and then made.
func (in Input) calls(countries int) []map[string]int {
	types, files := len(in.ThingTypes), len(in.ThingTypes)*len(in.Versions)
	return []map[string]int{
		{"iot:DescribeThingType": types, "iot:CreateThingType": types},
		{"iot:GetIndexingConfiguration": 1, "iot:UpdateIndexingConfiguration": 1, // and the bucket that keeps the old one
			"s3:ListBuckets": 1, "s3:CreateBucket": 1, "s3:PutBucketTagging": 1, "s3:GetObject": 1, "s3:PutObject": 1},
		{"s3:PutBucketVersioning": 1},
		{"s3:HeadObject": files, "s3:PutObject": files},
		{"iot:GetPackage": types, "iot:CreatePackage": types, "iot:GetPackageVersion": files,
			"iot:CreatePackageVersion": files, "iot:UpdatePackageVersion": files},
		{"iam:GetRole": 2, "iam:CreateRole": 2, "iam:PutRolePolicy": 2},
		{"iot:GetPackageConfiguration": 1, "iot:UpdatePackageConfiguration": 1, "s3:GetObject": 1, "s3:PutObject": 1},
		{"iot:DescribeThingGroup": countries, "iot:CreateThingGroup": countries, "iot:CreateThing": in.Devices,
			"iot:AddThingToThingGroup": in.Devices, "iot-data:UpdateThingShadow": 2 * in.Devices, "iot:DescribeIndex": 1},
	}
}

// cost prices the calls of a fresh run. Each vehicle enters the index four times: when it is made, grouped, and with each
// of its two shadows.
func (in Input) cost(calls []Calls) Cost {
	c := Cost{Index: float64(4*in.Devices) * perIndexUpdate}
	for _, call := range calls {
		n := float64(call.Count)
		switch op := call.Operation; {
		case strings.HasPrefix(op, "iot-data:"):
			c.Shadows += n * perOperation
		case strings.HasPrefix(op, "iot:") && strings.Contains(op, "Thing"):
			c.Registry += n * perOperation
		case strings.HasPrefix(op, "s3:Put"), op == "s3:ListBuckets":
			c.Storage += n * perWrite
		}
	}
	files := len(in.ThingTypes) * len(in.Versions)
	c.Storage += float64(files*firmwareSize) * perByteMonth
	c.Total = c.Registry + c.Shadows + c.Index + c.Storage
	return c
}
