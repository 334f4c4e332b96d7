package provision

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// firmwareSize is the size of a firmware image in bytes.
const firmwareSize = 64 << 10

// digestKey is the object metadata that holds the SHA-256 of the contents, in hexadecimal.
const digestKey = "sha256"

// artifact is a firmware file in the bucket.
type artifact struct {
	key     string
	version string // S3's version id
	digest  string // SHA-256, in hexadecimal
}

// release is one version of one thing type's firmware.
type release struct{ thingType, version string }

func (r *runner) releases() []release {
	var out []release
	for _, t := range r.in.ThingTypes {
		for _, v := range r.in.Versions {
			out = append(out, release{t, v})
		}
	}
	return out
}

func (r *runner) firmware(ctx context.Context, s *fleet.Step) {
	all := r.releases()
	s.Expect(Firmware, len(all))
	fleet.Each(ctx, s, fewWorkers, all, func(ctx context.Context, rel release) {
		a, status, err := r.upload(ctx, rel)
		if err == nil {
			r.mu.Lock()
			r.artifacts[a.key] = a
			r.mu.Unlock()
		}
		s.Result(ctx, Firmware, fleet.FirmwareKey(rel.thingType, rel.version), status, err,
			"type", rel.thingType, "version", rel.version, "sha256", a.digest, "object_version", a.version)
	})
}

// upload puts a firmware file into the bucket unless it is there already.
func (r *runner) upload(ctx context.Context, rel release) (artifact, event.Status, error) {
	file, err := Image(r.in.Seed, rel.thingType, rel.version)
	if err != nil {
		return artifact{}, "", err
	}
	sum := sha256.Sum256(file)
	a := artifact{key: fleet.FirmwareKey(rel.thingType, rel.version), digest: hex.EncodeToString(sum[:])}
	head, err := r.c.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &r.bucket, Key: &a.key})
	status := event.Repaired
	switch {
	case cloud.Is(err, cloud.NotFound):
		status = event.Created
	case err != nil:
		return a, "", fmt.Errorf("look for s3://%s/%s: %w", r.bucket, a.key, err)
	case head.Metadata[digestKey] == a.digest && versioned(head.VersionId):
		a.version = *head.VersionId
		return a, event.Exists, nil
	}
	put, err := r.c.S3.PutObject(ctx, &s3.PutObjectInput{Bucket: &r.bucket, Key: &a.key, Body: bytes.NewReader(file),
		ContentType: aws.String("application/zip"), Metadata: map[string]string{digestKey: a.digest},
		ChecksumAlgorithm: s3types.ChecksumAlgorithmSha256})
	if err != nil {
		return a, "", fmt.Errorf("upload s3://%s/%s: %w", r.bucket, a.key, err)
	}
	if !versioned(put.VersionId) {
		return a, "", fmt.Errorf("upload s3://%s/%s: it got no version id; switch the bucket's versioning on", r.bucket, a.key)
	}
	a.version = *put.VersionId
	return a, status, nil
}

// versioned tells whether S3 gave a version id of its own; objects from before versioning have the id null.
func versioned(id *string) bool { return id != nil && *id != "" && *id != "null" }

// Image is the firmware file of a thing type's version: a zip with one binary of pseudo-random bytes. The same seed gives
// the same file, byte by byte.
func Image(seed int64, thingType, version string) ([]byte, error) {
	r := fleet.Rand(seed, "firmware/"+thingType+"/"+version)
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	f, err := w.CreateHeader(&zip.FileHeader{Name: "firmware_" + version + ".bin", Method: zip.Store}) // no time: it would differ
	if err != nil {
		return nil, fmt.Errorf("build the firmware of %s %s: %w", thingType, version, err)
	}
	if _, err := f.Write(noise(r)); err != nil {
		return nil, fmt.Errorf("build the firmware of %s %s: %w", thingType, version, err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("build the firmware of %s %s: %w", thingType, version, err)
	}
	return buf.Bytes(), nil
}

func noise(r *rand.Rand) []byte {
	b := make([]byte, 0, firmwareSize)
	for len(b) < firmwareSize {
		v := r.Uint64()
		b = append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24), byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56))
	}
	return b
}
