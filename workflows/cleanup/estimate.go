package cleanup

import (
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/pace"
	"fleetlab/workflows/fleet"
)

// work is what the plan takes. Roles have one policy and buckets one page of objects, as provisioning makes them.
func (p Plan) work(pacer *pace.Pacer) fleet.Work {
	deprecations, cancels, defaults := 0, 0, 0
	for _, t := range p.Items[ThingType] {
		deprecations += one(t.State == "")
	}
	for _, j := range p.Items[Job] {
		cancels += one(j.State == string(iottypes.JobStatusInProgress) || j.State == string(iottypes.JobStatusScheduled))
	}
	for _, v := range p.Items[Version] {
		defaults += one(v.State == Default)
	}
	jobs, things, buckets, roles := p.Count(Job), p.Count(Thing), p.Count(Bucket), p.Count(Role)
	steps := []map[string]int{
		{"iot:CancelJob": cancels, "iot:DeleteJob": jobs, "iot:DescribeJob": jobs, "iot:DeleteJobTemplate": p.Count(JobTemplate)},
		{"iot:DeprecateThingType": deprecations},
		{"iot-data:ListNamedShadowsForThing": things, "iot-data:DeleteThingShadow": 2 * things, "iot:DeleteThing": things},
		{"iot:DeleteDynamicThingGroup": p.Count(DynamicGroup), "iot:DeleteThingGroup": p.Count(Group)},
		{"iot:UpdatePackage": defaults, "iot:DeletePackageVersion": p.Count(Version), "iot:DeletePackage": p.Count(Package)},
	}
	for _, s := range p.Settings {
		operation := "IndexingConfiguration"
		if s.Resource == Configuration {
			operation = "PackageConfiguration"
		}
		steps = append(steps, map[string]int{"iot:Get" + operation: 1, "iot:Update" + operation: 1})
	}
	steps = append(steps,
		map[string]int{"s3:ListObjectVersions": buckets, "s3:DeleteObjects": buckets, "s3:DeleteBucket": buckets},
		map[string]int{"iam:ListRolePolicies": roles, "iam:DeleteRolePolicy": roles, "iam:ListAttachedRolePolicies": roles, "iam:DeleteRole": roles},
		map[string]int{"iot:DeleteThingType": p.Count(ThingType)},
	)
	return fleet.WorkOf(pacer, steps)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// wait is how long a run has to wait for its thing types, in seconds: the rest of the work is done meanwhile.
func (p Plan) wait() float64 {
	for _, t := range p.Items[ThingType] {
		if t.State == "" {
			return typeWait.Seconds()
		}
	}
	return 0
}
