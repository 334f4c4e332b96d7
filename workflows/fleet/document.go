package fleet

import (
	"encoding/json"
	"fmt"
)

// OTADocument is the job document of an over-the-air update. Its placeholders are AWS's: the attributes are filled in
// when the job is created, the presigned URL each time a device fetches the document (AWS IoT developer guide, package
// substitution parameters).
func OTADocument(pkg, version string) string {
	place := fmt.Sprintf("${aws:iot:package:%s:version:%s:", pkg, version)
	b, err := json.MarshalIndent(map[string]any{"ota": map[string]any{"packages": map[string]any{pkg: map[string]any{
		"attributes": place + "attributes}",
		"artifact":   map[string]any{"s3PresignedUrl": place + "artifact:s3-presigned-url}"},
	}}}}, "", "  ")
	if err != nil { // strings only
		panic(err)
	}
	return string(b)
}

// Delivered is what a device reads from the document it is given.
type Delivered struct {
	OTA struct {
		Packages map[string]struct {
			Attributes map[string]string `json:"attributes"`
			Artifact   struct {
				URL string `json:"s3PresignedUrl"`
			} `json:"artifact"`
		} `json:"packages"`
	} `json:"ota"`
}

// Attributes of a package version. The digest lets a device check what it downloaded.
const (
	AttrSigningKey = "signingKey"
	AttrOverride   = "override"
	AttrSHA256     = "sha256"
	SigningKey     = "SAMPLE-KEY-12345" // a label for the lesson, not a key
)

// ReadDelivered parses a delivered document.
func ReadDelivered(document string) (Delivered, error) {
	var d Delivered
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		return d, fmt.Errorf("read the job document: %w", err)
	}
	return d, nil
}
