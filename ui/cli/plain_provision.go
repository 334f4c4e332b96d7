package cli

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"fleetlab/ui/plain"
	"fleetlab/workflows/cleanup"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
)

// provision asks for a fleet and for the pace of its lessons, and makes it.
func (t *talk) provision(ctx context.Context, out *output) error {
	in := provision.Defaults()
	if err := t.line.Form(ctx, provision.Workflow, &in, provisionFields(t, &in)); err != nil {
		return err
	}
	guided, err := t.line.Choose(ctx, t.line.T("plain.pace", "Pace", t.line.T("learn.mode."+t.pace())), t.paces(), t.pace(), plain.Cancel)
	switch {
	case err != nil:
		return err
	case guided == string(plain.Cancel):
		return plain.ErrCanceled
	case guided == paceGuided:
		t.gate = &teacher{talk: t, out: out}
	}
	return t.a.provision(ctx, t.s, out, in, false, true)
}

func provisionFields(t *talk, in *provision.Input) []plain.Field {
	fields := everyField(in)
	for i := range fields {
		switch fields[i].Name {
		case "continent":
			fields[i].Choices = func() []plain.Choice { return t.continents() }
		case "countries":
			fields[i].Choices = func() []plain.Choice { return words(fleet.Countries(in.Continent)) }
			fields[i].Free = true // a number is how many of them
		}
	}
	return fields
}

func (t *talk) continents() []plain.Choice {
	var out []plain.Choice
	for i, id := range fleet.Continents {
		_, name, _ := strings.Cut(t.line.T("continent."+id), " ") // which begins with the number
		out = append(out, plain.Choice{Value: strconv.Itoa(i + 1), Name: name})
	}
	return out
}

// resources tells how many resources a plan makes, and of which kinds on request.
func (t *talk) resources(out *output, e provision.Estimate) {
	all := 0
	for _, kind := range slices.Sorted(maps.Keys(e.Resources)) {
		all += e.Resources[kind]
		t.details = append(t.details, t.line.T("plain.kind", "Count", e.Resources[kind], "What", t.a.p.Resource(kind)))
	}
	for _, c := range e.Calls {
		t.details = append(t.details, t.line.T("plain.calls", "Count", c.Count, "Operation", c.Operation))
	}
	out.line(t.line.T("plain.resources", "Count", all))
}

// everyField asks for each field of an input in its order.
func everyField(in fleet.Fields) []plain.Field {
	var out []plain.Field
	for _, name := range in.Names() {
		out = append(out, plain.Field{Name: name})
	}
	return out
}

// words are choices without other names.
func words(values []string) []plain.Choice {
	var out []plain.Choice
	for _, v := range values {
		out = append(out, plain.Choice{Value: v})
	}
	return out
}

// cleanup asks what to remove, shows it, and removes it when the word is typed.
func (t *talk) cleanup(ctx context.Context, out *output) error {
	if err := t.before(ctx, cleanup.Workflow); err != nil {
		return err
	}
	in := cleanup.Defaults()
	fields := everyField(&in)
	fields[0].Choices = func() []plain.Choice { return words(cleanup.Scopes) }
	if err := t.line.Form(ctx, cleanup.Workflow, &in, fields); err != nil {
		return err
	}
	return t.a.cleanup(ctx, t.s, out, in, false, true)
}
