package simulate

import (
	"cmp"
	"container/heap"
	"context"
	"iter"
	"sync"
	"time"
)

// queue holds the lanes that wait for their time: a device that takes a minute to install occupies no worker meanwhile. It
// is safe for concurrent use.
type queue struct {
	mu     sync.Mutex
	going  waiting // devices at work: they come first, so that few are in progress at once and none is timed out for want of a worker
	fresh  waiting // devices that have still to begin
	pushed uint64
	over   bool
	wake   chan struct{}
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// push has a lane come up at a time. Those of one time come in the order in which they were pushed.
func (q *queue) push(l *lane, at time.Time) {
	q.mu.Lock()
	q.pushed++
	l.at, l.order = at, q.pushed
	if l.current != nil {
		heap.Push(&q.going, l)
	} else {
		heap.Push(&q.fresh, l)
	}
	q.mu.Unlock()
	q.stir()
}

// close ends the sequence of lanes.
func (q *queue) close() {
	q.mu.Lock()
	q.over = true
	q.mu.Unlock()
	q.stir()
}

func (q *queue) stir() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// due yields the lanes, each when its time has come, until the queue is closed or ctx ends.
func (q *queue) due(ctx context.Context) iter.Seq[*lane] {
	return func(yield func(*lane) bool) {
		for {
			l, wait, over := q.pop(time.Now())
			switch {
			case over || ctx.Err() != nil:
				return
			case l == nil:
				q.sleep(ctx, wait)
			case !yield(l):
				return
			}
		}
	}
}

// pop takes the first lane whose time has come, or says how long it is until then; negative: there is none.
func (q *queue) pop(now time.Time) (l *lane, wait time.Duration, over bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.over {
		return nil, 0, true
	}
	wait = -1
	for _, lanes := range []*waiting{&q.going, &q.fresh} {
		if len(*lanes) == 0 {
			continue
		}
		left := (*lanes)[0].at.Sub(now)
		if left <= 0 {
			l, _ = heap.Pop(lanes).(*lane)
			return l, 0, false
		}
		if wait < 0 || left < wait {
			wait = left
		}
	}
	return nil, wait, false
}

func (q *queue) sleep(ctx context.Context, wait time.Duration) {
	var timer <-chan time.Time
	if wait >= 0 {
		timer = time.After(wait)
	}
	select {
	case <-ctx.Done():
	case <-q.wake:
	case <-timer:
	}
}

// waiting is a heap of lanes by their time.
type waiting []*lane

func (w waiting) Len() int      { return len(w) }
func (w waiting) Swap(i, j int) { w[i], w[j] = w[j], w[i] }
func (w waiting) Less(i, j int) bool {
	return cmp.Or(w[i].at.Compare(w[j].at), cmp.Compare(w[i].order, w[j].order)) < 0
}

// Push implements heap.Interface.
func (w *waiting) Push(x any) {
	if l, ok := x.(*lane); ok {
		*w = append(*w, l)
	}
}

// Pop implements heap.Interface.
func (w *waiting) Pop() any {
	last := len(*w) - 1
	l := (*w)[last]
	(*w)[last] = nil
	*w = (*w)[:last]
	return l
}
