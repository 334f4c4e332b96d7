package simulate

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/pager"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/lookup"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/simulate"
)

// Keys of a device's story.
var (
	keyReload   = keys.New("r", "simulate.keys.reload", "r").InBar()
	keyDocument = keys.New("y", "simulate.keys.copy-document", "y")
)

// story is one device's whole story: what is planned for it and what it has gone through are known at once, what the cloud holds of it
// is read.
type story struct {
	d       *screen.Deps
	index   int
	device  simulate.Device
	state   simulate.State
	steps   []simulate.Step // planned
	marks   []simulate.Mark
	reading lookup.Reading[simulate.Story]
	cloud   simulate.Story // as it was read last
	read    bool           // it was, as far as it could be
	wait    bool           // it is being read
	problem error          // why not all of it could be
	page    *pager.Model
	w, h    int
}

// open shows the story of a device; the run goes on behind it.
func (w *watch) open(i int) tea.Cmd {
	d, ok := w.sim.Device(i)
	if !ok {
		return nil
	}
	s := &story{d: w.d, index: i, device: d, page: pager.New(w.d.Printer)}
	if i < len(w.plan.Devices) {
		s.steps = w.plan.Steps(i)
	}
	w.story = s
	s.page.SetContent(s.rows)
	s.setSize(w.w, w.h)
	w.followStory()
	return w.load()
}

func (w *watch) closeStory() {
	w.story.reading.Stop()
	w.story = nil
}

// load reads what the cloud holds of the device.
func (w *watch) load() tea.Cmd {
	s, sim, c := w.story, w.sim, w.d.Cloud
	s.wait = true
	return s.reading.Start(w.d.Now(), func(ctx context.Context) (simulate.Story, error) { return sim.Story(ctx, c, s.index) })
}

// readStory takes the answer of a reading.
func (w *watch) readStory(msg tea.Msg) tea.Cmd {
	if w.story == nil {
		return nil
	}
	s := w.story
	answer, cmd := s.reading.Update(msg)
	if answer == nil {
		if s.wait && !s.read {
			s.page.Reload() // it may be slow by now
		}
		return cmd
	}
	s.wait = false
	s.cloud, s.read, s.problem = answer.Value, true, answer.Err // what could be read comes with the error
	if len(s.cloud.Steps) > 0 {
		s.steps = s.cloud.Steps
	}
	s.page.Reload()
	return nil
}

// updateStory follows the device of the open story; once it has ended, the cloud is asked again.
func (w *watch) updateStory() tea.Cmd {
	if w.story == nil {
		return nil
	}
	before := w.story.state
	if !w.followStory() || before.Ended() || !w.story.state.Ended() {
		return nil
	}
	return w.load()
}

// followStory takes over what the run knows of the device, and reports whether there was anything new.
func (w *watch) followStory() bool {
	s := w.story
	if s.index >= len(w.states) {
		return false
	}
	marks, state := w.sim.Marks(s.index), w.states[s.index]
	if len(marks) == len(s.marks) && state == s.state && len(marks) == 0 {
		return false
	}
	changed := len(marks) != len(s.marks) || state != s.state || marks[len(marks)-1] != s.marks[len(s.marks)-1]
	s.marks, s.state = marks, state
	if changed {
		s.device, _ = w.sim.Device(s.index) // a retry takes the place of the execution before
		s.page.Reload()
	}
	return changed
}

// storyKey takes the keys while a story is open.
func (w *watch) storyKey(msg tea.Msg) tea.Cmd {
	s := w.story
	switch {
	case keyReload.Matches(msg):
		return w.load()
	case keyDocument.Matches(msg) && s.cloud.Document != "":
		return screen.Copy(s.cloud.Document, s.d.T("simulate.story.document"))
	}
	return s.page.Update(msg)
}

func (s *story) keys() []keys.Group {
	copying := keyDocument
	if s.cloud.Document == "" {
		copying = copying.Because("simulate.keys.no-document")
	}
	return []keys.Group{{Title: "keys.group.screen", Bindings: []keys.Binding{keyReload, copying}}, s.page.Keys()}
}

func (s *story) setSize(w, h int) {
	s.w, s.h = w, h
	s.page.SetSize(panel.Inner(w, h))
}

// view is exactly the size that setSize said.
func (s *story) view() string {
	t, info := s.d.Theme, s.page.Position()
	if s.wait {
		info = s.d.T("simulate.story.reading")
	}
	return panel.Render(t, panel.Frame{
		Title: text.Line(s.device.Thing), Info: t.Style.Muted.Render(info), Body: s.page.View(), Focused: true,
	}, s.w, s.h)
}
