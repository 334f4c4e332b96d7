package provision

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/keys"
	"fleetlab/ui/lessonview"
	"fleetlab/ui/run"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/provision"
)

// Keys once the run has ended.
var (
	keyJob     = keys.New("c", "provision.keys.job", "c")
	keyAgain   = keys.New("r", "provision.keys.again", "r")
	keyNew     = keys.New("n", "provision.keys.new", "n")
	keyCleanup = keys.New("u", "provision.keys.cleanup", "u")
)

// kinds are the kinds of resources in the order in which the steps make them.
var kinds = []string{
	provision.ThingType, provision.Indexing, provision.Bucket, provision.Firmware, provision.Package, provision.Version,
	provision.Role, provision.Configuration, provision.Group, provision.Thing,
}

// start runs the workflow and shows it.
func (s *Screen) start(in provision.Input) {
	c := s.d.Cloud
	s.made, s.touched = in, false
	s.show(s.d.Runs.Start(provision.Workflow, func(ctx context.Context, stage event.Stage) (any, error) {
		plan, err := provision.Prepare(ctx, c, in)
		if err != nil {
			return nil, err
		}
		return provision.Run(ctx, c, plan, stage)
	}))
}

// show shows a run that was just started.
func (s *Screen) show(r *run.Run) {
	s.view = runview.New(s.d, runview.Spec{
		Words: "provision.result", Steps: provision.Steps, Kinds: kinds,
		Lesson: s.lesson, Report: report, Actions: s.actions,
	}, r)
	s.layout()
}

func report(result any) (event.Report, bool) {
	rep, ok := result.(provision.Report)
	return rep.Report, ok
}

// lesson is the learning moment of a step.
func (s *Screen) lesson(step string) (learn.Lesson, bool) {
	l, ok := s.d.StepLesson(step)
	if !ok {
		return learn.Lesson{}, false
	}
	return lessonview.Lesson(s.d, l), true
}

// actions are what can be done after the run: to complete it first, if something is missing.
func (s *Screen) actions(o runview.Outcome) []runview.Action {
	var list []runview.Action
	if !o.Complete() {
		list = append(list, runview.Action{Key: keyAgain, Do: s.again})
	}
	if things(o.Counts) {
		list = append(list, runview.Action{Key: keyJob, Do: func() tea.Cmd { return screen.Go(screen.CreateJob, nil) }})
	}
	return append(list,
		runview.Action{Key: keyNew, Do: s.anew},
		runview.Action{Key: keyCleanup, Do: func() tea.Cmd { return screen.Go(screen.Cleanup, nil) }})
}

func (s *Screen) again() tea.Cmd {
	s.start(s.made)
	return nil
}

func (s *Screen) anew() tea.Cmd {
	s.ask()
	return nil
}

// things reports that there are things that a job could go to.
func things(c event.Counts) bool {
	for status, n := range c[provision.Thing] {
		if status != event.Failed && n > 0 {
			return true
		}
	}
	return false
}
