package jobs

import (
	"errors"
	"net/url"

	"fleetlab/aws/sandbox/s3"
	"fleetlab/aws/sandbox/store"
)

// readSource reads the document that lies at an S3 object URL, path style or virtual-host style, which AWS does once, when
// the job is created (AWS IoT developer guide, job templates). Unconfirmed: AWS's words for an object that is not there.
func (e *engine) readSource(tx *store.Tx, source string) (string, error) {
	u, err := url.Parse(source)
	if err != nil {
		return "", e.badSource(source)
	}
	bucket, key := splitObjectURL(e.realm, plainURL(u))
	if bucket == "" || key == "" {
		return "", e.badSource(source)
	}
	version, _ := versionOf(u)
	body, err := s3.Read(tx, bucket, key, version, maxDocument)
	switch {
	case errors.Is(err, s3.ErrNoObject):
		return "", invalid("The job document at %s cannot be read: %v. Check bucket, key and version.", source, err)
	case errors.Is(err, s3.ErrTooLong):
		return "", invalid("The job document at %s has more than %d bytes.", source, maxDocument)
	}
	return string(body), err
}

func (e *engine) badSource(source string) error {
	return invalid("documentSource %s is not the URL of an S3 object; it looks like https://s3.%s.amazonaws.com/BUCKET/KEY",
		source, e.realm.Region)
}
