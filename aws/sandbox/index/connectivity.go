package index

import (
	"context"
	"errors"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// connectivity answers as for a thing that never connected, without details of a session (AWS IoT API reference,
// GetThingConnectivityData). Which error AWS gives while connectivity is not indexed is assumed.
func (h *handlers) connectivity(_ context.Context, in *iot.GetThingConnectivityDataInput) (*iot.GetThingConnectivityDataOutput, error) {
	connected := false
	out := &iot.GetThingConnectivityDataOutput{ThingName: in.ThingName, Connected: &connected}
	return out, h.r.Store.View(func(tx *store.Tx) error {
		c, err := readConfig(tx)
		if err != nil {
			return err
		}
		if !c.connectivityOn() {
			return &types.IndexNotReadyException{Message: text("Connectivity is not indexed. Set thingConnectivityIndexingMode to STATUS with UpdateIndexingConfiguration")}
		}
		one := 0
		err = tx.Row("SELECT 1 FROM things WHERE name=?", []any{*in.ThingName}, &one)
		if errors.Is(err, store.ErrNoRow) {
			return &types.ResourceNotFoundException{Message: text("Thing %s does not exist", *in.ThingName)}
		}
		return err
	})
}
