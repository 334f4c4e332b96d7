package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/spf13/cobra"

	"fleetlab/lessons"
	"fleetlab/ui/component/markdown"
	"fleetlab/ui/plain"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// lessonWidth is how wide a lesson is printed; lines longer than that are hard to read.
const lessonWidth = 78

// class is what the lessons command works with: all lessons, and what was done with them.
type class struct {
	*app
	all      []lessons.Lesson
	learning *lessons.Progress
	theme    *theme.Theme
}

func (a *app) lessonsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "lessons [NAME]", Short: a.p.T("cmd.lessons"), Long: a.p.T("cmd.lessons.long"), Args: cobra.MaximumNArgs(1)}
	answer := cmd.Flags().Int("answer", 0, a.p.T("flag.answer"))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := a.class()
		switch {
		case err != nil:
			return err
		case len(args) > 0:
			return c.lesson(cmd.Context(), args[0], *answer, cmd.Flags().Changed("answer"))
		case cmd.Flags().Changed("answer"):
			return usage(errors.New(a.p.T("learning.answer-what", "Command", cmd.CommandPath()+" NAME --answer N")))
		}
		return c.list()
	}
	reset := &cobra.Command{Use: "reset", Short: a.p.T("cmd.lessons.reset"), Args: cobra.NoArgs}
	reset.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := a.class()
		if err != nil {
			return err
		}
		return c.reset(cmd.Context())
	}
	a.strict(reset)
	cmd.AddCommand(reset)
	return cmd
}

func (a *app) class() (*class, error) {
	all, err := lessons.All(a.p.Lang())
	if err != nil {
		return nil, err
	}
	o := theme.Options{Name: theme.Name(a.o.theme), ASCII: a.o.ascii, NoColor: true, Renderer: lipgloss.NewRenderer(a.Out)}
	if a.interactive() {
		o = theme.Detect(a.o.wish())
	}
	return &class{a, all, a.learning(), theme.New(o)}, nil
}

// learning opens what is kept of lessons read and answered. What is wrong with it is told, and is no reason to stop.
func (a *app) learning() *lessons.Progress {
	file := filepath.Join(a.o.state, "learning.json")
	if a.o.ephemeral {
		file = ""
	}
	p, err := lessons.OpenProgress(file)
	a.unkept(err)
	return p
}

// unkept says that what was learned is not kept, which stops nothing.
func (a *app) unkept(err error) {
	if err == nil {
		return
	}
	words := a.p.T("learning.notice", "What", screen.Problem(a.p, err))
	if a.fullScreen {
		a.untold = append(a.untold, words)
		return
	}
	a.note(words)
}

// lessonView is a lesson as JSON, with what was done with it.
type lessonView struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Workflow string   `json:"workflow"`
	Step     string   `json:"step,omitempty"`
	Order    int      `json:"order"`
	Calls    []string `json:"calls"`
	Minutes  int      `json:"minutes"`
	Done     bool     `json:"done"`
	lessons.State
}

func (c *class) view(l lessons.Lesson) lessonView {
	return lessonView{l.ID, l.Title, l.Workflow, l.Step, l.Order, l.Calls, l.Minutes, c.learning.Done(l.ID), c.learning.State(l.ID)}
}

// value prints one line of JSON.
func (c *class) value(v any) error {
	out := newOutput(c.Out, c.p, true)
	defer out.Close()
	out.whole(v)
	return nil
}

// list prints the lessons of each workflow, and what is left to learn.
func (c *class) list() error {
	done, minutes := c.learning.Count(c.all)
	if c.o.json {
		var views []lessonView
		for _, l := range c.all {
			views = append(views, c.view(l))
		}
		return c.value(struct {
			Kind    string       `json:"kind"`
			Lessons []lessonView `json:"lessons"`
			Done    int          `json:"done"`
			Minutes int          `json:"minutes_left"`
		}{"lessons", views, done, minutes})
	}
	ids, names := 0, 0
	for _, l := range c.all {
		ids, names = max(ids, text.Width(l.ID)), max(names, text.Width(l.Title))
	}
	for i, l := range c.all {
		if i == 0 || l.Workflow != c.all[i-1].Workflow {
			c.say(c.theme.Style.Heading.Render(c.p.Workflow(l.Workflow)))
		}
		c.say(fmt.Sprintf("  %2d  %s  %s  %s  %s", l.Order, text.Pad(l.ID, ids), text.Pad(l.Title, names),
			c.p.T("lessons.minutes", "Count", l.Minutes), c.state(l)))
	}
	c.say("", c.p.T("learning.left", "Done", done, "Total", len(c.all), "Count", minutes))
	return nil
}

// state says whether a lesson is done or open.
func (c *class) state(l lessons.Lesson) string {
	t := c.theme
	switch s := c.learning.State(l.ID); {
	case c.learning.Done(l.ID):
		return t.Style.OK.Render(t.Symbol.OK + " " + c.p.T("learning.done"))
	case !s.Read.IsZero():
		return t.Style.Muted.Render(t.Symbol.Pending + " " + c.p.T("learning.read"))
	}
	return t.Style.Muted.Render(t.Symbol.Pending + " " + c.p.T("learning.open"))
}

