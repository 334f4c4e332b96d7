// Package pool runs one function over many items with a bound on how many run at once. Rates are not
// its business: aws/pace holds every call to its quota.
package pool

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"sync"
)

// Each calls fn for every item with at most workers calls at a time and returns when all have
// returned. Once ctx ends no further item is started; items in progress finish on their own terms.
// Each returns ctx's cause if that is why items were left out, nil otherwise: what became of an item is
// fn's to report. A panic in fn does not end the program behind a raw terminal's back: it stops the run
// and comes back as a *Panic.
func Each[T any](ctx context.Context, workers int, items iter.Seq[T], fn func(context.Context, T)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan T)
	var wg sync.WaitGroup
	for range max(1, workers) {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					stop(&Panic{Value: p, Stack: debug.Stack()})
				}
			}()
			for item := range queue {
				fn(ctx, item)
			}
		})
	}
	err := feed(ctx, queue, items)
	close(queue)
	wg.Wait()
	var p *Panic
	if errors.As(context.Cause(ctx), &p) {
		return p
	}
	return err
}

// Panic is what Each returns when fn panicked.
type Panic struct {
	Value any
	Stack []byte
}

// Error says what the panic was, with its stack.
func (p *Panic) Error() string { return fmt.Sprintf("panic: %v\n%s", p.Value, p.Stack) }

// feed hands out items until they are all out, or returns why it stopped before.
func feed[T any](ctx context.Context, queue chan<- T, items iter.Seq[T]) error {
	for item := range items {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		select {
		case queue <- item:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
