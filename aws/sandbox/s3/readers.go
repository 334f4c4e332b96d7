package s3

import (
	"sync"

	"fleetlab/aws/sandbox/store"
)

// readers keeps a content of several pieces in the store while somebody reads it, so that an object may be replaced or
// deleted meanwhile.
type readers struct {
	gate    sync.RWMutex // held by who looks an object up to read it; exclusively, by who removes one
	mu      sync.Mutex
	count   map[int64]int  // who reads a content
	doomed  map[int64]bool // contents to remove when nobody reads them any more
	removed []int64        // by the transaction under way that holds the gate, and being read
}

func newReaders() *readers { return &readers{count: map[int64]int{}, doomed: map[int64]bool{}} }

// pin keeps the content until unpin. The gate must be held since the object was looked up.
func (r *readers) pin(body int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count[body]++
}

// unpin tells whether the content is to be removed now.
func (r *readers) unpin(body int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count[body]--; r.count[body] > 0 {
		return false
	}
	delete(r.count, body)
	doomed := r.doomed[body]
	delete(r.doomed, body)
	return doomed
}

// spare tells whether somebody reads the content, which then is not to be removed yet.
func (r *readers) spare(body int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count[body] == 0 {
		return false
	}
	r.removed = append(r.removed, body)
	return true
}

// settle makes what a committed transaction removed go when its readers have gone, and returns what nobody reads any more.
func (r *readers) settle(committed bool) (now []int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, body := range r.removed {
		switch {
		case !committed:
		case r.count[body] == 0:
			now = append(now, body)
		default:
			r.doomed[body] = true
		}
	}
	r.removed = nil
	return now
}

// replace runs a transaction that may remove objects. Nobody begins to read one meanwhile.
func (b *backend) replace(fn func(*store.Tx) error) error {
	b.readers.gate.Lock()
	defer b.readers.gate.Unlock()
	err := b.st.Update(fn)
	return b.dropAll(b.readers.settle(err == nil), err)
}

// dropAll removes contents and returns err, or what went wrong.
func (b *backend) dropAll(bodies []int64, err error) error {
	for _, body := range bodies {
		if failed := b.st.Update(func(tx *store.Tx) error { return dropBody(tx, body) }); err == nil {
			err = failed
		}
	}
	return err
}

// reading runs a lookup that ends in opening an object.
func (b *backend) reading(fn func(*store.Tx) error) error {
	b.readers.gate.RLock()
	defer b.readers.gate.RUnlock()
	return b.st.View(fn)
}
