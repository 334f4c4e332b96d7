package createjob

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// stepProvision is the workflow that makes what is missing.
const stepProvision = "provision"

// Prepare checks the input against the cloud and makes the request. Nothing is changed. While it counts the members of the
// groups it emits progress. What a field is wrong about is a *fleet.FieldError.
func Prepare(ctx context.Context, c *cloud.Cloud, in Input, st event.Stage) (Plan, error) {
	if err := in.Validate(); err != nil {
		return Plan{}, err
	}
	p := Plan{Input: in, Account: c.Account, Region: c.Region}
	pr := preparer{cloud: c, in: in, st: st, now: time.Now()}
	for _, part := range []func(context.Context, *Plan) error{
		pr.targets, pr.packages, pr.document, pr.role, pr.request, pr.template, pr.members, pr.types, pr.narrow,
	} {
		if err := part(ctx, &p); err != nil {
			return Plan{}, err
		}
	}
	p.Command = p.Request.command()
	p.Warnings = append(p.Warnings, pr.goodToKnow(p)...)
	p.Cost = float64(p.Members) * perExecution
	p.Forecast = ForecastOf(in, p.Members, DefaultModel)
	return p, nil
}

// preparer fills in a plan part by part.
type preparer struct {
	cloud *cloud.Cloud
	in    Input
	st    event.Stage
	now   time.Time
}

// document is what devices are given.
func (pr preparer) document(ctx context.Context, p *Plan) error {
	if pr.in.Type == OTA {
		p.Document = otaDocument(p.Packages)
		return nil
	}
	bucket := ""
	if pr.in.Document == "" && presetNeedsBucket(pr.in.Preset) {
		var err error
		if bucket, err = ourBucket(ctx, pr.cloud); err != nil {
			return err
		}
		if bucket == "" {
			return fleet.Refuse(FieldPreset, pr.in.Preset, fleet.NothingToDo, "step", stepProvision)
		}
	}
	p.Document = pr.in.customDocument(pr.cloud.Region, bucket)
	all, err := holders(p.Document)
	if err != nil {
		return err
	}
	for _, h := range all {
		known := slices.ContainsFunc(p.Packages, func(i Installed) bool {
			return i.Package == h.pkg && (i.Version == h.version || h.version == DefaultVersion)
		})
		if h.ofPackage && h.pkg != "" && !known {
			return pr.in.worksWith(FieldDocument, holderStart+h.body+"}", FieldPackage, h.pkg+"/"+h.version)
		}
	}
	return nil
}

func otaDocument(packages []Installed) string {
	var versions []fleet.PackageVersion
	for _, i := range packages {
		versions = append(versions, fleet.PackageVersion{Package: i.Package, Version: i.Version})
	}
	return fleet.OTADocumentOf(versions)
}

// role makes sure that URLs can be presigned, if the document asks for any.
func (pr preparer) role(ctx context.Context, p *Plan) error {
	all, err := holders(p.Document)
	if err != nil || !slices.ContainsFunc(all, func(h holder) bool { return h.presign }) {
		return err
	}
	role := fleet.JobsRole(pr.cloud.Region, pr.cloud.Account)
	ok, err := roleUsable(ctx, pr.cloud, role)
	if err != nil {
		return err
	}
	if !ok {
		field, value := FieldDocument, ""
		if pr.in.Type == OTA {
			field, value = FieldPackage, p.Packages[0].Package
		}
		return fleet.Refuse(field, value, fleet.NothingToDo, "step", stepProvision, "item", role)
	}
	p.Request.PresignedURL = &Presign{RoleARN: pr.cloud.RoleARN(role), Expires: int64(pr.in.Expires)}
	if slices.ContainsFunc(all, func(h holder) bool { return h.upload }) {
		p.Warnings = append(p.Warnings, Warning{What: UploadRole, Item: role})
	}
	return nil
}

