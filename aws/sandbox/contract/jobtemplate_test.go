package contract_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// jobTemplate makes a job template that goes when the test ends.
func (l *lab) jobTemplate(id string) *iot.CreateJobTemplateOutput {
	l.Helper()
	minutes := int64(30)
	out := must(l.iot.CreateJobTemplate(l.ctx, &iot.CreateJobTemplateInput{JobTemplateId: l.own(id), Description: aws.String("d"),
		Document: aws.String(document), TimeoutConfig: &types.TimeoutConfig{InProgressTimeoutInMinutes: &minutes}}))(l)
	l.undo(settled, func(ctx context.Context) error {
		_, err := l.iot.DeleteJobTemplate(ctx, &iot.DeleteJobTemplateInput{JobTemplateId: l.own(id)})
		return unlessGone(err)
	})
	return out
}

func TestJobTemplateIsReadAsMade(t *testing.T) {
	each(t, func(l *lab) {
		made := l.jobTemplate("T")
		equal(l, "ARN", aws.ToString(made.JobTemplateArn), l.arn("jobtemplate/"+*l.own("T")))
		got := must(l.iot.DescribeJobTemplate(l.ctx, &iot.DescribeJobTemplateInput{JobTemplateId: l.own("T")}))(l)
		equal(l, "document", aws.ToString(got.Document), document)
		equal(l, "description", aws.ToString(got.Description), "d")
		equal(l, "timeout", aws.ToInt64(got.TimeoutConfig.InProgressTimeoutInMinutes), 30)
		_, err := l.iot.CreateJobTemplate(l.ctx, &iot.CreateJobTemplateInput{JobTemplateId: l.own("T"), Description: aws.String("d"), Document: aws.String(document)})
		l.refused(err, http.StatusConflict, "ConflictException")
		_, err = l.iot.DescribeJobTemplate(l.ctx, &iot.DescribeJobTemplateInput{JobTemplateId: l.own("none")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
		_, err = l.iot.CreateJobTemplate(l.ctx, &iot.CreateJobTemplateInput{JobTemplateId: l.own("none"), Description: aws.String("d")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException")
	})
}

// A job takes from its template what it does not say itself, and outlives it.
func TestJobFromTemplate(t *testing.T) {
	each(t, func(l *lab) {
		made, group := l.jobTemplate("T"), l.fleet("G", "A")
		l.undoJob("J")
		must(l.iot.CreateJob(l.ctx, &iot.CreateJobInput{JobId: l.own("J"), Targets: []string{group}, JobTemplateArn: made.JobTemplateArn, Description: aws.String("mine")}))(l)
		must(l.iot.DeleteJobTemplate(l.ctx, &iot.DeleteJobTemplateInput{JobTemplateId: l.own("T")}))(l)
		j := l.describeJob("J")
		equal(l, "template", aws.ToString(j.JobTemplateArn), *made.JobTemplateArn)
		equal(l, "description", aws.ToString(j.Description), "mine")
		equal(l, "timeout", aws.ToInt64(j.TimeoutConfig.InProgressTimeoutInMinutes), 30)
		equal(l, "document", aws.ToString(must(l.iot.GetJobDocument(l.ctx, &iot.GetJobDocumentInput{JobId: l.own("J")}))(l).Document), document)
		_, err := l.iot.DescribeJobTemplate(l.ctx, &iot.DescribeJobTemplateInput{JobTemplateId: l.own("T")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

func TestListJobTemplates(t *testing.T) {
	each(t, func(l *lab) {
		l.jobTemplate("T1")
		l.jobTemplate("T2")
		found := 0
		for pages := iot.NewListJobTemplatesPaginator(l.iot, &iot.ListJobTemplatesInput{MaxResults: aws.Int32(1)}); pages.HasMorePages(); {
			for _, s := range must(pages.NextPage(l.ctx))(l).JobTemplates {
				if strings.HasPrefix(*s.JobTemplateId, l.prefix) {
					found++
				}
			}
		}
		equal(l, "templates listed", found, 2)
	})
}
