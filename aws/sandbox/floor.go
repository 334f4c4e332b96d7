package sandbox

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"fleetlab/aws/sandbox/store"
)

// clockSetting is the setting that holds the latest time that the sandbox's clock may have shown, in milliseconds.
const clockSetting = "clock"

// clockInterval is how often that is written, on the wall clock.
const clockInterval = 5 * time.Second

// readFloor returns the time below which the sandbox's clock must not start.
func readFloor(st *store.Store) (time.Time, error) {
	var v string
	err := st.View(func(tx *store.Tx) (err error) { v, err = tx.Setting(clockSetting); return err })
	if err != nil || v == "" {
		return time.Time{}, err
	}
	ms, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the sandbox's clock: %w", err)
	}
	return store.Time(ms), nil
}

// keepClock writes the clock's time until ctx ends. Each time it writes how far the clock can get before the next,
// so that even a killed sandbox never shows a time again.
func (w *owned) keepClock(ctx context.Context) {
	tick := time.NewTicker(clockInterval)
	defer tick.Stop()
	for {
		if err := w.saveClock(2 * clockInterval); err != nil {
			slog.Error("the sandbox could not write its clock", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// saveClock writes where the clock will be after ahead of the wall clock. A clock that is not ahead of the wall
// clock needs no note: the next one starts no earlier.
func (w *owned) saveClock(ahead time.Duration) error {
	now := w.clock.Now()
	if w.clock.Speed() == 1 && !now.After(time.Now()) {
		return nil
	}
	at := now.Add(time.Duration(float64(ahead) * w.clock.Speed()))
	return w.store.Update(func(tx *store.Tx) error {
		return tx.SetSetting(clockSetting, strconv.FormatInt(store.Millis(at)+1, 10))
	})
}