func (pr preparer) request(ctx context.Context, p *Plan) error {
	id, err := pr.freeID(ctx)
	if err != nil {
		return err
	}
	r := &p.Request
	r.JobID, r.Document, r.Description = id, p.Document, p.describe()
	r.delivery(pr.in, pr.now)
	for _, t := range p.Targets {
		r.Targets = append(r.Targets, t.ARN)
	}
	for _, i := range p.Packages {
		r.Packages = append(r.Packages, i.ARN)
	}
	for k, v := range fleet.Tags() {
		r.Tags = append(r.Tags, Tag{Key: k, Value: v})
	}
	slices.SortFunc(r.Tags, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	r.Tags = append(r.Tags, pr.in.Tags...)
	return nil
}

// template is what saves the choices, if that is wanted.
func (pr preparer) template(ctx context.Context, p *Plan) error {
	id := pr.in.SaveTemplate
	if id == "" {
		return nil
	}
	taken := func(ctx context.Context, id string) (bool, error) { return templateExists(ctx, pr.cloud, id) }
	if err := pr.checkFree(ctx, FieldSaveTemplate, id, taken); err != nil {
		return err
	}
	p.Template = p.Request.template(id)
	p.Template.Description = p.about(MaxDescription)
	p.Before = append(p.Before, p.Template.command())
	return nil
}

// freeID is the id chosen, or one made from the time that no job has yet.
func (pr preparer) freeID(ctx context.Context) (string, error) {
	if pr.in.ID != "" {
		return pr.in.ID, pr.checkFree(ctx, FieldID, pr.in.ID, pr.taken)
	}
	made := fleet.JobID(pr.in.Type, pr.now)
	taken, err := pr.taken(ctx, made)
	if !taken || err != nil {
		return made, err
	}
	return free(ctx, made, pr.taken)
}

// checkFree refuses an id that exists, with one that does not.
func (pr preparer) checkFree(ctx context.Context, field, id string, taken func(context.Context, string) (bool, error)) error {
	exists, err := taken(ctx, id)
	if err != nil || !exists {
		return err
	}
	other, err := free(ctx, id, taken)
	if err != nil {
		return err
	}
	return fleet.Refuse(field, id, fleet.TakenTry, "item", id, "free", other)
}

// maxID is the longest id of a job or a job template (AWS IoT API model, JobId).
const maxID = 64

// free is id with the first number that makes it one that is not taken.
func free(ctx context.Context, id string, taken func(context.Context, string) (bool, error)) (string, error) {
	for n := 2; ; n++ {
		suffix := fmt.Sprintf("-%d", n)
		other := id[:min(len(id), maxID-len(suffix))] + suffix
		if exists, err := taken(ctx, other); err != nil || !exists {
			return other, err
		}
	}
}

func (pr preparer) taken(ctx context.Context, id string) (bool, error) {
	_, err := fleet.DescribeJob(ctx, pr.cloud, id)
	if cloud.Is(err, cloud.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// goodToKnow is what the choices mean.
func (pr preparer) goodToKnow(p Plan) []Warning {
	var out []Warning
	for _, i := range p.Packages {
		if i.Status == statusDeprecated {
			out = append(out, Warning{What: Deprecated, Item: i.Package + " " + i.Version})
		}
	}
	if pr.in.Type == OTA && len(p.Packages) > fleet.MaxWithAttributes {
		out = append(out, Warning{What: ManyPackages, Count: len(p.Packages)})
	}
	for _, a := range pr.in.Abort {
		if a.Min > p.Members {
			out = append(out, Warning{What: AbortNotReached, Item: a.String(), Count: p.Members})
		}
	}
	s := p.Request.Schedule
	if s == nil {
		s = &Scheduling{}
	}
	if s.Start != "" {
		out = append(out, Warning{What: StartsLater, Item: s.Start})
	}
	for _, w := range s.Windows {
		out = append(out, Warning{What: InWindows, Item: w.Start, Count: int(w.Minutes)})
	}
	switch {
	case s.End != "":
		out = append(out, Warning{What: EndsAt, Item: s.End})
	case pr.in.Selection == Continuous:
		out = append(out, Warning{What: LastsForever})
	}
	return out
}
