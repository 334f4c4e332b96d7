package createjob

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
)

func TestThingsAreFoundByNameAndByQuery(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	if _, _, err := FindThings(t.Context(), w.Cloud, "v"); err == nil {
		t.Error("without an index things are found")
	}
	_, err := w.IoT.UpdateIndexingConfiguration(t.Context(), &iot.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &iottypes.ThingIndexingConfiguration{ThingIndexingMode: iottypes.ThingIndexingModeRegistry}})
	w.must(err)
	for text, want := range map[string]string{
		"v": "v1 v2 v3 v4", " v1 ": "v1", "thingGroupNames:CA_Fleet": "v3 v4", "thingName:v2 OR thingName:v4": "v2 v4", "w": "",
	} {
		names, more, err := FindThings(t.Context(), w.Cloud, text)
		if got := strings.Join(names, " "); err != nil || more || got != want {
			t.Errorf("%q finds %q (%v, %v), want %q", text, got, more, err, want)
		}
	}
}

func TestArtifactOfAVersion(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	if at, err := ArtifactOf(t.Context(), w.Cloud, "SedanVehicle", "1.9.0"); err != nil || !strings.HasPrefix(at, "s3://") {
		t.Errorf("the artifact is at %q, %v", at, err)
	}
	if _, err := ArtifactOf(t.Context(), w.Cloud, "SedanVehicle", "7.0.0"); !cloud.Is(err, cloud.NotFound) {
		t.Errorf("a version that is not there gives %v", err)
	}
}
