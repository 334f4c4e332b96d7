package cli

import (
	"strings"

	"github.com/spf13/pflag"

	"fleetlab/workflows/fleet"
)

// fields gives a command one flag for each field of a workflow's input: the same names, defaults and errors as the form has.
type fields struct {
	to    fleet.Fields
	names []string // in the input's order
	flags *pflag.FlagSet
}

// bind adds the flags. Their help is the form's: about.<workflow>.<field>.
func (a *app) bind(f *pflag.FlagSet, workflow string, to fleet.Fields) *fields {
	return a.bindSome(f, workflow, to, to.Names()...)
}

// bindSome adds the flags of some fields only.
func (a *app) bindSome(f *pflag.FlagSet, workflow string, to fleet.Fields, names ...string) *fields {
	for _, name := range names {
		f.String(name, to.Get(name), oneLine(a.p.T("about."+workflow+"."+name)))
	}
	return &fields{to: to, names: names, flags: f}
}

// oneLine also hides back quotes, which the flag package takes for the name of the value.
func oneLine(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "`", "'")
}

// read hands what was typed to the input and checks what holds between the fields.
func (b *fields) read() error {
	if err := b.set(); err != nil {
		return err
	}
	return b.to.Validate()
}

// set hands what was typed to the input, in the input's order. Defaults are left alone, since some depend on other fields.
func (b *fields) set() error {
	for _, name := range b.names {
		if !b.flags.Changed(name) {
			continue
		}
		text, err := b.flags.GetString(name)
		if err != nil {
			return err
		}
		if err := b.to.Set(name, text); err != nil {
			return err
		}
	}
	return nil
}
