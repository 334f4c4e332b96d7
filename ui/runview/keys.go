package runview

import "fleetlab/ui/keys"

// Keys that all runs share.
var (
	keyStop   = keys.New("x", "runview.keys.stop", "x").InBar()
	keySwitch = keys.Next.Named("runview.keys.switch")
)

// Keys is what the keys do now.
func (v *View) Keys() []keys.Group {
	if v.ended {
		return []keys.Group{{Title: "keys.group.screen", Bindings: v.endedBindings()}, v.resultKeys()}
	}
	own := keys.Group{Title: "keys.group.screen", Bindings: []keys.Binding{keyStop}}
	if v.spec.Lesson == nil {
		return []keys.Group{own, v.log.Keys()}
	}
	return []keys.Group{v.panel.Keys(), own, v.log.Keys()}
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
	return append(out, keySwitch)
}

// resultKeys is the keys of what has them: the log or the result.
func (v *View) resultKeys() keys.Group {
	if v.onLog {
		return v.log.Keys()
	}
	return v.result.Keys()
}
