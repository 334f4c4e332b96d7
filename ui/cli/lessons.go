package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fleetlab/lessons"
	"fleetlab/ui/text"
)

func (a *app) lessonsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "lessons [NAME]", Short: a.p.T("cmd.lessons"), Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.listLessons()
			}
			return a.showLesson(args[0])
		},
	}
}

func (a *app) listLessons() error {
	all, err := lessons.All(a.p.Lang())
	if err != nil {
		return err
	}
	for _, l := range all {
		_, _ = fmt.Fprintf(a.Out, "%d  %s  %s  %s\n", l.Order, text.Pad(l.ID, 22), text.Pad(l.Title, 44), a.p.T("cli.minutes", "Count", l.Minutes))
	}
	return nil
}

// learning opens what is kept of lessons read and answered. What is wrong with it is told, and is no reason to stop.
func (a *app) learning() *lessons.Progress {
	file := filepath.Join(a.o.state, "learning.json")
	if a.o.ephemeral {
		file = ""
	}
	p, err := lessons.OpenProgress(file)
	if err != nil {
		a.note(err.Error())
	}
	return p
}

// lessonWidth is how wide a lesson is printed; lines longer than that are hard to read.
const lessonWidth = 78

func (a *app) showLesson(id string) error {
	l, ok, err := lessons.Get(a.p.Lang(), id)
	if err != nil {
		return err
	}
	if !ok {
		all, err := lessons.All(a.p.Lang())
		if err != nil {
			return err
		}
		var ids []string
		for _, l := range all {
			ids = append(ids, l.ID)
		}
		return usage(errors.New(a.p.T("cli.no-lesson", "Value", id, "Choices", strings.Join(ids, ", "))))
	}
	_, _ = fmt.Fprintf(a.Out, "%s\n\n", l.Title)
	fenced := false
	for line := range strings.SplitSeq(l.Body, "\n") {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
			continue
		}
		if fenced {
			_, _ = fmt.Fprintln(a.Out, "    "+line)
			continue
		}
		for _, row := range text.Wrap(line, lessonWidth) {
			_, _ = fmt.Fprintln(a.Out, row)
		}
		if line == "" {
			_, _ = fmt.Fprintln(a.Out)
		}
	}
	return nil
}
