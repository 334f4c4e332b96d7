// Package plain is the program as a conversation by lines, for screen readers, for terminals that cannot move their cursor, and for
// pipes: what is asked, how answers are read, and how events and lessons sound. Nothing is ever drawn again, and no line holds
// a colour, a frame or a sign that a voice would spell.
package plain

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"fleetlab/ui/locale"
	"fleetlab/ui/text"
)

// How a question ends without an answer.
var (
	ErrEnd      = errors.New("the input has ended")
	ErrStopped  = errors.New("the question was interrupted")
	ErrCanceled = errors.New("the person does not want to go on")
)

// Prompt asks and hears, a line at a time. It is for one goroutine at a time.
type Prompt struct {
	Echo bool // print what was heard: the input is no terminal, which would show it

	p       *locale.Printer
	out     io.Writer
	in      *bufio.Reader
	pending chan reply // nil when nothing is being read
}

type reply struct {
	text string
	err  error
}

// New asks on out and hears on in.
func New(p *locale.Printer, in io.Reader, out io.Writer) *Prompt {
	return &Prompt{p: p, in: bufio.NewReader(in), out: out}
}

// T is the message id of the catalogue, see locale.Printer.T.
func (c *Prompt) T(id string, kv ...any) string { return c.p.T(id, kv...) }

// Say prints lines; an empty one sets off what follows.
func (c *Prompt) Say(lines ...string) {
	for _, line := range lines {
		_, _ = io.WriteString(c.out, speakable(line)+"\n")
	}
}

// speakable is a line without escape sequences, control characters and frames.
func speakable(line string) string {
	return strings.TrimRight(strings.Map(func(r rune) rune {
		if r >= 0x2500 && r <= 0x259F { // box drawing and block elements
			return -1
		}
		return r
	}, text.Line(line)), " ")
}

// Lines is speakable for a text of several lines.
func Lines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = speakable(line)
	}
	return strings.Join(lines, "\n")
}

// Ask prints a question and reads one line for an answer, without the spaces around it: "" when only Enter was pressed. It gives up
// with ErrStopped when ctx ends, and with ErrEnd when nothing more comes.
func (c *Prompt) Ask(ctx context.Context, question string) (string, error) {
	_, _ = io.WriteString(c.out, speakable(question)+" ")
	if c.pending == nil {
		// Reading a terminal cannot be interrupted: what is typed after the question was given up answers the next one.
		c.pending = make(chan reply, 1)
		go read(c.in, c.pending)
	}
	select {
	case r := <-c.pending:
		if ctx.Err() != nil {
			c.pending <- r
			c.Say("")
			return "", ErrStopped
		}
		c.pending = nil
		if r.err != nil && r.text == "" {
			c.Say("")
			return "", ErrEnd
		}
		if c.Echo {
			c.Say(r.text)
		}
		return r.text, nil
	case <-ctx.Done():
		c.Say("")
		return "", ErrStopped
	}
}

func read(in *bufio.Reader, to chan<- reply) {
	line, err := in.ReadString('\n')
	to <- reply{strings.TrimSpace(line), err}
}

// Confirm asks a question that Yes or No answers; Enter is No. Where there are details, they are told on request.
func (c *Prompt) Confirm(ctx context.Context, question string, details ...string) (bool, error) {
	asked := c.T("plain.yes-no", "Question", question)
	if len(details) > 0 {
		asked = c.T("plain.yes-no-details", "Question", question, "Details", c.Word(Details))
	}
	for {
		answer, err := c.Ask(ctx, asked)
		if err != nil {
			return false, err
		}
		switch word := strings.ToLower(fold(answer)); {
		case c.is(Yes, word):
			return true, nil
		case word == "" || c.is(No, word) || c.is(Cancel, word):
			return false, nil
		case len(details) > 0 && c.is(Details, word):
			c.Say(details...)
		default:
			c.Say(c.T("plain.yes-or-no", "Value", answer))
		}
	}
}
