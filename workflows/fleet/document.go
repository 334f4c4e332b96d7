package fleet

import (
	"encoding/json"
	"fmt"
)

// PackageVersion names a version of a package.
type PackageVersion struct {
	Package string
	Version string
}

// OTADocument is the job document of an over-the-air update to one version of a package.
func OTADocument(pkg, version string) string { return OTADocumentOf([]PackageVersion{{pkg, version}}) }

// MaxWithAttributes is for how many packages a document has room for two placeholders each: AWS takes ten in all (AWS IoT
// developer guide, create custom job templates).
const MaxWithAttributes = 5

// OTADocumentOf is the job document of an over-the-air update to versions of several packages. Its placeholders are AWS's: the
// attributes are filled in when the job is created, the presigned URL each time a device fetches the document (AWS IoT
// developer guide, package substitution parameters). More than five packages go without their attributes.
func OTADocumentOf(versions []PackageVersion) string {
	packages := map[string]any{}
	for _, v := range versions {
		place := fmt.Sprintf("${aws:iot:package:%s:version:%s:", v.Package, v.Version)
		entry := map[string]any{"artifact": map[string]any{"s3PresignedUrl": place + "artifact:s3-presigned-url}"}}
		if len(versions) <= MaxWithAttributes {
			entry["attributes"] = place + "attributes}"
		}
		packages[v.Package] = entry
	}
	b, err := json.MarshalIndent(map[string]any{"ota": map[string]any{"packages": packages}}, "", "  ")
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
