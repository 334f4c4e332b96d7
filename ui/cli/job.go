package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"fleetlab/workflows/createjob"
)

// jobFlags are the flags of a job: one for each field of its input. The one for the document names a file.
type jobFlags struct {
	*fields
	in       *createjob.Input
	document *string
}

const jobExamples = `  fleetlab job create --groups US_Fleet --package SedanVehicle/1.1.0 --narrow yes
  fleetlab job create --rollout exponential --abort FAILED:10:20 --retry FAILED:3
  fleetlab job create --type custom --preset reboot --things Vehicle-VIN-001 --selection snapshot
  fleetlab job create --type custom --document job.json --windows "cron(0 2 * * ? *)/60" --save-template nightly
  fleetlab job create --template nightly --groups CA_Fleet`

func (a *app) jobCreateCommand() *cobra.Command {
	in := createjob.Defaults()
	cmd := &cobra.Command{Use: "create", Short: a.p.T("cmd.job.create"), Long: a.p.T("cmd.job.create.long"), Example: jobExamples, Args: cobra.NoArgs}
	cmd.Flags().SortFlags = false // what belongs together stands together
	f := a.bindJob(cmd, &in)
	dry := a.dryRun(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := a.readJob(f); err != nil {
			return usage(err)
		}
		return a.play(cmd.Context(), func(ctx context.Context, s *session, out *output) error {
			if err := f.fromTemplate(ctx, s); err != nil {
				return err
			}
			_, err := a.createJob(ctx, s, out, in, *dry, true)
			return err
		})
	}
	return cmd
}

func (a *app) bindJob(cmd *cobra.Command, in *createjob.Input) *jobFlags {
	names := in.Names()
	at := slices.Index(names, createjob.FieldDocument)
	a.bindSome(cmd.Flags(), createjob.Workflow, in, names[:at]...)
	document := cmd.Flags().String(createjob.FieldDocument, "", oneLine(a.p.T("flag.document")))
	a.bindSome(cmd.Flags(), createjob.Workflow, in, names[at+1:]...)
	return &jobFlags{&fields{to: in, names: slices.Delete(names, at, at+1), flags: cmd.Flags()}, in, document}
}

// readJob hands what was typed to the input. What holds between the fields is checked once a template, if there is one, has
// filled in the others.
func (a *app) readJob(f *jobFlags) error {
	if *f.document != "" {
		text, err := readDocument(*f.document)
		if err != nil {
			return errors.New(a.p.T("cli.no-file", "Flag", "--"+createjob.FieldDocument, "Value", *f.document, "Cause", err.Error()))
		}
		if err := f.in.Set(createjob.FieldDocument, text); err != nil {
			return err
		}
	}
	if err := f.set(); err != nil || f.in.Template != "" {
		return err
	}
	return f.in.Validate()
}

// readDocument reads no more than it takes to see that a file is too large.
func readDocument(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(file, createjob.MaxDocument+1))
	return string(text), errors.Join(err, file.Close())
}

// fromTemplate starts anew from the template that was named, with what was typed on top.
func (f *jobFlags) fromTemplate(ctx context.Context, s *session) error {
	if f.in.Template == "" {
		return nil
	}
	document := f.in.Document
	in, err := createjob.FromTemplate(ctx, s.Cloud, createjob.Defaults(), f.in.Template)
	if err != nil {
		return err
	}
	*f.in = in
	if document != "" {
		f.in.Document = document
	}
	return f.read()
}

// createJob returns the id of the job that was created.
func (a *app) createJob(ctx context.Context, s *session, out *output, in createjob.Input, dry, ask bool) (string, error) {
	plan, err := createjob.Prepare(ctx, s.Cloud, in, a.stage(out))
	if err != nil {
		return "", err
	}
	a.showJob(s, out, plan)
	if dry {
		return "", nil
	}
	if ask {
		if err := a.confirm(ctx, s, a.p.T("cli.job-question", "Job", plan.Request.JobID, "Account", s.Account, "Region", s.Region)); err != nil {
			return "", err
		}
	}
	r, err := createjob.Run(ctx, s.Cloud, plan, a.stage(out))
	if err == nil && r.Starts != "" {
		out.line(a.p.T("job.starts", "Job", r.Job, "Time", r.Starts))
	}
	return r.Job, a.verdict(out, r.Report, err, a.again("", ""))
}
