package createjob

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/createjob"
)

// count is how many things a group has, as far as they were counted.
type count struct {
	n   int
	all bool
}

// counter counts the members of groups in the background. The screen asks it again and again how far it is; when nobody asks any
// more, because the screen is gone, it stops.
type counter struct {
	end   context.CancelFunc
	lease *time.Timer
	done  chan struct{}

	mu      sync.Mutex
	members map[string]count
	err     error
}

const (
	pollEvery = 150 * time.Millisecond
	leaseTime = 10 * time.Second
)

// mostCounted is how many groups are counted before they are chosen: as many as a job may have.
const mostCounted = createjob.MaxTargets

// countMsg is how far a counter is.
type countMsg struct {
	of      *counter
	members map[string]count
	done    bool
	err     error
}

// count counts the members of the groups that are not counted yet: those chosen and, at first, some more.
func (s *Screen) count() tea.Cmd {
	groups := s.uncounted()
	if s.counter != nil || s.countErr != nil || len(groups) == 0 {
		return nil
	}
	s.counter = startCounter(s.d.Cloud, groups)
	return s.counter.poll()
}

// uncounted are the groups to count now, those chosen first.
func (s *Screen) uncounted() []string {
	var out []string
	for _, name := range s.in.Groups {
		if !s.members[name].all {
			out = append(out, name)
		}
	}
	for _, g := range s.choices.Groups {
		if len(out)+len(s.members) >= mostCounted {
			break
		}
		if !s.members[g.Name].all && !slices.Contains(out, g.Name) {
			out = append(out, g.Name)
		}
	}
	return out
}

func startCounter(c *cloud.Cloud, groups []string) *counter {
	ctx, cancel := context.WithCancel(context.Background())
	k := &counter{end: cancel, lease: time.AfterFunc(leaseTime, cancel), done: make(chan struct{}), members: map[string]count{}}
	go func() {
		defer close(k.done)
		err := createjob.CountMembers(ctx, c, groups, k.note)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.err = cmp.Or(ctx.Err(), err)
	}()
	return k
}

func (k *counter) note(group string, n int, all bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.members[group] = count{n, all}
}

// poll says a moment later how far the counting is.
func (k *counter) poll() tea.Cmd {
	k.lease.Reset(leaseTime)
	return func() tea.Msg {
		t := time.NewTimer(pollEvery)
		defer t.Stop()
		done := false
		select {
		case <-k.done:
			done = true
			k.lease.Stop()
			k.end()
		case <-t.C:
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		return countMsg{of: k, members: maps.Clone(k.members), done: done, err: k.err}
	}
}

// takeCount shows how far the counting is.
func (s *Screen) takeCount(m countMsg) tea.Cmd {
	if m.of != s.counter {
		return nil
	}
	maps.Copy(s.members, m.members)
	if f := s.forms[targets]; f != nil {
		f.SetOptions(createjob.FieldGroups, s.groupOptions())
	}
	if !m.done {
		return s.counter.poll()
	}
	s.counter = nil
	// Nobody asked for a while, for instance because the program was suspended: that is no reason to give up.
	if m.err != nil && !errors.Is(m.err, context.Canceled) {
		s.countErr = m.err
	}
	return s.count()
}
