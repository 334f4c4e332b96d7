package cleanup

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/workflows/fleet"
)

// templates lists the job templates.
func (l *look) templates(ctx context.Context) error {
	var all []tagged
	pages := iot.NewListJobTemplatesPaginator(l.c.IoT, &iot.ListJobTemplatesInput{MaxResults: aws.Int32(registryPage)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list job templates: %w", err)
		}
		for _, t := range out.JobTemplates {
			all = append(all, tagged{aws.ToString(t.JobTemplateId), aws.ToString(t.JobTemplateArn)})
		}
	}
	return l.sortOut(ctx, JobTemplate, all, func(_ context.Context, t tagged) error {
		l.ours(JobTemplate, Item{Name: t.name, By: ByTag})
		return nil
	})
}

// jobsAndTemplates deletes the templates before the jobs, for which AWS takes its time.
func (r *runner) jobsAndTemplates(ctx context.Context, s *fleet.Step) {
	templates := r.plan.Items[JobTemplate]
	s.Expect(JobTemplate, len(templates))
	fleet.Each(ctx, s, fewWorkers, templates, func(ctx context.Context, t Item) {
		_, err := r.c.IoT.DeleteJobTemplate(ctx, &iot.DeleteJobTemplateInput{JobTemplateId: &t.Name})
		status, err := removal(err)
		r.done(ctx, s, JobTemplate, t.Name, status, wrap(err, "delete job template "+t.Name))
	})
	r.jobs(ctx, s)
}
