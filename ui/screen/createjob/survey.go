package createjob

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/lookup"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// settle is how long typing rests before the cloud is asked about it.
const settle = 300 * time.Millisecond

// survey is whom the choices reach, as the cloud says: each thing counted once, and those of another type.
type survey struct {
	reading lookup.Reading[createjob.Plan]
	of      string // the choices that it is about
	plan    createjob.Plan
	there   bool // the plan is
	err     error
	refused string // the field that is the reason
}

// nobody takes no events.
type nobody struct{}

func (nobody) Emit(event.Event) {}

// aim is the choices that say whom the job reaches; of a custom job the document does not matter for that.
func (s *Screen) aim() createjob.Input {
	all, in := s.job(), createjob.Defaults()
	in.Type, in.Groups, in.Things, in.Packages, in.Narrow = all.Type, all.Groups, all.Things, all.Packages, all.Narrow
	if in.Type == createjob.Custom {
		in.Preset = createjob.Presets[0]
	}
	return in
}

// aimKey tells choices of whom to reach apart.
func aimKey(in createjob.Input) string {
	var parts []string
	for _, name := range []string{createjob.FieldType, createjob.FieldGroups, createjob.FieldThings, createjob.FieldPackage, createjob.FieldNarrow} {
		parts = append(parts, in.Get(name))
	}
	return strings.Join(parts, "\n")
}

// survey asks the cloud whom the choices reach when that may have changed.
func (s *Screen) survey() tea.Cmd {
	in := s.aim()
	key := aimKey(in)
	if key == s.reach.of {
		return nil
	}
	s.forgive(&s.reach.refused)
	if s.step == what { // others may follow
		return nil
	}
	s.reach.reading.Stop()
	s.reach.of, s.reach.there, s.reach.err = key, false, nil
	if len(in.Groups)+len(in.Things) == 0 {
		return nil
	}
	c := s.d.Cloud
	return s.reach.reading.Start(s.d.Now(), func(ctx context.Context) (createjob.Plan, error) {
		if err := fleet.Pause(ctx, settle); err != nil {
			return createjob.Plan{}, err
		}
		return createjob.Prepare(ctx, c, in, event.Stage{Sink: nobody{}})
	})
}

// takeSurvey shows whom the choices reach, or which of them is wrong.
func (s *Screen) takeSurvey(a *lookup.Answer[createjob.Plan]) {
	s.reach.plan, s.reach.there, s.reach.err = a.Value, a.Err == nil, a.Err
	if fe, ok := fleet.AsFieldError(a.Err); ok {
		if at, ok := s.owner(fe.Field); ok {
			s.reach.refused = fe.Field
			s.forms[at].SetError(fe.Field, fe)
		}
	}
}

// reached is how many different things the choices reach, as far as that is known.
func (s *Screen) reached() count {
	if s.reach.there {
		return count{n: s.reach.plan.Members, all: true}
	}
	out := count{n: len(s.in.Things), all: len(s.in.Groups)+len(s.in.Things) == 1} // of several, some may be the same things
	for _, g := range s.in.Groups {
		out.n += s.members[g].n
		out.all = out.all && s.members[g].all
	}
	return out
}

// reachWords say how many things the choices reach.
func (s *Screen) reachWords() string {
	c := s.reached()
	if c.all {
		return s.d.T("createjob.members", "Count", c.n)
	}
	if !slices.ContainsFunc(s.in.Groups, func(g string) bool { return !s.members[g].all }) {
		return s.d.T("createjob.members-most", "Count", c.n)
	}
	return s.d.T("createjob.members-so-far", "Count", c.n)
}

// otherTypes are the warnings of targets with things of another type.
func otherTypes(p createjob.Plan) []createjob.Warning {
	var out []createjob.Warning
	for _, w := range p.Warnings {
		if w.What == createjob.OtherType {
			out = append(out, w)
		}
	}
	return out
}
