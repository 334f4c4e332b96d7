package form

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
)

// Update moves the focus, changes the field that has it or submits the form.
func (f *Form) Update(msg tea.Msg) tea.Cmd {
	fl := f.fields[f.focus]
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return f.edit(fl, msg)
	}
	switch {
	case keys.Next.Matches(k):
		f.move(1)
	case keys.Prev.Matches(k):
		f.move(-1)
	case fl.Kind == Area:
		return f.edit(fl, msg)
	case fl.Kind == Section && keyFold.Matches(k):
		fl.Folded = !fl.Folded
	case keys.Enter.Matches(k):
		return f.accept(fl)
	case k.Type == tea.KeyDown && !(fl.Kind == Multi && fl.at < len(fl.Options)-1):
		f.move(1)
	case k.Type == tea.KeyUp && !(fl.Kind == Multi && fl.at > 0):
		f.move(-1)
	case fl.Kind == Choice:
		f.choose(fl, k)
	case fl.Kind == Multi:
		f.mark(fl, k)
	default:
		return f.edit(fl, msg)
	}
	return nil
}

// edit types into a line of text. Pasted text comes here too, as keys or as the answer of a command.
func (f *Form) edit(fl *field, msg tea.Msg) tea.Cmd {
	switch fl.Kind {
	case Text:
		cmd, changed := fl.line.Update(msg)
		if changed {
			f.changed(fl)
		}
		return cmd
	case Area:
		before := fl.Editor.Value()
		cmd := fl.Editor.Update(msg)
		if fl.Editor.Value() != before {
			f.changed(fl)
		}
		return cmd
	}
	return nil
}

func (f *Form) accept(fl *field) tea.Cmd {
	if fl.remedy != "" {
		fl.set(fl.remedy)
		f.changed(fl)
		return nil
	}
	if fl.Kind != Button {
		f.move(1)
		return nil
	}
	if !fl.Always && !f.Valid() || f.OnSubmit == nil {
		return nil
	}
	return f.OnSubmit(fl.ID)
}

func (f *Form) choose(fl *field, k tea.KeyMsg) {
	n := len(fl.Options)
	if n == 0 {
		return
	}
	switch {
	case keys.Left.Matches(k):
		fl.at = (fl.at + n - 1) % n
	case keys.Right.Matches(k), keys.Mark.Matches(k):
		fl.at = (fl.at + 1) % n
	default:
		return
	}
	f.changed(fl)
}

func (f *Form) mark(fl *field, k tea.KeyMsg) {
	switch {
	case keys.Up.Matches(k):
		fl.at = max(0, fl.at-1)
	case keys.Down.Matches(k):
		fl.at = min(len(fl.Options)-1, fl.at+1)
	case keys.Top.Matches(k):
		fl.at = 0
	case keys.Bottom.Matches(k):
		fl.at = max(0, len(fl.Options)-1)
	case keys.Mark.Matches(k) && fl.at < len(fl.Options):
		fl.Options[fl.at].On = !fl.Options[fl.at].On
		f.changed(fl)
	case keys.MarkAll.Matches(k):
		all := len(fl.marked()) < len(fl.Options)
		for i := range fl.Options {
			fl.Options[i].On = all
		}
		f.changed(fl)
	}
}

func (f *Form) changed(fl *field) {
	fl.dirty, fl.told, fl.remedy = true, false, ""
	fl.check()
	if f.OnChange != nil {
		f.OnChange(fl.ID)
	}
}

// move gives the focus to the next field that is shown, round the ends.
func (f *Form) move(by int) {
	f.fields[f.focus].dirty = f.fields[f.focus].dirty || f.fields[f.focus].value() != ""
	n := len(f.fields)
	for i := 1; i <= n; i++ {
		next := ((f.focus+by*i)%n + n) % n
		if f.fields[next].shown() {
			f.focus = next
			return
		}
	}
}

func (fl *field) value() string {
	switch fl.Kind {
	case Text:
		return fl.line.Value()
	case Choice:
		if fl.at < len(fl.Options) {
			return fl.Options[fl.at].ID
		}
	case Multi:
		return strings.Join(fl.marked(), ",")
	case Area:
		return fl.Editor.Value()
	}
	return ""
}

func (fl *field) marked() []string {
	if fl.Kind != Multi {
		return nil
	}
	var out []string
	for _, o := range fl.Options {
		if o.On {
			out = append(out, o.ID)
		}
	}
	return out
}

func (fl *field) set(value string) {
	switch fl.Kind {
	case Text:
		fl.line.Set(value)
	case Choice:
		fl.at = max(0, fl.index(value))
	case Multi:
		on := strings.Split(value, ",")
		for i := range fl.Options {
			fl.Options[i].On = slices.Contains(on, fl.Options[i].ID)
		}
	case Area:
		fl.Editor.Set(value)
	}
}

func (fl *field) check() {
	fl.err, fl.told = nil, false
	if fl.Kind == Area {
		_, _, fl.err = fl.Editor.Err()
	}
	if fl.Check != nil {
		fl.err = fl.Check(fl.value())
	}
}
