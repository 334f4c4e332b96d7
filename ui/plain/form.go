package plain

import (
	"context"
	"slices"
	"strings"

	"fleetlab/workflows/fleet"
)

// Field is how a field of a workflow's input is asked for.
type Field struct {
	Name    string
	Choices func() []Choice                 // nil: free text
	Free    bool                            // the choices are told, but cannot be given by their numbers
	Many    bool                            // the answer is a list of choices
	Listed  bool                            // the choices are told with the question, and not only on request
	Skip    func() bool                     // true: it does not apply and is not asked; nil: it always is
	About   string                          // what it is, in place of the catalogue's about.WORKFLOW.NAME
	Set     func(text string) error         // takes the answer in place of the input's Set
	Then    func(ctx context.Context) error // follows an answer that was taken
}

// Form asks for the fields of a workflow's input one after the other, each until its answer can be used. Enter keeps what is there,
// and there is a way back and out: ErrCanceled. Answers are checked by the input itself, and refused in the same words as
// everywhere.
func (c *Prompt) Form(ctx context.Context, workflow string, in fleet.Fields, fields []Field) error {
	c.Say(c.T("plain.form", "Help", "?", "Back", c.Word(Back), "Cancel", c.Word(Cancel)))
	for i := 0; ; {
		step := 1
		for i >= 0 && i < len(fields) {
			f := fields[i]
			if f.Skip != nil && f.Skip() {
				i += step
				continue
			}
			back, err := c.field(ctx, workflow, in, f)
			if err != nil {
				return err
			}
			if step = 1; back {
				step = -1
			}
			i += step
		}
		if i < 0 {
			c.Say(c.T("plain.first"))
			i = 0
			continue
		}
		err := in.Validate()
		refused, ok := fleet.AsFieldError(err)
		if !ok {
			return err
		}
		c.Say(c.p.Field(refused))
		if i = slices.IndexFunc(fields, func(f Field) bool { return f.Name == refused.Field }); i < 0 {
			return err
		}
	}
}

// field asks for one field; back is whether the one before is wanted.
func (c *Prompt) field(ctx context.Context, workflow string, in fleet.Fields, f Field) (back bool, err error) {
	name := c.p.FieldName(f.Name)
	about := f.About
	if about == "" {
		about = c.T("about." + workflow + "." + f.Name)
	}
	about = c.T("plain.field", "Field", name, "About", about)
	c.Say("", about)
	if f.Listed {
		c.List(f.Choices())
	}
	for {
		answer, err := c.Ask(ctx, c.question(name, in.Get(f.Name)))
		if err != nil {
			return false, err
		}
		switch folded := fold(answer); {
		case folded == "":
			if c.check(in, f.Name) { // what is kept may not go with what was chosen since
				return false, c.then(ctx, f)
			}
		case c.Is(Back, folded):
			return true, nil
		case c.Is(Cancel, folded):
			return false, ErrCanceled
		case c.Is(Help, folded):
			c.explain(about, f)
		case c.take(in, f, folded):
			return false, c.then(ctx, f)
		}
	}
}

func (c *Prompt) then(ctx context.Context, f Field) error {
	if f.Then == nil {
		return nil
	}
	return f.Then(ctx)
}

// question names the field and what Enter keeps; of a text of several lines the first stands for it.
func (c *Prompt) question(name, value string) string {
	if first, _, more := strings.Cut(value, "\n"); more {
		value = first + " ..."
	}
	if value == "" {
		return c.T("plain.ask-empty", "Field", name)
	}
	return c.T("plain.ask", "Field", name, "Value", value)
}

// explain says what a field is, what there is to choose from, and what else may be answered.
func (c *Prompt) explain(about string, f Field) {
	c.Say(about)
	switch {
	case f.Choices == nil:
	case f.Free:
		for _, ch := range f.Choices() {
			c.Say(ch.name())
		}
	default:
		c.List(f.Choices())
	}
	if f.Many {
		c.Say(c.T("plain.many"))
	}
	c.Say(c.T("plain.help-field", "Back", c.Word(Back), "Cancel", c.Word(Cancel)), c.T("plain.help-exact"))
}

// exact stands in front of an answer that means what it says, even where it is one of the words, or nothing at all.
const exact = "="

// take hands an answer to the input and says why if it cannot be used.
func (c *Prompt) take(in fleet.Fields, f Field, answer string) bool {
	before := in.Get(f.Name)
	text, literally := strings.CutPrefix(answer, exact)
	if f.Choices != nil && !f.Free && !literally {
		if f.Many {
			text = pickAll(f.Choices(), text)
		} else {
			text = pick(f.Choices(), text)
		}
	}
	set := f.Set
	if set == nil {
		set = func(text string) error { return in.Set(f.Name, text) }
	}
	if err := set(text); err != nil {
		c.Say(c.p.Field(err))
		return false
	}
	if c.check(in, f.Name) {
		return true
	}
	_ = in.Set(f.Name, before) // it was there, so it can be set
	return false
}

// check says what speaks against a field together with the others.
func (c *Prompt) check(in fleet.Fields, name string) bool {
	refused, ok := fleet.AsFieldError(in.Validate())
	if !ok || refused.Field != name {
		return true
	}
	c.Say(c.p.Field(refused))
	return false
}