func (c *class) say(lines ...string) {
	for _, line := range lines {
		if c.theme.ASCII {
			line = text.ASCII(line)
		}
		_, _ = io.WriteString(c.Out, strings.TrimRight(line, " ")+"\n")
	}
}

// find is the lesson of a name or a number.
func (c *class) find(name string) (lessons.Lesson, error) {
	i := slices.IndexFunc(c.all, func(l lessons.Lesson) bool { return l.ID == name || strconv.Itoa(l.Order) == name })
	if i >= 0 {
		return c.all[i], nil
	}
	var ids []string
	for _, l := range c.all {
		ids = append(ids, l.ID)
	}
	return lessons.Lesson{}, usage(errors.New(c.p.T("cli.no-lesson", "Value", name, "Choices", strings.Join(ids, ", "))))
}

// lesson prints a lesson and asks its question; with an answer given it tells whether that is right.
func (c *class) lesson(ctx context.Context, name string, answer int, answered bool) error {
	l, err := c.find(name)
	if err != nil {
		return err
	}
	if answered {
		if answer < 1 || answer > len(l.Answers) {
			return usage(errors.New(c.p.T("learning.bad-answer", "Value", answer, "Count", len(l.Answers))))
		}
		c.unkept(c.learning.Answer(l.ID, l.Answers[answer-1].Right))
	} else {
		c.unkept(c.learning.Read(l.ID))
	}
	switch {
	case c.o.json:
		return c.lessonJSON(l)
	case answered:
		c.verdict(l.Answers[answer-1])
		return nil
	}
	c.read(l)
	if !c.asks() || c.learning.State(l.ID).Right {
		c.question(l)
		return nil
	}
	_, err = c.prompt().Quiz(ctx, l, func(right bool) { c.unkept(c.learning.Answer(l.ID, right)) })
	if errors.Is(err, plain.ErrStopped) {
		return &exit{exitInterrupted, c.stopped()}
	}
	return nil // the end of the input leaves the question open
}

func (c *class) lessonJSON(l lessons.Lesson) error {
	type answerView struct {
		Text  string `json:"text"`
		Right bool   `json:"right"`
		Why   string `json:"why"`
	}
	var answers []answerView
	for _, a := range l.Answers {
		answers = append(answers, answerView(a))
	}
	return c.value(struct {
		Kind     string       `json:"kind"`
		Lesson   lessonView   `json:"lesson"`
		Text     string       `json:"text"`
		Question string       `json:"question"`
		Answers  []answerView `json:"answers"`
	}{"lesson", c.view(l), l.Text, l.Question, answers})
}

// read prints a lesson without its question.
func (c *class) read(l lessons.Lesson) {
	t := c.theme
	c.say(markdown.Render(t, "# "+l.Title, lessonWidth)...)
	facts := c.p.T("learning.facts", "Number", l.Order, "Of", len(c.all), "Workflow", c.p.Workflow(l.Workflow), "Count", l.Minutes)
	c.say(t.Style.Muted.Render(facts))
	for _, row := range text.Wrap(c.p.T("learning.calls", "Calls", strings.Join(l.Calls, ", ")), lessonWidth) {
		c.say(t.Style.Muted.Render(row))
	}
	c.say("")
	c.say(markdown.Render(t, l.Text, lessonWidth)...)
}

// question prints the question with its answers, explained once the right one was found.
func (c *class) question(l lessons.Lesson) {
	right := c.learning.State(l.ID).Right
	md := "## " + c.p.T("learn.question") + "\n\n" + l.Question + "\n\n"
	for i, a := range l.Answers {
		md += strconv.Itoa(i+1) + ". " + a.Text
		if right {
			md += " **" + c.p.T(verdictOf(a)) + "** " + a.Why
		}
		md += "\n"
	}
	c.say("")
	c.say(markdown.Render(c.theme, md, lessonWidth)...)
	if !right {
		c.say("", c.p.T("learning.how", "Command", "fleetlab lessons "+l.ID+" --answer N"))
	}
}

// verdict says whether an answer is right, and why.
func (c *class) verdict(a lessons.Answer) {
	c.say(markdown.Render(c.theme, "> "+a.Text+"\n\n**"+c.p.T(verdictOf(a))+"** "+a.Why, lessonWidth)...)
}

// verdictOf is the message that says whether an answer is right.
func verdictOf(a lessons.Answer) string {
	if a.Right {
		return "learn.right"
	}
	return "learn.wrong"
}

// reset forgets what was done with the lessons, if the answer to that question is yes.
func (c *class) reset(ctx context.Context) error {
	done, _ := c.learning.Count(c.all)
	switch {
	case c.o.yes:
	case !c.asks():
		return usage(errors.New(c.p.T("learning.need-yes")))
	default:
		if err := c.agree(ctx, c.p.T("learning.reset", "Done", done, "Total", len(c.all))); err != nil {
			return err
		}
	}
	if err := c.learning.Reset(); err != nil {
		return err
	}
	if !c.o.json {
		c.say(c.p.T("learning.reset-done"))
	}
	return nil
}
