package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"
	"fleetlab/aws/sandbox/wire"
)

func registerTemplates(s *wire.Server, c *control) {
	wire.Handle(s, "iot", "CreateJobTemplate", c.createTemplate, placeholderDifference, countDifference,
		"Package versions and the role for presigned URLs are looked up when a job is created from the template, not when the template is; when AWS looks could not be confirmed.",
		"A document or documentSource given with jobArn takes the place of the job's document, which could not be confirmed.")
	wire.Handle(s, "iot", "DescribeJobTemplate", c.describeTemplate,
		"Configurations that the template does not have are left out; whether AWS prints empty ones could not be confirmed.")
	wire.Handle(s, "iot", "DeleteJobTemplate", c.deleteTemplate)
	wire.Handle(s, "iot", "ListJobTemplates", c.listTemplates,
		"Job templates are listed by their ids; AWS's order could not be confirmed.")
}

// template is a row of the table job_templates.
type template struct {
	id          string
	description string
	createdAt   int64
	document    string // as given, or as it was read from documentSource
	settings    settings
}

// settings is what a job template gives to its jobs besides the document. Its JSON is a column.
type settings struct {
	Source   *string `json:",omitempty"`
	Presign  *types.PresignedUrlConfig
	Rollout  *types.JobExecutionsRolloutConfig
	Abort    *types.AbortConfig
	Timeout  *types.TimeoutConfig
	Retry    *types.JobExecutionsRetryConfig
	Windows  []types.MaintenanceWindow
	Packages []string
}

func (c *control) templateARN(id string) string { return c.realm.ARN("jobtemplate/" + id) }

// loadTemplate reads a job template; an unknown one is a fault.
func loadTemplate(tx *store.Tx, id string) (*template, error) {
	t := &template{id: id}
	var text string
	err := tx.Row(`SELECT description, created_at, document, settings_json FROM job_templates WHERE id=?`, []any{id},
		&t.description, &t.createdAt, &t.document, &text)
	switch {
	case errors.Is(err, store.ErrNoRow):
		return nil, missing("Job template %s does not exist.", id)
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &t.settings); err != nil {
		return nil, fmt.Errorf("settings of job template %s: %w", id, err)
	}
	return t, nil
}

// TemplateExists tells whether there is a job template with that id.
func TemplateExists(tx *store.Tx, id string) (bool, error) {
	var yes bool
	err := tx.Row(`SELECT EXISTS(SELECT 1 FROM job_templates WHERE id=?)`, []any{id}, &yes)
	return yes, err
}

func (c *control) createTemplate(ctx context.Context, in *iot.CreateJobTemplateInput) (*iot.CreateJobTemplateOutput, error) {
	t, err := c.templateFrom(ctx, in)
	if err != nil {
		return nil, controlError(err)
	}
	err = c.change(func(tx *store.Tx, now time.Time) error {
		if err := c.checkTemplate(tx, t); err != nil {
			return err
		}
		text, err := json.Marshal(t.settings)
		if err != nil {
			return fmt.Errorf("settings of job template %s: %w", t.id, err)
		}
		n, err := tx.Exec(`INSERT INTO job_templates(id, description, created_at, settings_json, document) VALUES(?,?,?,?,?)
			ON CONFLICT DO NOTHING`, t.id, t.description, store.Millis(now), string(text), t.document)
		if err != nil {
			return err
		}
		if n == 0 {
			return &types.ConflictException{Message: aws.String("Job template " + t.id + " already exists."), ResourceId: &t.id}
		}
		return setTags(tx, c.templateARN(t.id), in.Tags)
	})
	if err != nil {
		return nil, err
	}
	return &iot.CreateJobTemplateOutput{JobTemplateArn: aws.String(c.templateARN(t.id)), JobTemplateId: in.JobTemplateId}, nil
}

