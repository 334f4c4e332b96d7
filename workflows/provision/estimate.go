package provision

import (
	"maps"
	"math"
	"slices"
	"strings"

	"fleetlab/aws/pace"
)

// Estimate is what a fleet takes when nothing of it exists yet.
type Estimate struct {
	Resources  map[string]int `json:"resources"` // by kind
	Calls      []Calls        `json:"calls"`     // by operation
	TotalCalls int            `json:"total_calls"`
	Seconds    float64        `json:"seconds"` // at the pacer's rates; the answers' own time comes on top
	Cost       Cost           `json:"cost"`
}

// Calls is how often an operation is called.
type Calls struct {
	Operation string  `json:"operation"` // iot:CreateThing
	Count     int     `json:"count"`
	PerSecond float64 `json:"per_second,omitempty"` // 0: no limit
}

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
	e := Estimate{Resources: in.resources(len(codes))}
	total := map[string]int{}
	for _, step := range in.calls(len(codes)) {
		e.Seconds += seconds(step, p)
		for op, n := range step {
			total[op] += n
			e.TotalCalls += n
		}
	}
	for _, op := range slices.Sorted(maps.Keys(total)) {
		e.Calls = append(e.Calls, Calls{Operation: op, Count: total[op], PerSecond: limit(op, p)})
	}
	e.Cost = in.cost(total)
	return e
}

func (in Input) resources(countries int) map[string]int {
	types, versions := len(in.ThingTypes), len(in.Versions)
	return map[string]int{
		ThingType: types, Indexing: 1, Bucket: 1, Firmware: types * versions, Package: types, Version: types * versions,
		Role: 2, Configuration: 1, Group: countries, Thing: in.Devices,
	}
}

// seconds is how long a step's calls take: the longest of its token buckets, since all of them drain at once.
func seconds(calls map[string]int, p *pace.Pacer) float64 {
	buckets, longest := map[string]float64{}, 0.0
	for op, n := range calls {
		rate := limit(op, p)
		if rate == 0 {
			continue
		}
		key := op
		if strings.HasPrefix(op, "iot-data:") {
			key = "shadows" // AWS counts all shadow operations together
		}
		buckets[key] += float64(n) / rate
		longest = max(longest, buckets[key])
	}
	return longest
}

// limit is an operation's rate in calls a second, 0 for none: JSON knows no infinity.
func limit(op string, p *pace.Pacer) float64 {
	service, operation, _ := strings.Cut(op, ":")
	if r := p.Rate(service, operation); !math.IsInf(r, 1) && r < math.MaxFloat64 {
		return r
	}
	return 0
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
func (in Input) cost(calls map[string]int) Cost {
	c := Cost{Shadows: float64(calls["iot-data:UpdateThingShadow"]) * perOperation, Index: float64(4*in.Devices) * perIndexUpdate}
	writes := 0
	for op, n := range calls {
		switch {
		case strings.HasPrefix(op, "iot:") && strings.Contains(op, "Thing"):
			c.Registry += float64(n) * perOperation
		case strings.HasPrefix(op, "s3:Put"), op == "s3:ListBuckets":
			writes += n
		}
	}
	files := len(in.ThingTypes) * len(in.Versions)
	c.Storage = float64(writes)*perWrite + float64(files*firmwareSize)*perByteMonth
	c.Total = c.Registry + c.Shadows + c.Index + c.Storage
	return c
}
