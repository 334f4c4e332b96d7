package cli

import (
	"context"
	"slices"

	"fleetlab/lessons"
	"fleetlab/ui/plain"
)

// The paces of a run with lessons.
const (
	paceGuided  = "guided"
	paceExpress = string(plain.Express)
)

// pace is what --mode asks for: here presenter, which goes on by a clock, would talk over its listener.
func (t *talk) pace() string {
	if t.a.o.mode == paceExpress {
		return paceExpress
	}
	return paceGuided
}

func (t *talk) paces() []plain.Choice {
	return []plain.Choice{
		{Value: paceGuided, Name: t.line.T("learn.mode.guided"), About: t.line.T("plain.about-guided")},
		{Value: paceExpress, Name: t.line.T("learn.mode.express"), About: t.line.T("plain.about-express")},
	}
}

// teacher holds a run before each step that a lesson is about, and reads it. It is an event.Gate.
type teacher struct {
	talk    *talk
	out     *output
	express bool
}

// Pass offers the lesson of a step and waits until the learner goes on.
func (g *teacher) Pass(ctx context.Context, step string) error {
	all := g.talk.lessons
	i := slices.IndexFunc(all, func(l lessons.Lesson) bool { return l.Moment() && l.Step == step })
	if g.express || i < 0 {
		return ctx.Err()
	}
	g.out.sync()
	ended, err := g.talk.offer(ctx, all[i])
	if err != nil {
		if stopped := ctx.Err(); stopped != nil {
			return stopped
		}
		ended = plain.Express // nobody is there to read any more: the run goes on
	}
	g.express = ended == plain.Express
	return nil
}

// offer asks whether a lesson is to be read, reads it, and waits for Enter. The word that ended it is returned.
func (t *talk) offer(ctx context.Context, l lessons.Lesson) (plain.Word, error) {
	t.line.Say("", t.title(l))
	answer, err := t.line.Ask(ctx, t.line.T("plain.offer", "Skip", t.line.Word(plain.Skip), "Express", t.line.Word(plain.Express)))
	switch {
	case err != nil:
		return "", err
	case t.line.Is(plain.Express, answer):
		return plain.Express, nil
	case t.line.Is(plain.Skip, answer):
		return plain.Skip, nil
	}
	ended, err := t.read(ctx, l)
	if err != nil || ended == plain.Express {
		return ended, err
	}
	_, err = t.line.Ask(ctx, t.line.T("plain.go-on"))
	return ended, err
}

// before offers the lessons of a workflow that are still open, unless none are wanted.
func (t *talk) before(ctx context.Context, workflow string) error {
	var open []lessons.Lesson
	for _, l := range t.lessons {
		if l.Workflow == workflow && !t.learning.Done(l.ID) {
			open = append(open, l)
		}
	}
	if len(open) == 0 || t.pace() == paceExpress {
		return nil
	}
	yes, err := t.line.Confirm(ctx, t.line.T("plain.before", "Count", len(open)))
	if err != nil || !yes {
		return err
	}
	for _, l := range open {
		t.line.Say("", t.title(l))
		if ended, err := t.read(ctx, l); err != nil || ended == plain.Express {
			return err
		}
	}
	return nil
}

// title is which lesson it is, and whether it is done.
func (t *talk) title(l lessons.Lesson) string {
	id := "plain.lesson"
	if t.learning.Done(l.ID) {
		id = "plain.lesson-done"
	}
	return t.line.T(id, "Number", l.Order, "Of", len(t.lessons), "Title", l.Title, "Count", l.Minutes)
}

// read tells a lesson and keeps that it was read and how it was answered.
func (t *talk) read(ctx context.Context, l lessons.Lesson) (plain.Word, error) {
	t.a.unkept(t.learning.Read(l.ID))
	return t.line.Read(ctx, l, func(right bool) { t.a.unkept(t.learning.Answer(l.ID, right)) })
}

// study lists the lessons and reads those that are chosen.
func (t *talk) study(ctx context.Context, _ *output) error {
	for {
		done, minutes := t.learning.Count(t.lessons)
		t.line.Say("", t.line.T("plain.lessons", "Done", done, "Total", len(t.lessons), "Count", minutes))
		var choices []plain.Choice
		for _, l := range t.lessons {
			about := t.line.T("cli.minutes", "Count", l.Minutes)
			if t.learning.Done(l.ID) {
				about = t.line.T("learning.done")
			}
			choices = append(choices, plain.Choice{Value: l.ID, Name: l.Title, About: about})
		}
		t.line.List(choices)
		picked, err := t.line.Choose(ctx, t.line.T("plain.which-lesson", "Back", t.line.Word(plain.Back), "Reset", t.line.Word(plain.Reset)),
			choices, string(plain.Back), plain.Back, plain.Cancel, plain.Quit, plain.Reset)
		if err != nil {
			return err
		}
		switch picked {
		case string(plain.Back), string(plain.Cancel), string(plain.Quit):
			return nil
		case string(plain.Reset):
			if err := t.forget(ctx, done); err != nil {
				return err
			}
			continue
		}
		i := slices.IndexFunc(t.lessons, func(l lessons.Lesson) bool { return l.ID == picked })
		t.line.Say("", t.title(t.lessons[i]))
		if _, err := t.read(ctx, t.lessons[i]); err != nil {
			return err
		}
	}
}

func (t *talk) forget(ctx context.Context, done int) error {
	yes, err := t.line.Confirm(ctx, t.line.T("learning.reset", "Done", done, "Total", len(t.lessons)))
	if err == nil && yes {
		t.a.unkept(t.learning.Reset())
		t.line.Say(t.line.T("learning.reset-done"))
	}
	return err
}