// checkTemplate refuses a template from which no job could be created, as far as that can be told now.
func (c *control) checkTemplate(tx *store.Tx, t *template) error {
	if t.settings.Source != nil {
		var err error
		if t.document, err = c.readSource(tx, *t.settings.Source); err != nil {
			return err
		}
	}
	if err := checkTemplateDocument(t.document); err != nil {
		return err
	}
	if n := len(t.settings.Packages); n > maxDestinations {
		return invalid("destinationPackageVersions has %d entries; give at most %d", n, maxDestinations)
	}
	for _, arn := range t.settings.Packages {
		if _, err := parseDestination(c.realm, arn); err != nil {
			return err
		}
	}
	job := &iot.CreateJobInput{JobId: &t.id, Targets: []string{c.realm.ARN("thing/any")}, TargetSelection: types.TargetSelectionContinuous}
	t.fill(job)
	return checkCreate(job)
}

// checkTemplateDocument checks a document whose package versions are not known yet.
func checkTemplateDocument(document string) error {
	if err := checkText(document); err != nil {
		return err
	}
	n := 0
	_, err := expand(document, func(placeholder) (value, error) {
		if n++; n > maxPlaceholders {
			return value{}, errTooManyPlaceholders
		}
		return value{keep: true}, nil
	})
	return err
}

// describeTemplate leaves out the configurations that the template does not have. Unconfirmed: that AWS does so too.
func (c *control) describeTemplate(_ context.Context, in *iot.DescribeJobTemplateInput) (*iot.DescribeJobTemplateOutput, error) {
	var t *template
	err := c.read(func(tx *store.Tx, _ time.Time) (err error) {
		t, err = loadTemplate(tx, *in.JobTemplateId)
		return err
	})
	if err != nil {
		return nil, err
	}
	s := t.settings
	return &iot.DescribeJobTemplateOutput{
		JobTemplateArn: aws.String(c.templateARN(t.id)), JobTemplateId: &t.id, Description: &t.description,
		CreatedAt: aws.Time(store.Time(t.createdAt)), Document: &t.document, DocumentSource: s.Source,
		PresignedUrlConfig: s.Presign, JobExecutionsRolloutConfig: s.Rollout, AbortConfig: s.Abort, TimeoutConfig: s.Timeout,
		JobExecutionsRetryConfig: s.Retry, MaintenanceWindows: s.Windows, DestinationPackageVersions: s.Packages,
	}, nil
}

// deleteTemplate leaves alone the jobs that were created from the template.
func (c *control) deleteTemplate(_ context.Context, in *iot.DeleteJobTemplateInput) (*iot.DeleteJobTemplateOutput, error) {
	err := c.change(func(tx *store.Tx, _ time.Time) error {
		n, err := tx.Exec(`DELETE FROM job_templates WHERE id=?`, *in.JobTemplateId)
		if err != nil {
			return err
		}
		if n == 0 {
			return missing("Job template %s does not exist.", *in.JobTemplateId)
		}
		return tag.Clear(tx, c.templateARN(*in.JobTemplateId))
	})
	if err != nil {
		return nil, err
	}
	return &iot.DeleteJobTemplateOutput{}, nil
}

func (c *control) listTemplates(_ context.Context, in *iot.ListJobTemplatesInput) (*iot.ListJobTemplatesOutput, error) {
	list := page.Of("ListJobTemplates")
	from, err := list.After(in.NextToken)
	if err != nil {
		return nil, controlError(invalid("%v", err))
	}
	size := page.Size(in.MaxResults, maxPage)
	out := &iot.ListJobTemplatesOutput{JobTemplates: []types.JobTemplateSummary{}}
	err = c.read(func(tx *store.Tx, _ time.Time) error {
		out.JobTemplates = out.JobTemplates[:0]
		return tx.Each(`SELECT id, description, created_at FROM job_templates WHERE id>? ORDER BY id LIMIT ?`,
			[]any{from, size + 1}, func(scan func(...any) error) error {
				var t template
				err := scan(&t.id, &t.description, &t.createdAt)
				out.JobTemplates = append(out.JobTemplates, types.JobTemplateSummary{JobTemplateId: &t.id, Description: &t.description,
					JobTemplateArn: aws.String(c.templateARN(t.id)), CreatedAt: aws.Time(store.Time(t.createdAt))})
				return err
			})
	})
	if err != nil {
		return nil, err
	}
	out.JobTemplates, out.NextToken = page.Cut(list, out.JobTemplates, size, func(t types.JobTemplateSummary) string { return *t.JobTemplateId })
	return out, nil
}
