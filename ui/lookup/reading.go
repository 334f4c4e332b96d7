// Package lookup is what a screen does before its workflow can begin: it reads what there is to choose from and makes the plan of what
// was chosen. Both go on in the background and can be given up at any time.
package lookup

import (
	"context"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Reading reads a T. The zero value is ready to use.
type Reading[T any] struct {
	Wait
	gen    int64 // of the newest reading
	on     bool
	cancel context.CancelFunc
}

// Answer is what was read, or why it could not be.
type Answer[T any] struct {
	Value T
	Err   error
}

// answerMsg brings an answer. gen tells an old one from the one that was asked for last.
type answerMsg[T any] struct {
	gen int64
	Answer[T]
}

// tickMsg says that a second of reading has gone, so that the screen is drawn again.
type tickMsg struct{ gen int64 }

// gens numbers all readings, so that the ticks of one are never taken for another's.
var gens atomic.Int64

// Start reads; an earlier reading counts no more. now is the time.
func (r *Reading[T]) Start(now time.Time, read func(context.Context) (T, error)) tea.Cmd {
	r.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	r.gen = gens.Add(1)
	r.on, r.cancel = true, cancel
	gen := r.gen
	return tea.Batch(func() tea.Msg {
		defer cancel()
		value, err := read(ctx)
		return answerMsg[T]{gen, Answer[T]{value, err}}
	}, r.Begin(now), tick(gen))
}

func tick(gen int64) tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return tickMsg{gen} })
}

// Stop gives the reading up, if one is under way.
func (r *Reading[T]) Stop() {
	if r.on {
		r.cancel()
	}
	r.on = false
}

// Update takes the reading's messages. The answer is nil until it is there.
func (r *Reading[T]) Update(msg tea.Msg) (*Answer[T], tea.Cmd) {
	switch msg := msg.(type) {
	case answerMsg[T]:
		if msg.gen == r.gen && r.on {
			r.on = false
			return &msg.Answer, nil
		}
	case tickMsg:
		if msg.gen == r.gen && r.on {
			return nil, tick(r.gen)
		}
	}
	return nil, nil
}

// On reports that a reading is under way.
func (r *Reading[T]) On() bool { return r.on }
