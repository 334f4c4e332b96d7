package form

import "slices"

// Restore takes over what was entered in an earlier form: what stood in each field, right or wrong, which sections were folded and which
// field had the focus. A choice that there is no more is left as it is at first, and so is a list of which nothing marked is left.
func (f *Form) Restore(from *Form) {
	for _, fl := range f.fields {
		old := from.find(fl.ID)
		if old == nil || old.Kind != fl.Kind {
			continue
		}
		fl.Folded, fl.dirty = old.Folded, old.dirty
		if fl.offers(old) {
			fl.set(old.value())
		}
	}
	f.Recheck()
	f.Focus(from.Focused())
}

// offers reports that a field can hold what another one does.
func (fl *field) offers(old *field) bool {
	switch fl.Kind {
	case Choice:
		return fl.index(old.value()) >= 0
	case Multi:
		marks := old.marked()
		return len(marks) == 0 || slices.ContainsFunc(marks, func(id string) bool { return fl.index(id) >= 0 })
	}
	return true
}
