package jobs

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/iam"
	"fleetlab/aws/sandbox/store"
)

// maxDocument is the largest job document in bytes (AWS General Reference, Jobs quotas).
const maxDocument = 32768

// checkText refuses what cannot be a job document, whatever its placeholders are.
func checkText(document string) error {
	switch {
	case len(document) > maxDocument:
		return invalid("The job document has %d bytes; give at most %d.", len(document), maxDocument)
	case !utf8.ValidString(document) || !json.Valid([]byte(document)):
		return invalid("The job document is not valid JSON.")
	}
	return nil
}

// prepareDocument checks a job document and puts package attributes in. What a device's copy needs later,
// the role, the package artifacts and the buckets of uploads, is checked here too.
func (e *engine) prepareDocument(tx *store.Tx, document string, ds destinations, presign *types.PresignedUrlConfig) (string, error) {
	if err := checkText(document); err != nil {
		return "", err
	}
	n := 0
	document, err := expand(document, func(p placeholder) (value, error) {
		if n++; n > maxPlaceholders {
			return value{}, errTooManyPlaceholders
		}
		switch p.kind {
		case packageAttributes:
			if err := ds.check(p); err != nil {
				return value{}, err
			}
			return ds.attributes(tx, p)
		case packageArtifact:
			return value{keep: true}, ds.check(p)
		}
		return value{keep: true}, nil
	})
	if err != nil {
		return "", err
	}
	return document, e.checkDelivery(tx, document, ds, presign)
}

// checkDelivery refuses a document whose presigned URLs could not be made.
func (e *engine) checkDelivery(tx *store.Tx, document string, ds destinations, presign *types.PresignedUrlConfig) error {
	if err := e.checkRole(tx, presign); err != nil {
		return err
	}
	hasRole := presign != nil && presign.RoleArn != nil
	_, err := expand(document, func(p placeholder) (value, error) {
		if p.kind == packageAttributes { // an attribute whose value looks like a placeholder
			return value{keep: true}, nil
		}
		o, err := e.locate(tx, p, ds)
		switch {
		case err != nil:
			return value{}, err
		case !hasRole:
			return value{}, roleRequired(p, ds)
		case p.kind == uploadURL:
			err = e.checkUpload(tx, o)
		}
		return value{keep: true}, err
	})
	return err
}

// roleRequired tells which placeholder needs the role. The words are AWS's (AWS IoT developer guide, package
// placeholder errors).
func roleRequired(p placeholder, ds destinations) error {
	const text = "presignedUrlConfig role ARN is required to generate an S3 presigned url in job document"
	if p.kind != packageArtifact {
		return invalid(text + ".")
	}
	d, err := ds.find(p)
	if err != nil {
		return err
	}
	return invalid(text+" for package %s version %s artifact.", d.Package, d.Version)
}

// checkUpload refuses a bucket to which devices could not upload. The words are AWS's (AWS IoT developer guide, Software
// Package Catalog troubleshooting).
func (e *engine) checkUpload(tx *store.Tx, o object) error {
	if !bucketName.MatchString(o.Bucket) {
		return invalid("Given S3 bucket name is invalid.")
	}
	var region string
	err := tx.Row(`SELECT region FROM buckets WHERE name=?`, []any{o.Bucket}, &region)
	switch {
	case errors.Is(err, store.ErrNoRow):
		return invalid("S3 bucket in job document presigned url upload placeholder not found")
	case err == nil && region != e.realm.Region:
		return invalid("Cross region S3 bucket is not supported for presigned url upload placeholder")
	}
	return err
}

// checkRole refuses a role that AWS IoT cannot assume; giving none is fine.
func (e *engine) checkRole(tx *store.Tx, presign *types.PresignedUrlConfig) error {
	if presign == nil || presign.RoleArn == nil {
		return nil
	}
	err := iam.Assumable(tx, e.realm, *presign.RoleArn, "iot.amazonaws.com")
	if no := (*iam.NotAssumable)(nil); errors.As(err, &no) {
		return invalid("%s", no)
	}
	return err
}

// locate is where the object lies whose presigned URL the placeholder stands for.
func (e *engine) locate(tx *store.Tx, p placeholder, ds destinations) (object, error) {
	if p.kind == packageArtifact {
		return ds.artifact(tx, p)
	}
	return parseObjectURL(e.realm, p)
}

// deliver is the job document as the execution's device obtains it, with presigned URLs made now. Unconfirmed: a role
// that was deleted after the job was created is told here, as InvalidRequestException.
func (e *engine) deliver(tx *store.Tx, x *execution) (string, error) {
	var document string
	var packages sql.NullString
	err := tx.Row(`SELECT document, packages_json FROM jobs WHERE id=?`, []any{x.job}, &document, &packages)
	if err != nil || plain(document) {
		return document, err
	}
	ds, err := parseDestinations(packages)
	if err != nil {
		return "", err
	}
	var expires time.Duration // until the first placeholder asks for it
	return expand(document, func(p placeholder) (value, error) {
		if p.kind == packageAttributes {
			return value{keep: true}, nil
		}
		if expires == 0 {
			if expires, err = e.urlLifetime(tx, x.job); err != nil {
				return value{}, err
			}
		}
		o, err := e.locate(tx, p, ds)
		if err != nil {
			return value{}, err
		}
		u, err := e.presignFor(x, p, o, expires)
		return value{text: u}, err
	})
}

// presignFor makes the URL with which the execution's device gets the object or, for an upload, puts it.
func (e *engine) presignFor(x *execution, p placeholder, o object, expires time.Duration) (string, error) {
	method := http.MethodGet
	if p.kind == uploadURL {
		method = http.MethodPut
		o.Key = strings.NewReplacer("${thingName}", x.thing, "${jobId}", x.job,
			"${executionNumber}", strconv.FormatInt(x.number, 10)).Replace(o.Key)
	}
	u, err := e.presign(method, o.Bucket, o.Key, o.Version, expires)
	if err != nil {
		return "", fmt.Errorf("presign %s/%s for job %s: %w", o.Bucket, o.Key, x.job, err)
	}
	return u, nil
}

// urlLifetime is how long the job's presigned URLs last: an hour unless the job says otherwise (AWS IoT API
// reference, PresignedUrlConfig).
func (e *engine) urlLifetime(tx *store.Tx, id string) (time.Duration, error) {
	q, err := loadRequest(tx, id)
	if err != nil {
		return 0, err
	}
	if err := e.checkRole(tx, q.Presign); err != nil {
		return 0, err
	}
	if q.Presign == nil || q.Presign.ExpiresInSec == nil {
		return time.Hour, nil
	}
	return time.Duration(aws.ToInt64(q.Presign.ExpiresInSec)) * time.Second, nil
}
