package fleet

import (
	"errors"

	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
)

// Tags that everything made here carries, where AWS can tag it. Things cannot be tagged: they are recognised by their
// name and their tagged type.
const (
	TagCreatedBy = "created-by"
	CreatedBy    = "fleetlab"
	TagWorkshop  = "workshop"
	Workshop     = "learning-aws-iot-dm-basics"
	TagCountry   = "country"
)

// Tags are the tags of a new resource. extra are pairs of a key and a value.
func Tags(extra ...string) map[string]string {
	t := map[string]string{TagCreatedBy: CreatedBy, TagWorkshop: Workshop}
	for i := 0; i+1 < len(extra); i += 2 {
		t[extra[i]] = extra[i+1]
	}
	return t
}

// IoTTags is Tags in the IoT registry's form.
func IoTTags(extra ...string) []iottypes.Tag {
	var out []iottypes.Tag
	for k, v := range Tags(extra...) {
		out = append(out, iottypes.Tag{Key: &k, Value: &v})
	}
	return out
}

// Ours tells whether tags mark a resource as made by this program.
func Ours(tags map[string]string) bool { return tags[TagCreatedBy] == CreatedBy }

// ClassForeign is the class of faults that say that a resource has our name but was not made by this program.
const ClassForeign = "foreign"

// Foreign is the fault of a resource that is in the way and not ours to change. remedy says what a person can do.
func Foreign(what, name, remedy string) error {
	return &event.Fault{Class: ClassForeign, Message: what + " " + name + " exists and was not made by fleetlab (it has no tag " +
		TagCreatedBy + "=" + CreatedBy + "): " + remedy}
}

// Fault puts an error into the form that events carry; nil for nil.
func Fault(err error) *event.Fault {
	if err == nil {
		return nil
	}
	var f *event.Fault
	if errors.As(err, &f) {
		return f
	}
	p := cloud.Explain(err)
	return &event.Fault{Class: string(p.Class), Operation: p.Operation, Code: p.Code, Message: p.Message}
}
