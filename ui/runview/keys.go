package runview

import (
	"slices"

	"fleetlab/ui/keys"
)

// Stop stops what runs.
var Stop = keys.New("x", "runview.keys.stop", "x").Briefly("runview.keys.stop-brief").InBar()

// Keys to go to the log and back to what stands beside it, which are the same both ways since there are two parts.
var (
	keyLog    = keys.New("tab", "runview.keys.log", "tab", "shift+tab").Moving().Briefly("runview.keys.log-brief").InBar()
	keyResult = keyLog.Named("runview.keys.result").Briefly("runview.keys.result-brief")
	keyLesson = keyLog.Named("runview.keys.lesson").Briefly("runview.keys.lesson-brief")
)

// Keys is what the keys do now.
func (v *View) Keys() []keys.Group {
	if v.ended {
		return []keys.Group{{Title: "keys.group.screen", Bindings: v.endedBindings()}, v.resultKeys()}
	}
	own := keys.Group{Title: "keys.group.screen", Bindings: []keys.Binding{Stop}}
	if v.spec.Lesson == nil {
		return []keys.Group{own, v.log.Keys()}
	}
	// Stopping comes right after going on: the bottom line is filled in this order.
	learn := v.panel.Keys()
	at := 0
	if v.panel.Waiting() {
		at = 1
	}
	own.Bindings = slices.Insert(learn.Bindings, at, Stop)
	switch {
	case v.covered():
		return []keys.Group{own}
	case v.parted() && v.onLog:
		own.Bindings = append(own.Bindings, keyLesson)
	case v.parted():
		own.Bindings = append(own.Bindings, keyLog)
	}
	return []keys.Group{own, v.logKeys()}
}

// logKeys is the log's keys less those that the lesson beside it takes.
func (v *View) logKeys() keys.Group {
	g := v.log.Keys()
	g.Bindings = slices.DeleteFunc(slices.Clone(g.Bindings), func(b keys.Binding) bool {
		return !v.onLog && v.parted() && slices.ContainsFunc(keys.Text.Bindings, func(m keys.Binding) bool { return m.Show == b.Show }) ||
			v.panel.Waiting() && b.Show == keys.Details.Show
	})
	return g
}

// actions are the screen's, as far as their keys are free: in the log, n is the next match.
func (v *View) actions() []Action {
	list := v.spec.Actions(v.out)
	if v.onLog {
		for i, a := range list {
			if a.Key.Show == keys.NextMatch.Show {
				list[i].Key = a.Key.Because("runview.keys.taken")
			}
		}
	}
	return list
}

func (v *View) endedBindings() []keys.Binding {
	var out []keys.Binding
	for _, a := range v.actions() {
		b := a.Key
		if b.Off == "" {
			b = b.InBar()
		}
		out = append(out, b)
	}
	if v.onLog {
		return append(out, keyResult)
	}
	return append(out, keyLog)
}

// resultKeys is the keys of what has them: the log or the result.
func (v *View) resultKeys() keys.Group {
	if v.onLog {
		return v.log.Keys()
	}
	return v.result.Keys()
}
