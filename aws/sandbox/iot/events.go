package iot

import (
	"context"
	"encoding/json"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func (h *handlers) registerEvents(s *wire.Server) {
	const silent wire.Difference = "The settings are kept, but no events are published: the sandbox has no MQTT."
	wire.Handle(s, service, "DescribeEventConfigurations", h.describeEvents, silent)
	wire.Handle(s, service, "UpdateEventConfigurations", h.updateEvents, silent)
}

// eventsSetting keeps events as JSON.
const eventsSetting = "iot.eventConfigurations"

// events is which kinds of events are published.
type events struct {
	Enabled    map[string]bool
	CreatedAt  int64
	ModifiedAt int64
}

func readEvents(tx *store.Tx) (events, error) {
	e := events{Enabled: map[string]bool{}}
	kept, err := tx.Setting(eventsSetting)
	if err != nil || kept == "" {
		return e, err
	}
	return e, decode("the event configurations", kept, &e)
}

// describeEvents answers for every kind of event; none is on in a new account.
func (h *handlers) describeEvents(context.Context, *iot.DescribeEventConfigurationsInput) (*iot.DescribeEventConfigurationsOutput, error) {
	var e events
	err := h.view(func(tx *store.Tx) (err error) {
		e, err = readEvents(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &iot.DescribeEventConfigurationsOutput{EventConfigurations: map[string]types.Configuration{}}
	for _, kind := range types.EventType("").Values() {
		out.EventConfigurations[string(kind)] = types.Configuration{Enabled: e.Enabled[string(kind)]}
	}
	if e.CreatedAt != 0 {
		created, modified := store.Time(e.CreatedAt), store.Time(e.ModifiedAt)
		out.CreationDate, out.LastModifiedDate = &created, &modified
	}
	return out, nil
}

// updateEvents changes the kinds that are given; the others stay.
func (h *handlers) updateEvents(_ context.Context, in *iot.UpdateEventConfigurationsInput) (*iot.UpdateEventConfigurationsOutput, error) {
	return &iot.UpdateEventConfigurationsOutput{}, h.update(func(tx *store.Tx) error {
		e, err := readEvents(tx)
		if err != nil {
			return err
		}
		e.ModifiedAt = store.Millis(h.r.Now())
		if e.CreatedAt == 0 {
			e.CreatedAt = e.ModifiedAt
		}
		for kind, c := range in.EventConfigurations {
			e.Enabled[kind] = c.Enabled
		}
		return keep(tx, eventsSetting, e)
	})
}

// keep writes a setting as JSON.
func keep(tx *store.Tx, setting string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.SetSetting(setting, string(b))
}
